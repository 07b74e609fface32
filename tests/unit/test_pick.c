/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picks: orders, caps, reasons. */

#include "pool_test.h"
#include "suites.h"

START_TEST(pick_least_recent)
{
	put_numbers(5);
	for(unsigned k = 0; k < 15; k++)
		ck_assert_uint_eq(pick_and_end(NOW + k), FIRST + k % 5);
}
END_TEST

START_TEST(pick_is_remembered)
{
	rep_ticket_t t;

	put_numbers(2);
	ck_assert_int_eq(view(FIRST, NOW).last_used, 0);
	ck_assert_uint_eq(pick_on("", NOW + 1, &t, NULL), FIRST);
	ck_assert_int_eq(view(FIRST, NOW).last_used, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).used_today, 1);
	ck_assert_int_eq(view(FIRST + 1, NOW).last_used, 0);
	ck_assert_int_eq(pick("", NOW + HOUR, true, &t), REP_PICKED);
	ck_assert_uint_eq(t.number, FIRST + 1); /* dry: nothing is used */
	ck_assert_int_eq(view(FIRST + 1, NOW).last_used, 0);
	ck_assert_uint_eq(view(FIRST + 1, NOW).used_today, 0);
}
END_TEST

START_TEST(pick_weighted)
{
	rep_attrs_t heavy = plain;
	unsigned seen[3] = {0};

	policy_set("order", "weighted", NOW);
	heavy.weight = 3;
	put_numbers(2);
	rep_pool_put(registry, pool, FIRST + 2, &heavy, 0, 0, NOW);
	for(unsigned k = 0; k < 500; k++)
		seen[pick_and_end(NOW) - FIRST]++;
	ck_assert_uint_ge(seen[2], 295);
	ck_assert_uint_le(seen[2], 305);
	ck_assert_uint_ge(seen[0], 95);
}
END_TEST

static void used_evenly(unsigned numbers, unsigned rounds, rep_time_t now)
{
	unsigned used[16] = {0};
	rep_ticket_t t;

	for(unsigned k = 0; k < numbers * rounds; k++) {
		ck_assert_int_eq(pick("", now + k, false, &t), REP_PICKED);
		rep_ticket_hang_up(registry, &t, now + k);
		used[t.number - FIRST]++;
	}
	for(unsigned i = 0; i < numbers; i++)
		ck_assert_msg(used[i] >= rounds / 2 && used[i] <= rounds * 2,
				"number %u: %u of %u calls", i, used[i], numbers * rounds);
}

/* After a few calls and after many: the orders' clocks are far apart. */
START_TEST(order_weighted_to_least_recent_is_even_soon)
{
	static const unsigned before[] = {7, 35, 2003};
	rep_attrs_t light = plain;

	light.weight = 0.25;
	put_numbers(9);
	rep_pool_put(registry, pool, FIRST + 9, &light, 1, 1, NOW);
	policy_set("order", "weighted", NOW);
	calls(before[_i], REP_NOANSWER, NOW);
	policy_set("order", "least_recent", NOW);
	used_evenly(10, 10, NOW);
}
END_TEST

START_TEST(pick_reasons)
{
	rep_attrs_t attrs = plain;
	rep_pick_t why;

	ck_assert_int_eq(why_not(NOW), REP_PICK_EMPTY_POOL);
	attrs.status = REP_PAUSED;
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_EMPTY_POOL);
	rep_pool_put(registry, pool, FIRST, &plain, 0, 0, NOW);
	policy_set("require_tags", "gold", NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_NO_MATCH);
	attrs = plain;
	attrs.tags = rep_span("silver,gold");
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
	policy_set("require_attest", "A", NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_NO_MATCH);
	attrs.attest = rep_span("east=B,west=A");
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
	ck_assert_uint_eq(pick_on("east", NOW, NULL, &why), 0);
	ck_assert_int_eq(why, REP_PICK_NO_MATCH);
	ck_assert_uint_eq(pick_on("west", NOW, NULL, NULL), FIRST);
	pick_on("", NOW, NULL, &why);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 60, REP_REASON_MANUAL, NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_ALL_BENCHED);
}
END_TEST

