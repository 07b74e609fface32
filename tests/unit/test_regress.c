/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults that the core once had, in verdicts, picks and shares: each test
 * fails on the code that had it. */

#include "engine/pool/pools.h"
#include "engine/pool/tick.h"

#include "pool_test.h"
#include "suites.h"

/* ---- probation ------------------------------------------------------- */

static const char *const lower[] = {"5", "1", "0"};

START_TEST(lowering_probation_calls_strands_nobody)
{
	rep_time_t now = NOW;
	unsigned used = 0;

	put_numbers(4);
	calls(200, REP_ANSWERED, now);
	rep_pool_bench(registry, pool, FIRST, 60, REP_REASON_MANUAL, now);
	now += MINUTE + S;
	rep_registry_tick(registry, now);
	ck_assert_int_eq(view(FIRST, now).state, REP_PROBATION);
	calls(40, REP_ANSWERED, now);
	ck_assert_int_eq(view(FIRST, now).state, REP_PROBATION);
	policy_set("probation_calls", lower[_i], now);
	for(int d = 0; d < 3; d++) {
		now += DAY;
		rep_registry_tick(registry, now);
		used += calls(40, REP_ANSWERED, now);
	}
	ck_assert_int_eq(view(FIRST, now).state, REP_ACTIVE);
	ck_assert_uint_ge(used, 20);
}
END_TEST

START_TEST(probation_calls_0_before_the_first_call)
{
	rep_time_t now = NOW + MINUTE + S;

	put_numbers(2);
	rep_pool_bench(registry, pool, FIRST, 60, REP_REASON_MANUAL, NOW);
	rep_registry_tick(registry, now);
	ck_assert_int_eq(view(FIRST, now).state, REP_PROBATION);
	policy_set("probation_calls", "0", now);
	ck_assert_uint_ge(calls(40, REP_ANSWERED, now), 15);
	ck_assert_int_eq(view(FIRST, now).state, REP_ACTIVE);
}
END_TEST

/* Benched here by another node's word, and back by its word. */
START_TEST(adopted_probation_strands_nobody)
{
	rep_time_t now = NOW;
	rep_record_t r;
	unsigned used = 0;

	put_numbers(4);
	calls(200, REP_ANSWERED, now);
	bench_on("", 0, 1, MINUTE);
	ck_assert_int_eq(view(FIRST, now).state, REP_BENCHED);
	now += MINUTE - S;
	r = record(FIRST, "", REP_PROBATION, now, 0);
	r.turn = 2;
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, false, now), 1);
	for(int d = 0; d < 3; d++) {
		now += HOUR;
		rep_registry_tick(registry, now);
		used += calls(60, REP_ANSWERED, now);
	}
	ck_assert_int_eq(view(FIRST, now).state, REP_ACTIVE);
	ck_assert_uint_ge(used, 30);
}
END_TEST

/* ---- order, time ----------------------------------------------------- */

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

/* ---- shares ---------------------------------------------------------- */

START_TEST(benched_on_a_route_and_everywhere_counts_once)
{
	put_numbers(5);
	bench_on("a", 0, 2, DAY);
	ck_assert_int_eq(try_on("a", NOW), REP_PICKED);
	for(unsigned i = 0; i < 2; i++)
		bench(FIRST + i);
	ck_assert_int_eq(try_on("a", NOW), REP_PICKED);
	ck_assert_int_eq(try_on("b", NOW), REP_PICKED);
	for(unsigned i = 0; i < 2; i++)
		rep_pool_release(registry, pool, FIRST + i, NOW);
	ck_assert_uint_eq(inside()->routes[1]->benched, 0);
}
END_TEST

START_TEST(paused_or_removed_numbers_leave_the_routes_share)
{
	rep_attrs_t paused = plain;

	paused.status = REP_PAUSED;
	put_numbers(4);
	bench_on("a", 0, 2, DAY);
	ck_assert_uint_eq(inside()->routes[1]->benched, 2);
	for(unsigned i = 0; i < 2; i++)
		rep_pool_put(registry, pool, FIRST + i, &paused, 2, 2, NOW);
	ck_assert_uint_eq(inside()->routes[1]->benched, 0);
	ck_assert_int_eq(try_on("a", NOW), REP_PICKED);
	for(unsigned i = 0; i < 2; i++)
		rep_pool_put(registry, pool, FIRST + i, &plain, 3, 3, NOW);
	ck_assert_uint_eq(inside()->routes[1]->benched, 2);
	rep_pool_remove(registry, pool, FIRST);
	ck_assert_uint_eq(inside()->routes[1]->benched, 1);
}
END_TEST

