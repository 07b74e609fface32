/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attributes of a number, as JSON. */

#include <stdio.h>
#include <string.h>

#include "formats/attrs.h"

#include "suites.h"

/* the JSON, and a word of the sentence; NULL = it is good */
static const char *const attributes[][2] = {
		{"{}", NULL},
		{" { } ", NULL},
		{"{\"weight\":2}", NULL},
		{"{\"weight\":0.5,\"note\":\"x\"}", NULL},
		{"{\"weight\":null}", NULL},
		{"{\"weight\":0}", "weight"},
		{"{\"weight\":-1}", "weight"},
		{"{\"weight\":\"2\"}", "weight"},
		{"{\"weight\":1e99}", "weight"},
		{"{\"weight\":NaN}", ""},
		{"{\"cap_day\":0}", NULL},
		{"{\"cap_day\":4294967295}", NULL},
		{"{\"cap_day\":4294967296}", "cap_day"},
		{"{\"cap_day\":-1}", "cap_day"},
		{"{\"cap_day\":1.5}", "cap_day"},
		{"{\"cap_day\":\"9\"}", "cap_day"},
		{"{\"tags\":[]}", NULL},
		{"{\"tags\":[\"a\",\"b\"]}", NULL},
		{"{\"tags\":\"a, b ,,c\"}", NULL},
		{"{\"tags\":7}", "tags"},
		{"{\"tags\":[7]}", "tags"},
		{"{\"tags\":[\"a\\u0000b\"]}", "tags"},
		{"{\"attest\":{\"r\":\"A\",\"s\":\"C\"}}", NULL},
		{"{\"attest\":\"A\"}", "attest"},
		{"{\"attest\":{\"r\":\"D\"}}", "attest"},
		{"{\"attest\":{\"r\":\"AA\"}}", "attest"},
		{"{\"attest\":{\"r\":1}}", "attest"},
		{"{\"attest\":{\"r\":null}}", "attest"},
		{"{\"attest\":{\"a,b\":\"A\"}}", "attest"},
		{"{\"since\":\"2024-02-29\"}", NULL},
		{"{\"since\":\"2023-02-29\"}", "since"},
		{"{\"since\":\"1900-01-01\"}", "since"},
		{"{\"since\":\"2000-02-29\"}", NULL},
		{"{\"since\":\"2100-02-29\"}", "since"},
		{"{\"since\":\"1970-01-01\"}", "since"},
		{"{\"since\":\"1970-01-02\"}", NULL},
		{"{\"since\":\"2024-13-01\"}", "since"},
		{"{\"since\":\"2024-00-01\"}", "since"},
		{"{\"since\":\"2024-04-31\"}", "since"},
		{"{\"since\":\"2024-1-1\"}", "since"},
		{"{\"since\":20240101}", "since"},
		{"{\"since\":\"2024-01-01T\"}", "since"},
		{"{\"status\":\"active\"}", NULL},
		{"{\"status\":\"paused\"}", NULL},
		{"{\"status\":\"retired\"}", NULL},
		{"{\"status\":\"benched\"}", "status"},
		{"{\"status\":1}", "status"},
		{"{\"note\":1}", "note"},
		{"{\"name\":\"\"}", NULL},
		{"{\"name\":null}", NULL},
		{"{\"name\":\"Jürgen \\\"x\\\" \\\\\"}", NULL},
		{"{\"name\":\"\\u00a0\"}", NULL},
		{"{\"name\":1}", "name is not a string"},
		{"{\"name\":[\"x\"]}", "name is not a string"},
		{"{\"name\":\"a\\r\\nVia: b\"}", "name holds a control character"},
		{"{\"name\":\"a\\u0000b\"}", "name holds a control character"},
		{"{\"name\":\"a\\u007f\"}", "name holds a control character"},
		{"{\"name\":\"a\\u0085\"}", "name holds a control character"},
		{"{\"registered\":{}}", NULL},
		{"{\"registered\":null}", NULL},
		{"{\"registered\":{\"fcr\":\"2026-11-28\",\"x y\":\"1970-01-01\"}}",
				NULL},
		{"{\"registered\":true}", "registered is not an object"},
		{"{\"registered\":\"2026-11-28\"}", "registered is not an object"},
		{"{\"registered\":[\"fcr\"]}", "registered is not an object"},
		{"{\"registered\":{\"fcr\":true}}", "registered has a day"},
		{"{\"registered\":{\"fcr\":null}}", "registered has a day"},
		{"{\"registered\":{\"fcr\":\"2026-02-29\"}}", "registered has a day"},
		{"{\"registered\":{\"\":\"2026-11-28\"}}", "registered has a registry"},
		{"{\"registered\":{\"a,b\":\"2026-11-28\"}}",
				"registered has a registry"},
		{"{\"registered\":{\"a\\nb\":\"2026-11-28\"}}",
				"registered has a registry"},
		{"{\"verified\":true}", NULL},
		{"{\"verified\":false}", NULL},
		{"{\"verified\":null}", NULL},
		{"{\"verified\":\"2026-11-28\"}", NULL},
		{"{\"verified\":1}", "verified is not"},
		{"{\"verified\":\"yes\"}", "verified is not"},
		{"{\"verified\":\"2026-11-31\"}", "verified is not"},
		{"{\"verified\":{}}", "verified is not"},
		{"", "empty"},
		{"{", "not JSON"},
		{"{}x", "not JSON"},
		{"{\"note\":'x'}", "not JSON"},
		{"{\"weight\":2,}", "not JSON"},
		{"[]", "not a JSON object"},
		{"null", "not a JSON object"},
		{"7", "not a JSON object"},
		{"\"x\"", "not a JSON object"},
		{"{\"note\":\"\xff\"}", "not JSON"},
		{"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}"
		 "}}}}}}",
				"not JSON"},
};

