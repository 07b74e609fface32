/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells and rows. */

#include <stdlib.h>

#include "pool_test.h"
#include "suites.h"

START_TEST(counters_widen)
{
	put_numbers(1);
	count(FIRST, "", REP_NOANSWER, 255, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_NOANSWER], 255);
	count(FIRST, "", REP_NOANSWER, 1000, NOW);
	count(FIRST, "", REP_ANSWERED, 7, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_NOANSWER], 1255);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_ANSWERED], 7);
}
END_TEST

/* The window against a list of everything that was counted. */
START_TEST(window_sweep)
{
	static struct
	{
		rep_time_t at;
		unsigned number;
		rep_outcome_t outcome;
	} calls[5000];
	rep_time_t t = NOW;
	rep_number_view_t v;

	srand(1);
	policy_set("window_hours", "6", NOW);
	policy_set("false_bench_every", "1000000000", NOW);
	put_numbers(7);
	for(unsigned k = 0; k < 5000; k++) {
		rep_counts_t naive = {{0}};
		uint32_t oldest;
		unsigned i = (unsigned)rand() % 7;
		t += rand() % (20 * S);
		calls[k].at = t;
		calls[k].number = i;
		calls[k].outcome = rand() % 4 ? REP_NOANSWER : REP_ANSWERED;
		count(FIRST + i, rand() % 2 ? "a" : "b", calls[k].outcome, 1, t);
		if(k % 100)
			continue;
		rep_registry_tick(registry, t);
		oldest = (uint32_t)(t / HOUR) - 5;
		for(unsigned j = 0; j <= k; j++)
			if(calls[j].number == i && calls[j].at / HOUR >= oldest)
				naive.n[calls[j].outcome]++;
		v = view(FIRST + i, t);
		ck_assert_mem_eq(&v.counts, &naive, sizeof(naive));
	}
}
END_TEST

/* The ring of rows comes round while nobody looks: what stood in a row that
 * is used again leaves the sums. */
START_TEST(rows_come_round)
{
	const rep_pool_t *p = inside();
	rep_time_t later;

	put_numbers(2);
	count(FIRST, "east", REP_BUSY, 7, NOW);
	later = NOW + (rep_time_t)p->n_rows * p->policy.bucket_minutes * MINUTE;
	count(FIRST, "east", REP_NOANSWER, 3, later);
	ck_assert_uint_eq(p->window.n[REP_BUSY], 0);
	ck_assert_uint_eq(p->window.n[REP_NOANSWER], 3);
	ck_assert_uint_eq(p->routes[1]->window.n[REP_BUSY], 0);
	ck_assert_uint_eq(p->routes[1]->window.n[REP_NOANSWER], 3);
}
END_TEST

START_TEST(window_shorter_than_a_bucket_ages)
{
	rep_time_t now = NOW;
	rep_pool_view_t whole;

	put_numbers(2);
	policy_set("window_hours", "1", now);
	policy_set("bucket_minutes", "1440", now);
	count(FIRST, "", REP_BLOCKED, 1, now);
	ck_assert_uint_eq(view(FIRST, now).counts.n[REP_BLOCKED], 1);
	for(unsigned k = 0; k < 40; k++)
		rep_registry_tick(registry, now += HOUR);
	ck_assert_uint_eq(view(FIRST, now).counts.n[REP_BLOCKED], 0);
	ck_assert(rep_view_pool(registry, pool, now, &whole));
	ck_assert_uint_eq(whole.counts.n[REP_BLOCKED], 0);
}
END_TEST

Suite *evidence_suite(void)
{
	Suite *suite = suite_create("evidence");
	TCase *tc = tcase_create("evidence");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, counters_widen);
	tcase_add_test(tc, window_sweep);
	tcase_add_test(tc, rows_come_round);
	tcase_add_test(tc, window_shorter_than_a_bucket_ages);
	suite_add_tcase(suite, tc);
	return suite;
}
