/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of fingerprints that are forgotten after a time. */

#include <stdlib.h>

#include "engine/base/seen.h"

#include "suites.h"

static rep_seen_t seen;

static void make(uint32_t lines)
{
	seen = (rep_seen_t){calloc(lines, sizeof(rep_seen_line_t)), lines, 0};
	ck_assert_ptr_nonnull(seen.lines);
}

static void teardown(void)
{
	free(seen.lines);
	seen.lines = NULL;
}

/* The finalizer of splitmix64 (Steele, Lea and Flood 2014): one to one. */
static uint64_t print_of(uint64_t i)
{
	i += UINT64_C(0x9e3779b97f4a7c15);
	i = (i ^ i >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	i = (i ^ i >> 27) * UINT64_C(0x94d049bb133111eb);
	return i ^ i >> 31;
}

/* While there is room it is a set, to the minute. */
START_TEST(remembers_until)
{
	enum
	{
		PRINTS = 2000,
		MINUTES = 3000,
		STAYS = 100
	};
	static uint32_t until[PRINTS]; /* the naive one */

	memset(until, 0, sizeof(until));
	make(1000);
	for(uint32_t now = 1, k = 0; now < MINUTES; now++)
		for(int n = 0; n < 20; n++, k++) {
			uint32_t i = (uint32_t)(print_of(k) % PRINTS);
			uint32_t stays = now + 1 + (uint32_t)(print_of(~k) % STAYS);
			bool known = until[i] > now;

			ck_assert_int_eq(
					rep_seen_before(&seen, print_of(i), stays, now), known);
			if(!known)
				until[i] = stays;
		}
	ck_assert_uint_eq(seen.gave_way, 0);
}
END_TEST

/* The first to be forgotten gives way, and nothing else. */
START_TEST(full)
{
	make(1);
	for(uint32_t i = 0; i < 5; i++)
		ck_assert(!rep_seen_before(&seen, print_of(i), 100 - i, 10));
	ck_assert_uint_eq(seen.gave_way, 0);
	ck_assert(!rep_seen_before(&seen, print_of(5), 200, 10));
	ck_assert_uint_eq(seen.gave_way, 1);
	for(uint32_t i = 0; i < 6; i++)
		if(i != 4)
			ck_assert(rep_seen_before(&seen, print_of(i), 300, 10));
	ck_assert(!rep_seen_before(&seen, print_of(4), 300, 10));
	ck_assert(!rep_seen_before(&seen, print_of(3), 300, 10));
	ck_assert_uint_eq(seen.gave_way, 3);
	/* what was to be forgotten by now makes room for nothing */
	ck_assert(!rep_seen_before(&seen, print_of(6), 300, 99));
	ck_assert_uint_eq(seen.gave_way, 3);
}
END_TEST

/* How much of what fills the table to a share of it is forgotten early: the
 * figures of docs/parameters.md. */
START_TEST(what_is_lost)
{
	static const struct
	{
		unsigned filled;  /* hundredths */
		unsigned at_most; /* lost, in ten thousandths */
	} shares[] = {{60, 3}, {80, 60}, {90, 260}, {100, 680}};
	enum
	{
		LINES = 20000,
		ROOM = LINES * REP_SEEN_WAYS
	};
	uint32_t n = ROOM / 100 * shares[_i].filled, lost = 0;

	make(LINES);
	for(uint32_t i = 0; i < n; i++)
		ck_assert(!rep_seen_before(&seen, print_of(i), 100 + i / 100, 1));
	for(uint32_t i = 0; i < LINES; i++)
		for(int k = 0; k < REP_SEEN_WAYS; k++)
			lost += seen.lines[i].until[k] > 1;
	lost = n - lost;
	ck_assert_uint_eq(lost, seen.gave_way);
	ck_assert_msg(lost <= n / 10000.0 * shares[_i].at_most, "%u of %u are lost",
			lost, n);
}
END_TEST

Suite *seen_suite(void)
{
	Suite *suite = suite_create("seen");
	TCase *tc = tcase_create("seen");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, remembers_until);
	tcase_add_test(tc, full);
	tcase_add_loop_test(tc, what_is_lost, 0, 4);
	suite_add_tcase(suite, tc);
	return suite;
}
