/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judge's first look is near to the whole judgement. */

#include <math.h>
#include <stdlib.h>

#include "engine/judge/bucket.h"
#include "engine/pool/assess.h"
#include "engine/pool/evidence.h"
#include "engine/pool/exchange.h"
#include "engine/pool/index.h"
#include "engine/pool/screen.h"
#include "engine/pool/slot.h"

#include "pool_test.h"
#include "suites.h"

static rep_number_t *number_of(rep_e164_t number)
{
	return rep_number_at(inside(), rep_number_find(inside(), number));
}

static bool look(rep_e164_t number, rep_time_t now, rep_judged_t *judged,
		uint32_t run[REP_CHARTS], uint32_t *calls)
{
	return rep_screen(inside(), number_of(number), now, judged, run, calls);
}

/* Of a healthy number, or of one that 5% of the calls block more. */
static rep_outcome_t outcome_of(bool bad)
{
	static const struct
	{
		rep_outcome_t outcome;
		int per_mille;
	} mix[] = {{REP_ANSWERED, 250}, {REP_BUSY, 80}, {REP_DECLINED, 80},
			{REP_SHORT, 20}, {REP_AMBIGUOUS, 5}, {REP_BLOCKED, 4},
			{REP_UNWANTED, 3}};
	int at = rand() % 1000;

	if(bad && rand() % 20 == 0)
		return REP_BLOCKED;
	for(size_t k = 0; k < sizeof(mix) / sizeof(*mix); k++) {
		at -= mix[k].per_mille;
		if(at < 0)
			return mix[k].outcome;
	}
	return REP_NOANSWER;
}

#define NUMBERS 20

/* Days of calls, on no route or on two, some from other proxies: what the look
 * lets pass, the whole judgement is far from benching, and it says about the
 * same. */
START_TEST(near_to_the_whole_judgement)
{
	const char *const routes[] = {"", "east", "west"};
	unsigned on = _i % 3, looks = 0, wholes = 0, same_run = 0;
	rep_time_t now = NOW / HOUR * HOUR;
	float off = 0;

	srand(4711 + _i);
	put_numbers(NUMBERS);
	rep_registry_tick(registry, now);
	for(unsigned hour = 0; hour < 100; hour++) {
		for(unsigned k = 0; k < NUMBERS * 6; k++) {
			unsigned n = (unsigned)rand() % NUMBERS;
			const char *route = routes[on ? 1 + (unsigned)rand() % on : 0];
			const rep_assessment_t *whole;
			uint32_t run[REP_CHARTS], calls;
			rep_judged_t judged;

			now += HOUR / NUMBERS / 6;
			count(FIRST + n, route, outcome_of(n == 0), 1, now);
			if(view(FIRST + n, now).state != REP_ACTIVE)
				continue;
			whole = rep_assess(inside(), number_of(FIRST + n), now);
			wholes++;
			if(!look(FIRST + n, now, &judged, run, &calls))
				continue;
			looks++;
			/* the judgement's result is this thread's until the next */
			whole = rep_assess(inside(), number_of(FIRST + n), now);
			ck_assert(!whole->sum.judged.crossed);
			for(unsigned r = 0; r < whole->n_routes; r++)
				ck_assert(!whole->routes[r].judged.crossed);
			/* calls that have just left the window are in it for a while */
			ck_assert_uint_ge(calls, rep_counts_judged(&whole->sum.counts));
			if(hour < 70)
				ck_assert_uint_eq(calls, rep_counts_judged(&whole->sum.counts));
			same_run += run[judged.chart] == whole->sum.run[judged.chart];
			for(int j = 0; j < REP_CHARTS; j++)
				off += fabsf(judged.s[j] - whole->sum.judged.s[j]);
		}
		rep_registry_tick(registry, now);
	}
	ck_assert_uint_gt(looks, wholes * 8 / 10);
	ck_assert_uint_gt(same_run, looks * 9 / 10);
	ck_assert_float_lt(off / (float)(looks * REP_CHARTS), 0.08f);
}
END_TEST

static rep_cell_t blocked(uint32_t bucket, uint32_t n)
{
	rep_cell_t cell = {.number = FIRST, .bucket = bucket};

	cell.counts.n[REP_BLOCKED] = n;
	return cell;
}

/* Calls that come to light late are not overlooked. */
START_TEST(late_calls_of_others)
{
	rep_time_t now = NOW / HOUR * HOUR;
	uint32_t bucket = rep_bucket_of(&inside()->policy, now), run[REP_CHARTS],
			 calls;
	rep_judged_t judged;
	rep_cell_t late;

	put_numbers(10);
	for(unsigned hour = 0; hour < 10; hour++, now += HOUR) {
		rep_registry_tick(registry, now);
		for(unsigned n = 0; n < 10; n++) {
			count(FIRST + n, "", REP_NOANSWER, 5, now);
			count(FIRST + n, "", REP_ANSWERED, 3, now);
		}
		count(FIRST, "", REP_DECLINED, 1, now);
		ck_assert(look(FIRST, now, &judged, run, &calls));
	}
	ck_assert_uint_eq(calls, 10 * 9);
	late = blocked(bucket + 3 * 60, 30);
	ck_assert(rep_pool_put_others(registry, pool, &late, 1, now));
	while(rep_pool_judge_others(registry, pool, now))
		;
	ck_assert_int_eq(view(FIRST, now).state, REP_BENCHED);
	ck_assert_uint_eq(number_of(FIRST)->screen, REP_NONE);
}
END_TEST

/* What was kept goes with the turn, the policy and the number. */
START_TEST(kept_no_longer_than_it_holds)
{
	uint32_t run[REP_CHARTS], calls;
	rep_judged_t judged;

	put_numbers(10);
	for(unsigned n = 0; n < 10; n++)
		count(FIRST + n, "", REP_NOANSWER, 20, NOW);
	count(FIRST, "", REP_NOANSWER, 1, NOW);
	ck_assert(look(FIRST, NOW, &judged, run, &calls));
	ck_assert(!look(FIRST, NOW + 25 * (rep_time_t)HOUR, &judged, run, &calls));
	policy_set("weights_rejected", "unwanted:2,declined:1", NOW);
	ck_assert(!look(FIRST, NOW, &judged, run, &calls));
	ck_assert(look(FIRST + 1, NOW, &judged, run, &calls) == false);
	count(FIRST, "", REP_NOANSWER, 1, NOW);
	ck_assert(look(FIRST, NOW, &judged, run, &calls));
	/* a route: each call is judged twice from now on */
	count(FIRST + 1, "east", REP_NOANSWER, 1, NOW);
	ck_assert(!look(FIRST, NOW, &judged, run, &calls));
	count(FIRST, "east", REP_NOANSWER, 1, NOW);
	ck_assert(look(FIRST, NOW, &judged, run, &calls));
	ck_assert_int_eq(rep_pool_bench(registry, pool, FIRST, rep_span(""), 60,
							 REP_REASON_MANUAL, NOW),
			REP_DONE);
	ck_assert_uint_eq(number_of(FIRST)->screen, REP_NONE);
}
END_TEST

Suite *screen_suite(void)
{
	Suite *suite = suite_create("screen");
	TCase *tc = tcase_create("core");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, near_to_the_whole_judgement, 0, 6);
	tcase_add_test(tc, late_calls_of_others);
	tcase_add_test(tc, kept_no_longer_than_it_holds);
	suite_add_tcase(suite, tc);
	return suite;
}
