/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults that the core once had, in evidence and in what it holds: each test
 * fails on the code that had it. */

#include "engine/judge/bucket.h"
#include "engine/pool/exchange.h"
#include "engine/pool/index.h"
#include "engine/pool/pools.h"
#include "engine/pool/slot.h"
#include "engine/pool/stamp.h"
#include "engine/pool/standing.h"
#include "engine/pool/tick.h"

#include "pool_test.h"
#include "suites.h"

/* ---- sharing --------------------------------------------------------- */

static bool others(rep_time_t now, int64_t ahead)
{
	const rep_pool_t *p = inside();
	uint32_t i = rep_number_find(p, FIRST);
	rep_cell_t cell = {.number = FIRST,
			.bucket = (uint32_t)(rep_bucket_of(&p->policy, now) + ahead),
			.stamp = rep_stamp_of(p, rep_number_at(p, i), 0)};

	cell.counts.n[REP_ANSWERED] = 1;
	return rep_pool_put_others(registry, pool, &cell, now);
}

START_TEST(others_cells_are_taken_long_after_a_reset)
{
	rep_time_t now = NOW;

	put_numbers(2);
	rep_pool_reset(registry, pool, FIRST, now);
	for(unsigned k = 0; k < 400; k++) {
		ck_assert_msg(
				others(now, 0), "refused in turn %u", view(FIRST, now).turn);
		rep_pool_bench(registry, pool, FIRST, 1, REP_REASON_MANUAL, now);
		rep_pool_release(registry, pool, FIRST, now);
		now += 5 * DAY;
	}
}
END_TEST

START_TEST(cells_of_future_buckets_are_refused)
{
	uint32_t before;

	put_numbers(2);
	ck_assert(!others(NOW, 73 * 60));
	ck_assert(!others(NOW, 2 * 60));
	before = inside()->window.n[REP_NOANSWER];
	count(FIRST + 1, "", REP_NOANSWER, 100, NOW);
	ck_assert_uint_eq(inside()->window.n[REP_NOANSWER], before + 100);
}
END_TEST

/* A clock that is a little ahead says the next bucket: the present one still
 * counts, however few buckets the window has. */
START_TEST(next_bucket_leaves_room_for_this_one)
{
	static const char *const span[] = {"60", "1440"};
	int64_t minutes = _i ? 1440 : 60;

	put_numbers(2);
	policy_set("window_hours", "1", NOW);
	policy_set("bucket_minutes", span[_i], NOW);
	ck_assert(others(NOW, minutes));
	count(FIRST + 1, "", REP_NOANSWER, 10, NOW);
	ck_assert_uint_eq(inside()->window.n[REP_NOANSWER], 10);
}
END_TEST

START_TEST(window_shorter_than_a_bucket_ages)
{
	rep_time_t now = NOW;
	rep_pool_view_t whole;

	put_numbers(2);
	policy_set("window_hours", "1", now);
	policy_set("bucket_minutes", "1440", now);
	count(FIRST, "", REP_BLOCKED, 1, now);
	ck_assert_uint_eq(view(FIRST, now).counts.n[REP_BLOCKED], 1);
	for(unsigned k = 0; k < 40; k++)
		rep_registry_tick(registry, now += HOUR);
	ck_assert_uint_eq(view(FIRST, now).counts.n[REP_BLOCKED], 0);
	ck_assert(rep_view_pool(registry, pool, now, &whole));
	ck_assert_uint_eq(whole.counts.n[REP_BLOCKED], 0);
}
END_TEST

START_TEST(reset_clears_the_strikes_of_routes)
{
	rep_route_view_t routes[4];
	rep_number_view_t v;
	size_t n = 0;

	put_numbers(2);
	bench_on("a", 0, 1, DAY);
	rep_pool_reset(registry, pool, FIRST, NOW);
	ck_assert(rep_view_number(registry, pool, FIRST, NOW, &v, routes, 4, &n));
	for(size_t i = 0; i < n; i++) {
		ck_assert_uint_eq(routes[i].strikes, 0);
		ck_assert_int_eq(routes[i].state, REP_ACTIVE);
	}
	ck_assert_uint_eq(v.strikes, 0);
	ck_assert_uint_eq(
			rep_verdict_of(inside(),
					rep_number_at(inside(), rep_number_find(inside(), FIRST)),
					1)
					->strikes,
			0);
}
END_TEST

/* ---- room ------------------------------------------------------------ */

/* Also when calls go on, and the queue names those that are gone. */
START_TEST(alone_add_and_remove_take_no_more_slots)
{
	uint32_t before;

	rep_registry_alone(registry);
	put_numbers(4);
	before = rep_slab_count(&inside()->numbers);
	for(unsigned k = 0; k < 20000; k++) {
		ck_assert_int_eq(
				rep_pool_put(registry, pool, FIRST + 10, &plain, 1, 1, NOW), 1);
		ck_assert(rep_pool_remove(registry, pool, FIRST + 10));
		if(_i && k % 8 == 0)
			calls(1, REP_NOANSWER, NOW + k);
	}
	ck_assert_uint_le(
			rep_slab_count(&inside()->numbers), before + REP_SLAB_CHUNK);
}
END_TEST

START_TEST(trying_unknown_routes_makes_no_label)
{
	char label[16];

	put_numbers(2);
	for(unsigned k = 0; k < 100; k++) {
		snprintf(label, sizeof(label), "typo-%u", k);
		ck_assert_int_eq(try_on(label, NOW), REP_PICKED);
	}
	ck_assert_uint_eq(inside()->n_routes, 1);
	ck_assert_uint_eq(atomic_load(&registry->full_routes), 0);
}
END_TEST

TCase *regress_evidence(void)
{
	TCase *tc = tcase_create("evidence");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, others_cells_are_taken_long_after_a_reset);
	tcase_add_test(tc, cells_of_future_buckets_are_refused);
	tcase_add_loop_test(tc, next_bucket_leaves_room_for_this_one, 0, 2);
	tcase_add_test(tc, window_shorter_than_a_bucket_ages);
	tcase_add_test(tc, reset_clears_the_strikes_of_routes);
	tcase_add_loop_test(tc, alone_add_and_remove_take_no_more_slots, 0, 2);
	tcase_add_test(tc, trying_unknown_routes_makes_no_label);
	return tc;
}
