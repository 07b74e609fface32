/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The do-not-call list. */

#include "engine/callee/dnc.h"

#include <check.h>
#include <stdlib.h>

#include "mem_test.h"
#include "suites.h"

#define FIRST UINT64_C(12025550000)

static rep_dnc_t *dnc;

static void start(void)
{
	dnc = rep_dnc_create();
	ck_assert_ptr_nonnull(dnc);
}

static void end(void)
{
	rep_scarce_after(-1);
	rep_alloc_fail_after(-1);
	rep_dnc_destroy(dnc);
	ck_assert_int_eq(rep_alloc_live(), 0);
	ck_assert_int_eq(rep_locks_held(), 0);
}

static uint64_t callees(void)
{
	rep_dnc_stats_t s;

	rep_dnc_stats(dnc, &s);
	return s.callees;
}

static void sweep(unsigned set)
{
	uint32_t cursor = 0;

	while(rep_dnc_sweep(dnc, set, &cursor))
		;
}

START_TEST(a_set)
{
	ck_assert(!rep_dnc_has(dnc, FIRST));
	ck_assert_int_eq(rep_dnc_remove(dnc, FIRST), -1);
	sweep(0);
	ck_assert_int_eq(rep_dnc_put(dnc, 0, FIRST), REP_DNC_NEW);
	ck_assert_int_eq(rep_dnc_put(dnc, 0, FIRST), REP_DNC_KNOWN);
	ck_assert(rep_dnc_has(dnc, FIRST));
	ck_assert(!rep_dnc_has(dnc, FIRST + 1));
	ck_assert_uint_eq(callees(), 1);
	ck_assert_int_eq(rep_dnc_remove(dnc, FIRST), 0);
	ck_assert(!rep_dnc_has(dnc, FIRST));
	ck_assert_uint_eq(callees(), 0);
	/* the longest and the shortest there are */
	rep_dnc_put(dnc, 0, UINT64_C(999999999999999));
	rep_dnc_put(dnc, 0, 1000000);
	ck_assert(rep_dnc_has(dnc, UINT64_C(999999999999999)));
	ck_assert(rep_dnc_has(dnc, 1000000));
}
END_TEST

START_TEST(many_in_sixteen_bytes_each)
{
	rep_dnc_stats_t s;

	for(rep_e164_t i = 0; i < 200000; i++)
		ck_assert_int_eq(rep_dnc_put(dnc, 0, FIRST + i), REP_DNC_NEW);
	for(rep_e164_t i = 0; i < 200000; i++)
		ck_assert(rep_dnc_has(dnc, FIRST + i));
	for(rep_e164_t i = 1; i < 1000; i++)
		ck_assert(!rep_dnc_has(dnc, FIRST - i));
	rep_dnc_stats(dnc, &s);
	ck_assert_uint_eq(s.callees, 200000);
	ck_assert_uint_le(s.bytes, 16 * 200000);
	/* a list that shrinks gives memory back */
	rep_dnc_begin(dnc, 0);
	for(rep_e164_t i = 0; i < 1000; i++)
		rep_dnc_put(dnc, 0, FIRST + i);
	sweep(0);
	rep_dnc_stats(dnc, &s);
	ck_assert_uint_eq(s.callees, 1000);
	ck_assert_uint_le(s.bytes, 2000000);
	for(rep_e164_t i = 0; i < 2000; i++)
		ck_assert_int_eq(rep_dnc_has(dnc, FIRST + i), i < 1000);
}
END_TEST

START_TEST(a_reading_says_who_is_left)
{
	for(int round = 0; round < 4; round++) { /* the mark alternates */
		rep_dnc_put(dnc, 0, FIRST);
		rep_dnc_put(dnc, 0, FIRST + 1);
		rep_dnc_put(dnc, REP_DNC_HELD, FIRST + 2);
		rep_dnc_begin(dnc, 0);
		rep_dnc_put(dnc, 0, FIRST);
		rep_dnc_put(dnc, 0, FIRST + 3); /* by hand, meanwhile */
		rep_dnc_put(dnc, 0, FIRST + 4);
		ck_assert(rep_dnc_has(dnc, FIRST + 1)); /* until it is known */
		rep_dnc_remove(dnc, FIRST + 4);
		sweep(0);
		ck_assert(rep_dnc_has(dnc, FIRST));
		ck_assert(!rep_dnc_has(dnc, FIRST + 1));
		ck_assert(rep_dnc_has(dnc, FIRST + 2)); /* it was not written yet */
		ck_assert(rep_dnc_has(dnc, FIRST + 3));
		ck_assert(!rep_dnc_has(dnc, FIRST + 4));
	}
	/* readings that broke off leave no trace */
	rep_dnc_put(dnc, 0, FIRST + 5);
	for(int broken = 1; broken < 4; broken++) {
		for(int n = 0; n < broken; n++) {
			rep_dnc_begin(dnc, 0);
			rep_dnc_put(dnc, 0, FIRST + 6 + n);
		}
		rep_dnc_begin(dnc, 0);
		sweep(0);
		ck_assert_uint_eq(callees(), 1); /* held */
		rep_dnc_put(dnc, 0, FIRST + 5);
	}
	/* it is written, and struck off */
	rep_dnc_put(dnc, 0, FIRST + 2);
	rep_dnc_begin(dnc, 0);
	sweep(0);
	ck_assert_uint_eq(callees(), 0);
}
END_TEST

