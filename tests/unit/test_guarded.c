/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callee guard in the calls of a pool. */

#include "engine/pool/guards.h"

#include "engine/pool/known.h"
#include "mem_test.h"
#include "pool_test.h"
#include "suites.h"

#define CALLEE UINT64_C(15557770000) /* of pick() */

static void start(void)
{
	setup();
	put_numbers(4);
	ck_assert(rep_guarded_create(registry, 1000, 1));
}

static void end(void)
{
	teardown();
	ck_assert_int_eq(rep_alloc_live(), 0);
	ck_assert_int_eq(rep_locks_held(), 0);
}

static rep_pick_t again(rep_time_t now)
{
	rep_ticket_t t;

	return pick("", now, false, &t);
}

/* A call with this outcome. */
static void called(rep_outcome_t outcome, rep_time_t now)
{
	rep_ticket_t t;

	ck_assert_int_eq(pick("", now, false, &t), REP_PICKED);
	ck_assert_uint_eq(t.to, CALLEE);
	ck_assert(rep_ticket_count(registry, &t, outcome, now));
	rep_ticket_hang_up(registry, &t, now);
}

START_TEST(what_the_callee_said_holds)
{
	static const struct
	{
		rep_outcome_t outcome;
		rep_pick_t then;
	} said[] = {
			{REP_UNWANTED, REP_PICK_CALLEE_UNWANTED},
			{REP_DECLINED, REP_PICK_CALLEE_DECLINED},
			{REP_NOANSWER, REP_PICKED},
	};
	rep_registry_stats_t stats;

	called(said[_i].outcome, NOW);
	ck_assert_int_eq(try_on("", NOW), said[_i].then);
	ck_assert_int_eq(again(NOW), said[_i].then);
	rep_registry_stats(registry, &stats);
	ck_assert_uint_eq(
			stats.refused[said[_i].then], said[_i].then != REP_PICKED);
}
END_TEST

/* What is left alone goes before what the numbers are. */
START_TEST(the_callees_reason_comes_first)
{
	called(REP_UNWANTED, NOW);
	for(int i = 0; i < 4; i++)
		bench(FIRST + i);
	ck_assert_int_eq(again(NOW), REP_PICK_CALLEE_UNWANTED);
	ck_assert_int_eq(try_on("", NOW), REP_PICK_CALLEE_UNWANTED);
	rep_registry_suppress(registry, CALLEE, 0, NOW);
	ck_assert_int_eq(again(NOW), REP_PICK_CALLEE_DNC);
	ck_assert(rep_registry_unsuppress(registry, CALLEE, NOW));
	ck_assert(rep_registry_suppress(registry, CALLEE, 60, NOW));
	ck_assert_int_eq(again(NOW), REP_PICK_CALLEE_DNC);
	ck_assert(rep_registry_unsuppress(registry, CALLEE, NOW));
	ck_assert(!rep_registry_unsuppress(registry, CALLEE, NOW));
	ck_assert_int_eq(again(NOW), REP_PICK_CALLEE_UNWANTED);
	rep_guard_forget(rep_registry_guard(registry), CALLEE);
	ck_assert_int_eq(again(NOW), REP_PICK_ALL_BENCHED);
}
END_TEST

/* Who is taken off the list is taken off each set in which he stands. */
START_TEST(off_every_set)
{
	rep_dnc_t *dnc = rep_registry_dnc(registry);
	rep_guard_fact_t news[8];
	uint64_t cursor = 0;
	bool missed = false, told[REP_DNC_SETS] = {false};
	size_t n;

	rep_dnc_put(dnc, 0, CALLEE);
	rep_dnc_put(dnc, 43, CALLEE);
	ck_assert(rep_registry_unsuppress(registry, CALLEE, NOW));
	ck_assert(!rep_dnc_has(dnc, CALLEE));
	n = rep_guard_news(rep_registry_guard(registry), &cursor, news, 8, &missed);
	ck_assert_uint_eq(n, 2);
	for(size_t i = 0; i < n; i++) {
		ck_assert_int_eq(news[i].kind, REP_GUARD_LISTED);
		ck_assert(news[i].gone);
		told[news[i].n] = true;
	}
	ck_assert(told[0] && told[43]);
	/* one who is not written yet is to be taken off where he will be */
	cursor += n;
	rep_registry_suppress(registry, CALLEE, 0, NOW);
	rep_registry_unsuppress(registry, CALLEE, NOW);
	n = rep_guard_news(rep_registry_guard(registry), &cursor, news, 8, &missed);
	ck_assert_uint_eq(n, 2);
	ck_assert(!news[0].gone && news[1].gone);
	ck_assert_uint_eq(news[1].n, 0);
}
END_TEST

