/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON of a number's health. */

#include <string.h>

#include "formats/health.h"

#include "suites.h"

START_TEST(health_json)
{
	rep_number_view_t view = {.number = 15551230001,
			.state = REP_BENCHED,
			.reason = REP_REASON_BLOCKED,
			.since = 1700000000999,
			.until = 1700086400000,
			.strikes = 2};
	char text[REP_HEALTH_TEXT];

	view.counts.n[REP_ANSWERED] = 1;
	view.counts.n[REP_SHORT] = 1;
	view.counts.n[REP_DECLINED] = 1;
	view.counts.n[REP_BLOCKED] = 1;
	view.counts.n[REP_FAILED] = 9;
	rep_pack_health(&view, text);
	ck_assert_ptr_nonnull(strstr(text,
			"\"state\":\"benched\",\"since\":1700000000,"
			"\"until\":1700086400,\"strikes\":2,\"reason\":\"blocked\""));
	ck_assert_ptr_nonnull(strstr(text, "\"calls\":13"));
	ck_assert_ptr_nonnull(strstr(text, "\"failed\":9}"));
	ck_assert_ptr_nonnull(strstr(text,
			"\"answered\":0.5000,\"declined\":0.2500,\"rejected\":0.2500,"
			"\"blocked\":0.2500}}"));
	for(int i = 0; i < REP_OUTCOMES; i++)
		view.counts.n[i] = UINT32_MAX;
	view.since = view.until = INT64_MAX;
	view.strikes = UINT32_MAX;
	ck_assert_uint_lt(rep_pack_health(&view, text), REP_HEALTH_TEXT - 1);
}
END_TEST

Suite *health_suite(void)
{
	Suite *suite = suite_create("health");
	TCase *c = tcase_create("health");

	tcase_add_test(c, health_json);
	suite_add_tcase(suite, c);
	return suite;
}
