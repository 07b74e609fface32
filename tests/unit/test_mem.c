/* SPDX-License-Identifier: GPL-2.0-or-later */
/* That a misused lock ends a test: what the other tests rely on. */

#include <signal.h>
#include <stdlib.h>

#include "engine/base/mem.h"

#include "mem_test.h"
#include "suites.h"

static rep_lock_t a, b;

static void setup(void)
{
	ck_assert_int_eq(rep_lock_init(&a), 0);
	ck_assert_int_eq(rep_lock_init(&b), 0);
}

START_TEST(held_locks_are_counted)
{
	rep_lock(&a);
	ck_assert_int_eq(rep_locks_held(), 1);
	rep_lock(&b);
	ck_assert_int_eq(rep_locks_held(), 2);
	rep_unlock(&a);
	rep_unlock(&b);
	ck_assert_int_eq(rep_locks_held(), 0);
	rep_lock_destroy(&a);
	rep_lock_destroy(&b);
}
END_TEST

START_TEST(locks_run_out_on_demand)
{
	rep_lock_t more = {{0}};

	rep_lock_fail_after(1);
	ck_assert_int_eq(rep_lock_init(&a), 0);
	ck_assert_int_eq(rep_lock_init(&more), -1);
	rep_lock_fail_after(-1);
	ck_assert_int_eq(rep_lock_init(&more), 0);
}
END_TEST

START_TEST(taken_twice)
{
	rep_lock(&a);
	rep_lock(&a);
}
END_TEST

START_TEST(given_back_unheld)
{
	rep_lock(&b);
	rep_unlock(&a);
}
END_TEST

START_TEST(destroyed_while_held)
{
	rep_lock(&a);
	rep_lock_destroy(&a);
}
END_TEST

START_TEST(not_initialised)
{
	rep_lock_t zero = {{0}};

	rep_lock(&zero);
}
END_TEST

START_TEST(kept_to_the_end)
{
	rep_lock(&a);
}
END_TEST

Suite *mem_suite(void)
{
	Suite *suite = suite_create("mem");
	TCase *tcase = tcase_create("locks");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, held_locks_are_counted);
	tcase_add_test(tcase, locks_run_out_on_demand);
	suite_add_tcase(suite, tcase);
	/* what ends the process can be tested in a process of its own only */
	if(getenv("CK_FORK") && strcmp(getenv("CK_FORK"), "no") == 0)
		return suite;
	tcase_add_test_raise_signal(tcase, taken_twice, SIGABRT);
	tcase_add_test_raise_signal(tcase, given_back_unheld, SIGABRT);
	tcase_add_test_raise_signal(tcase, destroyed_while_held, SIGABRT);
	tcase_add_test_raise_signal(tcase, not_initialised, SIGABRT);
	tcase_add_exit_test(tcase, kept_to_the_end, EXIT_FAILURE);
	return suite;
}
