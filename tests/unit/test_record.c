/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts, as Redis holds them. */

#include <string.h>

#include "formats/record.h"

#include "suites.h"

START_TEST(records_there_and_back)
{
	rep_record_t in = {.number = 15551230001,
			.route = "trunk|x",
			.turn = 12,
			.reset = 3,
			.state = REP_PROBATION,
			.reason = REP_REASON_NONE,
			.since = 1700000000123,
			.until = 0,
			.struck = 1690000000000,
			.strikes = 4,
			.score = 0.25f};
	rep_record_t out;
	char field[REP_RECORD_FIELD], text[REP_RECORD_TEXT];

	rep_pack_record_field(&in, field);
	rep_pack_record(&in, "node one", text);
	ck_assert_str_eq(field, "+15551230001|trunk|x");
	ck_assert_str_eq(text, "12 probation - 1700000000123 0 1690000000000 4 "
						   "0.2500 3 node one");
	ck_assert(rep_unpack_record(rep_span(field), rep_span(text), &out));
	ck_assert_uint_eq(out.turn, 12);
	ck_assert_uint_eq(out.reset, 3);
	ck_assert_int_eq(out.state, REP_PROBATION);
	ck_assert_int_eq(out.reason, REP_REASON_NONE);
	ck_assert_int_eq(out.since, in.since);
	ck_assert_int_eq(out.struck, in.struck);
	ck_assert_uint_eq(out.strikes, 4);
	ck_assert(out.score == 0.25f);
	ck_assert_str_eq(out.route, "trunk|x");
	in.route[0] = '\0';
	in.reason = REP_REASON_LABELLED;
	in.score = 0.0f / 0.0f;
	rep_pack_record_field(&in, field);
	rep_pack_record(&in, "n", text);
	ck_assert_str_eq(field, "+15551230001");
	ck_assert(rep_unpack_record(rep_span(field), rep_span(text), &out));
	ck_assert_int_eq(out.reason, REP_REASON_LABELLED);
}
END_TEST

START_TEST(records_malformed)
{
	static const char *const bad[] = {"", "1", "x benched - 0 0 0 0 0 0 n",
			"1 asleep - 0 0 0 0 0 0 n", "1 paused - 0 0 0 0 0 0 n",
			"1 benched fun 0 0 0 0 0 0 n", "1 benched - -1 0 0 0 0 0 n",
			"1 benched - 0 0 0 0 much 0 n", "1 benched - 0 0 0 0 nan 0 n",
			"1 benched - 0 0 0 0 0", "1 benched - 253402300800001 0 0 0 0 0 n",
			"1 benched - 0 253402300800001 0 0 0 0 n",
			"1 benched - 0 0 9223372036854775807 0 0 0 n",
			"4294967296 benched - 0 0 0 0 0 0 n"};
	rep_record_t out;

	for(size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!rep_unpack_record(
							  rep_span("+15551230001"), rep_span(bad[i]), &out),
				"%s", bad[i]);
	ck_assert(!rep_unpack_record(rep_span("15551230001"),
			rep_span("1 benched - 0 0 0 0 0 0 n"), &out));
}
END_TEST

Suite *record_suite(void)
{
	Suite *suite = suite_create("record");
	TCase *c = tcase_create("record");

	tcase_add_test(c, records_there_and_back);
	tcase_add_test(c, records_malformed);
	suite_add_tcase(suite, c);
	return suite;
}