START_TEST(only_a_call_is_an_attempt)
{
	rep_ticket_t t;

	policy_set("callee_attempts_day", "1", NOW);
	for(int i = 0; i < 4; i++)
		bench(FIRST + i);
	for(int i = 0; i < 3; i++) { /* no number: no attempt */
		ck_assert_int_eq(try_on("", NOW), REP_PICK_ALL_BENCHED);
		ck_assert_int_eq(again(NOW), REP_PICK_ALL_BENCHED);
	}
	for(int i = 0; i < 4; i++)
		rep_pool_release(registry, pool, FIRST + i, rep_span(""), NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
	ck_assert_int_eq(pick("east", NOW, false, &t), REP_PICKED);
	ck_assert_int_eq(try_on("", NOW), REP_PICK_CALLEE_ATTEMPTS);
	/* a failover and a retry belong to it */
	ck_assert_int_eq(rep_ticket_reroute(registry, &t, rep_span("west"), NOW),
			REP_PICKED);
	ck_assert_uint_eq(t.to, CALLEE);
	ck_assert_uint_ne(t.tried, 0);
	ck_assert_int_eq(again(NOW + S), REP_PICK_CALLEE_ATTEMPTS);
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert_int_eq(pick("", NOW, false, &t), REP_PICKED);
	ck_assert_int_eq(
			rep_ticket_again(registry, &t, rep_span(""), NOW), REP_PICKED);
	ck_assert_uint_eq(t.to, CALLEE);
	/* the retry is no attempt that could be taken back */
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert_int_eq(again(NOW), REP_PICK_CALLEE_ATTEMPTS);
}
END_TEST

/* Taken back also when the number went meanwhile. */
START_TEST(a_number_is_removed_under_a_call)
{
	rep_ticket_t t;

	policy_set("callee_attempts_day", "1", NOW);
	ck_assert_int_eq(pick("", NOW, false, &t), REP_PICKED);
	ck_assert(rep_pool_remove(registry, pool, t.number));
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert_int_eq(pick("", NOW, false, &t), REP_PICKED);
	ck_assert(rep_pool_remove(registry, pool, t.number));
	ck_assert(!rep_ticket_count(registry, &t, REP_UNWANTED, NOW));
	ck_assert_int_eq(again(NOW), REP_PICK_CALLEE_UNWANTED);
}
END_TEST

START_TEST(chosen_elsewhere)
{
	rep_ticket_t t;

	policy_set("callee_redial_seconds", "60", NOW);
	ck_assert(rep_pool_track(registry, pool, FIRST, rep_span(""), NOW, &t));
	rep_ticket_tries(registry, &t, CALLEE, true, NOW);
	ck_assert_uint_eq(t.to, 0);
	rep_ticket_count(registry, &t, REP_UNWANTED, NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
	ck_assert(rep_pool_track(registry, pool, FIRST, rep_span(""), NOW, &t));
	rep_ticket_tries(registry, &t, CALLEE, false, NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICK_CALLEE_REDIAL);
	/* nobody asks the guard */
	rep_ticket_tries(registry, &t, CALLEE, false, NOW);
	rep_ticket_count(registry, &t, REP_DECLINED, NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICK_CALLEE_DECLINED);
}
END_TEST

/* Nobody is called of whom more may be known elsewhere. */
START_TEST(what_is_shared_is_read_first)
{
	rep_registry_reach(registry, true, NOW);
	rep_pool_known(registry, pool, rep_pool_unknown(registry, pool), NOW);
	ck_assert_int_eq(again(NOW), REP_PICK_LOADING);
	ck_assert_int_eq(try_on("", NOW), REP_PICK_LOADING);
	rep_pool_guarded(registry, pool);
	ck_assert_int_eq(again(NOW), REP_PICK_LOADING);
	rep_registry_dnc_read(registry);
	ck_assert_int_eq(again(NOW), REP_PICKED);
	/* a pool that comes back is read again */
	rep_registry_drop(registry, pool);
	rep_registry_put(registry, rep_span("sales"));
	put_numbers(4);
	rep_pool_known(registry, pool, rep_pool_unknown(registry, pool), NOW);
	ck_assert_int_eq(again(NOW), REP_PICK_LOADING);
	policy_set("on_unknown", "use", NOW);
	ck_assert_int_eq(again(NOW), REP_PICKED);
	policy_set("on_unknown", "wait", NOW);
	rep_registry_reach(registry, false, NOW);
	ck_assert_int_eq(again(NOW), REP_PICKED);
}
END_TEST

START_TEST(a_registry_without_a_guard)
{
	rep_ticket_t t;

	rep_guarded_destroy(registry);
	ck_assert_int_eq(pick("", NOW, false, &t), REP_PICKED);
	rep_ticket_tries(registry, &t, CALLEE, false, NOW);
	ck_assert(rep_ticket_count(registry, &t, REP_UNWANTED, NOW));
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert_int_eq(again(NOW), REP_PICKED);
	rep_alloc_fail_after(1);
	ck_assert(!rep_guarded_create(registry, 1000, 1));
	rep_alloc_fail_after(-1);
}
END_TEST

Suite *guarded_suite(void)
{
	Suite *s = suite_create("guarded");
	TCase *t = tcase_create("core");

	tcase_add_checked_fixture(t, start, end);
	tcase_add_loop_test(t, what_the_callee_said_holds, 0, 3);
	tcase_add_test(t, the_callees_reason_comes_first);
	tcase_add_test(t, off_every_set);
	tcase_add_test(t, only_a_call_is_an_attempt);
	tcase_add_test(t, a_number_is_removed_under_a_call);
	tcase_add_test(t, chosen_elsewhere);
	tcase_add_test(t, what_is_shared_is_read_first);
	tcase_add_test(t, a_registry_without_a_guard);
	suite_add_tcase(s, t);
	return s;
}
