/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves between states: evidence, rest, probation, strikes. */

#include <math.h>

#include "engine/pool/index.h"
#include "engine/pool/past.h"
#include "engine/pool/slot.h"
#include "engine/pool/standing.h"
#include "engine/pool/weigh.h"

#include "pool_test.h"
#include "suites.h"

START_TEST(benched_by_evidence)
{
	rep_number_view_t v;

	put_numbers(10);
	healthy(10, "", NOW);
	count(FIRST, "", REP_BLOCKED, 12, NOW);
	v = view(FIRST, NOW);
	ck_assert_int_eq(v.state, REP_BENCHED);
	ck_assert_int_eq(v.reason, REP_REASON_BLOCKED);
	ck_assert_uint_eq(v.strikes, 1);
	ck_assert_int_eq(v.until - v.since, 86400 * S);
	ck_assert_uint_eq(events_of(REP_EVENT_BENCHED), 1);
	for(unsigned i = 1; i < 10; i++)
		ck_assert_int_eq(view(FIRST + i, NOW).state, REP_ACTIVE);
}
END_TEST

/* What the blocked calls of all numbers come to in the others' yardstick. */
static double blocked_weigh(void)
{
	return (double)inside()->weighed.n[REP_BLOCKED] / REP_WEIGHT;
}

/* The more a number is suspected the less its run weighs; a run that benched
 * it weighs nothing, for good. */
START_TEST(suspects_weigh_less)
{
	unsigned calls = 2;

	ck_assert_uint_eq(rep_suspect_weight(0, REP_WEIGHT), REP_WEIGHT);
	ck_assert_uint_eq(rep_suspect_weight(2.5f, REP_WEIGHT), REP_WEIGHT / 2);
	ck_assert_uint_eq(rep_suspect_weight(6, REP_WEIGHT), 0);
	/* it does not follow each call */
	ck_assert_uint_eq(rep_suspect_weight(2.2f, REP_WEIGHT), REP_WEIGHT);
	ck_assert_uint_eq(rep_suspect_weight(2, REP_WEIGHT / 2), REP_WEIGHT / 2);
	ck_assert_uint_eq(rep_suspect_weight(1, REP_WEIGHT / 2), REP_WEIGHT);
	put_numbers(10);
	healthy(10, "", NOW);
	count(FIRST, "", REP_BLOCKED, 2, NOW);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	ck_assert_double_lt(blocked_weigh(), 1.5);
	for(; view(FIRST, NOW).state == REP_ACTIVE && calls < 12; calls++)
		count(FIRST, "", REP_BLOCKED, 1, NOW);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_BENCHED);
	ck_assert_double_eq(blocked_weigh(), 0);
}
END_TEST

/* By half in 30 days; a reset forgets all. */
START_TEST(past_is_forgotten)
{
	rep_tally_t turn = {{{VEC_FOUR(8), VEC_FOUR(4)}},
						{{VEC_FOUR(6), VEC_FOUR(6)}}},
				sum = {{{{0}}}, {{{0}}}};
	rep_number_t *number;

	put_numbers(1);
	number = rep_number_at(inside(), rep_number_find(inside(), FIRST));
	rep_past_add(inside(), number, &turn, NOW - 30 * DAY);
	rep_past_get(inside(), number, NOW, &sum);
	ck_assert_float_eq_tol(share_of(&sum.seen, 0), 4, 1e-3f);
	ck_assert_float_eq_tol(share_of(&sum.expected, 7), 3, 1e-3f);
	rep_past_add(inside(), number, &turn, NOW);
	rep_past_get(inside(), number, NOW, &sum);
	ck_assert_float_eq_tol(share_of(&sum.seen, 0), 4 + 12, 1e-3f);
	rep_pool_reset(registry, pool, FIRST, NOW);
	rep_past_get(inside(), number, NOW, &sum);
	ck_assert_float_eq_tol(share_of(&sum.seen, 0), 4 + 12, 1e-3f);
}
END_TEST

