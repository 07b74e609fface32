/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a refused pick may be tried again. */

#include "engine/pool/guards.h"
#include "engine/pool/known.h"
#include "engine/pool/retry.h"
#include "pool_test.h"
#include "suites.h"

#define CALLEE UINT64_C(15557770000) /* of pick() */

static uint32_t retry(
		rep_e164_t number, const char *routes, rep_pick_t why, rep_time_t now)
{
	rep_pick_t found;

	if(!number) {
		ck_assert_uint_eq(pick_on(routes, now, NULL, &found), 0);
		ck_assert_int_eq(found, why);
	}
	return rep_pool_retry_after(
			registry, pool, CALLEE, number, rep_span(routes), why, now);
}

static void bench_for(unsigned i, const char *route, int seconds)
{
	ck_assert_int_eq(rep_pool_bench(registry, pool, FIRST + i, rep_span(route),
							 seconds, REP_REASON_MANUAL, NOW),
			REP_DONE);
}

START_TEST(the_end_of_a_pause)
{
	char value[64];

	put_numbers(2);
	policy_set("status", "paused", NOW);
	ck_assert_uint_eq(retry(0, "", REP_PICK_POOL_PAUSED, NOW), 0);
	snprintf(value, sizeof(value), "paused until=%lld",
			(long long)(NOW / S + 90));
	policy_set("status", value, NOW);
	ck_assert_uint_eq(retry(0, "", REP_PICK_POOL_PAUSED, NOW), 90);
	ck_assert_uint_eq(retry(0, "", REP_PICK_POOL_PAUSED, NOW + 89999), 1);
}
END_TEST

START_TEST(who_is_known_to_nobody)
{
	ck_assert_uint_eq(retry(0, "", REP_PICK_EMPTY_POOL, NOW), 0);
	put_numbers(1);
	policy_set("require_tags", "gold", NOW);
	ck_assert_uint_eq(retry(0, "", REP_PICK_NO_MATCH, NOW), 0);
	ck_assert_uint_eq(rep_pool_retry_after(registry, 7, CALLEE, 0, rep_span(""),
							  REP_PICK_ALL_CAPPED, NOW),
			0);
}
END_TEST

/* As many rests must end as the pool lacks. */
static const struct
{
	const char *share, *least;
	unsigned benched;
	rep_pick_t why;
	uint32_t after;
} shares[] = {
		{"0.5", "2", 6, REP_PICK_SHARE_BENCHED, 100},
		{"0.5", "2", 7, REP_PICK_SHARE_BENCHED, 200},
		{"0.5", "2", 10, REP_PICK_ALL_BENCHED, 500},
		{"1", "0", 10, REP_PICK_ALL_BENCHED, 100},
		{"1", "3", 10, REP_PICK_ALL_BENCHED, 300},
		{"1", "4", 7, REP_PICK_SHARE_BENCHED, 100},
		{"0", "0", 10, REP_PICK_ALL_BENCHED, 1000},
};

START_TEST(the_rests_that_must_end)
{
	put_numbers(10);
	policy_set("max_benched_share", shares[_i].share, NOW);
	policy_set("min_available", shares[_i].least, NOW);
	for(unsigned i = shares[_i].benched; i-- > 0;)
		bench_for(i, "", 100 * ((int)i + 1));
	ck_assert_uint_eq(retry(0, "", shares[_i].why, NOW), shares[_i].after);
	/* then it is so */
	ck_assert_int_ne(try_on("", NOW + shares[_i].after * S - 1), REP_PICKED);
	ck_assert_int_eq(try_on("", NOW + shares[_i].after * S), REP_PICKED);
}
END_TEST

START_TEST(rests_on_routes)
{
	put_numbers(1);
	bench_for(0, "a", 300);
	bench_for(0, "b", 200);
	ck_assert_uint_eq(retry(0, "a", REP_PICK_ALL_BENCHED, NOW), 300);
	ck_assert_uint_eq(retry(0, "a,b", REP_PICK_ALL_BENCHED, NOW), 200);
	ck_assert_uint_eq(retry(0, "b,a", REP_PICK_ALL_BENCHED, NOW), 200);
	bench_for(0, "", 1000);
	ck_assert_uint_eq(retry(0, "a,b", REP_PICK_ALL_BENCHED, NOW), 1000);
}
END_TEST

