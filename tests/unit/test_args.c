/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arguments of a command. */

#include <string.h>

#include "store/args.h"

#include "suites.h"

START_TEST(arguments)
{
	rep_args_t args = {0};
	char big[5000];

	memset(big, 'x', sizeof(big));
	ck_assert(!rep_args_ready(&args));
	rep_args_command(&args, "HSET");
	rep_args_int(&args, INT64_MIN);
	rep_args_span(&args, (rep_span_t){"a\0b%s", 5});
	rep_args_text(&args, "");
	for(int i = 0; i < 500; i++)
		rep_args_span(&args, (rep_span_t){big, sizeof(big)});
	rep_args_patch(&args, 1, 42);
	ck_assert(rep_args_ready(&args));
	ck_assert_uint_eq(args.n, 504);
	ck_assert_uint_eq(args.argvlen[1], 2);
	ck_assert_mem_eq(args.argv[1], "42", 2);
	ck_assert_uint_eq(args.argvlen[2], 5);
	ck_assert_mem_eq(args.argv[2], "a\0b%s", 5);
	ck_assert_uint_eq(args.argvlen[3], 0);
	ck_assert_mem_eq(args.argv[503], big, sizeof(big));
	rep_args_free(&args);
	rep_args_free(&args);
}
END_TEST

Suite *args_suite(void)
{
	Suite *suite = suite_create("args");
	TCase *c = tcase_create("args");

	tcase_add_test(c, arguments);
	suite_add_tcase(suite, c);
	return suite;
}
