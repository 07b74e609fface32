/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Healthy traffic made from a log: it has the log's mixes and the asked
 * spread. */

#include <math.h>
#include <stdlib.h>

#include "tools/healthy.h"

#include "suites.h"

#define NUMBERS 200
#define CALLS 200000
#define EACH (CALLS / NUMBERS)
#define LIST 32
#define HOUR 3600000
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* One call in four is answered; with `swing`, one in two on route 1, and one in
 * ten more in odd hours. The rest is not, but for one in fifty that says
 * nothing. */
static void make_log(replay_calls_t *log, bool swing)
{
	ck_assert_uint_eq(replay_name_put(&log->routes, rep_span("a"), 9), 0);
	ck_assert_uint_eq(replay_name_put(&log->routes, rep_span("b"), 9), 1);
	ck_assert_uint_eq(replay_name_put(&log->pools, rep_span("p"), 9), 0);
	ck_assert_uint_eq(replay_name_put(&log->campaigns, rep_span(""), 9), 0);
	ck_assert_uint_eq(replay_name_put(&log->networks, rep_span("m"), 9), 0);
	ck_assert_uint_eq(replay_name_put(&log->networks, rep_span("n"), 9), 1);
	for(uint32_t i = 0; i < NUMBERS; i++)
		ck_assert_uint_eq(
				replay_number_put(log, 0, UINT64_C(15551230000) + i), i);
	log->max = CALLS;
	for(uint32_t i = 0; i < CALLS; i++) {
		uint32_t k = (i / NUMBERS * 7 + i % NUMBERS * 13) % 100;
		uint32_t hour = i / 5000, route = i / NUMBERS % 2;
		uint32_t answers = 25 + swing * (25 * route + 10 * (hour % 2));
		replay_call_t call = {
				.at = 1700000000000 + (rep_time_t)i * (HOUR / 5000),
				.number = i % NUMBERS,
				.route = (uint16_t)route,
				.outcome = k < answers ? REP_ANSWERED : REP_NOANSWER};

		if(k >= 98)
			call.outcome = REP_CANCELLED;
		ck_assert(replay_call_add(log, &call));
	}
}

static replay_calls_t log_of_calls;
static replay_call_t made[CALLS];

static void make(const rep_spread_t *spread, bool swing, uint64_t seed)
{
	replay_healthy_t healthy = {0};

	make_log(&log_of_calls, swing);
	ck_assert(replay_healthy_learn(&healthy, &log_of_calls, NULL, 0));
	ck_assert(replay_healthy_draw(&healthy, spread, seed, made));
	replay_healthy_free(&healthy);
}

typedef bool (*pick_t)(const replay_call_t *call);

static bool even_hour_route_a(const replay_call_t *call)
{
	return (call->at - 1700000000000) / HOUR % 2 == 0 && call->route == 0;
}

static bool odd_hour_route_b(const replay_call_t *call)
{
	return (call->at - 1700000000000) / HOUR % 2 == 1 && call->route == 1;
}

static double answered(const replay_call_t *calls, pick_t pick)
{
	double n = 0, yes = 0;

	for(size_t i = 0; i < CALLS; i++)
		if(calls[i].outcome < REP_JUDGED && pick(&calls[i])) {
			n++;
			yes += calls[i].outcome == REP_ANSWERED;
		}
	return yes / n;
}

START_TEST(keeps_the_logs_mixes)
{
	static const pick_t picks[] = {even_hour_route_a, odd_hour_route_b};
	const rep_spread_t alike = {INFINITY, INFINITY};

	make(&alike, true, 1);
	for(size_t i = 0; i < COUNT(picks); i++)
		ck_assert_double_eq_tol(answered(made, picks[i]),
				answered(log_of_calls.call, picks[i]), .02);
	for(size_t i = 0; i < CALLS; i++) {
		const replay_call_t *was = &log_of_calls.call[i];

		ck_assert(made[i].at == was->at && made[i].number == was->number
				  && made[i].route == was->route);
		ck_assert_int_eq(made[i].outcome == REP_CANCELLED,
				was->outcome == REP_CANCELLED);
	}
	replay_calls_free(&log_of_calls);
}
END_TEST

/* The variance of the answered share among groups of so many calls of a
 * number, beyond what chance makes of alike ones, in units of p (1 - p). */
static double excess(size_t group)
{
	double sum = 0, squares = 0, groups = 0, p, v;

	for(uint32_t number = 0; number < NUMBERS; number++) {
		double yes = 0, n = 0;

		for(size_t i = number; i < CALLS; i += NUMBERS) {
			if(made[i].outcome >= REP_JUDGED)
				continue;
			yes += made[i].outcome == REP_ANSWERED;
			if(++n < group)
				continue;
			sum += yes / n;
			squares += yes / n * yes / n;
			groups++;
			yes = n = 0;
		}
	}
	p = sum / groups;
	v = squares / groups - p * p;
	return v / (p * (1 - p)) - 1.0 / (double)group;
}

