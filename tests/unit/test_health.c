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
	static const rep_health_labels_t none;
	char text[REP_HEALTH_TEXT];

	view.counts.n[REP_ANSWERED] = 1;
	view.counts.n[REP_SHORT] = 1;
	view.counts.n[REP_DECLINED] = 1;
	view.counts.n[REP_BLOCKED] = 1;
	view.counts.n[REP_FAILED] = 9;
	rep_pack_health(&view, &none, text);
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
	ck_assert_uint_lt(rep_pack_health(&view, &none, text), REP_HEALTH_TEXT - 1);
}
END_TEST

START_TEST(health_by_label)
{
	rep_number_view_t view = {.number = 15551230001};
	rep_health_labels_t labels = {.n = {2, 1}};
	rep_label_view_t *spring = &labels.labels[REP_DIM_CAMPAIGN][0];
	char text[REP_HEALTH_TEXT];

	strcpy(spring[0].label, "spring");
	spring[0].counts = (rep_counts_t){
			.n = {[REP_ANSWERED] = 1, [REP_BLOCKED] = 3, [REP_FAILED] = 5}};
	spring[1].counts.n[REP_UNWANTED] = 2;
	strcpy(labels.labels[REP_DIM_NETWORK][0].label, "x\"y");
	rep_pack_health(&view, &labels, text);
	ck_assert_ptr_nonnull(strstr(text,
			",\"campaigns\":{\"spring\":{\"calls\":9,\"answered\":0.2500,"
			"\"rejected\":0.0000,\"blocked\":0.7500},\"\":{\"calls\":2,"
			"\"answered\":0.0000,\"rejected\":1.0000,\"blocked\":0.0000}}}"));
	/* what JSON would have to escape is left out */
	ck_assert_ptr_null(strstr(text, "networks"));
	for(int d = 0; d < REP_DIMS; d++) {
		labels.n[d] = REP_HEALTH_LABELS;
		for(size_t i = 0; i < labels.n[d]; i++) {
			memset(labels.labels[d][i].label, 'l', REP_ROUTE_MAX);
			for(int o = 0; o < REP_OUTCOMES; o++)
				labels.labels[d][i].counts.n[o] = UINT32_MAX;
		}
	}
	memset(view.benched_on, 'r', REP_ROUTE_MAX);
	ck_assert_uint_eq(rep_pack_health(&view, &labels, text), strlen(text));
	ck_assert_uint_lt(strlen(text), REP_HEALTH_TEXT);
	ck_assert_str_eq(text + strlen(text) - 3, "}}}");
}
END_TEST

Suite *health_suite(void)
{
	Suite *suite = suite_create("health");
	TCase *c = tcase_create("health");

	tcase_add_test(c, health_json);
	tcase_add_test(c, health_by_label);
	suite_add_tcase(suite, c);
	return suite;
}