/* Required: B or better. A number has C on a and A on b. */
START_TEST(attestation_by_route)
{
	static const struct
	{
		const char *route;
		rep_pick_t why;
	} on[] = {{"a", REP_PICK_NO_MATCH}, {"b", REP_PICKED},
			{"", REP_PICKED}, /* the best of all */
			{"c", REP_PICK_NO_MATCH}, {"bb", REP_PICK_NO_MATCH}};
	rep_attrs_t attrs = plain;
	rep_ticket_t t;

	policy_set("require_attest", "B", NOW);
	attrs.attest = rep_span("a=C,b=A");
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
	for(size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++)
		ck_assert_int_eq(pick(on[i].route, NOW, false, &t), on[i].why);
	attrs.attest = rep_span("b=A,a=B");
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
	ck_assert_int_eq(pick("a", NOW, false, &t), REP_PICKED);
	ck_assert_int_eq(pick("", NOW, false, &t), REP_PICKED);
}
END_TEST

START_TEST(caps)
{
	rep_ticket_t t[4];

	put_numbers(2);
	policy_set("cap_minute", "2", NOW);
	for(unsigned k = 0; k < 4; k++)
		ck_assert_uint_eq(pick_and_end(NOW), FIRST + k % 2);
	ck_assert_int_eq(why_not(NOW + 39 * S), REP_PICK_ALL_CAPPED);
	ck_assert_uint_eq(pick_and_end(NOW + 40 * S), FIRST);
	policy_set("cap_minute", "0", NOW);
	policy_set("cap_hour", "4", NOW);
	ck_assert_uint_ne(pick_and_end(NOW + 100 * S), 0);
	policy_set("cap_hour", "0", NOW);
	policy_set("cap_concurrent", "2", NOW);
	for(unsigned k = 0; k < 4; k++)
		ck_assert_uint_ne(pick_on("", NOW + HOUR, &t[k], NULL), 0);
	ck_assert_int_eq(why_not(NOW + HOUR), REP_PICK_ALL_CAPPED);
	rep_ticket_hang_up(registry, &t[2], NOW + HOUR);
	rep_ticket_hang_up(registry, &t[2], NOW + HOUR); /* once only */
	ck_assert_uint_eq(pick_on("", NOW + HOUR, &t[2], NULL), t[2].number);
	ck_assert_int_eq(why_not(NOW + HOUR), REP_PICK_ALL_CAPPED);
	policy_set("cap_concurrent", "0", NOW);
	policy_set("pool_cap_day", "12", NOW);
	while(pick_and_end(NOW + HOUR))
		;
	ck_assert_int_eq(why_not(NOW + HOUR), REP_PICK_ALL_CAPPED);
	ck_assert_uint_ne(pick_and_end(NOW + 24 * HOUR), 0);
}
END_TEST

START_TEST(cap_day_and_warmup)
{
	rep_attrs_t fresh = plain;
	unsigned n = 0;

	fresh.since_day = (int32_t)(NOW / (24 * HOUR)) - 6;
	rep_pool_put(registry, pool, FIRST, &fresh, 0, 0, NOW);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_WARMING);
	ck_assert_uint_eq(view(FIRST, NOW).cap_day, 10);
	while(pick_and_end(NOW))
		n++;
	ck_assert_uint_eq(n, 10);
	for(n = 0; pick_and_end(NOW + 24 * HOUR);)
		n++;
	ck_assert_uint_eq(n, 20);
	ck_assert_int_eq(view(FIRST, NOW + 20 * 24 * HOUR).state, REP_ACTIVE);
	ck_assert_uint_eq(view(FIRST, NOW + 20 * 24 * HOUR).cap_day, 0);
}
END_TEST

START_TEST(timer_stays_bounded_under_caps)
{
	rep_time_t now = NOW;
	rep_ticket_t t;

	put_numbers(2);
	policy_set("cap_minute", "1", now);
	bench_on("a", 0, 2, 30 * DAY);
	for(unsigned m = 0; m < 1440; m++) {
		now += MINUTE;
		rep_registry_tick(registry, now);
		for(unsigned k = 0; k < 3; k++) {
			if(pick("b", now, false, &t) == REP_PICKED)
				rep_ticket_hang_up(registry, &t, now);
			else
				ck_assert_uint_eq(k, 2);
		}
	}
	ck_assert_uint_le(inside()->timer.count, 8);
	now = NOW + 30 * DAY + S;
	rep_registry_tick(registry, now);
	ck_assert_int_eq(try_on("a", now), REP_PICKED);
}
END_TEST