static const struct
{
	rep_spread_t spread;
	double among_numbers, among_lists; /* the excess */
} spreads[] = {
		{{INFINITY, INFINITY}, 0, 0},
		{{100, INFINITY}, 1. / 101, 1. / 101},
		{{400, INFINITY}, 1. / 401, 1. / 401},
		{{INFINITY, 50}, LIST / (51. * 900), 1. / 51},
		{{200, 50}, 1. / 201 + LIST / (51. * 900), 1. / 201 + 1. / 51},
};

START_TEST(spread_table)
{
	make(&spreads[_i].spread, false, 7);
	ck_assert_double_eq_tol(excess(900), spreads[_i].among_numbers,
			.0006 + .25 * spreads[_i].among_numbers);
	ck_assert_double_eq_tol(excess(LIST), spreads[_i].among_lists,
			.0025 + .2 * spreads[_i].among_lists);
	replay_calls_free(&log_of_calls);
}
END_TEST

/* A number that was never answered rested: the mix is that of the others. */
START_TEST(without_those_that_rest)
{
	const rep_spread_t alike = {INFINITY, INFINITY};
	const replay_absence_t rest = {3, 1700000000000, 1800000000000};
	double share[2];

	for(int k = 0; k < 2; k++) {
		replay_healthy_t healthy = {0};

		make_log(&log_of_calls, false);
		for(size_t i = 0; i < CALLS; i++)
			if(log_of_calls.call[i].number == 3)
				log_of_calls.call[i].outcome = REP_BLOCKED;
		ck_assert(replay_healthy_learn(
				&healthy, &log_of_calls, &rest, (size_t)k));
		ck_assert(replay_healthy_draw(&healthy, &alike, 1, made));
		share[k] = 0;
		for(size_t i = 0; i < CALLS; i++)
			share[k] += made[i].outcome == REP_BLOCKED;
		share[k] /= CALLS;
		replay_healthy_free(&healthy);
		replay_calls_free(&log_of_calls);
	}
	ck_assert_double_eq_tol(share[0], 1. / NUMBERS, .0015);
	ck_assert_double_lt(share[1], .0005);
}
END_TEST

/* Pairs of calls to one callee: those that ended alike still do, and the others
 * may or may not. */
START_TEST(callees_end_as_before)
{
	const rep_spread_t alike = {INFINITY, INFINITY};
	replay_healthy_t healthy = {0};
	unsigned kept = 0, pairs = 0;

	make_log(&log_of_calls, false);
	log_of_calls.callees = true;
	for(size_t i = 0; i < CALLS; i++)
		log_of_calls.call[i].callee =
				i % (2 * NUMBERS) < NUMBERS && i + NUMBERS < CALLS
						? i + 1
						: i % CALLS - NUMBERS + 1;
	ck_assert(replay_healthy_learn(&healthy, &log_of_calls, NULL, 0));
	ck_assert(replay_healthy_draw(&healthy, &alike, 1, made));
	for(size_t i = NUMBERS; i < CALLS; i++) {
		const replay_call_t *log = log_of_calls.call;

		if(log[i].callee != log[i - NUMBERS].callee
				|| log[i].outcome >= REP_JUDGED
				|| log[i - NUMBERS].outcome >= REP_JUDGED)
			continue;
		if(log[i].outcome == log[i - NUMBERS].outcome)
			ck_assert_int_eq(made[i].outcome, made[i - NUMBERS].outcome);
		else
			kept += made[i].outcome == made[i - NUMBERS].outcome;
		pairs++;
	}
	ck_assert_uint_gt(pairs, CALLS / 4);
	ck_assert_uint_gt(kept, 0);
	replay_healthy_free(&healthy);
	replay_calls_free(&log_of_calls);
}
END_TEST

START_TEST(same_seed_same_calls)
{
	const rep_spread_t spread = {300, 100};
	static replay_call_t before[CALLS];

	make(&spread, true, 5);
	memcpy(before, made, sizeof(made));
	replay_calls_free(&log_of_calls);
	make(&spread, true, 5);
	ck_assert_mem_eq(before, made, sizeof(made));
	replay_calls_free(&log_of_calls);
	make(&spread, true, 6);
	ck_assert_mem_ne(before, made, sizeof(made));
	replay_calls_free(&log_of_calls);
}
END_TEST

Suite *healthy_suite(void)
{
	Suite *suite = suite_create("healthy");
	TCase *t = tcase_create("healthy");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, keeps_the_logs_mixes);
	tcase_add_loop_test(t, spread_table, 0, COUNT(spreads));
	tcase_add_test(t, without_those_that_rest);
	tcase_add_test(t, callees_end_as_before);
	tcase_add_test(t, same_seed_same_calls);
	suite_add_tcase(suite, t);
	return suite;
}
