/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults that the core once had: each test fails on the code that had it. */

#include <check.h>
#include <stdio.h>

#include "core/inside.h"
#include "suites.h"

#define NOW INT64_C(1760000000000) /* a Thursday, 08:53:20 UTC */
#define FIRST UINT64_C(15551230001)
#define S 1000
#define MINUTE (60 * S)
#define HOUR (60 * MINUTE)
#define DAY (24 * (rep_time_t)HOUR)

static const rep_attrs_t plain = {.weight = 1, .status = REP_ACTIVE};

static rep_book_t *book;
static int pool;

static void policy_set(const char *field, const char *value, rep_time_t now)
{
	rep_policy_t policy;
	char why[160];

	ck_assert(rep_pool_policy(book, pool, &policy));
	ck_assert_ptr_null(rep_policy_set(
			&policy, rep_span(field), rep_span(value), why, sizeof(why)));
	rep_pool_set_policy(book, pool, &policy, now);
}

static void put_numbers(unsigned n)
{
	for(unsigned i = 0; i < n; i++)
		ck_assert_int_eq(
				rep_pool_put(book, pool, FIRST + i, &plain, 1, 1, NOW), 1);
}

static void setup(void)
{
	book = rep_book_create(100000);
	ck_assert_ptr_nonnull(book);
	pool = rep_book_put(book, rep_span("sales"));
	ck_assert_int_eq(pool, 0);
	policy_set("rest_jitter", "0", NOW);
}

static void teardown(void)
{
	rep_book_destroy(book);
}

/* The pool as the core sees it: for how much it holds. */
static rep_pool_t *inside(void)
{
	return book->pools[pool];
}

static rep_pick_t pick(
		const char *route, rep_time_t now, bool dry, rep_ticket_t *ticket)
{
	*ticket = (rep_ticket_t){0};
	return rep_book_pick(
			book, pool, 15557770000, rep_span(route), now, dry, ticket)
			.result;
}

static rep_pick_t try_on(const char *route, rep_time_t now)
{
	rep_ticket_t t;

	return pick(route, now, true, &t);
}

/* `n` calls through the pool with this outcome; how many of them with the
 * first number. */
static unsigned calls(unsigned n, rep_outcome_t outcome, rep_time_t now)
{
	unsigned of_first = 0;
	rep_ticket_t t;

	for(unsigned i = 0; i < n; i++) {
		ck_assert_int_eq(pick("", now, false, &t), REP_PICKED);
		of_first += t.number == FIRST;
		rep_book_count(book, &t, outcome, now);
		rep_book_hang_up(book, &t, now);
	}
	return of_first;
}

static void count(rep_e164_t number, const char *route, rep_outcome_t outcome,
		unsigned n, rep_time_t now)
{
	rep_ticket_t t;

	while(n-- > 0) {
		ck_assert(rep_book_ticket(book, pool, number, rep_span(route), &t));
		ck_assert(rep_book_count(book, &t, outcome, now));
	}
}

static rep_number_view_t view(rep_e164_t number, rep_time_t now)
{
	rep_number_view_t v;

	ck_assert(rep_book_view(book, pool, number, now, &v, NULL, 0, NULL));
	return v;
}

/* Another node's verdict, of its first turn unless told otherwise. */
static rep_record_t record(rep_e164_t number, const char *route,
		rep_state_t state, rep_time_t now, rep_time_t rest)
{
	rep_record_t r = {.number = number,
			.turn = 1,
			.state = state,
			.reason = REP_REASON_BLOCKED,
			.since = now,
			.until = rest ? now + rest : 0,
			.struck = now,
			.strikes = 1};

	snprintf(r.route, sizeof(r.route), "%s", route);
	return r;
}

static void bench_on(
		const char *route, unsigned first, unsigned numbers, rep_time_t rest)
{
	for(unsigned i = first; i < first + numbers; i++) {
		rep_record_t r = record(FIRST + i, route, REP_BENCHED, NOW, rest);
		ck_assert_int_eq(rep_pool_adopt(book, pool, &r, false, NOW), 1);
	}
}

static void bench(rep_e164_t number)
{
	ck_assert(
			rep_book_bench(book, pool, number, 86400, REP_REASON_MANUAL, NOW));
}

/* ---- probation ------------------------------------------------------- */

static const char *const lower[] = {"5", "1", "0"};

