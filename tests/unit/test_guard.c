/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is left alone, and until when. */

#include "engine/callee/guard.h"

#include <check.h>

#include "engine/judge/policy.h"
#include "mem_test.h"
#include "suites.h"

#define AT 1760000000u
#define DAY 86400u
#define HOUR 3600u
#define CALLEE UINT64_C(15557770000)
#define SALT 7

static rep_guard_t *guard;
static rep_policy_t policy;

static void make(uint32_t max)
{
	guard = rep_guard_create(max, SALT);
	ck_assert_ptr_nonnull(guard);
	rep_policy_default(&policy);
}

static void start(void)
{
	make(100000);
}

static void end(void)
{
	rep_guard_destroy(guard);
	ck_assert_int_eq(rep_alloc_live(), 0);
}

static rep_pick_t check(int pool, rep_e164_t callee, uint32_t now)
{
	return rep_guard_check(guard, pool, &policy, callee, now, NULL);
}

static rep_pick_t try(int pool, rep_e164_t callee, uint32_t now)
{
	uint32_t tried;

	return rep_guard_check(guard, pool, &policy, callee, now, &tried);
}

static void came(int pool, rep_outcome_t outcome, uint32_t now)
{
	rep_guard_outcome(guard, pool, &policy, CALLEE, outcome, now);
}

static rep_guard_stats_t stats(void)
{
	rep_guard_stats_t s;

	rep_guard_stats(guard, &s);
	return s;
}

/* ---- what comes of calls ------------------------------------------------- */

static const struct
{
	rep_outcome_t outcome;
	rep_pick_t then;
	uint32_t rest;
} outcomes[] = {
		{REP_UNWANTED, REP_PICK_CALLEE_UNWANTED, 31536000},
		{REP_DECLINED, REP_PICK_CALLEE_DECLINED, 86400},
		{REP_ANSWERED, REP_PICKED, 0},
		{REP_SHORT, REP_PICKED, 0},
		{REP_BLOCKED, REP_PICKED, 0},
		{REP_AMBIGUOUS, REP_PICKED, 0},
		{REP_BUSY, REP_PICKED, 0},
		{REP_NOANSWER, REP_PICKED, 0},
		{REP_CANCELLED, REP_PICKED, 0},
		{REP_BADDEST, REP_PICKED, 0},
		{REP_REFUSED, REP_PICKED, 0},
		{REP_FAILED, REP_PICKED, 0},
};

START_TEST(an_outcome_stops_the_callee_for_its_pool)
{
	uint32_t rest = outcomes[_i].rest;

	came(3, outcomes[_i].outcome, AT);
	ck_assert_int_eq(check(3, CALLEE, AT), outcomes[_i].then);
	ck_assert_int_eq(check(4, CALLEE, AT), REP_PICKED);
	ck_assert_int_eq(check(3, CALLEE + 1, AT), REP_PICKED);
	if(rest == 0) {
		ck_assert_uint_eq(stats().facts, 0);
		return;
	}
	ck_assert_int_eq(check(3, CALLEE, AT + rest - 1), outcomes[_i].then);
	ck_assert_int_eq(check(3, CALLEE, AT + rest), REP_PICKED);
}
END_TEST

START_TEST(declines_double)
{
	uint32_t now = AT, rest = DAY;

	for(int i = 0; i < 8; i++) {
		came(0, REP_DECLINED, now);
		ck_assert_int_eq(
				check(0, CALLEE, now + rest - 1), REP_PICK_CALLEE_DECLINED);
		ck_assert_int_eq(check(0, CALLEE, now + rest), REP_PICKED);
		now += rest;
		if(i < REP_GUARD_DOUBLINGS)
			rest *= 2;
	}
	/* in time it is as if nothing had been */
	now += REP_GUARD_REMEMBERED;
	came(0, REP_DECLINED, now);
	ck_assert_int_eq(check(0, CALLEE, now + DAY), REP_PICKED);
}
END_TEST

