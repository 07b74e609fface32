/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the counts in Redis, by writer. */

#include <stdio.h>
#include <stdlib.h>

#include "store/mirror.h"

#include "suites.h"

static rep_mirror_t mirror;

static void teardown(void)
{
	rep_mirror_free(&mirror);
}

static rep_cell_t cell_of(unsigned number, uint32_t bucket, uint32_t answered)
{
	return (rep_cell_t){.number = 15551230000 + number,
			.bucket = bucket,
			.stamp = number % 3,
			.counts.n[REP_ANSWERED] = answered};
}

static rep_merged_t put(const char *writer, uint32_t answered)
{
	rep_cell_t cell = cell_of(1, 60, answered);

	return rep_mirror_read(&mirror, &cell, rep_span(writer), false);
}

static uint32_t others(const char *own)
{
	rep_cell_t cell = cell_of(1, 60, 0);

	rep_mirror_others(&mirror, &cell, rep_span(own));
	return cell.counts.n[REP_ANSWERED];
}

/* The larger value stays, whatever comes in which order. */
START_TEST(late_values_change_nothing)
{
	ck_assert_int_eq(put("w", 5), REP_MERGED_GREW);
	ck_assert_int_eq(put("w", 5), REP_MERGED_SAME);
	ck_assert_int_eq(put("w", 3), REP_MERGED_LESS);
	ck_assert_uint_eq(others("me"), 5);
	ck_assert_int_eq(put("v", 300), REP_MERGED_GREW);
	ck_assert_int_eq(put("v", 299), REP_MERGED_LESS);
	ck_assert_uint_eq(others("me"), 305);
	ck_assert_uint_eq(others("v"), 5);
	ck_assert_uint_eq(rep_mirror_bucket(&mirror, 60, false)->sum, 305);
	ck_assert_uint_eq(rep_mirror_bucket(&mirror, 60, false)->n, 2);
}
END_TEST

/* A name under which less is counted than before is another's. */
START_TEST(own_counts)
{
	rep_cell_t cell = cell_of(1, 60, 5);
	rep_mirror_ref_t ref[4];
	rep_span_t writer;

	ck_assert_int_eq(
			rep_mirror_own(&mirror, &cell, rep_span("me")), REP_MERGED_GREW);
	ck_assert_uint_eq(rep_mirror_take(&mirror, ref, 4), 1);
	ck_assert_uint_eq(rep_mirror_take(&mirror, ref + 1, 3), 0);
	rep_mirror_give_back(&mirror, ref, 1);
	rep_mirror_give_back(&mirror, ref, 1);
	ck_assert_uint_eq(rep_mirror_take(&mirror, ref, 4), 1);
	cell.counts.n[REP_ANSWERED] = 4;
	ck_assert_int_eq(
			rep_mirror_own(&mirror, &cell, rep_span("me")), REP_MERGED_LESS);
	ck_assert_uint_eq(others(""), 5);
	cell.counts.n[REP_ANSWERED] = 6;
	cell.counts.n[REP_BUSY] = 1000;
	rep_mirror_own(&mirror, &cell, rep_span("me"));
	ck_assert_uint_eq(rep_mirror_take(&mirror, ref, 4), 1);
	rep_mirror_get(&mirror, &ref[0], &cell, &writer);
	ck_assert(rep_span_is(writer, "me"));
	ck_assert_uint_eq(cell.counts.n[REP_ANSWERED], 6);
	ck_assert_uint_eq(cell.counts.n[REP_BUSY], 1000);
	/* nobody knows more of what we count than we do */
	cell.counts.n[REP_BUSY] = 5000;
	ck_assert_int_eq(
			rep_mirror_read(&mirror, &cell, writer, true), REP_MERGED_SAME);
	ck_assert_uint_eq(rep_mirror_bucket(&mirror, 60, false)->odd_sum, 4000);
}
END_TEST

/* What a reading of Redis does not bring is written back: own counts at once,
 * those of others when nobody else has. */
