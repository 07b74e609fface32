/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts of the callee guard, as text. */

#include "formats/guard.h"

#include <check.h>
#include <stdio.h>

#include "suites.h"

#define CALLEE UINT64_C(999999999999999)
#define AT 1760000000u

static const struct
{
	rep_guard_fact_t fact;
	const char *member;
	int64_t score;
} facts[] = {
		{{.callee = CALLEE,
				 .pool = 7,
				 .kind = REP_GUARD_TRIED,
				 .at = AT,
				 .until = AT + 1,
				 .n = 255},
				"a999999999999999.1760000000.255", 256 * (INT64_C(1) + AT)},
		{{.callee = CALLEE,
				 .pool = 7,
				 .kind = REP_GUARD_DECLINED,
				 .until = AT,
				 .n = 6},
				"d999999999999999",
				256 * (INT64_C(1) * REP_GUARD_REMEMBERED + AT) + 6},
		{{.callee = CALLEE,
				 .pool = 7,
				 .kind = REP_GUARD_UNWANTED,
				 .until = UINT32_MAX},
				"u999999999999999", 256 * INT64_C(4294967295)},
		{{.callee = 1234567,
				 .pool = REP_GUARD_ALL,
				 .kind = REP_GUARD_BY_HAND,
				 .until = AT},
				"h1234567", 256 * INT64_C(1760000000)},
		{{.callee = CALLEE,
				 .pool = 7,
				 .kind = REP_GUARD_UNWANTED,
				 .gone = true},
				"u999999999999999", 0},
		{{.callee = CALLEE,
				 .pool = REP_GUARD_ALL,
				 .kind = REP_GUARD_LISTED,
				 .gone = true},
				"n999999999999999", 0},
};

START_TEST(there_and_back)
{
	char member[REP_GUARD_TEXT], score[32], told[128];
	const rep_guard_fact_t *fact = &facts[_i].fact;
	rep_guard_fact_t got;
	rep_span_t text;
	int64_t s;

	rep_pack_guard(fact, member, &s);
	ck_assert_str_eq(member, facts[_i].member);
	ck_assert_int_eq(s, facts[_i].score);
	snprintf(score, sizeof(score), "%lld", (long long)s);
	snprintf(told, sizeof(told), "what ever %s %s", member, score);
	text = rep_span(told);
	ck_assert(rep_guard_next(&text, 7, &got));
	ck_assert_int_eq(got.kind, REP_GUARD_NOTHING);
	ck_assert(rep_guard_next(&text, 7, &got));
	ck_assert_uint_eq(got.callee, fact->callee);
	ck_assert_int_eq(got.pool, fact->pool);
	ck_assert_int_eq(got.kind, fact->kind);
	ck_assert_uint_eq(got.at, fact->at);
	ck_assert_uint_eq(got.until, fact->until);
	ck_assert_uint_eq(got.n, fact->n);
	ck_assert_int_eq(got.gone, fact->gone);
	ck_assert(!rep_guard_next(&text, 7, &got));
}
END_TEST

static const char *const none[][2] = {
		{"", "1"},
		{"x15551234567", "1"},
		{"u", "1"},
		{"u1555x", "1"},
		{"u15551234567.1", "1"},
		{"u1000000000000000", "1"},
		{"a15551234567", "1"},
		{"a15551234567.1", "1"},
		{"a15551234567.1.256", "1"},
		{"a15551234567.4294967296.1", "1"},
		{"u15551234567", ""},
		{"u15551234567", "-1"},
		{"u15551234567", "1e9"},
		{"u15551234567", "1099511627776"},
};

START_TEST(what_is_no_fact)
{
	rep_guard_fact_t fact;

	ck_assert(!rep_unpack_guard(
			rep_span(none[_i][0]), rep_span(none[_i][1]), 0, &fact));
}
END_TEST

Suite *guard_text_suite(void)
{
	Suite *s = suite_create("guard_text");
	TCase *t = tcase_create("core");

	tcase_add_loop_test(t, there_and_back, 0, sizeof(facts) / sizeof(facts[0]));
	tcase_add_loop_test(t, what_is_no_fact, 0, sizeof(none) / sizeof(none[0]));
	suite_add_tcase(s, t);
	return s;
}
