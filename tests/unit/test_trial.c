/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probation: its bounds, and what comes of them. */

#include <check.h>
#include <math.h>

#include "engine/judge/trial.h"

#include "suites.h"

static rep_policy_t policy;
static rep_charts_t charts;
static uint64_t state;

/* Numbers that are alike, of a yardstick beyond doubt. */
static const rep_spread_t alike = {1e7f, 1e7f};
#define KNOWN 1e7f

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

static rep_trial_t trial(const rep_counts_t *counts, const rep_spread_t *spread,
		float known, rep_chart_t *chart, float *score)
{
	static const rep_tally_t no_past;
	rep_tally_t turn = {.seen = counts_of(counts)};
	const rep_known_t rests_on = {known, 0};
	float expected[REP_JUDGED];

	for(int c = 0; c < REP_JUDGED; c++)
		expected[c] = charts.prior[c] * (float)rep_counts_judged(counts);
	turn.expected = shares_load(expected);
	return rep_judge_trial(
			&charts, spread, &turn, &no_past, &rests_on, chart, score);
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
		{30, 7, 0, 0, 2, 0, 21, PASSED, 0},
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
	result = trial(&counts, &alike, KNOWN, &chart, &score);
	ck_assert_msg(result == table[_i].result, "row %d: %d, score %g", _i,
			result, (double)score);
	if(result == REP_TRIAL_FAILED)
		ck_assert_int_eq(chart, table[_i].chart);
}
END_TEST

/* Of `urn` balls, and a yardstick that rests on `known` calls: Polya's urn of a healthy number, and of one that is
 * bad in the chart's way, or (one in ten) in what is telling of it alone. */
static double naive(
		const rep_counts_t *counts, int chart, double urn, double known)
{
	double z = 0, z_few = 0, l = 0, few = -log(10);
	double all = rep_counts_judged(counts);

	for(int c = 0; c < REP_JUDGED; c++) {
		double w = policy.weights[chart][c];

		z += charts.prior[c] * exp(w);
		z_few += charts.prior[c] * (is_rare(c) && w > 1 ? exp(w) : 1);
	}
	for(int c = 0; c < REP_JUDGED; c++) {
		double w = policy.weights[chart][c], n = counts->n[c];
		bool telling = is_rare(c) && w > 1;
		double calls = 1 / (1 / urn + 1 / (known + 1 / charts.prior[c]));
		double a = calls * charts.prior[c], a1 = a * exp(w) / z;
		double balls = telling && n > all * charts.prior[c] ? 4 : calls;
		double b = balls * charts.prior[c] * (telling ? exp(w) : 1) / z_few;

		l += lgamma(n + a1) - lgamma(a1) - lgamma(n + a) + lgamma(a)
			 - (a1 - a) * log1p(all / calls);
		few += lgamma(n + b) - lgamma(b) - lgamma(n + a) + lgamma(a)
			   + n * log((all + calls) / (all + balls)) - b * log1p(all / balls)
			   + a * log1p(all / calls);
	}
	return z_few > 1 + 1e-6 ? fmax(l, few) : l;
}

START_TEST(agrees_with_direct_computation)
{
	const rep_spread_t spread = {700, 900};
	const double urn = 1 / (1 / 700.0 + 1 / 900.0);
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
			l = fmax(l, naive(&counts, j, urn, 500));
		expected = l >= 4.5 ? FAILED
				   : n < 30 ? (l <= -3 ? PASSED : ON)
							: (l >= 3.5 ? FAILED : PASSED);
		result = trial(&counts, &spread, 500, &chart, &score);
		ck_assert_float_eq_tol(score, (float)(fmax(l, 0) / 4.5), 2e-3f);
		if(fabs(l - 4.5) < 0.01 || fabs(l - 3.5) < 0.01 || fabs(l + 3) < 0.01) {
			near++;
			continue;
		}
		ck_assert_int_eq(result, expected);
		of[result]++;
	}
	for(int i = 0; i < 3; i++)
		ck_assert_uint_gt(of[i], 100);
	ck_assert_uint_lt(near, 500);
}
END_TEST

