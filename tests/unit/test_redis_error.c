/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Redis means by an error. */

#include <stdio.h>

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

static const struct
{
	const char *word;
	rep_redis_error_t error;
} words[] = {
		{"LOADING", REP_REDIS_LOADING},
		{"BUSY", REP_REDIS_LOADING},
		{"TRYAGAIN", REP_REDIS_LOADING},
		{"READONLY", REP_REDIS_REPLICA},
		{"MASTERDOWN", REP_REDIS_REPLICA},
		{"NOAUTH", REP_REDIS_AUTH},
		{"WRONGPASS", REP_REDIS_AUTH},
		{"MOVED", REP_REDIS_CLUSTER},
		{"ASK", REP_REDIS_CLUSTER},
		{"CLUSTERDOWN", REP_REDIS_CLUSTER},
		{"CROSSSLOT", REP_REDIS_CLUSTER},
		{"NOPERM", REP_REDIS_DENIED},
		{"OOM", REP_REDIS_FULL},
		{"MISCONF", REP_REDIS_DISK},
		{"NOREPLICAS", REP_REDIS_DISK},
		{"NOSCRIPT", REP_REDIS_SCRIPT},
		{"WRONGTYPE", REP_REDIS_TYPE},
};

/* Alone, before other words, in a script's error of both ages; not within
 * another word. */
START_TEST(every_word)
{
	rep_redis_error_t error = words[_i].error;
	char text[200];

	ck_assert_int_eq(rep_redis_error_of(words[_i].word), error);
	snprintf(text, sizeof(text), "%s of some kind", words[_i].word);
	ck_assert_int_eq(rep_redis_error_of(text), error);
	snprintf(text, sizeof(text), "%sX of some kind", words[_i].word);
	ck_assert_int_eq(rep_redis_error_of(text), REP_REDIS_OTHER);
	snprintf(text, sizeof(text),
			"ERR Error running script (call to f_0): @user_script:7: "
			"@user_script: 7: -%s of some kind",
			words[_i].word);
	ck_assert_int_eq(rep_redis_error_of(text), error);
	ck_assert_ptr_nonnull(rep_redis_error_words(error));
}
END_TEST

Suite *redis_error_suite(void)
{
	Suite *suite = suite_create("redis_error");
	TCase *c = tcase_create("redis_error");

	tcase_add_test(c, faults);
	tcase_add_loop_test(
			c, every_word, 0, (int)(sizeof(words) / sizeof(words[0])));
	suite_add_tcase(suite, c);
	return suite;
}