START_TEST(rest_probation_strikes)
{
	rep_time_t t = NOW;
	rep_number_view_t v;
	rep_ticket_t ticket;

	put_numbers(10);
	healthy(10, "", t);
	for(unsigned strike = 1; strike <= 3; strike++) {
		count(FIRST, "", REP_BLOCKED, 20, t);
		v = view(FIRST, t);
		ck_assert_int_eq(v.state, REP_BENCHED);
		ck_assert_uint_eq(v.strikes, strike);
		ck_assert_int_eq(v.until - v.since, (86400 << (strike - 1)) * S);
		rep_registry_tick(registry, v.until - 1);
		ck_assert_int_eq(view(FIRST, v.until - 1).state, REP_BENCHED);
		t = v.until + 1000;
		rep_registry_tick(registry, t);
		v = view(FIRST, t);
		ck_assert_int_eq(v.state, REP_PROBATION);
		healthy(10, "", t);
		/* what came healthy on probation ends it */
		ck_assert_int_eq(view(FIRST, t).state, REP_ACTIVE);
	}
	/* an old call's outcome does not count for the new turn */
	ck_assert(rep_pool_ticket(registry, pool, FIRST, rep_span(""), &ticket));
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 1, REP_REASON_MANUAL, t);
	rep_registry_tick(registry, t + 2000);
	rep_ticket_count(registry, &ticket, REP_BLOCKED, t + 2000);
	v = view(FIRST, t + 2000);
	ck_assert_uint_eq(v.since_turn.n[REP_BLOCKED], 0);
	ck_assert_uint_ge(v.counts.n[REP_BLOCKED], 1);
}
END_TEST

/* A failed probation is no strike: the next rest is longer by one factor, and
 * no longer after the second. The next bench in good standing is one. */
START_TEST(failed_probation_is_no_strike)
{
	rep_time_t t = NOW;
	rep_number_view_t v;

	policy_set("rest_factor", "3", NOW);
	put_numbers(10);
	healthy(10, "", t);
	for(unsigned strike = 1, rest = 86400; strike <= 3; strike++, rest *= 3) {
		count(FIRST, "", REP_BLOCKED, 20, t);
		v = view(FIRST, t);
		ck_assert_int_eq(v.state, REP_BENCHED);
		ck_assert_uint_eq(v.strikes, strike);
		ck_assert_int_eq(v.until - v.since, rest * (rep_time_t)S);
		for(int failed = 0; failed < 3; failed++) {
			t = v.until + S;
			rep_registry_tick(registry, t);
			ck_assert_int_eq(view(FIRST, t).state, REP_PROBATION);
			count(FIRST, "", REP_BLOCKED, 20, t);
			v = view(FIRST, t);
			ck_assert_int_eq(v.state, REP_BENCHED);
			ck_assert_int_eq(v.reason, REP_REASON_BLOCKED);
			ck_assert_uint_eq(v.strikes, strike);
			ck_assert_int_eq(v.until - v.since, 3 * rest * (rep_time_t)S);
		}
		t = v.until + S;
		rep_registry_tick(registry, t);
		healthy(10, "", t);
		ck_assert_int_eq(view(FIRST, t).state, REP_ACTIVE);
	}
	/* benched by hand while on probation: the rest that it had */
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 1, REP_REASON_MANUAL, t);
	t += 2 * S;
	rep_registry_tick(registry, t);
	ck_assert_int_eq(view(FIRST, t).state, REP_PROBATION);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 0, REP_REASON_MANUAL, t);
	v = view(FIRST, t);
	ck_assert_uint_eq(v.strikes, 3);
	ck_assert_int_eq(v.until - v.since, 9 * DAY);
}
END_TEST

/* The first test of a number that was benched by hand counts like any other. */
START_TEST(failed_after_a_bench_by_hand)
{
	rep_time_t t = NOW + 2 * S;
	rep_number_view_t v;

	put_numbers(10);
	healthy(10, "", NOW);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 1, REP_REASON_MANUAL, NOW);
	rep_registry_tick(registry, t);
	count(FIRST, "", REP_BLOCKED, 20, t);
	v = view(FIRST, t);
	ck_assert_int_eq(v.state, REP_BENCHED);
	ck_assert_uint_eq(v.strikes, 0);
	ck_assert_int_eq(v.until - v.since, DAY);
}
END_TEST

