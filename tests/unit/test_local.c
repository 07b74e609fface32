/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Local match against a look at every number. */

#include <stdlib.h>

#include "engine/base/mix.h"
#include "engine/reply/calling_code.h"
#include "engine/reply/e164.h"
#include "pool_test.h"
#include "suites.h"

#define MAX 1000

static struct
{
	rep_e164_t number;
	bool in, benched;
} all[MAX];
static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = rep_mix(random_state);
	return (uint32_t)(random_state % n);
}

static void local_setup(void)
{
	setup();
	policy_set("min_available", "0", NOW);
	policy_set("max_benched_share", "1", NOW);
	policy_set("local_digits", "3", NOW);
	random_state = 11;
}

/* Blocks, some of them full, in three countries. */
static rep_e164_t some_number(void)
{
	static const rep_e164_t areas[] = {1202555, 1202556, 1303400, 1312777,
			44207946, 44161496, 35315550, 3531666};
	rep_e164_t area = areas[random_below(8)];
	unsigned digits = rep_e164_digits(area);
	uint32_t top = random_below(2) ? 150 : 10000;

	for(unsigned d = digits; d < 11; d++)
		area *= 10;
	return area + random_below(top);
}

/* Digits that two numbers begin with. */
static unsigned common(rep_e164_t a, rep_e164_t b)
{
	unsigned n = rep_e164_digits(a) < rep_e164_digits(b) ? rep_e164_digits(a)
														 : rep_e164_digits(b);

	for(a = rep_e164_prefix(a, n), b = rep_e164_prefix(b, n); a != b; n--) {
		a /= 10;
		b /= 10;
	}
	return n;
}

/* The longest prefix that a usable number has, if it is long enough. */
static unsigned naive(rep_e164_t callee, unsigned digits)
{
	unsigned best = 0, n;

	for(unsigned i = 0; i < MAX; i++)
		if(all[i].in && !all[i].benched) {
			n = common(all[i].number, callee);
			best = n > best ? n : best;
		}
	return best >= rep_calling_code_digits(callee) + digits ? best : 0;
}

static void compare(unsigned digits)
{
	rep_e164_t callee = some_number();
	rep_ticket_t t = {0};
	unsigned best = naive(callee, digits);
	rep_picked_t picked =
			rep_pool_pick(registry, pool, callee, rep_span(""), NOW, true, &t);

	if(picked.result != REP_PICKED)
		return;
	ck_assert_msg((picked.how == REP_HOW_LOCAL) == (best > 0),
			"callee %llu, number %llu, best %u, %d", (unsigned long long)callee,
			(unsigned long long)t.number, best, picked.how);
	if(best)
		ck_assert_uint_eq(common(t.number, callee), best);
}

static void edit(void)
{
	uint32_t i = random_below(MAX);

	switch(random_below(4)) {
		case 0:
			if(all[i].in)
				rep_pool_remove(registry, pool, all[i].number);
			all[i].in = all[i].benched = false;
			break;
		case 1:
			if(all[i].in && !all[i].benched && random_below(2)) {
				bench(all[i].number);
				all[i].benched = true;
			} else if(all[i].benched) {
				rep_pool_release(
						registry, pool, all[i].number, rep_span(""), NOW);
				all[i].benched = false;
			}
			break;
		default:
			if(all[i].in)
				break;
			all[i].number = some_number();
			for(unsigned k = 0; k < MAX; k++)
				if(k != i && all[k].in && all[k].number == all[i].number)
					return;
			rep_pool_put(registry, pool, all[i].number, &plain, 1, 1, NOW);
			all[i].in = true;
	}
}

static void random_edits(unsigned edits)
{
	static const char *const digits[] = {"3", "1", "6", "0", "2"};
	unsigned d = 3;

	memset(all, 0, sizeof(all));
	for(unsigned k = 0; k < edits; k++) {
		edit();
		if(k % 4 == 0)
			compare(d);
		if(k % 4000 == 3999) {
			const char *next = digits[k / 4000 % 5];
			policy_set("local_digits", next, NOW);
			d = (unsigned)atoi(next);
			if(!d)
				ck_assert_uint_eq(rep_local_bytes(&inside()->local), 0);
			d = d ? d : 99; /* off: none is long enough */
		}
	}
	for(unsigned i = 0; i < MAX; i++)
		if(all[i].in)
			rep_pool_remove(registry, pool, all[i].number);
	ck_assert_uint_eq(inside()->local.count, 0);
	ck_assert_uint_eq(inside()->candidates.count, 0);
}

START_TEST(as_a_look_at_every_number)
{
	policy_set("sticky", _i ? "1" : "0", NOW);
	random_edits(20000);
}
END_TEST

/* ---- precedence ---------------------------------------------------------- */

static rep_e164_t call(rep_e164_t callee, rep_how_t *how)
{
	rep_ticket_t t = {0};
	rep_picked_t picked =
			rep_pool_pick(registry, pool, callee, rep_span(""), NOW, false, &t);

	ck_assert_int_eq(picked.result, REP_PICKED);
	rep_ticket_hang_up(registry, &t, NOW);
	*how = picked.how;
	return t.number;
}

