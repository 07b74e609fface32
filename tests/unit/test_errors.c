/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors outside of any reading are listed for as long as they occur. */

#include <stdlib.h>

#include "store/errors.h"

#include "suites.h"

#define AGE 30000 /* ms */
#define T0 INT64_C(1795168210000)
#define DAY INT64_C(86400000)

static rep_store_t *store;
static rep_store_status_t status;
static rep_time_t now;
static unsigned lines;

static rep_time_t clock_of_test(void)
{
	return now;
}

static void line(int level, const char *text)
{
	(void)level;
	(void)text;
	lines++;
}

static void setup(void)
{
	store = calloc(1, sizeof(*store));
	ck_assert_ptr_nonnull(store);
	status = (rep_store_status_t){.n_errors = 0};
	ck_assert_int_eq(rep_store_status_init(&status), 0);
	store->status = &status;
	store->clock = clock_of_test;
	store->log = line;
	now = T0;
	lines = 0;
}

static void teardown(void)
{
	rep_store_status_destroy(&status);
	free(store->notes);
	free(store);
}

static void occurs(void)
{
	rep_error_add(store, NULL, "key", rep_span(""), "is wrong");
}

static const struct
{
	rep_time_t set; /* so far the clock is set, after it occurred */
	rep_time_t later;
	uint32_t listed;
} clocks[] = {
		{0, 0, 1},
		{0, AGE - 1, 1},
		{0, AGE, 0},
		{-DAY, AGE - 1, 1},
		{-DAY, AGE, 0},
		{-1, AGE - 1, 1},
		{-1, AGE, 0},
};

START_TEST(aged)
{
	occurs();
	now += clocks[_i].set;
	rep_errors_age(store);
	ck_assert_uint_eq(status.n_errors, 1);
	now += clocks[_i].later;
	rep_errors_age(store);
	ck_assert_uint_eq(status.n_errors, clocks[_i].listed);
}
END_TEST

/* Logged once as long as it is listed, also over a set of the clock. */
START_TEST(told_once)
{
	occurs();
	now -= DAY;
	for(int i = 0; i < 3; i++) {
		rep_errors_age(store);
		now += AGE - 1;
		occurs();
	}
	ck_assert_uint_eq(lines, 1);
	ck_assert_uint_eq(status.errors[0].count, 4);
	now += AGE;
	rep_errors_age(store);
	occurs();
	ck_assert_uint_eq(lines, 2);
}
END_TEST

Suite *errors_suite(void)
{
	Suite *suite = suite_create("errors");
	TCase *tcase = tcase_create("errors");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(
			tcase, aged, 0, (int)(sizeof(clocks) / sizeof(clocks[0])));
	tcase_add_test(tcase, told_once);
	suite_add_tcase(suite, tcase);
	return suite;
}