START_TEST(an_answer_clears_the_doubling)
{
	came(0, REP_DECLINED, AT);
	came(0, REP_DECLINED, AT + DAY);
	came(1, REP_DECLINED, AT + DAY);
	came(0, REP_ANSWERED, AT + 3 * DAY);
	came(0, REP_DECLINED, AT + 4 * DAY);
	ck_assert_int_eq(check(0, CALLEE, AT + 5 * DAY), REP_PICKED);
	came(0, REP_ANSWERED, AT + 5 * DAY);
	ck_assert_uint_eq(stats().facts, 1); /* the other pool's */
	/* what was unwanted stays so */
	came(0, REP_UNWANTED, AT);
	came(0, REP_ANSWERED, AT + 1);
	ck_assert_int_eq(check(0, CALLEE, AT + 2), REP_PICK_CALLEE_UNWANTED);
}
END_TEST

/* Two branches of one call are declined. */
START_TEST(one_call_declines_once)
{
	came(0, REP_DECLINED, AT);
	came(0, REP_DECLINED, AT + REP_GUARD_SAME_CALL - 1);
	ck_assert_int_eq(check(0, CALLEE, AT + DAY), REP_PICKED);
	came(0, REP_DECLINED, AT + REP_GUARD_SAME_CALL);
	ck_assert_int_eq(check(0, CALLEE, AT + 2 * DAY), REP_PICK_CALLEE_DECLINED);
}
END_TEST

START_TEST(a_policy_switches_it_off)
{
	came(0, REP_DECLINED, AT);
	policy.callee_declined_rest = 0;
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICKED);
	came(1, REP_DECLINED, AT);
	ck_assert_uint_eq(stats().facts, 1);
	came(0, REP_UNWANTED, AT);
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICK_CALLEE_UNWANTED);
	policy.callee_unwanted_rest = 0;
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICKED);
	came(1, REP_UNWANTED, AT);
	ck_assert_uint_eq(stats().facts, 2);
}
END_TEST

/* ---- attempts --------------------------------------------------------------- */

START_TEST(attempts_are_counted_over_24_hours)
{
	policy.callee_attempts_day = 3;
	ck_assert_int_eq(try(0, CALLEE, AT), REP_PICKED);
	ck_assert_int_eq(try(0, CALLEE, AT + HOUR), REP_PICKED);
	ck_assert_int_eq(check(0, CALLEE, AT + HOUR), REP_PICKED);
	ck_assert_int_eq(try(0, CALLEE, AT + 2 * HOUR), REP_PICKED);
	ck_assert_int_eq(try(0, CALLEE, AT + 3 * HOUR), REP_PICK_CALLEE_ATTEMPTS);
	ck_assert_int_eq(try(0, CALLEE, AT + DAY - 1), REP_PICK_CALLEE_ATTEMPTS);
	ck_assert_int_eq(try(1, CALLEE, AT + 3 * HOUR), REP_PICKED);
	ck_assert_int_eq(try(0, CALLEE, AT + DAY), REP_PICKED);
	ck_assert_int_eq(try(0, CALLEE, AT + DAY), REP_PICK_CALLEE_ATTEMPTS);
	ck_assert_int_eq(try(0, CALLEE, AT + DAY + HOUR), REP_PICKED);
}
END_TEST

START_TEST(the_highest_limit_is_exact)
{
	policy.callee_attempts_day = REP_GUARD_TRIES;
	for(int i = 0; i < REP_GUARD_TRIES; i++) /* several in a second */
		ck_assert_int_eq(try(0, CALLEE, AT + i / 7), REP_PICKED);
	ck_assert_int_eq(try(0, CALLEE, AT + 100), REP_PICK_CALLEE_ATTEMPTS);
}
END_TEST

