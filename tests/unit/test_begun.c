/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answered calls that may still be short: as text, and when they are another's
 * to count. */

#include <stdlib.h>

#include "formats/begun.h"
#include "store/begun.h"

#include "suites.h"

#define NUMBER UINT64_C(15551230001)

static const struct
{
	uint64_t serial, callee;
	rep_cell_t cell;
	const char *text;
} calls[] = {
		{1, 0, {.number = NUMBER}, "1 sales 0 +15551230001|0||"},
		{UINT64_MAX, UINT64_MAX,
				{.number = NUMBER, .stamp = 258, .dims = {.route = "a b"}},
				"18446744073709551615 sales 18446744073709551615"
				" +15551230001|258||a b"},
		{7, 8,
				{.number = NUMBER,
						.dims = {.route = "r ",
								.campaign = " c|",
								.network = "n"}},
				"7 sales 8 +15551230001|0||r | c%7C|n"},
};

START_TEST(as_text)
{
	char text[REP_BEGUN_TEXT];
	rep_cell_t cell = {.number = 0};
	rep_span_t pool;
	uint64_t callee;
	size_t n = rep_pack_begun(
			calls[_i].serial, "sales", calls[_i].callee, &calls[_i].cell, text);

	ck_assert_uint_eq(n, strlen(calls[_i].text));
	ck_assert_mem_eq(text, calls[_i].text, n);
	ck_assert(rep_unpack_begun((rep_span_t){text, n}, &pool, &callee, &cell));
	ck_assert(rep_span_is(pool, "sales"));
	ck_assert_uint_eq(callee, calls[_i].callee);
	ck_assert_uint_eq(cell.number, calls[_i].cell.number);
	ck_assert_uint_eq(cell.stamp, calls[_i].cell.stamp);
	ck_assert_str_eq(cell.dims.route, calls[_i].cell.dims.route);
	ck_assert_str_eq(cell.dims.campaign, calls[_i].cell.dims.campaign);
	ck_assert_str_eq(cell.dims.network, calls[_i].cell.dims.network);
}
END_TEST

static const char *const no_calls[] = {"", "1", "1 sales", "1 sales 0",
		"1 sales x +15551230001|0||", "1 sales 0 15551230001|0||",
		"1 sales 18446744073709551616 +15551230001|0||", "   "};

START_TEST(no_text)
{
	rep_cell_t cell;
	rep_span_t pool;
	uint64_t callee;

	ck_assert(!rep_unpack_begun(rep_span(no_calls[_i]), &pool, &callee, &cell));
}
END_TEST

/* Our node's earlier start is gone when it misses its beats; another proxy may
 * be cut off, and comes back. */
static const struct
{
	bool same;
	int64_t silent;
	bool gone;
} writers[] = {{true, 0, false}, {true, 9999, false}, {true, 10000, true},
		{false, 10000, false}, {false, 599999, false}, {false, 600000, true}};

START_TEST(gone)
{
	ck_assert(rep_begun_gone(writers[_i].same, writers[_i].silent)
			  == writers[_i].gone);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof(list[0]))

Suite *begun_suite(void)
{
	Suite *suite = suite_create("begun");
	TCase *tcase = tcase_create("begun");

	tcase_add_loop_test(tcase, as_text, 0, COUNT(calls));
	tcase_add_loop_test(tcase, no_text, 0, COUNT(no_calls));
	tcase_add_loop_test(tcase, gone, 0, COUNT(writers));
	suite_add_tcase(suite, tcase);
	return suite;
}
