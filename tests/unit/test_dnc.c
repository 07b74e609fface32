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

static void sweep(void)
{
	uint32_t cursor = 0;

	while(rep_dnc_sweep(dnc, &cursor))
		;
}

START_TEST(a_set)
{
	ck_assert(!rep_dnc_has(dnc, FIRST));
	ck_assert(!rep_dnc_remove(dnc, FIRST));
	sweep();
	ck_assert_int_eq(rep_dnc_put(dnc, FIRST, false), REP_DNC_NEW);
	ck_assert_int_eq(rep_dnc_put(dnc, FIRST, false), REP_DNC_KNOWN);
	ck_assert(rep_dnc_has(dnc, FIRST));
	ck_assert(!rep_dnc_has(dnc, FIRST + 1));
	ck_assert_uint_eq(callees(), 1);
	ck_assert(rep_dnc_remove(dnc, FIRST));
	ck_assert(!rep_dnc_has(dnc, FIRST));
	ck_assert_uint_eq(callees(), 0);
	/* the longest and the shortest there are */
	rep_dnc_put(dnc, UINT64_C(999999999999999), false);
	rep_dnc_put(dnc, 1000000, false);
	ck_assert(rep_dnc_has(dnc, UINT64_C(999999999999999)));
	ck_assert(rep_dnc_has(dnc, 1000000));
}
END_TEST

START_TEST(many_in_sixteen_bytes_each)
{
	rep_dnc_stats_t s;

	for(rep_e164_t i = 0; i < 200000; i++)
		ck_assert_int_eq(rep_dnc_put(dnc, FIRST + i, false), REP_DNC_NEW);
	for(rep_e164_t i = 0; i < 200000; i++)
		ck_assert(rep_dnc_has(dnc, FIRST + i));
	for(rep_e164_t i = 1; i < 1000; i++)
		ck_assert(!rep_dnc_has(dnc, FIRST - i));
	rep_dnc_stats(dnc, &s);
	ck_assert_uint_eq(s.callees, 200000);
	ck_assert_uint_le(s.bytes, 16 * 200000);
	/* a list that shrinks gives memory back */
	rep_dnc_begin(dnc);
	for(rep_e164_t i = 0; i < 1000; i++)
		rep_dnc_put(dnc, FIRST + i, false);
	sweep();
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
		rep_dnc_put(dnc, FIRST, false);
		rep_dnc_put(dnc, FIRST + 1, false);
		rep_dnc_put(dnc, FIRST + 2, true);
		rep_dnc_begin(dnc);
		rep_dnc_put(dnc, FIRST, false);
		rep_dnc_put(dnc, FIRST + 3, false); /* by hand, meanwhile */
		rep_dnc_put(dnc, FIRST + 4, false);
		ck_assert(rep_dnc_has(dnc, FIRST + 1)); /* until it is known */
		rep_dnc_remove(dnc, FIRST + 4);
		sweep();
		ck_assert(rep_dnc_has(dnc, FIRST));
		ck_assert(!rep_dnc_has(dnc, FIRST + 1));
		ck_assert(rep_dnc_has(dnc, FIRST + 2)); /* it was not written yet */
		ck_assert(rep_dnc_has(dnc, FIRST + 3));
		ck_assert(!rep_dnc_has(dnc, FIRST + 4));
	}
	/* readings that broke off leave no trace */
	rep_dnc_put(dnc, FIRST + 5, false);
	for(int broken = 1; broken < 4; broken++) {
		for(int n = 0; n < broken; n++) {
			rep_dnc_begin(dnc);
			rep_dnc_put(dnc, FIRST + 6 + n, false);
		}
		rep_dnc_begin(dnc);
		sweep();
		ck_assert_uint_eq(callees(), 1); /* held */
		rep_dnc_put(dnc, FIRST + 5, false);
	}
	/* it is written, and struck off */
	rep_dnc_put(dnc, FIRST + 2, false);
	rep_dnc_begin(dnc);
	sweep();
	ck_assert_uint_eq(callees(), 0);
}
END_TEST

START_TEST(no_memory_is_taken_from_calls)
{
	unsigned in = 0;

	rep_scarce_after(100000);
	for(rep_e164_t i = 0; i < 100000; i++)
		in += rep_dnc_put(dnc, FIRST + i, false) == REP_DNC_NEW;
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
	ck_assert_int_eq(rep_dnc_put(dnc, FIRST, false), REP_DNC_FULL);
	rep_alloc_fail_after(1);
	ck_assert_int_eq(rep_dnc_put(dnc, FIRST, false), REP_DNC_FULL);
	rep_alloc_fail_after(-1);
	ck_assert_int_eq(rep_dnc_put(dnc, FIRST, false), REP_DNC_NEW);
	for(int n = 0; n < 3; n++) {
		rep_lock_fail_after(n);
		ck_assert_ptr_null(rep_dnc_create());
	}
	rep_lock_fail_after(-1);
}
END_TEST

/* Against a plain list: numbers that share tables, added, removed and read
 * again. */
START_TEST(as_the_model_says)
{
	enum
	{
		N = 5000
	};
	static bool in[N], read[N];
	uint32_t seed = (uint32_t)_i + 1;
	uint64_t n = 0;

	memset(in, 0, sizeof(in));
	for(int step = 0; step < 60000; step++) {
		uint32_t i;

		seed = seed * 1664525 + 1013904223;
		i = (seed >> 8) % N;
		if(step % 20000 == 19999) {
			rep_dnc_begin(dnc);
			for(i = 0; i < N; i++) {
				read[i] = (seed >> (i % 20)) & 1;
				if(read[i])
					rep_dnc_put(dnc, FIRST * 1000 + i, false);
			}
			sweep();
			memcpy(in, read, sizeof(in));
		} else if(seed & 4) {
			ck_assert_int_eq(rep_dnc_put(dnc, FIRST * 1000 + i, false),
					in[i] ? REP_DNC_KNOWN : REP_DNC_NEW);
			in[i] = true;
		} else {
			ck_assert_int_eq(rep_dnc_remove(dnc, FIRST * 1000 + i), in[i]);
			in[i] = false;
		}
	}
	for(uint32_t i = 0; i < N; i++) {
		ck_assert_int_eq(rep_dnc_has(dnc, FIRST * 1000 + i), in[i]);
		n += in[i];
	}
	ck_assert_uint_eq(callees(), n);
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
	tcase_add_test(t, no_memory_is_taken_from_calls);
	tcase_add_test(t, without_memory);
	tcase_add_loop_test(t, as_the_model_says, 0, 5);
	suite_add_tcase(s, t);
	return s;
}
