/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a call attempt: what is in flight, and what is counted. */

#include <math.h>

#include "engine/pool/callees.h"

#include "pool_test.h"
#include "suites.h"

static uint32_t in_flight(void)
{
	rep_pool_view_t whole;

	ck_assert(rep_view_pool(registry, pool, NOW, &whole));
	return whole.in_flight;
}

START_TEST(in_flight_until_the_end)
{
	rep_ticket_t a, b, c;

	put_numbers(2);
	ck_assert_uint_eq(pick_on("", NOW, &a, NULL), FIRST);
	ck_assert_uint_eq(pick_on("", NOW, &b, NULL), FIRST + 1);
	ck_assert(rep_pool_track(registry, pool, FIRST, rep_span("x"), NOW, &c));
	ck_assert_uint_eq(view(FIRST, NOW).in_flight, 2);
	ck_assert_uint_eq(view(FIRST + 1, NOW).in_flight, 1);
	ck_assert_uint_eq(in_flight(), 3);
	ck_assert_int_eq(rep_ticket_reroute(registry, &c, rep_span("y"), NOW),
			REP_PICKED); /* keeps its place */
	rep_ticket_count(registry, &c, REP_BUSY, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).in_flight, 2);
	rep_ticket_hang_up(registry, &c, NOW);
	rep_ticket_hang_up(registry, &c, NOW); /* once is enough */
	ck_assert_uint_eq(view(FIRST, NOW).in_flight, 1);
	ck_assert_uint_eq(in_flight(), 2);
	/* a number that goes takes its calls with it */
	ck_assert(rep_pool_remove(registry, pool, FIRST));
	ck_assert_uint_eq(in_flight(), 1);
	rep_ticket_hang_up(registry, &a, NOW);
	rep_ticket_hang_up(registry, &b, NOW);
	ck_assert_uint_eq(in_flight(), 0);
}
END_TEST

/* A trunk that refuses caller IDs is told of once a minute. */
START_TEST(refused_is_announced_once_a_minute)
{
	rep_ticket_t t;

	put_numbers(2);
	ck_assert(rep_pool_ticket(registry, pool, FIRST, rep_span("east"), &t));
	for(rep_time_t at = 0; at < MINUTE; at += 10 * S)
		rep_ticket_count(registry, &t, REP_REFUSED, NOW + at);
	ck_assert_uint_eq(events_of(REP_EVENT_REFUSED), 1);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_REFUSED], 6);
	rep_ticket_refused(registry, &t, NOW + MINUTE);
	ck_assert_uint_eq(events_of(REP_EVENT_REFUSED), 2);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_REFUSED], 6);
	/* a clock that was set back does not silence it */
	rep_ticket_refused(registry, &t, NOW - HOUR);
	ck_assert_uint_eq(events_of(REP_EVENT_REFUSED), 3);
}
END_TEST

/* Calls that speak for a number are judged while it is on probation, on
 * whichever route they went. */
START_TEST(answered_calls_end_a_probation)
{
	static const char *const routes[] = {"", "east"};

	put_numbers(10);
	healthy(10, "east", NOW);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 1, REP_REASON_MANUAL, NOW);
	rep_registry_tick(registry, NOW + 2 * S);
	ck_assert_int_eq(view(FIRST, NOW + 2 * S).state, REP_PROBATION);
	count(FIRST, routes[_i], REP_ANSWERED, 30, NOW + 2 * S);
	ck_assert_int_eq(view(FIRST, NOW + 2 * S).state, REP_ACTIVE);
}
END_TEST

START_TEST(lost_and_malformed)
{
	rep_registry_stats_t before, after;
	rep_ticket_t t;

	put_numbers(1);
	ck_assert(rep_pool_ticket(registry, pool, FIRST, rep_span(""), &t));
	rep_registry_stats(registry, &before);
	ck_assert(!rep_ticket_count(registry, &t, REP_OUTCOMES, NOW));
	ck_assert(!rep_ticket_count(registry, &t, (rep_outcome_t)-1, NOW));
	ck_assert(rep_ticket_count(registry, &t, REP_BUSY, NOW));
	ck_assert(rep_pool_remove(registry, pool, FIRST));
	ck_assert(!rep_ticket_count(registry, &t, REP_BUSY, NOW));
	rep_registry_stats(registry, &after);
	ck_assert_uint_eq(after.counted, before.counted + 1);
	ck_assert_uint_eq(after.lost, before.lost + 1);
}
END_TEST

/* `n` calls of the first number, each to the next of `callees`. */
static void count_to(
		unsigned callees, unsigned n, rep_outcome_t outcome, rep_time_t now)
{
	rep_ticket_t t;

	for(unsigned i = 0; i < n; i++) {
		ck_assert(rep_pool_ticket(registry, pool, FIRST, rep_span(""), &t));
		if(callees)
			rep_ticket_calls(registry, &t, UINT64_C(12125550000) + i % callees);
		ck_assert(rep_ticket_count(registry, &t, outcome, now));
	}
}