/* Six numbers of one area, six of another; a callee of the first. */
static const struct
{
	const char *local, *sticky;
	unsigned numbers; /* that ten calls to one callee show */
	bool of_area;
	rep_how_t how;
} rows[] = {
		{"0", "0", 10, false, REP_HOW_ORDER},
		{"0", "1", 1, false, REP_HOW_STICKY},
		{"3", "0", 6, true, REP_HOW_LOCAL},
		{"3", "1", 1, true, REP_HOW_LOCAL},
		{"7", "0", 10, false, REP_HOW_ORDER}, /* none has so many */
		{"7", "1", 1, false, REP_HOW_STICKY},
};

START_TEST(precedence)
{
	rep_e164_t seen[10];
	unsigned n = 0, of_area = 0;
	rep_how_t how;

	policy_set("local_digits", rows[_i].local, NOW);
	policy_set("sticky", rows[_i].sticky, NOW);
	for(unsigned i = 0; i < 6; i++) {
		rep_pool_put(registry, pool, 12025550000 + i, &plain, 1, 1, NOW);
		rep_pool_put(registry, pool, 13125550000 + i, &plain, 1, 1, NOW);
	}
	for(unsigned k = 0; k < 10; k++) {
		rep_e164_t number = call(12028880000, &how);
		unsigned s = 0;
		ck_assert_int_eq(how, rows[_i].how);
		of_area += number / 10000000 == 1202;
		while(s < n && seen[s] != number)
			s++;
		if(s == n)
			seen[n++] = number;
	}
	ck_assert_uint_eq(n, rows[_i].numbers);
	if(rows[_i].of_area)
		ck_assert_uint_eq(of_area, 10);
}
END_TEST

/* Not sticky: of a set of many the least recently used of some, so that none
 * is used much more often than another. */
START_TEST(turns_in_a_large_set)
{
	unsigned used[1000] = {0};
	rep_how_t how;

	for(unsigned i = 0; i < 1000; i++)
		rep_pool_put(registry, pool, 12025550000 + i, &plain, 1, 1, NOW);
	for(unsigned k = 0; k < 10000; k++) {
		used[call(12028880000, &how) - 12025550000]++;
		ck_assert_int_eq(how, REP_HOW_LOCAL);
	}
	for(unsigned i = 0; i < 1000; i++)
		ck_assert_msg(used[i] >= 2 && used[i] <= 14, "%u: %u", i, used[i]);
}
END_TEST

START_TEST(weights_in_turn)
{
	rep_attrs_t heavy = plain;
	unsigned of_heavy = 0;
	rep_how_t how;

	policy_set("order", "weighted", NOW);
	heavy.weight = 3;
	rep_pool_put(registry, pool, 12025550000, &heavy, 1, 1, NOW);
	rep_pool_put(registry, pool, 12025550001, &plain, 1, 1, NOW);
	rep_pool_put(registry, pool, 13125550001, &plain, 1, 1, NOW);
	for(unsigned k = 0; k < 400; k++)
		of_heavy += call(12028880000, &how) == 12025550000;
	ck_assert_uint_ge(of_heavy, 295);
	ck_assert_uint_le(of_heavy, 305);
}
END_TEST

/* ---- what is told -------------------------------------------------------- */

START_TEST(each_step_is_told)
{
	rep_trace_t trace;
	rep_ticket_t t = {0};
	rep_picked_t picked;

	policy_set("sticky", "1", NOW);
	rep_pool_put(registry, pool, 12028880001, &plain, 1, 1, NOW);
	rep_pool_put(registry, pool, 12025550001, &plain, 1, 1, NOW);
	rep_pool_put(registry, pool, 13125550001, &plain, 1, 1, NOW);
	bench(12028880001);
	picked = rep_pool_try(
			registry, pool, 12028889999, rep_span(""), NOW, &t, &trace);
	ck_assert_int_eq(picked.result, REP_PICKED);
	ck_assert_str_eq(rep_how_name(picked.how), "local");
	ck_assert_uint_eq(t.number, 12025550001);
	ck_assert_uint_eq(trace.n_steps, 2);
	ck_assert_uint_eq(trace.steps[0].prefix, 1202888);
	ck_assert_uint_eq(trace.steps[0].numbers, 1);
	ck_assert_uint_eq(trace.steps[0].first, 12028880001);
	ck_assert_uint_eq(trace.steps[0].skipped[REP_SKIP_RESTS], 1);
	ck_assert_uint_eq(trace.steps[0].taken, 0);
	ck_assert_uint_eq(trace.steps[1].prefix, 1202);
	ck_assert_uint_eq(trace.steps[1].numbers, 2);
	ck_assert_uint_eq(trace.steps[1].taken, 12025550001);
	ck_assert(trace.steps[1].sticky);
	ck_assert_uint_ge(trace.n_skipped, 1);
	ck_assert_uint_eq(trace.skipped[0].number, 12028880001);
	ck_assert_str_eq(rep_skip_name(trace.skipped[0].why), "benched");
}
END_TEST

Suite *local_suite(void)
{
	Suite *suite = suite_create("local");
	TCase *tc = tcase_create("local");

	tcase_add_checked_fixture(tc, local_setup, teardown);
	tcase_set_timeout(tc, 240);
	tcase_add_loop_test(tc, as_a_look_at_every_number, 0, 2);
	tcase_add_loop_test(
			tc, precedence, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, turns_in_a_large_set);
	tcase_add_test(tc, weights_in_turn);
	tcase_add_test(tc, each_step_is_told);
	suite_add_tcase(suite, tc);
	return suite;
}
