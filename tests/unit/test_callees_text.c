/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has spoken, as text. */

#include "formats/callees.h"

#include "suites.h"

static const struct
{
	rep_callee_t callee;
	const char *text;
} samples[] = {
		{{0, 0}, "AAAAAAAAAAAAAAAA"},
		{{1, 0}, "AAAAAAAAAAEAAAAA"},
		{{UINT64_MAX, UINT32_MAX}, "________________"},
		{{UINT64_C(0x0123456789abcdef), 0x01020304}, "ASNFZ4mrze8BAgME"},
};

#define N (sizeof(samples) / sizeof(samples[0]))

START_TEST(there_and_back)
{
	rep_callee_t all[N], one;
	char text[N * REP_CALLEE_TEXT];
	rep_span_t rest = {text, sizeof(text)};

	for(size_t i = 0; i < N; i++)
		all[i] = samples[i].callee;
	rep_pack_callees(all, N, text);
	for(size_t i = 0; i < N; i++) {
		ck_assert_mem_eq(rest.s, samples[i].text, REP_CALLEE_TEXT);
		ck_assert(rep_unpack_callee(&rest, &one));
		ck_assert_uint_eq(one.print, all[i].print);
		ck_assert_uint_eq(one.until, all[i].until);
	}
	ck_assert(!rep_unpack_callee(&rest, &one));
}
END_TEST

START_TEST(malformed)
{
	static const struct
	{
		const char *text;
		size_t len;
	} bad[] = {{NULL, 0}, {"AAAAAAAAAAAAAAA", 15}, {"AAAAAAA+AAAAAAAA", 16},
			{"AAAAAAAAAAAAAAA/", 16}, {"AAAAAAAA=AAAAAAA", 16},
			{"\0AAAAAAAAAAAAAAA", 16}, {"AAAAAAAAAAAAAAA\0", 16}};
	rep_span_t text = {bad[_i].text, bad[_i].len};
	rep_callee_t callee;

	ck_assert(!rep_unpack_callee(&text, &callee));
	ck_assert_uint_eq(text.len, bad[_i].len);
}
END_TEST

Suite *callees_text_suite(void)
{
	Suite *suite = suite_create("callees_text");
	TCase *tc = tcase_create("callees_text");

	tcase_add_test(tc, there_and_back);
	tcase_add_loop_test(tc, malformed, 0, 7);
	suite_add_tcase(suite, tc);
	return suite;
}
