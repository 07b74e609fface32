/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buckets of time. */

#include "engine/judge/bucket.h"

#include "suites.h"

#define MINUTE REP_MINUTE
#define NOON (INT64_C(20000) * 1440 * REP_MINUTE + 720 * REP_MINUTE)
#define NOON_MINUTE (20000u * 1440 + 720)

/* What a window holds, at 12:00:00.000 unless it says otherwise. */
static const struct
{
	uint32_t hours, minutes; /* window and bucket */
	rep_time_t after;		 /* noon */
	uint32_t newest, oldest; /* minutes from noon on: newest ahead, oldest */
	uint32_t slots;			 /* back */
} windows[] = {
		{72, 60, 0, 0, 71 * 60, 74}, {72, 60, MINUTE - 1, 0, 71 * 60, 74},
		{72, 60, 60 * MINUTE - 1, 0, 71 * 60, 74},
		{72, 60, 60 * MINUTE, 60, 70 * 60, 74}, {1, 60, 0, 0, 0, 3},
		{1, 10, 0, 0, 50, 8}, {1, 10, 9 * MINUTE, 0, 50, 8},
		{1, 10, 10 * MINUTE, 10, 40, 8}, {2, 1, 59999, 0, 119, 122},
		{1, 720, 0, 0, 0, 2}, /* a window shorter than its bucket */
};

START_TEST(window)
{
	rep_policy_t policy = {.window_hours = windows[_i].hours,
			.bucket_minutes = windows[_i].minutes};
	rep_time_t now = NOON + windows[_i].after;

	ck_assert_uint_eq(
			rep_bucket_of(&policy, now), NOON_MINUTE + windows[_i].newest);
	ck_assert_uint_eq(
			rep_bucket_oldest(&policy, now), NOON_MINUTE - windows[_i].oldest);
	ck_assert_uint_eq(rep_bucket_slots(&policy), windows[_i].slots);
}
END_TEST

START_TEST(before_1970)
{
	rep_policy_t policy = {.window_hours = 72, .bucket_minutes = 60};

	ck_assert_uint_eq(rep_bucket_of(&policy, -1), 0);
	ck_assert_uint_eq(rep_bucket_oldest(&policy, -1), 0);
	ck_assert_uint_eq(rep_bucket_oldest(&policy, 60 * MINUTE), 0);
	ck_assert_uint_eq(rep_bucket_elapsed(&policy, -1, 100), 0);
}
END_TEST

START_TEST(elapsed)
{
	rep_policy_t policy = {.window_hours = 72, .bucket_minutes = 60};

	ck_assert_uint_eq(rep_bucket_elapsed(&policy, NOON, 1000), 0);
	ck_assert_uint_eq(
			rep_bucket_elapsed(&policy, NOON + 30 * MINUTE, 1000), 500);
	ck_assert_uint_eq(
			rep_bucket_elapsed(&policy, NOON + 60 * MINUTE - 1, 1000), 999);
	ck_assert_uint_eq(rep_bucket_elapsed(&policy, NOON + 45 * MINUTE, 4), 3);
}
END_TEST

Suite *bucket_suite(void)
{
	Suite *suite = suite_create("bucket");
	TCase *c = tcase_create("bucket");

	tcase_add_loop_test(
			c, window, 0, (int)(sizeof(windows) / sizeof(windows[0])));
	tcase_add_test(c, before_1970);
	tcase_add_test(c, elapsed);
	suite_add_tcase(suite, c);
	return suite;
}