START_TEST(what_redis_lost)
{
	rep_mirror_bucket_t *b;
	rep_mirror_ref_t ref[8];

	put("me", 5);
	put("me.1", 6);
	put("w", 7);
	put("v", 8);
	b = rep_mirror_bucket(&mirror, 60, false);
	ck_assert_uint_eq(mirror.n_dirty, 0);
	rep_mirror_reading(b);
	put("v", 8);
	put("w", 6); /* an older value stands there */
	ck_assert_uint_eq(
			rep_mirror_was_read(&mirror, b, rep_span("me"), false), 3);
	ck_assert_uint_eq(rep_mirror_take(&mirror, ref, 8), 2);
	ck_assert_uint_eq(rep_mirror_was_read(&mirror, b, rep_span("me"), true), 3);
	ck_assert_uint_eq(rep_mirror_take(&mirror, ref, 8), 3);
	rep_mirror_reading(b);
	put("me", 5), put("me.1", 6), put("w", 7), put("v", 8);
	ck_assert_uint_eq(rep_mirror_was_read(&mirror, b, rep_span("me"), true), 0);
}
END_TEST

START_TEST(old_buckets_go)
{
	for(unsigned b = 10; b-- > 0;) {
		rep_cell_t cell = cell_of(b, b * 60, 1);
		rep_mirror_own(&mirror, &cell, rep_span("me"));
	}
	ck_assert_uint_eq(mirror.n, 10);
	rep_mirror_trim(&mirror, 4 * 60 + 1);
	ck_assert_uint_eq(mirror.n, 5);
	ck_assert_uint_eq(mirror.n_dirty, 5);
	ck_assert_ptr_null(rep_mirror_bucket(&mirror, 240, false));
	for(uint32_t i = 0; i < mirror.n; i++)
		ck_assert_uint_eq(mirror.bucket[i]->bucket, (5 + i) * 60);
}
END_TEST

#define NUMBERS 50
#define WRITERS 4

/* Any order, any repetition: in the end each writer's highest count stands. */
START_TEST(any_order)
{
	static uint32_t most[NUMBERS][2][WRITERS];
	char writer[8];

	srand((unsigned)_i + 1);
	memset(most, 0, sizeof(most));
	for(unsigned k = 0; k < 20000; k++) {
		unsigned n = (unsigned)rand() % NUMBERS, w = (unsigned)rand() % WRITERS;
		unsigned label = (unsigned)rand() % 2;
		rep_cell_t cell = cell_of(n, 60, (unsigned)rand() % 400);

		snprintf(cell.dims.campaign, sizeof(cell.dims.campaign), "%s",
				label ? "spring" : "");
		snprintf(writer, sizeof(writer), "w%u", w);
		rep_mirror_read(&mirror, &cell, rep_span(writer), false);
		if(cell.counts.n[REP_ANSWERED] > most[n][label][w])
			most[n][label][w] = cell.counts.n[REP_ANSWERED];
	}
	for(unsigned n = 0; n < NUMBERS; n++)
		for(unsigned label = 0; label < 2; label++) {
			rep_cell_t cell = cell_of(n, 60, 0);
			const uint32_t *m = most[n][label];

			snprintf(cell.dims.campaign, sizeof(cell.dims.campaign), "%s",
					label ? "spring" : "");
			rep_mirror_others(&mirror, &cell, rep_span("w2"));
			ck_assert_uint_eq(cell.counts.n[REP_ANSWERED], m[0] + m[1] + m[3]);
		}
}
END_TEST

Suite *mirror_suite(void)
{
	Suite *suite = suite_create("mirror");
	TCase *tc = tcase_create("mirror");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, late_values_change_nothing);
	tcase_add_test(tc, own_counts);
	tcase_add_test(tc, what_redis_lost);
	tcase_add_test(tc, old_buckets_go);
	tcase_add_loop_test(tc, any_order, 0, 3);
	suite_add_tcase(suite, tc);
	return suite;
}