START_TEST(redials_are_spaced)
{
	policy.callee_redial_seconds = 3600;
	ck_assert_int_eq(try(0, CALLEE, AT), REP_PICKED);
	ck_assert_int_eq(try(0, CALLEE, AT + HOUR - 1), REP_PICK_CALLEE_REDIAL);
	ck_assert_int_eq(try(0, CALLEE, AT + HOUR), REP_PICKED);
	ck_assert_uint_eq(stats().facts, 1);
	/* of a clock that is ahead */
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICK_CALLEE_REDIAL);
	/* of the two, the limit is named */
	policy.callee_attempts_day = 1;
	ck_assert_int_eq(check(0, CALLEE, AT + HOUR), REP_PICK_CALLEE_ATTEMPTS);
}
END_TEST

START_TEST(nobody_asks_about_attempts)
{
	uint32_t tried = 1;

	ck_assert_int_eq(
			rep_guard_check(guard, 0, &policy, CALLEE, AT, &tried), REP_PICKED);
	ck_assert_uint_eq(tried, 0);
	ck_assert_uint_eq(rep_guard_note(guard, 0, &policy, CALLEE, AT), 0);
	ck_assert_uint_eq(stats().facts, 0);
}
END_TEST

START_TEST(an_attempt_is_taken_back)
{
	uint32_t first, second;

	policy.callee_attempts_day = 2;
	policy.callee_redial_seconds = 60;
	rep_guard_check(guard, 0, &policy, CALLEE, AT, &first);
	ck_assert_uint_eq(first, AT);
	rep_guard_check(guard, 0, &policy, CALLEE, AT + 100, &second);
	ck_assert_int_eq(check(0, CALLEE, AT + 200), REP_PICK_CALLEE_ATTEMPTS);
	rep_guard_untry(guard, 0, CALLEE, second);
	rep_guard_untry(guard, 0, CALLEE, second); /* once */
	rep_guard_untry(guard, 1, CALLEE, first);  /* another's */
	ck_assert_int_eq(check(0, CALLEE, AT + 59), REP_PICK_CALLEE_REDIAL);
	ck_assert_int_eq(try(0, CALLEE, AT + 100), REP_PICKED);
	ck_assert_int_eq(check(0, CALLEE, AT + 200), REP_PICK_CALLEE_ATTEMPTS);
}
END_TEST

/* Chosen elsewhere: noted, and never more than what is asked about. */
START_TEST(a_tracked_call_is_an_attempt)
{
	policy.callee_attempts_day = 3;
	for(int i = 0; i < 20; i++)
		ck_assert_uint_eq(
				rep_guard_note(guard, 0, &policy, CALLEE, AT + i), AT + i);
	ck_assert_uint_eq(stats().facts, 3);
	ck_assert_int_eq(check(0, CALLEE, AT + DAY + 16), REP_PICK_CALLEE_ATTEMPTS);
	ck_assert_int_eq(check(0, CALLEE, AT + DAY + 17), REP_PICKED);
}
END_TEST

/* ---- precedence ---------------------------------------------------------------- */

START_TEST(the_first_reason_that_holds)
{
	policy.callee_attempts_day = 1;
	policy.callee_redial_seconds = 60;
	try(0, CALLEE, AT);
	policy.callee_attempts_day = 0;
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICK_CALLEE_REDIAL);
	policy.callee_attempts_day = 1;
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICK_CALLEE_ATTEMPTS);
	came(0, REP_DECLINED, AT);
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICK_CALLEE_DECLINED);
	came(0, REP_UNWANTED, AT);
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICK_CALLEE_UNWANTED);
	ck_assert(rep_guard_suppress(guard, CALLEE, AT + 10, AT));
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICK_CALLEE_DNC);
	ck_assert_int_eq(check(0, CALLEE, AT + 10), REP_PICK_CALLEE_UNWANTED);
	/* nothing was noted meanwhile */
	ck_assert_int_eq(try(0, CALLEE, AT + 10), REP_PICK_CALLEE_UNWANTED);
	ck_assert_uint_eq(stats().kinds[REP_GUARD_TRIED], 1);
	ck_assert_uint_eq(rep_guard_forget(guard, CALLEE), 4);
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICKED);
	ck_assert_uint_eq(rep_guard_forget(guard, CALLEE), 0);
}
END_TEST