START_TEST(probation_budget)
{
	rep_ticket_t t[40];
	unsigned n = 0;

	policy_set("min_available", "0", NOW);
	policy_set("max_benched_share", "1", NOW);
	put_numbers(1);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 1, REP_REASON_MANUAL, NOW);
	while(n < 40 && pick_on("", NOW + 2 * S, &t[n], NULL))
		n++;
	ck_assert_uint_eq(n, 30);
	ck_assert_int_eq(view(FIRST, NOW + 2 * S).state, REP_PROBATION);
	/* a call that said nothing gives its place back */
	rep_ticket_count(registry, &t[0], REP_FAILED, NOW + 3 * S);
	rep_ticket_hang_up(registry, &t[0], NOW + 3 * S);
	ck_assert_uint_eq(pick_on("", NOW + 3 * S, &t[0], NULL), FIRST);
	for(unsigned k = 0; k < 30; k++) {
		rep_ticket_count(registry, &t[k], k % 4 ? REP_NOANSWER : REP_ANSWERED,
				NOW + 4 * S);
		rep_ticket_hang_up(registry, &t[k], NOW + 4 * S);
	}
	ck_assert_int_eq(view(FIRST, NOW + 4 * S).state, REP_ACTIVE);
	ck_assert_uint_eq(pick_and_end(NOW + 4 * S), FIRST);
}
END_TEST

static const char *const lower[] = {"5", "1", "0"};

START_TEST(lowering_probation_calls_strands_nobody)
{
	rep_time_t now = NOW;
	unsigned used = 0;

	put_numbers(4);
	calls(200, REP_ANSWERED, now);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 60, REP_REASON_MANUAL, now);
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
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 60, REP_REASON_MANUAL, NOW);
	rep_registry_tick(registry, now);
	ck_assert_int_eq(view(FIRST, now).state, REP_PROBATION);
	policy_set("probation_calls", "0", now);
	ck_assert_uint_ge(calls(40, REP_ANSWERED, now), 15);
	ck_assert_int_eq(view(FIRST, now).state, REP_ACTIVE);
}
END_TEST

START_TEST(strikes_decay)
{
	rep_time_t t = NOW, month = INT64_C(2592000) * S;

	policy_set("probation_calls", "0", NOW);
	put_numbers(10);
	healthy(10, "", t);
	count(FIRST, "", REP_BLOCKED, 20, t);
	ck_assert_uint_eq(view(FIRST, t).strikes, 1);
	t += 86400 * S + S;
	rep_registry_tick(registry, t);
	ck_assert_int_eq(view(FIRST, t).state, REP_ACTIVE);
	ck_assert_uint_eq(view(FIRST, t + month - 2 * S).strikes, 1);
	ck_assert_uint_eq(view(FIRST, t + month).strikes, 0);
}
END_TEST

/* Rests of a number that is benched again and again, in s. */
static const struct
{
	const char *seconds, *factor, *max;
	unsigned rests[5];
} rests[] = {
		{"100", "3", "1000", {100, 300, 900, 1000, 1000}},
		{"100", "1", "1000", {100, 100, 100, 100, 100}},
		{"86400", "2", "2592000", {86400, 172800, 345600, 691200, 1382400}},
		{"100", "2", "100", {100, 100, 100, 100, 100}},
};

START_TEST(rests_grow_to_their_limit)
{
	rep_time_t t = NOW;

	policy_set("rest_seconds", rests[_i].seconds, NOW);
	policy_set("rest_factor", rests[_i].factor, NOW);
	policy_set("rest_max", rests[_i].max, NOW);
	put_numbers(2);
	for(unsigned strike = 0; strike < 5; strike++, t += S) {
		rep_pool_bench(
				registry, pool, FIRST, rep_span(""), 0, REP_REASON_BLOCKED, t);
		ck_assert_int_eq(view(FIRST, t).until - t, rests[_i].rests[strike] * S);
		ck_assert_uint_eq(view(FIRST, t).strikes, strike + 1);
		rep_pool_release(registry, pool, FIRST, rep_span(""), t);
	}
	/* by hand: no strike, and the rest that the next strike would have */
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 0, REP_REASON_MANUAL, t);
	ck_assert_uint_eq(view(FIRST, t).strikes, 5);
	ck_assert_int_eq(view(FIRST, t).until - t, rests[_i].rests[4] * S);
}
END_TEST

/* Returns are spread over a fifth of the rest, evenly, differently for each
 * number and turn, and equally on every node. */
