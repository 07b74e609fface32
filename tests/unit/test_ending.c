/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process ends where it holds nothing, and the last one knows that it is. */

#include "kamailio/ending.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/pt.h"
#include "suites.h"

#define CORE_ENDS 42

static void core_ends(int signal)
{
	(void)signal;
	_exit(CORE_ENDS);
}

/* What a process does that gets SIGTERM as if in the middle of it; 1 is
 * returned where it should not come to. */
static int holding_nothing(void)
{
	raise(SIGTERM);
	return 1;
}

static int holding(void)
{
	rep_ending_hold();
	raise(SIGTERM);
	return 0;
}

static int at_the_release(void)
{
	rep_ending_hold();
	raise(SIGTERM);
	rep_ending_release();
	return 1;
}

static int at_the_last_release(void)
{
	rep_ending_hold();
	rep_ending_hold();
	raise(SIGTERM);
	rep_ending_release();
	return 0;
}

static int after_a_release(void)
{
	rep_ending_hold();
	rep_ending_release();
	raise(SIGTERM);
	return 1;
}

/* child_init may be called again. */
static int installed_twice(void)
{
	rep_ending_child();
	raise(SIGTERM);
	return 1;
}

static const struct
{
	int (*middle)(void);
	int status;
} middles[] = {{holding_nothing, CORE_ENDS}, {holding, 0},
		{at_the_release, CORE_ENDS}, {at_the_last_release, 0},
		{after_a_release, CORE_ENDS}, {installed_twice, CORE_ENDS}};

static pid_t start(int (*middle)(void))
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if(pid > 0)
		return pid;
	process_no = 1;
	signal(SIGTERM, core_ends);
	rep_ending_child();
	_exit(middle());
}

START_TEST(where_it_holds_nothing)
{
	pid_t pid = start(middles[_i].middle);
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), middles[_i].status);
}
END_TEST

/* The first process, and one whose signal the core does not handle, go on as
 * they did. */
START_TEST(not_where_the_core_does_not)
{
	struct sigaction action;

	signal(SIGTERM, core_ends);
	process_no = 0;
	rep_ending_child();
	sigaction(SIGTERM, NULL, &action);
	ck_assert(action.sa_handler == core_ends);
	process_no = 1;
	signal(SIGTERM, SIG_DFL);
	rep_ending_child();
	sigaction(SIGTERM, NULL, &action);
	ck_assert(action.sa_handler == SIG_DFL);
}
END_TEST

static int wait_for_ever(void)
{
	pause();
	return 0;
}

START_TEST(others)
{
	struct process_table table[] = {{1}, {(int)getpid()}, {0}, {0}};
	int count = 4;

	pt = table;
	process_count = &count;
	process_no = 1;
	ck_assert(rep_ending_others(0));
	table[3].pid = start(wait_for_ever);
	ck_assert(!rep_ending_others(0));
	ck_assert(!rep_ending_others(2));
	ck_assert_int_eq(kill(table[3].pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(table[3].pid, NULL, 0), table[3].pid);
	ck_assert(rep_ending_others(0));
}
END_TEST

Suite *ending_suite(void)
{
	Suite *suite = suite_create("ending");
	TCase *tcase = tcase_create("ending");

	tcase_add_loop_test(tcase, where_it_holds_nothing, 0,
			sizeof(middles) / sizeof(middles[0]));
	tcase_add_test(tcase, not_where_the_core_does_not);
	tcase_add_test(tcase, others);
	suite_add_tcase(suite, tcase);
	return suite;
}
