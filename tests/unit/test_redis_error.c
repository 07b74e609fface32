/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Redis means by an error. */

#include "store/redis_error.h"

#include "suites.h"

START_TEST(faults)
{
	ck_assert_int_eq(
			rep_redis_error_of("LOADING Redis is loading"), REP_REDIS_LOADING);
	ck_assert_int_eq(
			rep_redis_error_of("READONLY You can't"), REP_REDIS_REPLICA);
	ck_assert_int_eq(rep_redis_error_of("OOM command"), REP_REDIS_FULL);
	ck_assert_int_eq(rep_redis_error_of("NOSCRIPT No"), REP_REDIS_SCRIPT);
	ck_assert_int_eq(rep_redis_error_of("WRONGTYPE Op"), REP_REDIS_TYPE);
	ck_assert_int_eq(rep_redis_error_of("WRONGTYPES"), REP_REDIS_OTHER);
	ck_assert_int_eq(
			rep_redis_error_of("ERR invalid password"), REP_REDIS_AUTH);
	ck_assert_int_eq(rep_redis_error_of("MOVED 1 h:1"), REP_REDIS_CLUSTER);
	ck_assert_int_eq(rep_redis_error_of("ERR what"), REP_REDIS_OTHER);
	ck_assert_int_eq(rep_redis_error_of(""), REP_REDIS_OTHER);
	ck_assert_int_eq(rep_redis_error_of(NULL), REP_REDIS_OTHER);
	ck_assert_int_eq(
			rep_redis_error_of("ERR Error running script (call to f_12): "
							   "@user_script:12: WRONGTYPE Operation against"),
			REP_REDIS_TYPE);
	ck_assert_int_eq(
			rep_redis_error_of("ERR Error running script (call to f_12): "
							   "@user_script:5: @user_script: 5: -OOM command"),
			REP_REDIS_FULL);
}
END_TEST

Suite *redis_error_suite(void)
{
	Suite *suite = suite_create("redis_error");
	TCase *c = tcase_create("redis_error");

	tcase_add_test(c, faults);
	suite_add_tcase(suite, c);
	return suite;
}