START_TEST(share_is_of_those_that_have_the_tags)
{
	rep_attrs_t gold = plain;

	gold.tags = rep_span("gold");
	put_numbers(6);
	for(unsigned i = 6; i < 10; i++)
		rep_pool_put(registry, pool, FIRST + i, &gold, 1, 1, NOW);
	policy_set("require_tags", "gold", NOW);
	bench(FIRST + 6);
	bench(FIRST + 7);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
	bench(FIRST + 8);
	ck_assert_int_eq(try_on("", NOW), REP_PICK_SHARE_BENCHED);
	bench(FIRST + 9);
	ck_assert_int_eq(try_on("", NOW), REP_PICK_ALL_BENCHED);
	policy_set("require_tags", "", NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
	/* others that rest are nothing to those that match */
	for(unsigned i = 0; i < 4; i++)
		bench(FIRST + i);
	for(unsigned i = 6; i < 10; i++)
		rep_pool_release(registry, pool, FIRST + i, NOW);
	policy_set("require_tags", "gold", NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
}
END_TEST

/* ---- pool-exhausted -------------------------------------------------- */

static uint64_t cursor;

/* New edges of that kind; the last one's route and reason. */
static unsigned exhausted(rep_time_t now, char *route, rep_pick_t *why)
{
	rep_event_t events[32];
	unsigned found = 0;
	size_t n;

	rep_registry_tick(registry, now);
	while((n = rep_events_read(
				   rep_registry_events(registry), &cursor, events, 32))
			> 0)
		for(size_t i = 0; i < n; i++)
			if(events[i].kind == REP_EVENT_POOL_EXHAUSTED) {
				found++;
				memcpy(route, events[i].route, sizeof(events[i].route));
				*why = events[i].stop;
			}
	return found;
}

START_TEST(exhausted_is_announced_for_a_route)
{
	char route[REP_ROUTE_MAX + 1] = "";
	rep_pick_t why;

	cursor = 0;
	put_numbers(4);
	bench_on("a", 0, 2, DAY);
	ck_assert_uint_eq(exhausted(NOW, route, &why), 0);
	bench_on("a", 2, 1, DAY);
	ck_assert_uint_eq(exhausted(NOW, route, &why), 1);
	ck_assert_str_eq(route, "a");
	ck_assert_int_eq(why, REP_PICK_SHARE_BENCHED);
	ck_assert_int_eq(try_on("a", NOW), REP_PICK_SHARE_BENCHED);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
	ck_assert_uint_eq(exhausted(NOW + S, route, &why), 0);
}
END_TEST

START_TEST(exhausted_is_announced_after_remove_and_again_after_recovery)
{
	char route[REP_ROUTE_MAX + 1] = "x";
	rep_pick_t why;

	cursor = 0;
	put_numbers(4);
	bench(FIRST);
	ck_assert_uint_eq(exhausted(NOW, route, &why), 0);
	rep_pool_remove(registry, pool, FIRST + 2);
	rep_pool_remove(registry, pool, FIRST + 3);
	ck_assert_int_eq(try_on("", NOW), REP_PICK_SHARE_BENCHED);
	ck_assert_uint_eq(exhausted(NOW + S, route, &why), 1);
	ck_assert_str_eq(route, "");
	ck_assert_int_eq(why, REP_PICK_SHARE_BENCHED);
	ck_assert_uint_eq(exhausted(NOW + 2 * S, route, &why), 0);
	/* it recovers by what an operator adds, and stops again */
	for(unsigned i = 2; i < 4; i++)
		rep_pool_put(registry, pool, FIRST + i, &plain, 1, 1, NOW);
	ck_assert_uint_eq(exhausted(NOW + 3 * S, route, &why), 0);
	ck_assert_int_eq(try_on("", NOW + 3 * S), REP_PICKED);
	rep_pool_remove(registry, pool, FIRST + 2);
	rep_pool_remove(registry, pool, FIRST + 3);
	ck_assert_uint_eq(exhausted(NOW + 4 * S, route, &why), 1);
}
END_TEST

Suite *regress_suite(void)
{
	Suite *suite = suite_create("regress");
	TCase *tc = tcase_create("verdicts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, lowering_probation_calls_strands_nobody, 0, 3);
	tcase_add_test(tc, probation_calls_0_before_the_first_call);
	tcase_add_test(tc, adopted_probation_strands_nobody);
	tcase_add_loop_test(tc, order_weighted_to_least_recent_is_even_soon, 0, 3);
	tcase_add_test(tc, timer_stays_bounded_under_caps);
	tcase_add_test(tc, clock_set_back_under_cap_minute);
	tcase_add_test(tc, benched_on_a_route_and_everywhere_counts_once);
	tcase_add_test(tc, paused_or_removed_numbers_leave_the_routes_share);
	tcase_add_test(tc, share_is_of_those_that_have_the_tags);
	tcase_add_test(tc, exhausted_is_announced_for_a_route);
	tcase_add_test(
			tc, exhausted_is_announced_after_remove_and_again_after_recovery);
	suite_add_tcase(suite, tc);
	suite_add_tcase(suite, regress_evidence());
	return suite;
}