START_TEST(jitter_spreads_returns)
{
	rep_registry_t *here = registry, *there;
	double x[1000], sum = 0, least = 1, most = 1, product = 0;

	policy_set("rest_jitter", "0.1", NOW);
	put_numbers(1000);
	for(unsigned i = 0; i < 1000; i++) {
		rep_pool_bench(
				here, pool, FIRST + i, rep_span(""), 0, REP_REASON_MANUAL, NOW);
		x[i] = (double)(view(FIRST + i, NOW).until - NOW) / (86400.0 * S);
		least = fmin(least, x[i]);
		most = fmax(most, x[i]);
		sum += x[i];
		product += i ? (x[i] - 1) * (x[i - 1] - 1) : 0;
	}
	ck_assert_msg(least >= 0.9 && least < 0.91, "%g", least);
	ck_assert_msg(most <= 1.1001 && most > 1.09, "%g", most);
	ck_assert_double_eq_tol(sum / 1000, 1, 0.01);
	ck_assert_double_eq_tol(product / 1000, 0, 0.0005); /* of neighbours */
	setup();
	there = registry;
	policy_set("rest_jitter", "0.1", NOW);
	put_numbers(1000);
	for(unsigned i = 0; i < 1000; i += 100) {
		rep_time_t until;
		rep_pool_bench(there, pool, FIRST + i, rep_span(""), 0,
				REP_REASON_MANUAL, NOW);
		registry = here;
		until = view(FIRST + i, NOW).until;
		registry = there;
		ck_assert_int_eq(view(FIRST + i, NOW).until, until);
		rep_pool_release(there, pool, FIRST + i, rep_span(""), NOW);
		rep_pool_bench(there, pool, FIRST + i, rep_span(""), 0,
				REP_REASON_MANUAL, NOW);
		ck_assert_int_ne(view(FIRST + i, NOW).until, until);
	}
	registry = here;
	rep_registry_destroy(there);
}
END_TEST

/* Strikes left of three, some seconds after the release. */
static const struct
{
	const char *decay;
	rep_time_t after;
	unsigned left;
} decays[] = {
		{"3600", 0, 3},
		{"3600", 3599, 3},
		{"3600", 3600, 2},
		{"3600", 7199, 2},
		{"3600", 7200, 1},
		{"3600", 10800, 0},
		{"3600", 360000, 0},
		{"3600", -10, 3}, /* a clock that was set back */
		{"86400", 3600, 3},
		{"86400", 86400, 2},
};

START_TEST(strikes_are_forgotten_one_by_one)
{
	rep_time_t t = NOW;

	policy_set("strike_decay_seconds", decays[_i].decay, NOW);
	put_numbers(2);
	for(int strike = 0; strike < 3; strike++) {
		rep_pool_bench(registry, pool, FIRST, rep_span(""), 86400,
				REP_REASON_BLOCKED, t);
		if(strike == 2) /* no strike is forgotten at rest */
			ck_assert_uint_eq(view(FIRST, t += 12 * HOUR).strikes, 3);
		rep_pool_release(registry, pool, FIRST, rep_span(""), t);
	}
	ck_assert_uint_eq(
			view(FIRST, t + decays[_i].after * S).strikes, decays[_i].left);
}
END_TEST

START_TEST(benched_on_one_route)
{
	rep_route_view_t routes[4];
	rep_number_view_t v;
	rep_ticket_t t;
	size_t n;

	put_numbers(10);
	healthy(10, "east", NOW);
	healthy(10, "west", NOW + 5 * S);
	count(FIRST, "east", REP_BLOCKED, 15, NOW);
	ck_assert(rep_view_number(registry, pool, FIRST, NOW, &v, routes, 4, &n));
	ck_assert_int_eq(v.state, REP_ACTIVE);
	ck_assert_uint_eq(n, 2);
	for(size_t i = 0; i < n; i++)
		ck_assert_int_eq(routes[i].state,
				strcmp(routes[i].route, "east") ? REP_ACTIVE : REP_BENCHED);
	for(unsigned k = 0; k < 20; k++)
		ck_assert_uint_ne(pick_on("east", NOW, NULL, NULL), FIRST);
	for(unsigned k = 0, seen = 0; k < 10; k++, seen += t.number == FIRST)
		pick_on("west", NOW, &t, NULL);
	/* on the second route too: it is the number */
	count(FIRST, "west", REP_BLOCKED, 15, NOW);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_BENCHED);
	ck_assert_int_eq(rep_number_at(inside(), rep_number_find(inside(), FIRST))
							 ->verdict.state,
			REP_BENCHED);
	for(unsigned k = 0; k < 20; k++)
		ck_assert_uint_ne(pick_on("north", NOW, NULL, NULL), FIRST);
}
END_TEST

