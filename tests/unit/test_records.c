/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts between nodes. */

#include "engine/judge/bucket.h"
#include "engine/pool/exchange.h"
#include "engine/pool/slot.h"

#include "pool_test.h"
#include "suites.h"

/* What was benched before this proxy was there is no news to it. */
START_TEST(old_benches_are_not_announced)
{
	rep_record_t r = {.number = FIRST,
			.turn = 1,
			.state = REP_BENCHED,
			.reason = REP_REASON_BLOCKED,
			.since = NOW - 1,
			.until = NOW + HOUR,
			.strikes = 1};

	put_numbers(3);
	rep_registry_tick(registry, NOW);
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, true, NOW), 1);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_BENCHED);
	ck_assert_uint_eq(events_of(REP_EVENT_BENCHED), 0);
	r.number = FIRST + 1;
	r.since = NOW + S;
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, true, NOW + S), 1);
	ck_assert_uint_eq(events_of(REP_EVENT_BENCHED), 1);
}
END_TEST

START_TEST(records_between_nodes)
{
	rep_record_t r, theirs;

	put_numbers(3);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 60, REP_REASON_MANUAL, NOW);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &r, 1), 1);
	ck_assert_uint_eq(r.turn, 1);
	ck_assert_int_eq(r.state, REP_BENCHED);
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, true, NOW), 0);
	theirs = r;
	theirs.until += 5 * S;
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &theirs, false, NOW), 0);
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &theirs, true, NOW), 1);
	ck_assert_int_eq(view(FIRST, NOW).until, theirs.until);
	theirs.turn = 2;
	theirs.state = REP_ACTIVE;
	theirs.reason = REP_REASON_NONE;
	theirs.until = 0;
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &theirs, false, NOW), 1);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	theirs.number = 999;
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &theirs, false, NOW), -1);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &r, 1), 0);
}
END_TEST

/* Calls of others, of this turn of the number's verdict. */
static void others(uint32_t turn, rep_outcome_t outcome, uint32_t n)
{
	rep_cell_t cell = {.number = FIRST,
			.bucket = rep_bucket_of(&inside()->policy, NOW),
			.stamp = turn << 8};

	cell.counts.n[outcome] = n;
	ck_assert(rep_pool_put_others(registry, pool, &cell, 1, NOW));
}

static uint32_t weighed(rep_outcome_t outcome)
{
	return inside()->weighed.n[outcome] / REP_WEIGHT;
}

/* Who was not there when a number was benched, or comes back, has it out of
 * the yardstick too, whichever it hears of first; and what it was benched on
 * is its past. */
START_TEST(adopted_benches_leave_the_yardstick)
{
	rep_record_t r = record(FIRST, "", REP_BENCHED, NOW, HOUR);
	const rep_past_t *past;

	put_numbers(10);
	for(unsigned n = 1; n < 10; n++)
		count(FIRST + n, "", REP_NOANSWER, 40, NOW);
	if(_i == 0)
		others(0, REP_BLOCKED, 2);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, true, NOW), 1);
	if(_i == 1)
		others(0, REP_BLOCKED, 2);
	ck_assert_uint_eq(inside()->window.n[REP_BLOCKED], 2);
	ck_assert_uint_eq(weighed(REP_BLOCKED), 0);
	if(_i == 0) {
		past = rep_slab_at(&inside()->pasts, rep_number_at(inside(), 0)->past);
		ck_assert_float_eq(past->seen[REP_BLOCKED], 2);
	}
	/* back in good standing, by turns that this node has not heard of */
	others(r.turn + 2, REP_ANSWERED, 5);
	ck_assert_uint_eq(weighed(REP_ANSWERED), 0);
	r.turn += 2;
	r.state = REP_ACTIVE;
	r.reason = REP_REASON_NONE;
	r.until = 0;
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, true, NOW), 1);
	ck_assert_uint_eq(weighed(REP_ANSWERED), 5);
	ck_assert_uint_eq(weighed(REP_BLOCKED), 0);
}
END_TEST

/* Another node's reset forgets what is known here, and only a reset does. */
START_TEST(adopted_reset_forgets)
{
	rep_record_t r = record(FIRST, "", REP_ACTIVE, NOW, 0);
	static const struct
	{
		uint32_t turn, reset, calls;
	} steps[] = {{1, 0, 5}, {2, 2, 0}, {3, 2, 5}, {4, 4, 0}};

	r.reason = REP_REASON_NONE;
	put_numbers(2);
	for(size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		count(FIRST, "", REP_ANSWERED, 5 - view(FIRST, NOW).counts.n[0], NOW);
		r.turn = steps[i].turn;
		r.reset = steps[i].reset;
		ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, false, NOW), 1);
		ck_assert_uint_eq(
				view(FIRST, NOW).counts.n[REP_ANSWERED], steps[i].calls);
	}
}
END_TEST

/* A reset that is sent says which turns it forgets. */
START_TEST(reset_is_sent)
{
	rep_record_t r;

	put_numbers(1);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 1, REP_REASON_MANUAL, NOW);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &r, 1), 1);
	ck_assert_uint_eq(r.reset, 0);
	rep_pool_reset(registry, pool, FIRST, NOW);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &r, 1), 1);
	ck_assert_uint_eq(r.turn, 3);
	ck_assert_uint_eq(r.reset, 3);
	ck_assert_int_eq(r.state, REP_ACTIVE);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &r, 1), 0);
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

Suite *records_suite(void)
{
	Suite *suite = suite_create("records");
	TCase *tc = tcase_create("records");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, old_benches_are_not_announced);
	tcase_add_test(tc, records_between_nodes);
	tcase_add_loop_test(tc, adopted_benches_leave_the_yardstick, 0, 2);
	tcase_add_test(tc, adopted_reset_forgets);
	tcase_add_test(tc, reset_is_sent);
	tcase_add_test(tc, adopted_probation_strands_nobody);
	suite_add_tcase(suite, tc);
	return suite;
}