START_TEST(by_hand)
{
	ck_assert(!rep_guard_suppress(guard, CALLEE, 0, AT));
	ck_assert(rep_guard_suppress(guard, CALLEE, AT + 100, AT));
	for(int pool = 0; pool < 3; pool++)
		ck_assert_int_eq(check(pool, CALLEE, AT + 99), REP_PICK_CALLEE_DNC);
	/* the last word counts, also where it is shorter */
	ck_assert(rep_guard_suppress(guard, CALLEE, AT + 10, AT));
	ck_assert_int_eq(check(0, CALLEE, AT + 10), REP_PICKED);
	ck_assert(rep_guard_suppress(guard, CALLEE, AT + 10, AT));
	ck_assert(rep_guard_suppress(guard, CALLEE, 0, AT));
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICKED);
}
END_TEST

/* ---- a full table ------------------------------------------------------------------ */

#define FEW 8 /* one stripe */

static void put(rep_guard_kind_t kind, unsigned i, uint32_t now)
{
	rep_e164_t callee = CALLEE + i;

	policy.callee_attempts_day = 1;
	if(kind == REP_GUARD_TRIED)
		rep_guard_note(guard, 0, &policy, callee, now);
	else if(kind == REP_GUARD_BY_HAND)
		rep_guard_suppress(guard, callee, now + 2 * DAY, now);
	else
		rep_guard_outcome(guard, 0, &policy, callee,
				kind == REP_GUARD_DECLINED ? REP_DECLINED : REP_UNWANTED, now);
}

/* What the table holds, of each kind, after one more came into a full one. */
static const struct
{
	uint8_t held[REP_GUARD_BY_HAND + 1]; /* by kind */
	rep_guard_kind_t comes;
	uint8_t after[REP_GUARD_BY_HAND + 1];
	bool refused;
} full[] = {
		{{0, 4, 2, 1, 1}, REP_GUARD_TRIED, {0, 4, 2, 1, 1}, false},
		{{0, 4, 2, 1, 1}, REP_GUARD_DECLINED, {0, 3, 3, 1, 1}, false},
		{{0, 4, 2, 1, 1}, REP_GUARD_UNWANTED, {0, 3, 2, 2, 1}, false},
		{{0, 4, 2, 1, 1}, REP_GUARD_BY_HAND, {0, 3, 2, 1, 2}, false},
		{{0, 0, 6, 1, 1}, REP_GUARD_TRIED, {0, 0, 6, 1, 1}, true},
		{{0, 0, 6, 1, 1}, REP_GUARD_DECLINED, {0, 0, 6, 1, 1}, false},
		{{0, 0, 6, 1, 1}, REP_GUARD_UNWANTED, {0, 0, 5, 2, 1}, false},
		{{0, 0, 6, 1, 1}, REP_GUARD_BY_HAND, {0, 0, 5, 1, 2}, false},
		{{0, 0, 0, 4, 4}, REP_GUARD_TRIED, {0, 0, 0, 4, 4}, true},
		{{0, 0, 0, 4, 4}, REP_GUARD_DECLINED, {0, 0, 0, 4, 4}, true},
		{{0, 0, 0, 4, 4}, REP_GUARD_UNWANTED, {0, 0, 0, 4, 4}, true},
		{{0, 0, 0, 4, 4}, REP_GUARD_BY_HAND, {0, 0, 0, 4, 4}, true},
};

