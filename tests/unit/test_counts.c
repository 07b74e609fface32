/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts by outcome, as text. */

#include <string.h>

#include "formats/counts.h"

#include "suites.h"

START_TEST(counts_there_and_back)
{
	rep_counts_t in = {{0, 1, 22, 333, UINT32_MAX, 5, 6, 7, 8, 9, 10, 11}};
	rep_counts_t out;
	char text[REP_COUNTS_TEXT];
	size_t n = rep_pack_counts(&in, text);

	ck_assert_str_eq(text, "0,1,22,333,4294967295,5,6,7,8,9,10,11");
	ck_assert_uint_eq(n, strlen(text));
	ck_assert(rep_unpack_counts(rep_span(text), &out));
	ck_assert_mem_eq(&in, &out, sizeof(in));
	for(int i = 0; i < REP_OUTCOMES; i++)
		in.n[i] = UINT32_MAX;
	ck_assert_uint_lt(rep_pack_counts(&in, text), REP_COUNTS_TEXT);
	/* a later layout may add outcomes; a sum may exceed 32 bits */
	ck_assert(rep_unpack_counts(
			rep_span("1,2,3,4,5,6,7,8,9,10,11,9999999999,13,14"), &out));
	ck_assert_uint_eq(out.n[11], UINT32_MAX);
	/* zeros at the end go without saying */
	in = (rep_counts_t){{0, 3}};
	rep_pack_counts(&in, text);
	ck_assert_str_eq(text, "0,3");
	ck_assert(rep_unpack_counts(rep_span(text), &out));
	ck_assert_mem_eq(&in, &out, sizeof(in));
	in = (rep_counts_t){{0}};
	rep_pack_counts(&in, text);
	ck_assert_str_eq(text, "0");
}
END_TEST

START_TEST(counts_malformed)
{
	static const char *const bad[] = {"", "1,", ",1",
			"1,2,3,4,5,6,7,8,9,10,11,", "1,2,3,4,5,6,7,8,9,10,,12",
			"-1,2,3,4,5,6,7,8,9,10,11,12", "a,2,3,4,5,6,7,8,9,10,11,12",
			"99999999999999999999,2,3,4,5,6,7,8,9,10,11,12"};
	rep_counts_t out = {{42}};

	for(size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!rep_unpack_counts(rep_span(bad[i]), &out), "%s", bad[i]);
	ck_assert(!rep_unpack_counts((rep_span_t){NULL, 0}, &out));
	ck_assert_uint_eq(out.n[0], 42);
}
END_TEST

Suite *counts_suite(void)
{
	Suite *suite = suite_create("counts");
	TCase *c = tcase_create("counts");

	tcase_add_test(c, counts_there_and_back);
	tcase_add_test(c, counts_malformed);
	suite_add_tcase(suite, c);
	return suite;
}