/* Numbers whose mix is the pool's (or Dirichlet around it) but for one share,
 * with what is promised of them: the share that fails, and the mean of calls
 * until it does. A bound that is off by far breaks one of the rows. */
static const struct
{
	rep_outcome_t outcome;
	double share; /* < 0: as the pool */
	float spread; /* concentration */
	uint32_t budget;
	double failed_least, failed_most, calls_least, calls_most;
} promised[] = {
		{REP_BLOCKED, -1, 1e7f, 30, 0.005, 0.025, 0, 30},
		{REP_BLOCKED, -1, 500, 30, 0.005, 0.025, 0, 30},
		{REP_BLOCKED, -1, 200, 30, 0.005, 0.025, 0, 30},
		{REP_BLOCKED, 1, 1e7f, 30, 1, 1, 2, 2},
		{REP_BLOCKED, 0.3, 1e7f, 30, 0.99, 1, 6, 8},
		{REP_BLOCKED, 0.3, 200, 30, 0.99, 1, 6, 8},
		{REP_BLOCKED, 0.1, 1e7f, 30, 0.6, 0.75, 12, 17},
		{REP_UNWANTED, 0.1, 1e7f, 30, 0.6, 0.8, 15, 21},
		{REP_DECLINED, 0.5, 1e7f, 30, 0.98, 1, 12, 16},
		{REP_ANSWERED, 0.1, 1e7f, 30, 0.15, 0.3, 26, 30},
		/* much time: nearly all is known, and healthy ones pass early */
		{REP_BLOCKED, -1, 1e7f, 1000, 0.001, 0.03, 0, 60},
		{REP_ANSWERED, 0.1, 1e7f, 1000, 0.85, 1, 40, 90},
};

static double gamma_of(double shape)
{
	/* Marsaglia and Tsang 2000; below 1 by the power of a uniform */
	double boost = shape < 1 ? pow(uniform(), 1 / shape) : 1;
	double d = shape + (shape < 1) - 1 / 3.0;

	for(;;) {
		double x =
				sqrt(-2 * log(uniform() + 1e-300)) * cos(2 * M_PI * uniform());
		double v = pow(1 + x / sqrt(9 * d), 3);

		if(v > 0
				&& log(uniform() + 1e-300) < x * x / 2 + d - d * v + d * log(v))
			return boost * d * v;
	}
}

/* A number's own healthy mix, and the share that makes it bad. */
static void mix_of(int row, double mix[REP_JUDGED])
{
	double share = promised[row].share, sum = 0, other = 1;
	rep_outcome_t outcome = promised[row].outcome;

	for(int c = 0; c < REP_JUDGED; c++)
		sum += mix[c] =
				gamma_of((double)charts.prior[c] * promised[row].spread);
	if(share >= 0)
		other = (1 - share) / (1 - mix[outcome] / sum);
	for(int c = 0; c < REP_JUDGED; c++)
		mix[c] *= other / sum;
	if(share >= 0)
		mix[outcome] = share;
}

static rep_outcome_t draw(const double mix[REP_JUDGED])
{
	double u = uniform();
	int c = 0;

	while(c < REP_JUDGED - 1 && u >= mix[c])
		u -= mix[c++];
	return (rep_outcome_t)c;
}

START_TEST(as_promised)
{
	enum
	{
		RUNS = 4000
	};
	const rep_spread_t spread = {promised[_i].spread, 1e7f};
	double calls = 0, all = 0, failed = 0, mix[REP_JUDGED];

	charts.probation_calls = promised[_i].budget;
	for(unsigned run = 0; run < RUNS; run++) {
		rep_counts_t counts = {{0}};
		rep_trial_t result = ON;
		rep_chart_t chart;
		unsigned n = 0;
		float score;

		mix_of(_i, mix);
		for(; result == ON; n++) {
			counts.n[draw(mix)]++;
			result = trial(&counts, &spread, KNOWN, &chart, &score);
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