START_TEST(a_full_table_forgets_the_weakest)
{
	unsigned n = 0;

	rep_guard_destroy(guard);
	make(FEW);
	for(int k = 1; k <= REP_GUARD_BY_HAND; k++)
		for(int i = 0; i < full[_i].held[k]; i++)
			put(k, n++, AT);
	ck_assert_uint_eq(n, FEW);
	put(full[_i].comes, n, AT + 1);
	for(int k = 1; k <= REP_GUARD_BY_HAND; k++)
		ck_assert_uint_eq(stats().kinds[k], full[_i].after[k]);
	ck_assert_uint_eq(stats().refused, full[_i].refused);
	ck_assert_uint_eq(stats().gave_way, !full[_i].refused);
	/* what came is there */
	if(!full[_i].refused)
		ck_assert_int_ne(check(0, CALLEE + n, AT + 1), REP_PICKED);
}
END_TEST

START_TEST(what_has_no_force_goes_first)
{
	rep_guard_destroy(guard);
	make(FEW);
	put(REP_GUARD_TRIED, 0, AT);
	for(unsigned i = 1; i < FEW; i++)
		put(REP_GUARD_BY_HAND, i, AT - i * HOUR);
	/* the last of them is over, and an attempt that still counts stays */
	policy.callee_redial_seconds = 10 * DAY;
	ck_assert(rep_guard_suppress(guard, CALLEE, AT + 10 * DAY, AT));
	put(REP_GUARD_TRIED, 100, AT + 2 * DAY - 6 * HOUR);
	ck_assert_uint_eq(stats().facts, FEW - 1);
	ck_assert_int_eq(check(0, CALLEE, AT + DAY), REP_PICK_CALLEE_DNC);
	ck_assert_int_eq(check(0, CALLEE + FEW - 1, AT), REP_PICKED);
	ck_assert_int_eq(check(0, CALLEE + 1, AT), REP_PICK_CALLEE_DNC);
}
END_TEST

START_TEST(without_memory)
{
	for(int n = 0; n < 2; n++) {
		rep_alloc_fail_after(n);
		came(0, REP_UNWANTED, AT);
		ck_assert_uint_eq(stats().refused, n + 1);
		ck_assert_uint_eq(stats().facts, 0);
	}
	rep_alloc_fail_after(-1);
	came(0, REP_UNWANTED, AT);
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICK_CALLEE_UNWANTED);
	/* longer chains, then */
	rep_guard_destroy(guard);
	make(1000);
	for(unsigned i = 0; i < 16; i++)
		put(REP_GUARD_UNWANTED, i, AT);
	rep_alloc_fail_after(0);
	for(unsigned i = 16; i < 64; i++)
		put(REP_GUARD_UNWANTED, i, AT);
	rep_alloc_fail_after(-1);
	for(unsigned i = 0; i < 64; i++)
		ck_assert_int_eq(check(0, CALLEE + i, AT), REP_PICK_CALLEE_UNWANTED);
}
END_TEST

START_TEST(it_cannot_be_made)
{
	rep_alloc_fail_after(0);
	ck_assert_ptr_null(rep_guard_create(100, 0));
	rep_alloc_fail_after(-1);
	for(int n = 0; n < 5; n++) {
		rep_lock_fail_after(n);
		ck_assert_ptr_null(rep_guard_create(100000, 0));
	}
	rep_lock_fail_after(-1);
}
END_TEST

/* ---- shared -------------------------------------------------------------------------- */

static rep_guard_t *other;
static uint64_t heard;

/* The other one hears what is new here. */
static size_t tell(uint32_t now)
{
	rep_guard_fact_t news[64];
	bool missed = false;
	size_t n = rep_guard_news(guard, &heard, news, 64, &missed);

	ck_assert(!missed);
	for(size_t i = 0; i < n; i++)
		rep_guard_take(other, &news[i], now);
	heard += n;
	return n;
}

static rep_pick_t there(int pool, uint32_t now)
{
	return rep_guard_check(other, pool, &policy, CALLEE, now, NULL);
}