/* That of a call which keeps its number is this number's. */
START_TEST(rests_of_the_number_that_a_call_keeps)
{
	put_numbers(4);
	bench_for(0, "a", 50);
	bench_for(1, "a", 300);
	ck_assert_uint_eq(retry(FIRST + 1, "a", REP_PICK_ALL_BENCHED, NOW), 300);
	ck_assert_uint_eq(retry(FIRST + 2, "a", REP_PICK_ALL_BENCHED, NOW), 0);
}
END_TEST

START_TEST(the_end_of_caps)
{
	rep_time_t now = NOW / HOUR * HOUR + 20 * MINUTE + 15 * S;

	put_numbers(2);
	policy_set("cap_minute", "1", NOW);
	pick_and_end(now);
	pick_and_end(now);
	ck_assert_uint_eq(retry(0, "", REP_PICK_ALL_CAPPED, now), 45);
	policy_set("cap_hour", "1", NOW);
	ck_assert_uint_eq(retry(0, "", REP_PICK_ALL_CAPPED, now), 2385);
	/* one comes back sooner: not the one that rests, too */
	policy_set("cap_hour", "0", NOW);
	policy_set("max_benched_share", "1", NOW);
	policy_set("min_available", "0", NOW);
	bench_for(0, "", (int)((now - NOW) / S) + 20);
	ck_assert_uint_eq(retry(0, "", REP_PICK_ALL_CAPPED, now), 45);
	policy_set("pool_cap_day", "2", NOW);
	ck_assert_uint_eq(retry(0, "", REP_PICK_ALL_CAPPED, now),
			86400 - (uint32_t)(now / S % 86400));
}
END_TEST

START_TEST(calls_at_once_and_a_second)
{
	rep_ticket_t t;

	put_numbers(1);
	policy_set("cap_concurrent", "1", NOW);
	ck_assert_uint_ne(pick_on("", NOW, &t, NULL), 0);
	ck_assert_uint_eq(retry(0, "", REP_PICK_ALL_CAPPED, NOW), 0);
	rep_ticket_hang_up(registry, &t, NOW);
	policy_set("pool_cap_second", "1", NOW);
	ck_assert_uint_ne(pick_and_end(NOW), 0);
	ck_assert_uint_eq(retry(0, "", REP_PICK_ALL_CAPPED, NOW), 1);
}
END_TEST

START_TEST(verdicts_that_are_being_read)
{
	put_numbers(1);
	rep_registry_reach(registry, true, NOW);
	ck_assert_uint_eq(retry(0, "", REP_PICK_LOADING, NOW), 1);
}
END_TEST

/* ---- for the callee ---------------------------------------------------- */

static void guard(void)
{
	ck_assert(rep_guarded_create(registry, 100, 1));
}

static void came(rep_outcome_t outcome, rep_time_t now)
{
	rep_policy_t policy;

	ck_assert(rep_pool_policy(registry, pool, &policy));
	rep_guard_outcome(rep_registry_guard(registry), pool, &policy, CALLEE,
			outcome, (uint32_t)(now / S));
}

/* It is so then, and not before. */
static void over(rep_pick_t why, uint32_t after, rep_time_t now)
{
	ck_assert_uint_eq(retry(0, "", why, now), after);
	ck_assert_int_ne(try_on("", now + (rep_time_t)after * S - S), REP_PICKED);
	ck_assert_int_eq(try_on("", now + (rep_time_t)after * S), REP_PICKED);
}

START_TEST(what_the_callee_said)
{
	put_numbers(2);
	guard();
	came(REP_DECLINED, NOW);
	over(REP_PICK_CALLEE_DECLINED, 86400, NOW);
	came(REP_UNWANTED, NOW);
	over(REP_PICK_CALLEE_UNWANTED, 31536000, NOW);
	/* what the policy does not ask about is over */
	policy_set("callee_unwanted_rest", "0", NOW);
	over(REP_PICK_CALLEE_DECLINED, 86400, NOW);
	ck_assert(rep_registry_suppress(registry, CALLEE, 90000, NOW));
	over(REP_PICK_CALLEE_DNC, 90000, NOW);
	ck_assert(rep_registry_suppress(registry, CALLEE, 60, NOW));
	over(REP_PICK_CALLEE_DNC, 86400, NOW);
	ck_assert(rep_registry_suppress(registry, CALLEE, 0, NOW));
	ck_assert_uint_eq(retry(0, "", REP_PICK_CALLEE_DNC, NOW), 0);
}
END_TEST