START_TEST(clock_set_back_under_cap_minute)
{
	rep_time_t now = NOW;
	rep_ticket_t t;

	put_numbers(2);
	policy_set("cap_minute", "1", now);
	rep_registry_tick(registry, now);
	for(unsigned k = 0; k < 2; k++)
		ck_assert_int_eq(pick("", now, false, &t), REP_PICKED);
	ck_assert_int_eq(pick("", now, false, &t), REP_PICK_ALL_CAPPED);
	now -= HOUR;
	for(unsigned m = 0; m < 5; m++) {
		rep_registry_tick(registry, now);
		rep_registry_tick(registry, now + 100);
		for(unsigned k = 0; k < 2; k++)
			ck_assert_int_eq(pick("", now + 200, false, &t), REP_PICKED);
		ck_assert_int_eq(pick("", now + 200, false, &t), REP_PICK_ALL_CAPPED);
		now += MINUTE;
	}
}
END_TEST

START_TEST(day_follows_time_zone)
{
	/* 08:53:20 UTC is 19:53:20 of the day before at -13 h */
	put_numbers(1);
	policy_set("cap_day", "1", NOW);
	rep_pool_set_utc_offset(registry, pool, -13 * 3600);
	rep_registry_tick(registry, NOW);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
	ck_assert_int_eq(why_not(NOW + 4 * HOUR), REP_PICK_ALL_CAPPED);
	ck_assert_uint_eq(pick_and_end(NOW + 4 * HOUR + 400 * S), FIRST);
	rep_pool_set_utc_offset(registry, pool, 0);
	rep_registry_tick(registry, NOW + 5 * HOUR);
}
END_TEST

/* The callee of pick() is of no known area: of all North America. */
START_TEST(quiet_hours_of_the_callee)
{
	rep_clocks_t *clocks = rep_registry_clocks(registry);
	rep_registry_stats_t stats;
	rep_ticket_t ticket, other;

	put_numbers(2);
	policy_set("quiet_hours", "09:00-17:00", NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_QUIET_HOURS); /* no clocks */
	for(unsigned i = 0; i < REP_ZONES_MAX; i++)
		rep_clocks_set(clocks, i, (rep_clock_t){0, 0, REP_NO_CHANGE});
	ck_assert_int_eq(pick("", NOW, false, &ticket), REP_PICKED);
	rep_clocks_set(clocks, REP_ZONES_MAX - 1, (rep_clock_t){60, 60, 0});
	ck_assert_int_eq(pick("", NOW, true, &other), REP_PICKED);
	for(unsigned i = 0; i < REP_ZONES_MAX; i++)
		rep_clocks_set(clocks, i, (rep_clock_t){0, 60, REP_NO_CHANGE});
	ck_assert_int_eq(pick("", NOW + HOUR, false, &other), REP_PICK_QUIET_HOURS);
	ck_assert_int_eq(pick("a", NOW + HOUR, true, &other), REP_PICK_QUIET_HOURS);
	rep_registry_stats(registry, &stats);
	ck_assert_uint_eq(stats.refused[REP_PICK_QUIET_HOURS], 2);
	/* a call that has its number goes on */
	ck_assert_int_eq(
			rep_ticket_reroute(registry, &ticket, rep_span("a"), NOW + HOUR),
			REP_PICKED);
	policy_set("quiet_hours", "11:00-17:00", NOW + HOUR);
	ck_assert_int_eq(pick("a", NOW + HOUR, false, &other), REP_PICKED);
}
END_TEST

Suite *pick_suite(void)
{
	Suite *suite = suite_create("pick");
	TCase *tc = tcase_create("pick");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, pick_least_recent);
	tcase_add_test(tc, pick_is_remembered);
	tcase_add_test(tc, pick_weighted);
	tcase_add_loop_test(tc, order_weighted_to_least_recent_is_even_soon, 0, 3);
	tcase_add_test(tc, pick_reasons);
	tcase_add_test(tc, attestation_by_route);
	tcase_add_test(tc, caps);
	tcase_add_test(tc, cap_day_and_warmup);
	tcase_add_test(tc, timer_stays_bounded_under_caps);
	tcase_add_test(tc, clock_set_back_under_cap_minute);
	tcase_add_test(tc, day_follows_time_zone);
	tcase_add_test(tc, quiet_hours_of_the_callee);
	suite_add_tcase(suite, tc);
	return suite;
}