START_TEST(attrs_table)
{
	rep_attrs_text_t out;
	char why[160];
	const char *text = attributes[_i][0], *word = attributes[_i][1];
	const char *wrong = rep_attrs_parse(rep_span(text), &out, why, sizeof(why));

	if(!word) {
		ck_assert_msg(wrong == NULL, "%s: %s", text, wrong);
		return;
	}
	ck_assert_msg(wrong != NULL, "%s", text);
	ck_assert_msg(strstr(wrong, word) != NULL, "%s: %s", text, wrong);
}
END_TEST

START_TEST(attrs_values)
{
	static const char json[] =
			"{\"weight\":2.5,\"tags\":[\"x\",\" y z \"],\"attest\":"
			"{\"r1\":\"A\",\"\":\"B\"},\"cap_day\":9,\"since\":\"1970-01-02\","
			"\"status\":\"paused\",\"note\":\"two\\nlines\",\"colour\":1,"
			"\"name\":\"Acme, Inc\",\"verified\":true,"
			"\"registered\":{\"fcr\":\"2026-11-28\",\"hiya\":\"2025-01-01\"}}";
	rep_attrs_text_t out;
	char why[160];

	ck_assert_ptr_null(rep_attrs_parse(rep_span(json), &out, why, sizeof(why)));
	ck_assert(out.attrs.weight == 2.5f);
	ck_assert(rep_span_is(out.attrs.tags, "x,y z"));
	ck_assert(rep_span_is(out.attrs.attest, "r1=A,=B"));
	ck_assert_uint_eq(out.attrs.cap_day, 9);
	ck_assert_int_eq(out.attrs.since_day, 1);
	ck_assert_int_eq(out.attrs.status, REP_PAUSED);
	ck_assert(rep_span_is(out.attrs.note, "two lines"));
	ck_assert(rep_span_is(out.attrs.name, "Acme, Inc"));
	ck_assert(rep_span_is(
			out.attrs.registered, "fcr=2026-11-28,hiya=2025-01-01"));
	ck_assert(rep_span_is(out.attrs.verified, "true"));
	ck_assert_str_eq(out.unknown, "colour");
	ck_assert_ptr_null(rep_attrs_parse(rep_span("{}"), &out, why, sizeof(why)));
	ck_assert(out.attrs.weight == 1);
	ck_assert_int_eq(out.attrs.status, REP_ACTIVE);
	ck_assert_uint_eq(out.attrs.tags.len, 0);
	ck_assert_uint_eq(out.attrs.name.len, 0);
	ck_assert_uint_eq(out.attrs.registered.len, 0);
	ck_assert_uint_eq(out.attrs.verified.len, 0);
	ck_assert_str_eq(out.unknown, "");
	ck_assert_ptr_null(rep_attrs_parse(
			rep_span("{\"verified\":\"2026-11-20\",\"registered\":{}}"), &out,
			why, sizeof(why)));
	ck_assert(rep_span_is(out.attrs.verified, "2026-11-20"));
	ck_assert_uint_eq(out.attrs.registered.len, 0);
	ck_assert_ptr_null(rep_attrs_parse(
			rep_span("{\"verified\":false}"), &out, why, sizeof(why)));
	ck_assert_uint_eq(out.attrs.verified.len, 0);
	ck_assert_ptr_null(rep_attrs_parse(
			rep_span("{\"since\":\"2026-11-20\"}"), &out, why, sizeof(why)));
	ck_assert_int_eq(out.attrs.since_day, 20777);
}
END_TEST

START_TEST(attrs_too_long)
{
	static char text[20000];
	rep_attrs_text_t out;
	char why[160];
	int n = snprintf(text, sizeof(text), "{\"tags\":[");

	for(int i = 0; i < 100; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "\"tag%d\",", i);
	snprintf(text + n - 1, sizeof(text) - (size_t)n, "]}");
	ck_assert_ptr_nonnull(
			rep_attrs_parse(rep_span(text), &out, why, sizeof(why)));
	snprintf(text, sizeof(text), "{\"name\":\"%0127d\"}", 1);
	ck_assert_ptr_null(rep_attrs_parse(rep_span(text), &out, why, sizeof(why)));
	ck_assert_uint_eq(out.attrs.name.len, REP_NAME_MAX);
	snprintf(text, sizeof(text), "{\"name\":\"%0128d\"}", 1);
	ck_assert_str_eq(rep_attrs_parse(rep_span(text), &out, why, sizeof(why)),
			"name is longer than 127 bytes");
	n = snprintf(text, sizeof(text), "{\"registered\":{");
	for(int i = 0; i < 20; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
				"\"registry%02d\":\"2026-11-28\",", i);
	snprintf(text + n - 1, sizeof(text) - (size_t)n, "}}");
	ck_assert_str_eq(rep_attrs_parse(rep_span(text), &out, why, sizeof(why)),
			"registered is longer than 254 bytes");
	snprintf(text, sizeof(text), "{\"registered\":{\"%064d\":\"2026-11-28\"}}",
			1);
	ck_assert_ptr_nonnull(
			rep_attrs_parse(rep_span(text), &out, why, sizeof(why)));
	memset(text, ' ', 9000);
	text[9000] = '\0';
	ck_assert_ptr_nonnull(
			rep_attrs_parse(rep_span(text), &out, why, sizeof(why)));
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *attrs_suite(void)
{
	Suite *suite = suite_create("attrs");
	TCase *c = tcase_create("attrs");

	tcase_add_loop_test(c, attrs_table, 0, COUNT(attributes));
	tcase_add_test(c, attrs_values);
	tcase_add_test(c, attrs_too_long);
	suite_add_tcase(suite, c);
	return suite;
}
