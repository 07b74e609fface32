/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of cells of evidence. */

#include <stdio.h>
#include <string.h>

#include "formats/cell.h"
#include "formats/record.h"
#include "formats/route.h"

#include "suites.h"

START_TEST(cell_fields)
{
	rep_cell_t in = {.number = 15551230001, .stamp = 7, .dims.route = "a|b"},
			   out;
	char text[REP_FIELD_TEXT];
	rep_span_t writer;

	rep_pack_field(&in, rep_span("n.0a1b"), text);
	ck_assert_str_eq(text, "+15551230001|7|n.0a1b|a|b");
	ck_assert(rep_unpack_field(rep_span(text), &out, &writer));
	ck_assert(rep_span_is(writer, "n.0a1b"));
	ck_assert_uint_eq(out.number, in.number);
	ck_assert_uint_eq(out.stamp, 7);
	ck_assert_str_eq(out.dims.route, "a|b");
	in.dims.route[0] = '\0';
	rep_pack_field(&in, rep_span("w"), text);
	ck_assert_str_eq(text, "+15551230001|7|w|");
	ck_assert(rep_unpack_field(rep_span(text), &out, &writer));
	ck_assert_str_eq(out.dims.route, "");
}
END_TEST

/* Labels, and what each is written as; unchanged where there are none. */
static const struct
{
	rep_dims_t dims;
	bool repeat;
	const char *text;
} labelled[] = {
		{{"", "", ""}, false, "7|w|"},
		{{"", "", ""}, true, "7r|w|"},
		{{"a|b", "", ""}, true, "7r|w|a|b"},
		{{"50%", "", ""}, false, "7|w|50%"},
		{{"east", "spring", ""}, false, "7|w|east|spring|"},
		{{"", "", "x"}, false, "7|w|||x"},
		{{"east", "spring", "x"}, true, "7r|w|east|spring|x"},
		{{"a|b", "5%|", "|"}, false, "7|w|a%7Cb|5%25%7C|%7C"},
		/* as it is, it would look like three labels */
		{{"a|b|c", "", ""}, false, "7|w|a%7Cb%7Cc||"},
		{{"a|b|c|d", "", ""}, false, "7|w|a|b|c|d"},
};

START_TEST(cell_fields_with_labels)
{
	rep_cell_t in = {.number = 15551230001, .stamp = 7}, out;
	char text[REP_FIELD_TEXT], want[REP_FIELD_TEXT];
	rep_span_t writer;

	in.dims = labelled[_i].dims;
	in.repeat = labelled[_i].repeat;
	snprintf(want, sizeof(want), "+15551230001|%s", labelled[_i].text);
	rep_pack_field(&in, rep_span("w"), text);
	ck_assert_str_eq(text, want);
	ck_assert(rep_unpack_field(rep_span(text), &out, &writer));
	ck_assert_mem_eq(&out.dims, &in.dims, sizeof(in.dims));
	ck_assert(out.repeat == in.repeat && out.stamp == 7);
}
END_TEST

START_TEST(cell_fields_at_their_longest)
{
	rep_cell_t in = {.number = 999999999999999, .stamp = UINT32_MAX}, out;
	char text[REP_FIELD_TEXT], writer[REP_WRITER_MAX + 1];
	rep_span_t got;

	memset(in.dims.route, '|', REP_ROUTE_MAX);
	memset(in.dims.campaign, '%', REP_ROUTE_MAX);
	memset(in.dims.network, '|', REP_ROUTE_MAX);
	in.repeat = true;
	memset(writer, 'w', REP_WRITER_MAX);
	writer[REP_WRITER_MAX] = '\0';
	ck_assert_uint_lt(
			rep_pack_field(&in, rep_span(writer), text), REP_FIELD_TEXT);
	ck_assert(rep_unpack_field(rep_span(text), &out, &got));
	ck_assert(rep_span_is(got, writer));
	ck_assert_mem_eq(&out.dims, &in.dims, sizeof(in.dims));
}
END_TEST

START_TEST(cell_fields_malformed)
{
	static const char *const bad[] = {"", "+15551230001", "+15551230001|1",
			"+15551230001|1|w", "15551230001|1|w|", "+1555|1|w|",
			"+15551230001||w|", "+15551230001|x|w|",
			"+15551230001|4294967296|w|", "|1|w|", "+15551230001|r|w|",
			"+15551230001|1rr|w|", "+15551230001|1|w|a|%|b",
			"+15551230001|1|w|a|%7|b", "+15551230001|1|w|a|b|%00",
			"+15551230001|1|w|"
			"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"};
	rep_cell_t out;
	rep_span_t writer;

	for(size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!rep_unpack_field(rep_span(bad[i]), &out, &writer), "%s",
				bad[i]);
	ck_assert(!rep_unpack_field(
			(rep_span_t){"+15551230001|1|w|a\0b", 20}, &out, &writer));
}
END_TEST

/* A label of 63 bytes fits, one of 64 does not. */
START_TEST(routes)
{
	char text[REP_ROUTE_MAX + 2], route[REP_ROUTE_MAX + 1];

	memset(text, 'r', sizeof(text));
	ck_assert(rep_unpack_route((rep_span_t){text, REP_ROUTE_MAX}, route));
	ck_assert_uint_eq(strlen(route), REP_ROUTE_MAX);
	ck_assert(!rep_unpack_route((rep_span_t){text, REP_ROUTE_MAX + 1}, route));
	ck_assert(!rep_unpack_route((rep_span_t){"a\0b", 3}, route));
	ck_assert_uint_eq(strlen(route), REP_ROUTE_MAX); /* as it was */
	ck_assert(rep_unpack_route((rep_span_t){NULL, 0}, route));
	ck_assert_str_eq(route, "");
	ck_assert_uint_eq(rep_pack_text(text, "east", 10), 4);
	ck_assert_uint_eq(rep_pack_text(text, "eastern", 4), 4);
	ck_assert_mem_eq(text, "eastr", 5);
}
END_TEST

Suite *cell_suite(void)
{
	Suite *suite = suite_create("cell");
	TCase *c = tcase_create("cell");

	tcase_add_test(c, cell_fields);
	tcase_add_loop_test(c, cell_fields_with_labels, 0,
			(int)(sizeof(labelled) / sizeof(labelled[0])));
	tcase_add_test(c, cell_fields_at_their_longest);
	tcase_add_test(c, cell_fields_malformed);
	tcase_add_test(c, routes);
	suite_add_tcase(suite, c);
	return suite;
}
