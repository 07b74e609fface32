/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a call attempt: what is in flight, and what is counted. */

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
	return suite;
}
