/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probation: its bounds, and what comes of them. */

#include <check.h>
#include <math.h>

#include "engine/judge/trial.h"

#include "suites.h"

static rep_policy_t policy;
static rep_charts_t charts;
static uint64_t state;

static double uniform(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (double)(state >> 11) * 0x1p-53;
}

static void setup(void)
{
	rep_policy_default(&policy);
	rep_charts_init(&charts, &policy);
	state = 7;
}

/* Numbers are alike, and the yardstick is beyond doubt. */
static rep_trial_t trial(
		const rep_counts_t *counts, rep_chart_t *chart, float *score)
{
	static const rep_spread_t alike = {1e5f, 1e5f};
	static const rep_tally_t nothing;
	rep_tally_t turn = {counts_of(counts), shares_load(charts.prior)};

	for(int i = 0; i < HALVES; i++)
		turn.expected.h[i] *= vec_all(shares_sum(&turn.seen));
	return rep_judge_trial(
			&charts, &alike, &turn, &nothing, 1e6f, chart, score);
}

#define ON REP_TRIAL_GOES_ON
#define PASSED REP_TRIAL_PASSED
#define FAILED REP_TRIAL_FAILED

/* What came since the return, of a budget, and what comes of it. */
static const struct
{
	uint32_t budget, answered, declined, unwanted, blocked, ambiguous, noanswer;
	rep_trial_t result;
	rep_chart_t chart; /* of those that failed */
} table[] = {
		{30, 0, 0, 0, 0, 0, 0, ON, 0},
		{30, 10, 0, 0, 0, 0, 19, ON, 0},
		{30, 10, 0, 0, 0, 0, 20, PASSED, 0},
		{10, 2, 0, 0, 0, 0, 8, PASSED, 0},
		{1, 0, 0, 0, 1, 0, 0, PASSED, 0}, /* one block is no proof */
		{30, 0, 0, 0, 1, 0, 0, ON, 0},
		{30, 0, 0, 0, 2, 0, 0, FAILED, REP_CHART_BLOCKED},
		{30, 0, 0, 0, 0, 4, 0, FAILED, REP_CHART_BLOCKED},
		{30, 0, 0, 0, 1, 1, 0, ON, 0},
		{30, 7, 0, 0, 2, 0, 10, ON, 0},
		{30, 7, 0, 0, 2, 0, 21, FAILED, REP_CHART_BLOCKED},
		{30, 7, 0, 0, 1, 1, 21, PASSED, 0},
		{30, 0, 6, 0, 0, 0, 0, FAILED, REP_CHART_REJECTED},
		{30, 0, 0, 3, 0, 0, 0, FAILED, REP_CHART_REJECTED},
		{30, 3, 10, 0, 0, 0, 5, FAILED, REP_CHART_REJECTED},
		{30, 0, 0, 0, 0, 0, 15, ON, 0},
		{30, 0, 0, 0, 0, 0, 29, FAILED, REP_CHART_LABELLED},
		{30, 2, 0, 0, 0, 0, 27, ON, 0},
		{30, 1, 1, 0, 0, 0, 28, FAILED, REP_CHART_LABELLED},
		{30, 3, 0, 0, 0, 0, 27, PASSED, 0},
		/* much evidence of health ends it early where there is time */
		{1000, 20, 2, 0, 0, 0, 40, PASSED, 0},
		{1000, 7, 2, 0, 0, 0, 21, ON, 0},
};

START_TEST(what_comes_of_it)
{
	rep_counts_t counts = {{0}};
	rep_trial_t result;
	rep_chart_t chart;
	float score;

	charts.probation_calls = table[_i].budget;
	counts.n[REP_ANSWERED] = table[_i].answered;
	counts.n[REP_DECLINED] = table[_i].declined;
	counts.n[REP_UNWANTED] = table[_i].unwanted;
	counts.n[REP_BLOCKED] = table[_i].blocked;
	counts.n[REP_AMBIGUOUS] = table[_i].ambiguous;
	counts.n[REP_NOANSWER] = table[_i].noanswer;
	result = trial(&counts, &chart, &score);
	ck_assert_msg(result == table[_i].result, "row %d: %d, score %g", _i,
			result, (double)score);
	if(result == REP_TRIAL_FAILED)
		ck_assert_int_eq(chart, table[_i].chart);
}
END_TEST

/* The evidence in plain double precision, of a yardstick beyond doubt. */
static double naive(const rep_counts_t *counts, int chart)
{
	double z = 0, l = 0, n = 0;

	for(int c = 0; c < REP_JUDGED; c++)
		z += charts.prior[c] * exp(policy.weights[chart][c]);
	for(int c = 0; c < REP_JUDGED; c++) {
		l += counts->n[c] * (double)policy.weights[chart][c];
		n += counts->n[c];
	}
	return l - n * log(z);
}