START_TEST(the_other_proxy_knows)
{
	uint32_t tried;

	other = rep_guard_create(10000, SALT + 1);
	heard = 0;
	policy.callee_attempts_day = 2;
	rep_guard_check(guard, 0, &policy, CALLEE, AT, &tried);
	rep_guard_check(other, 0, &policy, CALLEE, AT, &tried);
	ck_assert_uint_eq(tell(AT), 1);
	/* in one second, each by itself */
	ck_assert_int_eq(there(0, AT), REP_PICK_CALLEE_ATTEMPTS);
	rep_guard_untry(guard, 0, CALLEE, AT);
	ck_assert_uint_eq(tell(AT), 1);
	ck_assert_int_eq(there(0, AT), REP_PICKED);
	came(0, REP_DECLINED, AT);
	tell(AT);
	ck_assert_int_eq(there(0, AT), REP_PICK_CALLEE_DECLINED);
	/* it doubles there, too */
	rep_guard_outcome(other, 0, &policy, CALLEE, REP_DECLINED, AT + DAY);
	ck_assert_int_eq(there(0, AT + 3 * DAY - 1), REP_PICK_CALLEE_DECLINED);
	came(0, REP_ANSWERED, AT + DAY);
	tell(AT + DAY);
	ck_assert_int_eq(there(0, AT + 2 * DAY), REP_PICKED);
	came(0, REP_UNWANTED, AT);
	rep_guard_suppress(guard, CALLEE, AT + 10, AT);
	ck_assert_uint_eq(tell(AT), 2);
	ck_assert_int_eq(there(0, AT), REP_PICK_CALLEE_DNC);
	rep_guard_suppress(guard, CALLEE, 0, AT);
	tell(AT);
	ck_assert_int_eq(there(0, AT), REP_PICK_CALLEE_UNWANTED);
	rep_guard_forget(guard, CALLEE);
	tell(AT);
	ck_assert_int_eq(there(0, AT), REP_PICKED);
	/* what was heard is not told on */
	ck_assert_uint_eq(tell(AT), 0);
	rep_guard_destroy(other);
}
END_TEST

START_TEST(facts_merge_whatever_comes_first)
{
	rep_guard_fact_t early = {.callee = CALLEE,
			.kind = REP_GUARD_DECLINED,
			.until = AT + 10,
			.n = 1};
	rep_guard_fact_t late = early, facts[2];

	late.until += 10;
	late.n = 2;
	for(int first = 0; first < 2; first++) {
		rep_guard_take(guard, first ? &late : &early, AT);
		rep_guard_take(guard, first ? &early : &late, AT);
		ck_assert_uint_eq(rep_guard_of(guard, CALLEE, facts, 2), 1);
		ck_assert_uint_eq(facts[0].until, AT + 20);
		ck_assert_uint_eq(facts[0].n, 2);
		rep_guard_forget(guard, CALLEE);
	}
	/* what is over, and what is none */
	early.until = AT - REP_GUARD_REMEMBERED;
	rep_guard_take(guard, &early, AT);
	late.kind = REP_GUARD_LISTED;
	rep_guard_take(guard, &late, AT);
	late.kind = REP_GUARD_KINDS;
	rep_guard_take(guard, &late, AT);
	ck_assert_uint_eq(stats().facts, 0);
}
END_TEST

START_TEST(no_callee_fills_the_table)
{
	for(uint32_t i = 0; i < 400; i++) {
		rep_guard_fact_t fact = {.callee = CALLEE,
				.kind = REP_GUARD_TRIED,
				.at = AT + i,
				.until = AT + DAY};
		rep_guard_take(guard, &fact, AT);
	}
	ck_assert_uint_eq(stats().facts, REP_GUARD_TRIES);
	policy.callee_attempts_day = REP_GUARD_TRIES;
	ck_assert_int_eq(check(0, CALLEE, AT), REP_PICK_CALLEE_ATTEMPTS);
}
END_TEST

