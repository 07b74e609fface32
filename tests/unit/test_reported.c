/* SPDX-License-Identifier: GPL-2.0-or-later */
/* List hygiene: which callees are reported, and that no pool waits for another. */

#include <stdlib.h>

#include "engine/pool/callees.h"
#include "engine/pool/reported.h"

#include "mem_test.h"
#include "pool_test.h"
#include "suites.h"

#define CALLEE UINT64_C(13035550000)
#define BIT(outcome) (1u << (outcome))

static void start(void)
{
	setup();
	put_numbers(2);
	ck_assert(rep_callees_create(registry, 1000));
	rep_callees_key(registry, rep_span("secret"));
	ck_assert(rep_reported_create(registry));
	rep_reported_policy(
			registry, pool, BIT(REP_BADDEST) | BIT(REP_DECLINED), 30);
}

static void stop(void)
{
	ck_assert_int_eq(rep_locks_held(), 0);
	teardown();
	ck_assert_int_eq(rep_alloc_live(), 0);
}

static rep_ticket_t call(rep_e164_t number, rep_e164_t callee)
{
	rep_ticket_t ticket;

	ck_assert(rep_pool_ticket(registry, pool, number, rep_span(""), &ticket));
	rep_ticket_label(registry, &ticket, rep_span("spring"), rep_span(""));
	rep_ticket_calls(registry, &ticket, callee);
	ticket.to = callee;
	ticket.status = 404;
	return ticket;
}

static void end_one(rep_e164_t number, rep_e164_t callee, rep_outcome_t outcome,
		rep_time_t at)
{
	rep_ticket_t ticket = call(number, callee);

	rep_ticket_count(registry, &ticket, outcome, at);
}

static size_t taken(void)
{
	rep_report_t out[REP_REPORTED_MAX / 64];
	size_t n, sum = 0;

	while((n = rep_reported_take(
				   registry, pool, out, sizeof(out) / sizeof(out[0])))
			> 0)
		sum += n;
	return sum;
}

START_TEST(what_the_policy_asks_for)
{
	rep_report_t out[2];

	end_one(FIRST, CALLEE, REP_BADDEST, NOW);
	for(int o = 0; o < REP_OUTCOMES; o++)
		if(o != REP_BADDEST)
			end_one(FIRST, CALLEE + 1, (rep_outcome_t)o, NOW);
	end_one(FIRST, 0, REP_BADDEST, NOW);
	ck_assert_uint_eq(rep_reported_take(registry, pool, out, 2), 1);
	ck_assert_uint_eq(out[0].callee, CALLEE);
	ck_assert_uint_eq(out[0].number, FIRST);
	ck_assert_int_eq(out[0].outcome, REP_BADDEST);
	ck_assert_uint_eq(out[0].status, 404);
	ck_assert_int_eq(out[0].at, NOW);
	ck_assert_str_eq(out[0].campaign, "spring");
	rep_reported_policy(registry, pool, 0, 30);
	end_one(FIRST, CALLEE, REP_BADDEST, NOW);
	ck_assert_uint_eq(taken(), 0);
}
END_TEST

/* By whatever number of the pool it was called; and not for ever. */
START_TEST(declines_when_they_repeat)
{
	rep_callees_stats_t before, after;

	rep_callees_stats(registry, &before);
	end_one(FIRST, CALLEE, REP_DECLINED, NOW);
	end_one(FIRST, CALLEE + 1, REP_DECLINED, NOW);
	ck_assert_uint_eq(taken(), 0);
	end_one(FIRST + 1, CALLEE, REP_DECLINED, NOW + DAY);
	ck_assert_uint_eq(taken(), 1);
	end_one(FIRST, CALLEE + 1, REP_DECLINED, NOW + 31 * DAY);
	ck_assert_uint_eq(taken(), 0);
	rep_callees_stats(registry, &after);
	ck_assert_uint_eq(after.repeats, before.repeats);
}
END_TEST

START_TEST(test_calls_are_not)
{
	rep_ticket_t ticket = call(FIRST, CALLEE);

	ticket.probe = true;
	rep_ticket_count(registry, &ticket, REP_BADDEST, NOW);
	ck_assert_uint_eq(taken(), 0);
}
END_TEST