START_TEST(agrees_with_direct_computation)
{
	unsigned of[3] = {0}, near = 0;

	for(unsigned k = 0; k < 20000; k++) {
		rep_counts_t counts = {{0}};
		unsigned n = (unsigned)(uniform() * 31);
		double l = -INFINITY;
		rep_chart_t chart;
		rep_trial_t expected, result;
		float score;

		for(unsigned i = 0; i < n; i++)
			counts.n[uniform() < 0.8 ? (i % 3 ? REP_NOANSWER : REP_ANSWERED)
									 : (int)(uniform() * REP_JUDGED)]++;
		for(int j = 0; j < REP_CHARTS; j++)
			l = fmax(l, naive(&counts, j));
		expected = l >= 4.5 ? FAILED
				   : n < 30 ? (l <= -3 ? PASSED : ON)
							: (l >= 3.2 ? FAILED : PASSED);
		result = trial(&counts, &chart, &score);
		ck_assert_float_eq_tol(score, (float)(fmax(l, 0) / 4.5), 1e-2f);
		if(fabs(l - 4.5) < 0.05 || fabs(l - 3.2) < 0.05 || fabs(l + 3) < 0.05) {
			near++;
			continue;
		}
		ck_assert_int_eq(result, expected);
		of[result]++;
	}
	for(int i = 0; i < 3; i++)
		ck_assert_uint_gt(of[i], 100);
	ck_assert_uint_lt(near, 2000);
}
END_TEST

/* Numbers whose mix is the pool's but for one share, with what is promised of
 * them: the share that fails, and the mean of calls until it does. A bound
 * that is off by far breaks one of the rows. */
static const struct
{
	rep_outcome_t outcome;
	double share; /* < 0: as the pool */
	uint32_t budget;
	double failed_least, failed_most, calls_least, calls_most;
} promised[] = {
		{REP_BLOCKED, -1, 30, 0.01, 0.03, 0, 30},
		{REP_BLOCKED, 1, 30, 1, 1, 2, 2},
		{REP_BLOCKED, 0.3, 30, 0.99, 1, 6, 8},
		{REP_BLOCKED, 0.1, 30, 0.75, 0.9, 14, 19},
		{REP_UNWANTED, 0.1, 30, 0.6, 0.8, 15, 21},
		{REP_DECLINED, 0.5, 30, 0.98, 1, 12, 16},
		{REP_ANSWERED, 0.1, 30, 0.25, 0.45, 26, 30},
		/* much time: nearly all is known, and healthy ones pass early */
		{REP_BLOCKED, -1, 1000, 0.001, 0.03, 0, 60},
		{REP_ANSWERED, 0.1, 1000, 0.85, 1, 40, 90},
};

START_TEST(as_promised)
{
	enum
	{
		RUNS = 4000
	};
	double calls = 0, all = 0, failed = 0, mix[REP_JUDGED], other = 1;

	if(promised[_i].share >= 0)
		other = (1 - promised[_i].share)
				/ (1 - (double)charts.prior[promised[_i].outcome]);
	for(int c = 0; c < REP_JUDGED; c++)
		mix[c] = charts.prior[c] * other;
	if(promised[_i].share >= 0)
		mix[promised[_i].outcome] = promised[_i].share;
	charts.probation_calls = promised[_i].budget;
	for(unsigned run = 0; run < RUNS; run++) {
		rep_counts_t counts = {{0}};
		rep_trial_t result = ON;
		unsigned n = 0;

		for(; result == ON; n++) {
			double u = uniform();
			rep_chart_t chart;
			float score;
			int c = 0;

			while(c < REP_JUDGED - 1 && u >= mix[c])
				u -= mix[c++];
			counts.n[c]++;
			result = trial(&counts, &chart, &score);
		}
		all += n;
		failed += result == FAILED;
		calls += result == FAILED ? n : 0;
	}
	calls /= fmax(failed, 1);
	failed /= RUNS;
	ck_assert_msg(failed >= promised[_i].failed_least
						  && failed <= promised[_i].failed_most
						  && calls >= promised[_i].calls_least
						  && calls <= promised[_i].calls_most
						  && all / RUNS <= 100,
			"row %d: %g failed, after %g calls; %g calls in all", _i, failed,
			calls, all / RUNS);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *trial_suite(void)
{
	Suite *suite = suite_create("trial");
	TCase *tc = tcase_create("trial");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, what_comes_of_it, 0, COUNT(table));
	tcase_add_test(tc, agrees_with_direct_computation);
	tcase_add_loop_test(tc, as_promised, 0, COUNT(promised));
	suite_add_tcase(suite, tc);
	return suite;
}
