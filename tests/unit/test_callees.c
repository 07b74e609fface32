/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has spoken already. */

#include "engine/pool/callees.h"

#include "mem_test.h"
#include "pool_test.h"
#include "suites.h"

#define CALLEE UINT64_C(15557770000)
#define SECRET "sixteen bytes or more"
#define AT 100 /* min */

static void make(rep_registry_t *r, uint32_t max, const char *secret)
{
	ck_assert(rep_callees_create(r, max));
	rep_callees_key(r, rep_span(secret));
}

static void start(void)
{
	setup();
	put_numbers(2);
	make(registry, 1000, SECRET);
}

static rep_ticket_t to(rep_e164_t number, uint64_t callee)
{
	rep_ticket_t t;

	ck_assert(rep_pool_ticket(registry, pool, number, rep_span(""), &t));
	rep_ticket_calls(registry, &t, callee);
	return t;
}

static bool spoke(const rep_ticket_t *t, rep_outcome_t outcome, uint32_t now)
{
	return rep_callee_spoke(registry, t, 0, outcome, now + 60, now);
}

START_TEST(a_callee_speaks_once)
{
	rep_ticket_t t = to(FIRST, CALLEE);
	int other = rep_registry_put(registry, rep_span("sells"));
	rep_callees_stats_t stats;

	ck_assert(!spoke(&t, REP_DECLINED, AT));
	ck_assert(spoke(&t, REP_DECLINED, AT));
	ck_assert(spoke(&t, REP_DECLINED, AT + 59));
	rep_callees_stats(registry, &stats);
	ck_assert_uint_eq(stats.repeats, 2);
	ck_assert_uint_eq(stats.gave_way, 0);
	/* anything else is something new */
	ck_assert(!spoke(&t, REP_NOANSWER, AT));
	ck_assert(!rep_callee_spoke(registry, &t, 1, REP_DECLINED, AT + 60, AT));
	t = to(FIRST, CALLEE + 1);
	ck_assert(!spoke(&t, REP_DECLINED, AT));
	t = to(FIRST + 1, CALLEE);
	ck_assert(!spoke(&t, REP_DECLINED, AT));
	t = to(FIRST, CALLEE);
	t.pool = other;
	rep_ticket_calls(registry, &t, CALLEE);
	ck_assert(!spoke(&t, REP_DECLINED, AT));
	/* what was said is forgotten, however often it was said again */
	t = to(FIRST, CALLEE);
	ck_assert(!spoke(&t, REP_DECLINED, AT + 60));
	ck_assert(spoke(&t, REP_DECLINED, AT + 60));
}
END_TEST

START_TEST(an_unknown_callee_is_new_each_time)
{
	rep_ticket_t t = to(FIRST, 0);

	for(int i = 0; i < 3; i++)
		ck_assert(!spoke(&t, REP_DECLINED, AT));
	rep_callees_destroy(registry);
	t = to(FIRST, CALLEE); /* nobody is remembered */
	for(int i = 0; i < 3; i++)
		ck_assert(!spoke(&t, REP_DECLINED, AT));
}
END_TEST

/* A failover, or a retry after a 407, goes to the same callee. */
START_TEST(another_route_is_the_same_callee)
{
	rep_ticket_t t, at_first;

	ck_assert_int_eq(pick("east", NOW, false, &t), REP_PICKED);
	ck_assert_uint_eq(t.callee, 0);
	rep_ticket_calls(registry, &t, CALLEE);
	at_first = t;
	ck_assert(!spoke(&t, REP_NOANSWER, AT));
	ck_assert_int_eq((_i ? rep_ticket_again : rep_ticket_reroute)(
							 registry, &t, rep_span("west"), NOW),
			REP_PICKED);
	ck_assert_uint_ne(t.route, at_first.route);
	ck_assert_uint_eq(t.callee, at_first.callee);
	ck_assert(spoke(&t, REP_NOANSWER, AT));
}
END_TEST

static size_t news(rep_registry_t *r, rep_callee_t *out, size_t max)
{
	uint64_t cursor = 0;

	return rep_callees_news(r, &cursor, out, max);
}

/* What one proxy heard is known to another of the same secret. */
START_TEST(proxies_tell_each_other)
{
	static const struct
	{
		const char *secret;
		bool knows;
	} others[] = {{SECRET, true}, {"another secret of them", false}};
	rep_registry_t *here = registry;
	rep_ticket_t t = to(FIRST, CALLEE);
	rep_callee_t told[4];

	ck_assert(!spoke(&t, REP_DECLINED, AT));
	ck_assert(!spoke(&t, REP_BLOCKED, AT));
	ck_assert(spoke(&t, REP_BLOCKED, AT));
	ck_assert_uint_eq(news(here, told, 4), 2);
	ck_assert_uint_eq(told[0].until, AT + 60);
	setup();
	put_numbers(1);
	make(registry, 10, others[_i].secret);
	rep_callees_heard(registry, told, 2, AT + 1);
	rep_callees_heard(registry, told, 2, AT + 1); /* twice is as once */
	t = to(FIRST, CALLEE);
	ck_assert_int_eq(spoke(&t, REP_DECLINED, AT + 1), others[_i].knows);
	ck_assert_int_eq(spoke(&t, REP_BLOCKED, AT + 59), others[_i].knows);
	if(others[_i].knows) { /* it goes no further, and no longer */
		ck_assert_uint_eq(news(registry, told, 4), 0);
		ck_assert(!spoke(&t, REP_DECLINED, AT + 60));
	}
	rep_registry_destroy(here);
}
END_TEST