/* Of the branches of a call one speaks for it. */
START_TEST(once_a_call)
{
	rep_ticket_t ticket = call(FIRST, CALLEE);

	ticket.reported = true;
	rep_ticket_count(registry, &ticket, REP_BADDEST, NOW);
	ck_assert_int_eq(
			rep_ticket_reroute(registry, &ticket, rep_span("east"), NOW),
			REP_PICKED);
	rep_ticket_count(registry, &ticket, REP_BADDEST, NOW);
	ck_assert_uint_eq(taken(), 0);
	ticket.reported = false;
	rep_ticket_count(registry, &ticket, REP_BADDEST, NOW);
	ck_assert_uint_eq(taken(), 1);
}
END_TEST

START_TEST(full)
{
	int other = rep_registry_put(registry, rep_span("other"));
	rep_report_t out[2];
	rep_reported_stats_t stats;
	rep_ticket_t theirs = {.pool = other, .number = FIRST, .to = CALLEE};

	rep_reported_policy(registry, other, BIT(REP_BADDEST), 1);
	rep_reported_put(registry, &theirs, "", REP_BADDEST, NOW);
	for(unsigned i = 0; i < REP_REPORTED_MAX; i++)
		end_one(FIRST, CALLEE + i, REP_BADDEST, NOW);
	rep_reported_stats(registry, &stats);
	ck_assert_uint_eq(stats.reported, REP_REPORTED_MAX);
	ck_assert_uint_eq(stats.lost, 1);
	ck_assert_uint_eq(rep_reported_take(registry, other, out, 2), 1);
	end_one(FIRST, CALLEE, REP_BADDEST, NOW);
	ck_assert_uint_eq(rep_reported_take(registry, pool, out, 2), 2);
	ck_assert_uint_eq(out[0].callee, CALLEE);
	ck_assert_uint_eq(out[1].callee, CALLEE + 1);
	ck_assert_uint_eq(taken(), REP_REPORTED_MAX - 2);
	end_one(FIRST, CALLEE, REP_BADDEST, NOW);
	ck_assert_uint_eq(taken(), 1);
}
END_TEST

/* A queue by pool, against a plain one. */
START_TEST(in_order)
{
	uint64_t in[3] = {0}, out_at[3] = {0};
	int pools[3] = {pool, rep_registry_put(registry, rep_span("b")),
			rep_registry_put(registry, rep_span("c"))};

	srand(7);
	for(int p = 0; p < 3; p++)
		rep_reported_policy(registry, pools[p], BIT(REP_BADDEST), 1);
	for(int step = 0; step < 20000; step++) {
		int p = rand() % 3;
		rep_report_t out[4];
		rep_ticket_t one = {.pool = pools[p], .number = FIRST, .to = in[p] + 1};

		if(rand() % 3) {
			rep_reported_put(registry, &one, "", REP_BADDEST, NOW);
			in[p]++;
		} else {
			size_t n = rep_reported_take(registry, pools[p], out, 4);

			ck_assert(n == 4 || out_at[p] + n == in[p]);
			for(size_t i = 0; i < n; i++)
				ck_assert_uint_eq(out[i].callee, ++out_at[p]);
		}
	}
}
END_TEST

START_TEST(without_redis_or_memory)
{
	rep_reported_destroy(registry);
	end_one(FIRST, CALLEE, REP_BADDEST, NOW);
	rep_alloc_fail_after(0);
	ck_assert(!rep_reported_create(registry));
	rep_alloc_fail_after(-1);
	ck_assert(rep_reported_create(registry));
	rep_alloc_fail_after(0);
	rep_reported_policy(registry, pool, BIT(REP_BADDEST), 30);
	rep_alloc_fail_after(-1);
	end_one(FIRST, CALLEE, REP_BADDEST, NOW);
	ck_assert_uint_eq(taken(), 0);
	rep_reported_policy(registry, pool, BIT(REP_BADDEST), 30);
	end_one(FIRST, CALLEE, REP_BADDEST, NOW);
	ck_assert_uint_eq(taken(), 1);
	rep_registry_alone(registry);
	end_one(FIRST, CALLEE, REP_BADDEST, NOW);
	ck_assert_uint_eq(taken(), 0);
}
END_TEST

Suite *reported_suite(void)
{
	Suite *suite = suite_create("reported");
	TCase *tcase = tcase_create("reported");

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_test(tcase, what_the_policy_asks_for);
	tcase_add_test(tcase, declines_when_they_repeat);
	tcase_add_test(tcase, test_calls_are_not);
	tcase_add_test(tcase, once_a_call);
	tcase_add_test(tcase, full);
	tcase_add_test(tcase, in_order);
	tcase_add_test(tcase, without_redis_or_memory);
	suite_add_tcase(suite, tcase);
	return suite;
}