START_TEST(lowering_probation_calls_strands_nobody)
{
	rep_time_t now = NOW;
	unsigned used = 0;

	put_numbers(4);
	calls(200, REP_ANSWERED, now);
	rep_book_bench(book, pool, FIRST, 60, REP_REASON_MANUAL, now);
	now += MINUTE + S;
	rep_book_tick(book, now);
	ck_assert_int_eq(view(FIRST, now).state, REP_PROBATION);
	calls(40, REP_ANSWERED, now);
	ck_assert_int_eq(view(FIRST, now).state, REP_PROBATION);
	policy_set("probation_calls", lower[_i], now);
	for(int d = 0; d < 3; d++) {
		now += DAY;
		rep_book_tick(book, now);
		used += calls(40, REP_ANSWERED, now);
	}
	ck_assert_int_eq(view(FIRST, now).state, REP_ACTIVE);
	ck_assert_uint_ge(used, 20);
}
END_TEST

START_TEST(lowering_probation_calls_before_the_first_call)
{
	rep_time_t now = NOW + MINUTE + S;

	put_numbers(2);
	rep_book_bench(book, pool, FIRST, 60, REP_REASON_MANUAL, NOW);
	rep_book_tick(book, now);
	ck_assert_int_eq(view(FIRST, now).state, REP_PROBATION);
	policy_set("probation_calls", lower[_i], now);
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
	ck_assert_int_eq(rep_pool_adopt(book, pool, &r, false, now), 1);
	for(int d = 0; d < 3; d++) {
		now += HOUR;
		rep_book_tick(book, now);
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
		rep_book_hang_up(book, &t, now + k);
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
	rep_pool_put(book, pool, FIRST + 9, &light, 1, 1, NOW);
	policy_set("order", "weighted", NOW);
	calls(before[_i], REP_NOANSWER, NOW);
	policy_set("order", "least_recent", NOW);
	used_evenly(10, 10, NOW);
}
END_TEST

START_TEST(order_least_recent_to_weighted_is_even_soon)
{
	static const unsigned before[] = {7, 35, 2003};

	put_numbers(10);
	calls(before[_i], REP_NOANSWER, NOW);
	policy_set("order", "weighted", NOW);
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
		rep_book_tick(book, now);
		for(unsigned k = 0; k < 3; k++) {
			if(pick("b", now, false, &t) == REP_PICKED)
				rep_book_hang_up(book, &t, now);
			else
				ck_assert_uint_eq(k, 2);
		}
	}
	ck_assert_uint_le(inside()->timer.count, 8);
	now = NOW + 30 * DAY + S;
	rep_book_tick(book, now);
	ck_assert_int_eq(try_on("a", now), REP_PICKED);
}
END_TEST