START_TEST(what_is_heard_has_its_limits)
{
	rep_registry_t *there = registry;
	rep_ticket_t t = to(FIRST, CALLEE);
	rep_callee_t told[2], bad;
	const uint32_t day = 24 * 60;

	ck_assert(!spoke(&t, REP_DECLINED, AT));
	ck_assert_uint_eq(news(registry, told, 2), 1);
	setup();
	put_numbers(1);
	make(registry, 10, SECRET);
	t = to(FIRST, CALLEE);
	bad = told[0];
	bad.until = AT; /* it is over */
	rep_callees_heard(registry, &bad, 1, AT);
	bad.until = AT + 31 * day + 1; /* a clock that is far ahead */
	rep_callees_heard(registry, &bad, 1, AT);
	ck_assert(!spoke(&t, REP_DECLINED, AT));
	ck_assert(!spoke(&t, REP_DECLINED, AT + 60));
	rep_registry_destroy(there);
}
END_TEST

/* A reader that comes late is given what is left. */
START_TEST(news_that_are_not_read)
{
	enum
	{
		RING = 1000 / 8 + 1024
	};
	static rep_callee_t told[RING + 1];
	uint64_t cursor = 0;
	rep_callee_t last;

	for(uint64_t i = 0; i < RING + 100; i++) {
		rep_ticket_t t = to(FIRST, CALLEE + i);
		ck_assert(!spoke(&t, REP_DECLINED, AT));
		if(i == 9) {
			ck_assert_uint_eq(rep_callees_news(registry, &cursor, told, 4), 4);
			/* it is given again until it is counted */
			ck_assert_uint_eq(rep_callees_news(registry, &cursor, &last, 1), 1);
			ck_assert_uint_eq(last.print, told[0].print);
			ck_assert_uint_eq(cursor, 0);
			cursor += 4;
		}
	}
	ck_assert_uint_eq(
			rep_callees_news(registry, &cursor, told, RING + 1), RING);
	ck_assert_uint_eq(cursor, 100);
	cursor += RING - 1;
	last = told[RING - 1];
	ck_assert_uint_eq(rep_callees_news(registry, &cursor, told, RING + 1), 1);
	ck_assert_uint_eq(told[0].print, last.print);
	cursor++;
	ck_assert_uint_eq(rep_callees_news(registry, &cursor, told, RING + 1), 0);
	/* nobody is there to be told */
	rep_registry_alone(registry);
	spoke(&(rep_ticket_t){.callee = 1, .number = 1}, REP_DECLINED, AT);
	ck_assert_uint_eq(rep_callees_news(registry, &cursor, told, RING + 1), 0);
}
END_TEST

/* As many fit as were asked for, and a few of a line more. */
START_TEST(full)
{
	static const uint32_t rooms[] = {1, 5, 79, 80, 10000};
	uint32_t max = rooms[_i], n = max * 3 + 10;
	rep_callees_stats_t stats;

	rep_callees_destroy(registry);
	make(registry, max, SECRET);
	for(uint32_t i = 0; i < n; i++) {
		rep_ticket_t t = to(FIRST, CALLEE + i);
		ck_assert(!spoke(&t, REP_DECLINED, AT));
	}
	rep_callees_stats(registry, &stats);
	ck_assert_uint_ge(stats.gave_way + max + 80, n);
	ck_assert_uint_le(stats.gave_way, n - max / 2);
	ck_assert_uint_ge(stats.bytes, max * 12);
	ck_assert_uint_le(stats.bytes, max * 15 + 20000);
}
END_TEST

START_TEST(no_memory_or_locks)
{
	rep_callees_stats_t stats;
	long live;

	rep_callees_destroy(registry);
	live = rep_alloc_live();
	for(int i = 0; i < 2 + 17; i++) {
		rep_alloc_fail_after(i < 2 ? i : -1);
		rep_lock_fail_after(i < 2 ? -1 : i - 2);
		ck_assert(!rep_callees_create(registry, 100));
		rep_alloc_fail_after(-1);
		rep_lock_fail_after(-1);
		ck_assert_int_eq(rep_alloc_live(), live);
	}
	rep_callees_stats(registry, &stats);
	ck_assert_uint_eq(stats.bytes, 0);
	rep_callees_key(registry, rep_span(SECRET));
	rep_callees_heard(registry, &(rep_callee_t){1, 100}, 1, 1);
	ck_assert_uint_eq(news(registry, NULL, 0), 0);
}
END_TEST

Suite *callees_suite(void)
{
	Suite *suite = suite_create("callees");
	TCase *tc = tcase_create("callees");

	tcase_add_checked_fixture(tc, start, teardown);
	tcase_add_test(tc, a_callee_speaks_once);
	tcase_add_test(tc, an_unknown_callee_is_new_each_time);
	tcase_add_loop_test(tc, another_route_is_the_same_callee, 0, 2);
	tcase_add_loop_test(tc, proxies_tell_each_other, 0, 2);
	tcase_add_test(tc, what_is_heard_has_its_limits);
	tcase_add_test(tc, news_that_are_not_read);
	tcase_add_loop_test(tc, full, 0, 5);
	tcase_add_test(tc, no_memory_or_locks);
	suite_add_tcase(suite, tc);
	return suite;
}
