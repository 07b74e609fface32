/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of a kind in a minute, and no count that is lost. */

#include "kamailio/complain.h"

#include <pthread.h>

#include "mem_test.h"
#include "suites.h"
#include "engine/pool/handle.h"

#define KIND REP_COMPLAINT_ARGUMENT
#define OTHER REP_COMPLAINT_FROM
#define MINUTE REP_COMPLAINT_MINUTE

static struct rep_complaints *complaints;

static void setup(void)
{
	complaints = rep_complaints_create();
	ck_assert_ptr_nonnull(complaints);
}

static void teardown(void)
{
	rep_complaints_destroy(complaints);
	ck_assert_int_eq(rep_alloc_live(), 0);
}

/* What is said of one at `now`: -1 = nothing, else how many before it were
 * not told. */
static int said(rep_complaint_t kind, rep_time_t now)
{
	uint32_t unsaid = 12345;

	return rep_complaints_admit(complaints, kind, now, &unsaid) ? (int)unsaid
																: -1;
}

/* In the order of time; `over` is asked of the timer, not of a message. */
START_TEST(a_line_a_minute)
{
	static const struct
	{
		rep_time_t at;
		rep_complaint_t kind;
		bool over;
		int said;
	} steps[] = {
			{0, KIND, true, 0},
			{0, KIND, false, 0}, /* a clock may begin at 0 */
			{0, KIND, false, -1},
			{10, KIND, false, -1},
			{10, OTHER, false, 0}, /* kinds do not hide one another */
			{MINUTE - 1, KIND, false, -1},
			{MINUTE, KIND, true, 0}, /* left to the next message */
			{MINUTE, KIND, false, 3},
			{MINUTE + 1, KIND, false, -1},
			{2 * MINUTE + 999, KIND, true, 0},
			{2 * MINUTE + 1000, KIND, true, 1}, /* none came */
			{2 * MINUTE + 1100, KIND, true, 0},
			{2 * MINUTE + 1200, KIND, false, 0},
			{2 * MINUTE + 1200, OTHER, true, 0},
	};

	for(size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		ck_assert_msg((steps[i].over ? (int)rep_complaints_over(
							   complaints, steps[i].kind, steps[i].at)
									 : said(steps[i].kind, steps[i].at))
							  == steps[i].said,
				"step %zu", i);
}
END_TEST

#define THREADS 4
#define EACH 20000

static void *flood(void *ctx)
{
	uint32_t unsaid;
	uint64_t *told = ctx;

	for(int i = 0; i < EACH; i++)
		if(rep_complaints_admit(complaints, KIND, 30 * i, &unsaid))
			*told += 1 + unsaid;
	return NULL;
}

/* Each was either logged or is counted by a line, once. */
START_TEST(none_is_lost_between_processes)
{
	pthread_t threads[THREADS];
	uint64_t told[THREADS] = {0}, all = 0;

	for(int t = 0; t < THREADS; t++)
		ck_assert_int_eq(pthread_create(&threads[t], NULL, flood, &told[t]), 0);
	for(int t = 0; t < THREADS; t++) {
		pthread_join(threads[t], NULL);
		all += told[t];
	}
	all += rep_complaints_over(complaints, KIND, INT64_C(1) << 40);
	ck_assert_uint_eq(all, THREADS * EACH);
}
END_TEST

START_TEST(once_a_pool)
{
	ck_assert(rep_complaints_first(complaints, 0));
	ck_assert(!rep_complaints_first(complaints, 0));
	ck_assert(rep_complaints_first(complaints, REP_POOLS_MAX - 1));
	ck_assert(!rep_complaints_first(complaints, REP_POOLS_MAX - 1));
}
END_TEST

Suite *complain_suite(void)
{
	Suite *s = suite_create("complain");
	TCase *tc = tcase_create("complain");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_line_a_minute);
	tcase_add_test(tc, once_a_pool);
	tcase_add_test(tc, none_is_lost_between_processes);
	suite_add_tcase(s, tc);
	return s;
}