START_TEST(no_memory_is_taken_from_calls)
{
	unsigned in = 0;

	rep_scarce_after(100000);
	for(rep_e164_t i = 0; i < 100000; i++)
		in += rep_dnc_put(dnc, 0, FIRST + i) == REP_DNC_NEW;
	ck_assert_uint_gt(in, 1000);
	ck_assert_uint_lt(in, 100000);
	ck_assert_uint_eq(callees(), in);
	/* what is there stays, and is found */
	for(rep_e164_t i = 0; i < 100000; i++)
		in -= rep_dnc_has(dnc, FIRST + i);
	ck_assert_uint_eq(in, 0);
}
END_TEST

START_TEST(without_memory)
{
	rep_alloc_fail_after(0);
	ck_assert_ptr_null(rep_dnc_create());
	ck_assert_int_eq(rep_dnc_put(dnc, 0, FIRST), REP_DNC_FULL);
	rep_alloc_fail_after(1);
	ck_assert_int_eq(rep_dnc_put(dnc, 0, FIRST), REP_DNC_FULL);
	rep_alloc_fail_after(-1);
	ck_assert_int_eq(rep_dnc_put(dnc, 0, FIRST), REP_DNC_NEW);
	for(int n = 0; n < 3; n++) {
		rep_lock_fail_after(n);
		ck_assert_ptr_null(rep_dnc_create());
	}
	rep_lock_fail_after(-1);
}
END_TEST

/* The list is the union of its sets, each of which is read alone. */
START_TEST(in_several_sets)
{
	rep_dnc_put(dnc, 0, FIRST);
	ck_assert_int_eq(rep_dnc_put(dnc, 7, FIRST), REP_DNC_NEW);
	ck_assert_int_eq(rep_dnc_put(dnc, 7, FIRST), REP_DNC_KNOWN);
	rep_dnc_put(dnc, 7, FIRST + 1);
	rep_dnc_put(dnc, REP_DNC_SETS - 1, FIRST + 2);
	ck_assert_uint_eq(callees(), 3);
	ck_assert_uint_eq(rep_dnc_entries(dnc, 0), 1);
	ck_assert_uint_eq(rep_dnc_entries(dnc, 7), 2);
	/* one set is gone */
	rep_dnc_begin(dnc, 7);
	sweep(7);
	ck_assert_uint_eq(rep_dnc_entries(dnc, 7), 0);
	ck_assert_uint_eq(callees(), 2);
	ck_assert(rep_dnc_has(dnc, FIRST));
	ck_assert(!rep_dnc_has(dnc, FIRST + 1));
	ck_assert(rep_dnc_has(dnc, FIRST + 2));
	/* two are read at once */
	rep_dnc_put(dnc, 8, FIRST + 3);
	rep_dnc_begin(dnc, 0);
	rep_dnc_begin(dnc, 8);
	rep_dnc_put(dnc, 0, FIRST + 4);
	rep_dnc_put(dnc, 8, FIRST);
	sweep(0);
	ck_assert(rep_dnc_has(dnc, FIRST)); /* in the other now */
	ck_assert(rep_dnc_has(dnc, FIRST + 3));
	sweep(8);
	ck_assert(!rep_dnc_has(dnc, FIRST + 3));
	/* it is taken out of each */
	rep_dnc_put(dnc, 0, FIRST);
	ck_assert_int_eq(
			rep_dnc_remove(dnc, FIRST) + rep_dnc_remove(dnc, FIRST), 8);
	ck_assert_int_eq(rep_dnc_remove(dnc, FIRST), -1);
	ck_assert(!rep_dnc_has(dnc, FIRST));
}
END_TEST