START_TEST(news_are_passed_over)
{
	rep_guard_fact_t fact,
			listed = {.callee = CALLEE, .kind = REP_GUARD_LISTED};
	uint64_t cursor = 0;
	bool missed = false;

	for(int i = 0; i < 100000; i++)
		rep_guard_tell(guard, &listed);
	ck_assert_uint_eq(rep_guard_news(guard, &cursor, &fact, 1, &missed), 1);
	ck_assert(missed);
	ck_assert_uint_gt(cursor, 90000);
	ck_assert_int_eq(fact.kind, REP_GUARD_LISTED);
	missed = false;
	ck_assert_uint_eq(rep_guard_news(guard, &cursor, &fact, 1, &missed), 1);
	ck_assert(!missed);
}
END_TEST

START_TEST(all_is_walked_through)
{
	rep_guard_fact_t facts[100];
	uint64_t cursor = 0;
	unsigned found = 0;

	for(unsigned i = 0; i < 3000; i++) {
		rep_guard_outcome(guard, i % 3, &policy, CALLEE + i, REP_UNWANTED, AT);
		if(i % 10 == 0)
			rep_guard_suppress(guard, CALLEE + i, AT + 10, AT);
	}
	do {
		size_t n = rep_guard_walk(guard, &cursor, 1, AT, facts, 100);

		for(size_t i = 0; i < n; i++)
			ck_assert(facts[i].pool == 1 || facts[i].pool == REP_GUARD_ALL);
		found += n;
	} while(cursor);
	ck_assert_uint_eq(found, 1300);
	/* a pool is gone */
	rep_guard_drop(guard, 1);
	ck_assert_uint_eq(stats().facts, 2300);
	ck_assert_int_eq(check(1, CALLEE + 1, AT), REP_PICKED);
	ck_assert_int_eq(check(2, CALLEE + 2, AT), REP_PICK_CALLEE_UNWANTED);
}
END_TEST

/* ---- against a model that is too simple to be wrong ------------------------------------ */

#define MODELLED 6 /* callees */
#define POOLS 2

typedef struct model
{
	uint32_t unwanted[POOLS], declined[POOLS], declined_at[POOLS];
	unsigned declines[POOLS];
	uint32_t tried[POOLS][1000];
	unsigned n_tried[POOLS];
	uint32_t hand;
} model_t;

static rep_pick_t expected(const model_t *m, int pool, uint32_t now)
{
	unsigned tries = 0;
	bool soon = false;

	for(unsigned i = 0; i < m->n_tried[pool]; i++) {
		tries += now - m->tried[pool][i] < DAY;
		soon = soon || now - m->tried[pool][i] < policy.callee_redial_seconds;
	}
	return m->hand > now			 ? REP_PICK_CALLEE_DNC
		   : m->unwanted[pool] > now ? REP_PICK_CALLEE_UNWANTED
		   : m->declined[pool] > now ? REP_PICK_CALLEE_DECLINED
		   : policy.callee_attempts_day && tries >= policy.callee_attempts_day
				   ? REP_PICK_CALLEE_ATTEMPTS
		   : soon ? REP_PICK_CALLEE_REDIAL
				  : REP_PICKED;
}

static void model_outcome(
		model_t *m, int pool, rep_outcome_t outcome, uint32_t now)
{
	uint32_t rest = policy.callee_declined_rest;

	if(outcome == REP_UNWANTED)
		m->unwanted[pool] = now + policy.callee_unwanted_rest;
	if(outcome == REP_ANSWERED)
		m->declines[pool] = m->declined[pool] = m->declined_at[pool] = 0;
	if(outcome != REP_DECLINED
			|| (m->declines[pool] && now - m->declined_at[pool] < 60))
		return;
	if(m->declines[pool] && m->declined[pool] + REP_GUARD_REMEMBERED <= now)
		m->declines[pool] = 0;
	for(unsigned i = 0; i < m->declines[pool] && i < REP_GUARD_DOUBLINGS; i++)
		rest *= 2;
	m->declines[pool]++;
	m->declined_at[pool] = now;
	if(now + rest > m->declined[pool])
		m->declined[pool] = now + rest;
}