static void with_callees(void)
{
	setup();
	ck_assert(rep_callees_create(registry, 1000));
	rep_callees_key(registry, rep_span("sixteen bytes or more"));
	put_numbers(10);
	healthy(10, "", NOW);
}

static float score_after(unsigned callees, unsigned n, rep_outcome_t outcome)
{
	float score;

	with_callees();
	count_to(callees, n, outcome, NOW + 2 * S);
	ck_assert_uint_ge(view(FIRST, NOW + 2 * S).counts.n[outcome], n);
	score = view(FIRST, NOW + 2 * S).judged.score;
	teardown();
	return score;
}

/* Ten calls, and what they weigh: as one when one callee made them, as ten
 * when ten did, and when nobody knows who did. */
START_TEST(a_callee_speaks_once)
{
	static const rep_outcome_t outcomes[] = {
			REP_BLOCKED, REP_UNWANTED, REP_DECLINED};
	rep_outcome_t outcome = outcomes[_i];
	float one = score_after(1, 1, outcome), ten = score_after(10, 10, outcome);

	ck_assert_float_gt(ten, one);
	ck_assert_float_eq(score_after(1, 10, outcome), one);
	ck_assert_float_eq(score_after(0, 10, outcome), ten);
	ck_assert_float_eq(score_after(3, 10, outcome), score_after(3, 3, outcome));
}
END_TEST

/* Calls between false benches are all calls: when half of them are repeats, the
 * others may bench twice as often. */
START_TEST(repeats_lower_the_thresholds)
{
	float before, after;
	unsigned calls = 0;

	with_callees();
	policy_set("rest_jitter", "0", NOW); /* measures */
	for(unsigned i = 0; i < 10; i++) {
		rep_number_view_t seen = view(FIRST + i, NOW);

		calls += (unsigned)rep_counts_judged(&seen.counts);
	}
	before = view(FIRST, NOW).judged.threshold[REP_CHART_BLOCKED];
	count_to(1, 1 + calls, REP_NOANSWER, NOW);
	policy_set("rest_jitter", "0", NOW);
	after = view(FIRST, NOW).judged.threshold[REP_CHART_BLOCKED];
	ck_assert_float_eq_tol(before - after, logf(2), 0.1f);
	teardown();
}
END_TEST

/* Calls that are not judged are nobody's word. */
START_TEST(neutral_calls_are_no_repeats)
{
	rep_callees_stats_t stats;

	with_callees();
	for(int o = REP_JUDGED; o < REP_OUTCOMES; o++)
		count_to(1, 3, (rep_outcome_t)o, NOW);
	rep_callees_stats(registry, &stats);
	ck_assert_uint_eq(stats.repeats, 0);
	count_to(1, 3, REP_BUSY, NOW);
	rep_callees_stats(registry, &stats);
	ck_assert_uint_eq(stats.repeats, 2);
	teardown();
}
END_TEST

static uint64_t repeats(rep_time_t now)
{
	rep_callees_stats_t before, after;

	rep_callees_stats(registry, &before);
	count_to(1, 1, REP_BLOCKED, now);
	rep_callees_stats(registry, &after);
	return after.repeats - before.repeats;
}

/* What was said is void when it leaves the window, and with a reset. */
START_TEST(as_long_as_it_counts)
{
	static const struct
	{
		const char *hours, *minutes;
		rep_time_t bucket, stays;
	} windows[] = {{"72", "60", HOUR, 72 * HOUR},
			{"24", "5", 5 * MINUTE, 24 * HOUR}, {"1", "1440", DAY, DAY}};
	rep_time_t first = NOW - NOW % windows[_i].bucket + windows[_i].stays;

	with_callees();
	policy_set("window_hours", windows[_i].hours, NOW);
	policy_set("bucket_minutes", windows[_i].minutes, NOW);
	ck_assert_uint_eq(repeats(NOW), 0);
	ck_assert_uint_eq(repeats(NOW + 1), 1);
	ck_assert_uint_eq(repeats(first - 1), 1);
	ck_assert_uint_eq(repeats(first), 0);
	ck_assert_uint_eq(repeats(first), 1);
	ck_assert(rep_pool_reset(registry, pool, FIRST, first));
	ck_assert_uint_eq(repeats(first), 0);
	ck_assert_uint_eq(repeats(first), 1);
	teardown();
}
END_TEST

Suite *count_suite(void)
{
	Suite *suite = suite_create("count");
	TCase *tc = tcase_create("count");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, in_flight_until_the_end);
	tcase_add_test(tc, refused_is_announced_once_a_minute);
	tcase_add_loop_test(tc, answered_calls_end_a_probation, 0, 2);
	tcase_add_test(tc, lost_and_malformed);
	suite_add_tcase(suite, tc);
	tc = tcase_create("callees");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_callee_speaks_once, 0, 3);
	tcase_add_test(tc, neutral_calls_are_no_repeats);
	tcase_add_test(tc, repeats_lower_the_thresholds);
	tcase_add_loop_test(tc, as_long_as_it_counts, 0, 3);
	suite_add_tcase(suite, tc);
	return suite;
}