/* A place for each of so many readings that broke off. */
START_TEST(marks_come_round)
{
	rep_dnc_put(dnc, 3, FIRST);
	for(int broken = 0; broken < 126; broken++)
		rep_dnc_begin(dnc, 3);
	rep_dnc_begin(dnc, 3);
	rep_dnc_put(dnc, 3, FIRST + 1);
	sweep(3);
	ck_assert(!rep_dnc_has(dnc, FIRST));
	for(int round = 0; round < 300; round++) {
		rep_dnc_begin(dnc, 3);
		rep_dnc_put(dnc, 3, FIRST + 1);
		rep_dnc_put(dnc, 3, FIRST + 2 + round);
		sweep(3);
		ck_assert_uint_eq(rep_dnc_entries(dnc, 3), 2);
		ck_assert(rep_dnc_has(dnc, FIRST + 2 + round));
	}
}
END_TEST

#define MODEL 2000

static const unsigned sets[] = {0, 1, 57, REP_DNC_SETS - 1, REP_DNC_HELD};
#define SETS (sizeof(sets) / sizeof(*sets))
static bool in[SETS][MODEL];

static bool in_any(uint32_t i)
{
	bool any = false;

	for(size_t k = 0; k < SETS; k++)
		any = any || in[k][i];
	return any;
}

/* Those whose bit of the seed says so stand in the set now. */
static void read_anew(size_t k, uint32_t seed)
{
	rep_dnc_begin(dnc, sets[k]);
	for(uint32_t i = 0; i < MODEL; i++) {
		in[k][i] = seed >> (i % 20) & 1;
		if(!in[k][i])
			continue;
		rep_dnc_put(dnc, sets[k], FIRST * 1000 + i);
		if(k == 0)
			in[SETS - 1][i] = false;
	}
	sweep(sets[k]);
}

static void put_one(size_t k, uint32_t i)
{
	ck_assert_int_eq(rep_dnc_put(dnc, sets[k], FIRST * 1000 + i),
			in[k][i] ? REP_DNC_KNOWN : REP_DNC_NEW);
	in[k][i] = true;
	if(k == 0)
		in[SETS - 1][i] = false;
}

static void remove_one(uint32_t i)
{
	bool was = in_any(i);
	int set = rep_dnc_remove(dnc, FIRST * 1000 + i);
	size_t k = 0;

	ck_assert_int_eq(set >= 0, was);
	while(was && (int)sets[k] != set)
		k++;
	ck_assert(!was || in[k][i]);
	if(was)
		in[k][i] = false;
}

static void same(void)
{
	uint64_t any = 0, entries[SETS] = {0};

	for(uint32_t i = 0; i < MODEL; i++) {
		ck_assert_int_eq(rep_dnc_has(dnc, FIRST * 1000 + i), in_any(i));
		any += in_any(i);
		for(size_t k = 0; k < SETS; k++)
			entries[k] += in[k][i];
	}
	ck_assert_uint_eq(callees(), any);
	for(size_t k = 0; k < SETS; k++)
		ck_assert_uint_eq(rep_dnc_entries(dnc, sets[k]), entries[k]);
}

/* Against plain lists: numbers that share tables, added, removed and read
 * again. */
START_TEST(as_the_model_says)
{
	uint32_t seed = (uint32_t)_i + 1;

	memset(in, 0, sizeof(in));
	for(int step = 0; step < 60000; step++) {
		seed = seed * 1664525 + 1013904223;
		if(step % 3000 == 2999) {
			read_anew((seed >> 8) % (SETS - 1), seed >> 4);
			same();
		} else if(seed & 1 << 28) {
			put_one((seed >> 4) % SETS, (seed >> 8) % MODEL);
		} else {
			remove_one((seed >> 8) % MODEL);
		}
	}
	same();
}
END_TEST

Suite *dnc_suite(void)
{
	Suite *s = suite_create("dnc");
	TCase *t = tcase_create("core");

	tcase_add_checked_fixture(t, start, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_set);
	tcase_add_test(t, many_in_sixteen_bytes_each);
	tcase_add_test(t, a_reading_says_who_is_left);
	tcase_add_test(t, in_several_sets);
	tcase_add_test(t, marks_come_round);
	tcase_add_test(t, no_memory_is_taken_from_calls);
	tcase_add_test(t, without_memory);
	tcase_add_loop_test(t, as_the_model_says, 0, 5);
	suite_add_tcase(s, t);
	return s;
}
