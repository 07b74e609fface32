/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring against a sorted list. */

#include <check.h>
#include <stdlib.h>

#include "engine/base/mix.h"
#include "engine/base/ring.h"
#include "mem_test.h"
#include "suites.h"

#define MAX 4000

static rep_ring_t ring;
static uint64_t listed[MAX];
static uint32_t n;

static void begin(void)
{
	memset(&ring, 0, sizeof(ring));
	n = 0;
}

static void end(void)
{
	rep_ring_clear(&ring);
}

static uint64_t place_of(uint32_t item)
{
	return rep_mix(item) >> (64 - REP_RING_BITS);
}

static uint64_t entry_of(uint32_t item)
{
	return place_of(item) << REP_RING_ITEM_BITS | item;
}

static uint32_t naive_below(uint64_t entry)
{
	uint32_t k = 0;

	while(k < n && listed[k] < entry)
		k++;
	return k;
}

static void toggle(uint32_t item)
{
	uint64_t entry = entry_of(item);
	uint32_t k = naive_below(entry);

	if(k < n && listed[k] == entry) {
		rep_ring_drop(&ring, place_of(item), item);
		memmove(listed + k, listed + k + 1, (--n - k) * sizeof(*listed));
	} else {
		ck_assert_int_eq(rep_ring_put(&ring, place_of(item), item), 0);
		memmove(listed + k + 1, listed + k, (n++ - k) * sizeof(*listed));
		listed[k] = entry;
	}
	ck_assert_uint_eq(ring.count, n);
}

static void compare(uint64_t place)
{
	uint32_t k = naive_below(place << REP_RING_ITEM_BITS);
	rep_ring_at_t at;

	if(!n)
		return;
	at = rep_ring_seek(&ring, place);
	for(uint32_t step = 0; step < 70; step++, rep_ring_next(&ring, &at))
		ck_assert_uint_eq(rep_ring_entry(&ring, at), listed[(k + step) % n]);
}

/* It grows, and then shrinks to nothing. */
START_TEST(random_edits)
{
	uint64_t random = 7;

	for(unsigned k = 0; k < 30000; k++) {
		uint32_t items = k < 15000 ? MAX : 20 + (30000 - k) / 5;
		random = rep_mix(random);
		if(k < 15000 || n < items / 2)
			toggle((uint32_t)(random % items));
		else
			toggle(rep_ring_item(listed[random % n]));
		if(k % 16 == 0)
			compare(rep_mix(random) >> (64 - REP_RING_BITS));
	}
	while(n)
		toggle(rep_ring_item(listed[n / 2]));
	ck_assert_uint_eq(rep_ring_bytes(&ring), 0);
}
END_TEST

START_TEST(once_however_often_put)
{
	static uint64_t entries[4];

	for(unsigned k = 0; k < 3; k++)
		ck_assert_int_eq(rep_ring_put(&ring, 5, 7), 0);
	ck_assert_int_eq(rep_ring_put(&ring, 5, 8), 0);
	ck_assert_uint_eq(ring.count, 2);
	rep_ring_list(&ring, entries);
	ck_assert_uint_eq(rep_ring_item(entries[0]), 7);
	ck_assert_uint_eq(rep_ring_item(entries[1]), 8);
	ck_assert_uint_eq(rep_ring_place(entries[1]), 5);
	rep_ring_drop(&ring, 5, 9);
	rep_ring_drop(&ring, 6, 7);
	ck_assert_uint_eq(ring.count, 2);
	ck_assert_int_eq(
			rep_ring_put(&ring, 5, UINT32_C(1) << REP_RING_ITEM_BITS), -1);
}
END_TEST

/* Parts hold 44 of 64 on average, and the directory little. */
START_TEST(bytes_an_item)
{
	for(uint32_t i = 0; i < 200000; i++)
		ck_assert_int_eq(rep_ring_put(&ring, place_of(i), i), 0);
	ck_assert_uint_le(rep_ring_bytes(&ring), 200000 * 15);
	for(uint32_t i = 1000; i < 200000; i++)
		rep_ring_drop(&ring, place_of(i), i);
	ck_assert_uint_eq(ring.count, 1000);
	/* little is left in many parts: no more than a directory entry each */
	ck_assert_uint_le(ring.n_parts, 200);
}
END_TEST

/* Those of one place: they cannot be told apart by halving. */
START_TEST(too_many_of_one_place)
{
	for(uint32_t i = 0; i < REP_RING_PART; i++)
		ck_assert_int_eq(rep_ring_put(&ring, 77, i), 0);
	ck_assert_int_eq(rep_ring_put(&ring, 77, REP_RING_PART), -1);
	ck_assert_uint_eq(ring.count, REP_RING_PART);
	ck_assert_uint_eq(
			rep_ring_item(rep_ring_entry(&ring, rep_ring_seek(&ring, 78))), 0);
}
END_TEST

Suite *ring_suite(void)
{
	Suite *suite = suite_create("ring");
	TCase *tc = tcase_create("ring");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, random_edits);
	tcase_add_test(tc, once_however_often_put);
	tcase_add_test(tc, bytes_an_item);
	tcase_add_test(tc, too_many_of_one_place);
	suite_add_tcase(suite, tc);
	return suite;
}