START_TEST(calls_of_the_day)
{
	put_numbers(2);
	guard();
	policy_set("callee_attempts_day", "2", NOW);
	pick_and_end(NOW);
	pick_and_end(NOW + HOUR);
	over(REP_PICK_CALLEE_ATTEMPTS, 79200, NOW + 2 * HOUR);
	/* the last one counts, too */
	policy_set("callee_redial_seconds", "86400", NOW);
	over(REP_PICK_CALLEE_ATTEMPTS, 82800, NOW + 2 * HOUR);
	policy_set("callee_attempts_day", "0", NOW);
	over(REP_PICK_CALLEE_REDIAL, 82800, NOW + 2 * HOUR);
}
END_TEST

/* NOW is 08:53:20. */
START_TEST(hours_of_the_callee)
{
	rep_clocks_t *clocks = rep_registry_clocks(registry);

	put_numbers(2);
	guard();
	policy_set("quiet_hours", "08:00-09:00", NOW);
	/* no clocks */
	ck_assert_uint_eq(retry(0, "", REP_PICK_QUIET_HOURS, NOW), 0);
	for(unsigned i = 0; i < REP_ZONES_MAX; i++)
		rep_clocks_set(clocks, i, (rep_clock_t){0, 0, REP_NO_CHANGE});
	over(REP_PICK_QUIET_HOURS, 400, NOW);
	/* and it is quiet when the guard is over */
	ck_assert(rep_registry_suppress(registry, CALLEE, 86400, NOW));
	over(REP_PICK_CALLEE_DNC, 86800, NOW);
	ck_assert(rep_registry_suppress(registry, CALLEE, 500, NOW));
	over(REP_PICK_CALLEE_DNC, 500, NOW);
}
END_TEST

/* Many numbers, some of them paused or without the tag: a time that is given
 * is never before one at which a pick is to be had, in a small pool exactly. */
START_TEST(sweep_of_rests)
{
	uint64_t seed = 11;

	for(unsigned n = 1; n < 60; n++) {
		uint32_t soonest = UINT32_MAX;
		rep_attrs_t attrs = plain;
		teardown();
		setup();
		policy_set("max_benched_share", "1", NOW);
		policy_set("min_available", "0", NOW);
		for(unsigned i = 0; i < n; i++) {
			int rest;
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			rest = 1 + (int)((seed >> 40) % 5000);
			attrs.status = seed >> 33 & 1 && i > 0 ? REP_PAUSED : REP_ACTIVE;
			rep_pool_put(registry, pool, FIRST + i, &attrs, n, 1, NOW);
			bench_for(i, "", rest);
			if(attrs.status == REP_ACTIVE && (uint32_t)rest < soonest)
				soonest = (uint32_t)rest;
		}
		ck_assert_uint_eq(retry(0, "", REP_PICK_ALL_BENCHED, NOW), soonest);
	}
}
END_TEST

Suite *retry_suite(void)
{
	Suite *suite = suite_create("retry");
	TCase *tc = tcase_create("retry");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_end_of_a_pause);
	tcase_add_test(tc, who_is_known_to_nobody);
	tcase_add_loop_test(tc, the_rests_that_must_end, 0,
			(int)(sizeof(shares) / sizeof(shares[0])));
	tcase_add_test(tc, rests_on_routes);
	tcase_add_test(tc, rests_of_the_number_that_a_call_keeps);
	tcase_add_test(tc, the_end_of_caps);
	tcase_add_test(tc, calls_at_once_and_a_second);
	tcase_add_test(tc, verdicts_that_are_being_read);
	tcase_add_test(tc, what_the_callee_said);
	tcase_add_test(tc, calls_of_the_day);
	tcase_add_test(tc, hours_of_the_callee);
	tcase_add_test(tc, sweep_of_rests);
	suite_add_tcase(suite, tc);
	return suite;
}
