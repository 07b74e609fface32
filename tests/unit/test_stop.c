/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a pool stops, and that it is announced. */

#include "pool_test.h"
#include "suites.h"

START_TEST(share_benched)
{
	put_numbers(4);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 600, REP_REASON_MANUAL, NOW);
	rep_pool_bench(registry, pool, FIRST + 1, rep_span(""), 600,
			REP_REASON_MANUAL, NOW);
	ck_assert_uint_ne(pick_and_end(NOW), 0); /* exactly the share */
	rep_pool_bench(registry, pool, FIRST + 2, rep_span(""), 600,
			REP_REASON_MANUAL, NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_SHARE_BENCHED);
	policy_set("on_exhausted", "least_bad", NOW);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST + 3);
	rep_pool_bench(registry, pool, FIRST + 3, rep_span(""), 600,
			REP_REASON_MANUAL, NOW);
	ck_assert_uint_ne(pick_and_end(NOW), 0);
	policy_set("on_exhausted", "reject", NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_ALL_BENCHED);
	rep_registry_observe(registry, true);
	rep_registry_tick(registry, NOW);
	ck_assert_uint_ne(pick_and_end(NOW), 0);
}
END_TEST

START_TEST(small_pools)
{
	put_numbers(1);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 60, REP_REASON_MANUAL, NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_ALL_BENCHED);
	ck_assert_int_eq(why_not(NOW), REP_PICK_ALL_BENCHED);
	ck_assert_uint_eq(events_of(REP_EVENT_POOL_EXHAUSTED), 1);
	rep_pool_release(registry, pool, FIRST, rep_span(""), NOW);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 60, REP_REASON_MANUAL, NOW);
	ck_assert_uint_eq(events_of(REP_EVENT_POOL_EXHAUSTED), 2);
}
END_TEST

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
		rep_pool_release(registry, pool, FIRST + i, rep_span(""), NOW);
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
		rep_pool_release(registry, pool, FIRST + i, rep_span(""), NOW);
	policy_set("require_tags", "gold", NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
}
END_TEST

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

Suite *stop_suite(void)
{
	Suite *suite = suite_create("stop");
	TCase *tc = tcase_create("stop");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, share_benched);
	tcase_add_test(tc, small_pools);
	tcase_add_test(tc, benched_on_a_route_and_everywhere_counts_once);
	tcase_add_test(tc, paused_or_removed_numbers_leave_the_routes_share);
	tcase_add_test(tc, share_is_of_those_that_have_the_tags);
	tcase_add_test(tc, exhausted_is_announced_for_a_route);
	tcase_add_test(
			tc, exhausted_is_announced_after_remove_and_again_after_recovery);
	suite_add_tcase(suite, tc);
	return suite;
}