/* Where there is one route, what rests on it is shown to rest. */
START_TEST(benched_on_the_only_route_shows)
{
	rep_pool_view_t whole;
	rep_number_view_t v;

	put_numbers(10);
	healthy(10, "east", NOW);
	count(FIRST, "east", REP_BLOCKED, 15, NOW);
	v = view(FIRST, NOW);
	ck_assert_int_eq(v.state, REP_BENCHED);
	ck_assert_int_eq(v.reason, REP_REASON_BLOCKED);
	ck_assert_int_gt(v.until, NOW);
	ck_assert(!v.usable);
	ck_assert_str_eq(v.benched_on, "east");
	ck_assert(rep_view_pool(registry, pool, NOW, &whole));
	ck_assert_uint_eq(whole.by_state[REP_BENCHED], 1);
	ck_assert_uint_eq(whole.by_state[REP_ACTIVE], 9);
	ck_assert_uint_eq(whole.usable, 9);
	/* in use on another route, it is bad on the one only */
	healthy(1, "west", NOW);
	v = view(FIRST, NOW);
	ck_assert_int_eq(v.state, REP_ACTIVE);
	ck_assert_str_eq(v.benched_on, "east");
}
END_TEST

START_TEST(rest_ends_on_a_whole_second)
{
	put_numbers(2);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 5, REP_REASON_MANUAL, NOW + 1);
	ck_assert_int_eq(view(FIRST, NOW).until, NOW + 6 * S);
	rep_registry_tick(registry, NOW + 6 * S - 1);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_BENCHED);
	rep_registry_tick(registry, NOW + 6 * S);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_PROBATION);
}
END_TEST

START_TEST(reset_forgets)
{
	put_numbers(10);
	healthy(10, "", NOW);
	count(FIRST, "", REP_BLOCKED, 15, NOW);
	ck_assert(rep_pool_reset(registry, pool, FIRST, NOW));
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	ck_assert_uint_eq(view(FIRST, NOW).strikes, 0);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_ANSWERED], 0);
	ck_assert(!rep_pool_reset(registry, pool, 1, NOW));
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

START_TEST(clock_steps_back)
{
	put_numbers(2);
	policy_set("cap_minute", "1", NOW);
	ck_assert_uint_ne(pick_and_end(NOW), 0);
	ck_assert_uint_ne(pick_and_end(NOW - 3600 * S), 0);
	count(FIRST, "", REP_ANSWERED, 3, NOW);
	count(FIRST, "", REP_ANSWERED, 3, NOW - 2 * HOUR);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_ANSWERED], 6);
	count(FIRST, "", REP_ANSWERED, 1, -5);
	rep_registry_tick(registry, -5);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *verdict_suite(void)
{
	Suite *suite = suite_create("verdict");
	TCase *tc = tcase_create("verdict");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, benched_by_evidence);
	tcase_add_test(tc, suspects_weigh_less);
	tcase_add_test(tc, past_is_forgotten);
	tcase_add_test(tc, rest_probation_strikes);
	tcase_add_test(tc, failed_probation_is_no_strike);
	tcase_add_test(tc, failed_after_a_bench_by_hand);
	tcase_add_test(tc, probation_budget);
	tcase_add_loop_test(tc, lowering_probation_calls_strands_nobody, 0, 3);
	tcase_add_test(tc, probation_calls_0_before_the_first_call);
	tcase_add_test(tc, strikes_decay);
	tcase_add_loop_test(tc, rests_grow_to_their_limit, 0, COUNT(rests));
	tcase_add_test(tc, jitter_spreads_returns);
	tcase_add_loop_test(tc, strikes_are_forgotten_one_by_one, 0, COUNT(decays));
	tcase_add_test(tc, benched_on_one_route);
	tcase_add_test(tc, benched_on_the_only_route_shows);
	tcase_add_test(tc, rest_ends_on_a_whole_second);
	tcase_add_test(tc, reset_forgets);
	tcase_add_test(tc, reset_clears_the_strikes_of_routes);
	tcase_add_test(tc, clock_steps_back);
	suite_add_tcase(suite, tc);
	return suite;
}
