/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Until when a callee is left alone: as rep_guard_check() has it. */

#include "engine/callee/until.h"

#include <check.h>

#include "mem_test.h"
#include "suites.h"

#define AT 1760000000u
#define DAY 86400u
#define CALLEE UINT64_C(15557770000)
#define POOLS 3

static rep_guard_t *guard;
static rep_policy_t policy;

static void start(void)
{
	guard = rep_guard_create(100000, 7);
	ck_assert_ptr_nonnull(guard);
	rep_policy_default(&policy);
}

static void end(void)
{
	rep_guard_destroy(guard);
	ck_assert_int_eq(rep_alloc_live(), 0);
}

static uint32_t until(int pool, uint32_t now)
{
	return rep_guard_until(guard, pool, &policy, CALLEE, now);
}

static bool refused(int pool, uint32_t now)
{
	return rep_guard_check(guard, pool, &policy, CALLEE, now, NULL)
		   != REP_PICKED;
}

START_TEST(nobody_is_known)
{
	policy.callee_attempts_day = 1;
	ck_assert_uint_eq(until(0, AT), 0);
	rep_guard_suppress(guard, CALLEE + 1, AT + 5, AT);
	ck_assert_uint_eq(until(0, AT), 0);
}
END_TEST

START_TEST(there_is_no_end)
{
	rep_guard_suppress(guard, CALLEE, UINT32_MAX, AT);
	ck_assert_uint_eq(until(0, AT), UINT32_MAX);
	policy.callee_redial_seconds = UINT32_MAX;
	rep_guard_suppress(guard, CALLEE, 0, AT);
	rep_guard_note(guard, 0, &policy, CALLEE, AT);
	ck_assert_uint_eq(until(0, AT), UINT32_MAX);
}
END_TEST

static uint64_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

/* Something happens to the callee. */
static void happen(uint32_t now)
{
	static const rep_outcome_t outcomes[] = {
			REP_DECLINED, REP_UNWANTED, REP_ANSWERED, REP_BUSY};
	int in = (int)below(POOLS);
	uint32_t tried;

	switch(below(8)) {
		case 0:
			rep_guard_suppress(
					guard, CALLEE, below(2) ? now + below(DAY) : 0, now);
			break;
		case 1:
		case 2:
			rep_guard_outcome(
					guard, in, &policy, CALLEE, outcomes[below(4)], now);
			break;
		case 3:
			rep_guard_note(guard, in, &policy, CALLEE, now);
			break;
		default:
			rep_guard_check(guard, in, &policy, CALLEE, now, &tried);
	}
}

static void ask_anything(void)
{
	policy.callee_attempts_day = below(4);
	policy.callee_redial_seconds = below(2) * below(2 * DAY);
	policy.callee_declined_rest = below(3) ? below(DAY) : 0;
	policy.callee_unwanted_rest = below(3) ? below(2 * DAY) : 0;
}

/* What is said is the first moment from which on it may be called, whatever
 * happened before and whatever the policy asks. */
START_TEST(sweep_of_histories)
{
	unsigned held = 0;

	for(seed = 1; seed < 2000; seed++) {
		uint64_t of = seed;
		uint32_t now = AT;

		end();
		start();
		ask_anything();
		for(unsigned n = below(12); n > 0; n--) {
			happen(now);
			now += below(4) ? below(20000) : 0;
		}
		if(below(2)) /* of what was noted under another policy */
			ask_anything();
		for(int in = 0; in < POOLS; in++) {
			uint32_t at = until(in, now);

			ck_assert_msg(refused(in, now) == (at > 0), "seed %u pool %d",
					(unsigned)of, in);
			if(!at)
				continue;
			held++;
			ck_assert(at > now && refused(in, at - 1) && !refused(in, at));
		}
		seed = of;
	}
	ck_assert_uint_gt(held, 200);
}
END_TEST

Suite *until_suite(void)
{
	Suite *suite = suite_create("until");
	TCase *tc = tcase_create("until");

	tcase_add_checked_fixture(tc, start, end);
	tcase_add_test(tc, nobody_is_known);
	tcase_add_test(tc, there_is_no_end);
	tcase_add_test(tc, sweep_of_histories);
	suite_add_tcase(suite, tc);
	return suite;
}