START_TEST(clock_set_back_under_cap_minute)
{
	rep_time_t now = NOW;
	rep_ticket_t t;

	put_numbers(2);
	policy_set("cap_minute", "1", now);
	rep_book_tick(book, now);
	for(unsigned k = 0; k < 2; k++)
		ck_assert_int_eq(pick("", now, false, &t), REP_PICKED);
	ck_assert_int_eq(pick("", now, false, &t), REP_PICK_ALL_CAPPED);
	now -= HOUR;
	for(unsigned m = 0; m < 5; m++) {
		rep_book_tick(book, now);
		rep_book_tick(book, now + 100);
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
		rep_book_release(book, pool, FIRST + i, NOW);
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
		rep_pool_put(book, pool, FIRST + i, &paused, 2, 2, NOW);
	ck_assert_uint_eq(inside()->routes[1]->benched, 0);
	ck_assert_int_eq(try_on("a", NOW), REP_PICKED);
	for(unsigned i = 0; i < 2; i++)
		rep_pool_put(book, pool, FIRST + i, &plain, 3, 3, NOW);
	ck_assert_uint_eq(inside()->routes[1]->benched, 2);
	rep_pool_remove(book, pool, FIRST);
	ck_assert_uint_eq(inside()->routes[1]->benched, 1);
}
END_TEST

START_TEST(share_is_of_those_that_have_the_tags)
{
	rep_attrs_t gold = plain;

	gold.tags = rep_span("gold");
	put_numbers(6);
	for(unsigned i = 6; i < 10; i++)
		rep_pool_put(book, pool, FIRST + i, &gold, 1, 1, NOW);
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
		rep_book_release(book, pool, FIRST + i, NOW);
	policy_set("require_tags", "gold", NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
}
END_TEST

/* ---- pool-exhausted -------------------------------------------------- */

static uint64_t cursor;

/* New edges of that kind; the last one's route and reason. */
static unsigned exhausted(rep_time_t now, char *route, rep_pick_t *why)
{
	rep_edge_t edges[32];
	unsigned found = 0;
	size_t n;

	rep_book_tick(book, now);
	while((n = rep_book_edges(book, &cursor, edges, 32)) > 0)
		for(size_t i = 0; i < n; i++)
			if(edges[i].kind == REP_EDGE_POOL_EXHAUSTED) {
				found++;
				memcpy(route, edges[i].route, sizeof(edges[i].route));
				*why = edges[i].stop;
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
	rep_pool_remove(book, pool, FIRST + 2);
	rep_pool_remove(book, pool, FIRST + 3);
	ck_assert_int_eq(try_on("", NOW), REP_PICK_SHARE_BENCHED);
	ck_assert_uint_eq(exhausted(NOW + S, route, &why), 1);
	ck_assert_str_eq(route, "");
	ck_assert_int_eq(why, REP_PICK_SHARE_BENCHED);
	ck_assert_uint_eq(exhausted(NOW + 2 * S, route, &why), 0);
	/* it recovers by what an operator adds, and stops again */
	for(unsigned i = 2; i < 4; i++)
		rep_pool_put(book, pool, FIRST + i, &plain, 1, 1, NOW);
	ck_assert_uint_eq(exhausted(NOW + 3 * S, route, &why), 0);
	ck_assert_int_eq(try_on("", NOW + 3 * S), REP_PICKED);
	rep_pool_remove(book, pool, FIRST + 2);
	rep_pool_remove(book, pool, FIRST + 3);
	ck_assert_uint_eq(exhausted(NOW + 4 * S, route, &why), 1);
}
END_TEST

/* ---- sharing --------------------------------------------------------- */

static bool others(rep_time_t now, int64_t ahead)
{
	const rep_pool_t *p = inside();
	uint32_t i = rep_number_find(p, FIRST);
	rep_cell_t cell = {.number = FIRST,
			.bucket = (uint32_t)(rep_bucket_of(&p->policy, now) + ahead),
			.turn = rep_stamp_of(p, rep_number_at(p, i), 0)};

	cell.counts.n[REP_ANSWERED] = 1;
	return rep_pool_put_others(book, pool, &cell, now);
}

START_TEST(others_cells_are_taken_long_after_a_reset)
{
	rep_time_t now = NOW;

	put_numbers(2);
	rep_book_reset(book, pool, FIRST, now);
	for(unsigned k = 0; k < 400; k++) {
		ck_assert_msg(
				others(now, 0), "refused in turn %u", view(FIRST, now).turn);
		rep_book_bench(book, pool, FIRST, 1, REP_REASON_MANUAL, now);
		rep_book_release(book, pool, FIRST, now);
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
		rep_book_tick(book, now += HOUR);
	ck_assert_uint_eq(view(FIRST, now).counts.n[REP_BLOCKED], 0);
	ck_assert(rep_book_pool_view(book, pool, now, &whole));
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
	rep_book_reset(book, pool, FIRST, NOW);
	ck_assert(rep_book_view(book, pool, FIRST, NOW, &v, routes, 4, &n));
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

	rep_book_alone(book);
	put_numbers(4);
	before = rep_slab_count(&inside()->numbers);
	for(unsigned k = 0; k < 20000; k++) {
		ck_assert_int_eq(
				rep_pool_put(book, pool, FIRST + 10, &plain, 1, 1, NOW), 1);
		ck_assert(rep_pool_remove(book, pool, FIRST + 10));
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
	ck_assert_uint_eq(atomic_load(&book->full_routes), 0);
}
END_TEST

Suite *regress_suite(void)
{
	Suite *suite = suite_create("regress");
	TCase *tc = tcase_create("regress");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, lowering_probation_calls_strands_nobody, 0, 3);
	tcase_add_loop_test(
			tc, lowering_probation_calls_before_the_first_call, 0, 3);
	tcase_add_test(tc, adopted_probation_strands_nobody);
	tcase_add_loop_test(tc, order_weighted_to_least_recent_is_even_soon, 0, 3);
	tcase_add_loop_test(tc, order_least_recent_to_weighted_is_even_soon, 0, 3);
	tcase_add_test(tc, timer_stays_bounded_under_caps);
	tcase_add_test(tc, clock_set_back_under_cap_minute);
	tcase_add_test(tc, benched_on_a_route_and_everywhere_counts_once);
	tcase_add_test(tc, paused_or_removed_numbers_leave_the_routes_share);
	tcase_add_test(tc, share_is_of_those_that_have_the_tags);
	tcase_add_test(tc, exhausted_is_announced_for_a_route);
	tcase_add_test(
			tc, exhausted_is_announced_after_remove_and_again_after_recovery);
	tcase_add_test(tc, others_cells_are_taken_long_after_a_reset);
	tcase_add_test(tc, cells_of_future_buckets_are_refused);
	tcase_add_loop_test(tc, next_bucket_leaves_room_for_this_one, 0, 2);
	tcase_add_test(tc, window_shorter_than_a_bucket_ages);
	tcase_add_test(tc, reset_clears_the_strikes_of_routes);
	tcase_add_loop_test(tc, alone_add_and_remove_take_no_more_slots, 0, 2);
	tcase_add_test(tc, trying_unknown_routes_makes_no_label);
	suite_add_tcase(suite, tc);
	return suite;
}