static uint32_t dice(uint32_t *seed, uint32_t sides)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % sides;
}

START_TEST(as_the_model_says)
{
	static model_t models[MODELLED];
	static const rep_outcome_t came_of[] = {
			REP_ANSWERED, REP_DECLINED, REP_UNWANTED, REP_NOANSWER, REP_BUSY};
	uint32_t seed = (uint32_t)_i + 1, now = AT;

	memset(models, 0, sizeof(models));
	policy.callee_attempts_day = dice(&seed, 5);
	policy.callee_redial_seconds = dice(&seed, 3) * 3600;
	policy.callee_unwanted_rest = 5 * DAY;
	policy.callee_declined_rest = HOUR;
	for(int step = 0; step < 4000; step++) {
		unsigned c = dice(&seed, MODELLED);
		int pool = (int)dice(&seed, POOLS);
		model_t *m = &models[c];
		rep_pick_t due;

		/* never two in one second: which of them then is moved on by one */
		now += 1 + dice(&seed, 2 * HOUR);
		due = expected(m, pool, now);
		switch(dice(&seed, 8)) {
			case 0:
				m->hand = now + dice(&seed, DAY);
				rep_guard_suppress(guard, CALLEE + c, m->hand, now);
				break;
			case 1:
				m->hand = 0;
				rep_guard_suppress(guard, CALLEE + c, 0, now);
				break;
			case 2:
			case 3: {
				rep_outcome_t o = came_of[dice(&seed, 5)];

				model_outcome(m, pool, o, now);
				rep_guard_outcome(guard, pool, &policy, CALLEE + c, o, now);
				break;
			}
			default:
				ck_assert_int_eq(try(pool, CALLEE + c, now), due);
				if(due == REP_PICKED && m->n_tried[pool] < 1000)
					m->tried[pool][m->n_tried[pool]++] = now;
		}
		ck_assert_int_eq(check(pool, CALLEE + c, now), expected(m, pool, now));
	}
	ck_assert_int_eq(rep_locks_held(), 0);
}
END_TEST

Suite *guard_suite(void)
{
	Suite *s = suite_create("guard");
	TCase *t = tcase_create("core");

	tcase_add_checked_fixture(t, start, end);
	tcase_add_loop_test(t, an_outcome_stops_the_callee_for_its_pool, 0,
			sizeof(outcomes) / sizeof(outcomes[0]));
	tcase_add_test(t, declines_double);
	tcase_add_test(t, an_answer_clears_the_doubling);
	tcase_add_test(t, one_call_declines_once);
	tcase_add_test(t, a_policy_switches_it_off);
	tcase_add_test(t, attempts_are_counted_over_24_hours);
	tcase_add_test(t, the_highest_limit_is_exact);
	tcase_add_test(t, redials_are_spaced);
	tcase_add_test(t, nobody_asks_about_attempts);
	tcase_add_test(t, an_attempt_is_taken_back);
	tcase_add_test(t, a_tracked_call_is_an_attempt);
	tcase_add_test(t, the_first_reason_that_holds);
	tcase_add_test(t, by_hand);
	tcase_add_loop_test(t, a_full_table_forgets_the_weakest, 0,
			sizeof(full) / sizeof(full[0]));
	tcase_add_test(t, what_has_no_force_goes_first);
	tcase_add_test(t, without_memory);
	tcase_add_test(t, it_cannot_be_made);
	tcase_add_test(t, the_other_proxy_knows);
	tcase_add_test(t, facts_merge_whatever_comes_first);
	tcase_add_test(t, no_callee_fills_the_table);
	tcase_add_test(t, news_are_passed_over);
	tcase_add_test(t, all_is_walked_through);
	tcase_add_loop_test(t, as_the_model_says, 0, 20);
	suite_add_tcase(s, t);
	return s;
}
