/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <check.h>

#include "engine/reply/calling_code.h"
#include "suites.h"

static const struct
{
	rep_e164_t number;
	unsigned code;
} codes[] = {
		{15551230001, 1},
		{74951234567, 1},
		{77011234567, 1},
		{201234567890, 2},
		{211912345678, 3},
		{27123456789, 2},
		{290123456, 3},
		{442071234567, 2},
		{35312345678, 3},
		{3612345678, 2},
		{37112345678, 3},
		{420123456789, 3},
		{4312345678, 2},
		{50212345678, 3},
		{5112345678, 2},
		{5811234567, 2},
		{59112345678, 3},
		{6012345678, 2},
		{67012345678, 3},
		{80012345678, 3},
		{8112345678, 2},
		{85212345678, 3},
		{8612345678, 2},
		{88612345678, 3},
		{9012345678, 2},
		{96112345678, 3},
		{9712345678, 3},
		{9812345678, 2},
		{99212345678, 3},
};

START_TEST(lengths)
{
	ck_assert_uint_eq(
			rep_calling_code_digits(codes[_i].number), codes[_i].code);
}
END_TEST

START_TEST(prefixes)
{
	ck_assert_uint_eq(rep_e164_digits(15551230001), 11);
	ck_assert_uint_eq(rep_e164_digits(9), 1);
	ck_assert_uint_eq(rep_e164_digits(10), 2);
	ck_assert_uint_eq(rep_e164_digits(999999999999999), 15);
	ck_assert_uint_eq(rep_e164_prefix(15551230001, 4), 1555);
	ck_assert_uint_eq(rep_e164_prefix(15551230001, 11), 15551230001);
	ck_assert_uint_eq(rep_e164_prefix(15551230001, 12), 15551230001);
}
END_TEST

Suite *calling_code_suite(void)
{
	Suite *suite = suite_create("calling_code");
	TCase *tc = tcase_create("calling_code");

	tcase_add_loop_test(
			tc, lengths, 0, (int)(sizeof(codes) / sizeof(codes[0])));
	tcase_add_test(tc, prefixes);
	suite_add_tcase(suite, tc);
	return suite;
}
