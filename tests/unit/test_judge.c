/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "engine/judge/cusum.h"
#include "engine/judge/shares.h"
#include "engine/judge/threshold.h"
#include "engine/judge/trial.h"

#include "suites.h"

static rep_policy_t policy;
static rep_charts_t charts;
static rep_baseline_t baseline;
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

static rep_outcome_t draw(const float *mix)
{
	double u = uniform();

	for(int c = 0; c < REP_JUDGED; c++)
		if((u -= mix[c]) < 0)
			return (rep_outcome_t)c;
	return REP_NOANSWER;
}

static rep_counts_t scaled(double calls)
{
	rep_counts_t counts = {{0}};

	for(int c = 0; c < REP_JUDGED; c++)
		counts.n[c] = (uint32_t)(charts.prior[c] * calls + 0.5);
	return counts;
}

/* ---- the same in plain double precision -------------------------------- */

static void naive_cut(double v[REP_JUDGED])
{
	bool fixed[REP_JUDGED] = {false};

	for(int round = 0; round <= REP_JUDGED; round++) {
		double kept = 0, loose = 0;

		for(int c = 0; c < REP_JUDGED; c++)
			*(fixed[c] ? &kept : &loose) += v[c];
		if(loose <= 0)
			return;
		for(int c = 0; c < REP_JUDGED; c++)
			if(!fixed[c])
				v[c] *= fmax(1 - kept, 0) / loose;
		for(int c = 0; c < REP_JUDGED; c++)
			if(!fixed[c] && v[c] > charts.ceiling[c]) {
				v[c] = charts.ceiling[c];
				fixed[c] = true;
			}
	}
}

typedef struct naive
{
	double mix[REP_JUDGED], caution[REP_CHARTS], doubt[2][REP_CHARTS];
	double s[REP_CHARTS];
} naive_t;

static void naive_start(naive_t *naive, const rep_counts_t *own)
{
	double v[REP_JUDGED], others = 0, calls = 0, keep;

	memset(naive, 0, sizeof(*naive));
	for(int c = 0; c < REP_JUDGED; c++) {
		v[c] = fmax((double)baseline.window.n[c] - own->n[c], 0);
		others += v[c];
	}
	keep = fmax(1 - others / 500, 0);
	for(int c = 0; c < REP_JUDGED; c++)
		calls += v[c] += keep * own->n[c];
	for(int c = 0; c < REP_JUDGED; c++) {
		double k = charts.prior_calls[c];

		naive->mix[c] = (v[c] + k * charts.prior[c]) / (calls + k);
	}
	naive_cut(naive->mix);
	for(int j = 0; j < REP_CHARTS; j++) {
		double z = 0, sum = 0, variance = 0;

		for(int c = 0; c < REP_JUDGED; c++) {
			z += naive->mix[c] * exp(charts.w[c][j]);
			sum += naive->mix[c];
		}
		for(int c = 0; c < REP_JUDGED; c++) {
			double r = exp(charts.w[c][j]) * sum / z - 1;

			r *= r * naive->mix[c];
			variance += r / (calls + charts.prior_calls[c]);
			naive->doubt[is_rare(c)][j] += r;
		}
		naive->caution[j] = baseline.threshold[j] * variance
							/ fmax(2 * baseline.gain[j], 1e-6);
	}
}

static void naive_add(
		naive_t *naive, const rep_counts_t *own, const rep_counts_t *pool)
{
	double share[REP_JUDGED], others = 0, n = 0;

	for(int c = 0; c < REP_JUDGED; c++) {
		others += fmax((double)pool->n[c] - own->n[c], 0);
		n += own->n[c];
	}
	for(int c = 0; c < REP_JUDGED; c++) {
		double k = is_rare(c) ? 500 : 16;

		share[c] = (fmax((double)pool->n[c] - own->n[c], 0) + k * naive->mix[c])
				   / (others + k);
	}
	for(int c = 0; c < REP_JUDGED; c++)
		if(charts.ceiling[c] < 1 && pool->n[c] > charts.ceiling[c] * others) {
			naive_cut(share);
			break;
		}
	for(int j = 0; j < REP_CHARTS; j++) {
		double z = 0, sum = 0, x = 0, doubt;

		for(int c = 0; c < REP_JUDGED; c++) {
			z += share[c] * exp(charts.w[c][j]);
			sum += share[c];
			x += own->n[c] * charts.w[c][j];
		}
		x -= n * (log(z / sum) + naive->caution[j]);
		doubt = n * n
				* (naive->doubt[0][j] / (others + 16)
						+ naive->doubt[1][j] / (others + 500));
		if(x > doubt)
			x -= doubt / 2;
		else if(x > 0)
			x = x * x / (2 * doubt);
		naive->s[j] = fmax(naive->s[j] + x, 0);
	}
}

/* ---- basic ------------------------------------------------------------- */

/* What a chart's statistic comes to after `n` calls of one outcome against a
 * long-known pool. */
static double after(rep_outcome_t outcome, unsigned n, rep_judged_t *judged)
{
	rep_counts_t own = {{0}}, window = scaled(1e5), bucket = scaled(1e4);
	rep_cusum_t cusum;

	own.n[outcome] = n;
	window.n[outcome] += n;
	bucket.n[outcome] += n;
	rep_baseline_make(&baseline, &charts, &window, 1);
	rep_cusum_start(&cusum, &charts, &baseline, &own);
	rep_cusum_add(&cusum, &own, &bucket);
	rep_cusum_end(&cusum, judged);
	return judged->score;
}

START_TEST(basic_causes)
{
	static const struct
	{
		rep_outcome_t outcome;
		unsigned quiet, loud; /* calls */
		rep_chart_t chart;
	} t[] = {
			{REP_BLOCKED, 2, 4, REP_CHART_BLOCKED},
			{REP_UNWANTED, 2, 5, REP_CHART_REJECTED},
			{REP_DECLINED, 6, 15, REP_CHART_REJECTED},
			{REP_NOANSWER, 15, 80, REP_CHART_LABELLED},
			{REP_ANSWERED, 1000, 0, 0},
			{REP_CANCELLED, 1000, 0, 0},
			{REP_BADDEST, 1000, 0, 0},
			{REP_FAILED, 1000, 0, 0},
	};
	rep_judged_t judged;

	for(size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		after(t[i].outcome, t[i].quiet, &judged);
		ck_assert_msg(!judged.crossed, "%s", rep_outcome_name(t[i].outcome));
		if(!t[i].loud)
			continue;
		after(t[i].outcome, t[i].loud, &judged);
		ck_assert_msg(judged.crossed, "%s", rep_outcome_name(t[i].outcome));
		ck_assert_int_eq(judged.chart, t[i].chart);
		ck_assert_uint_eq(judged.calls, t[i].loud);
	}
}
END_TEST

START_TEST(basic_against)
{
	rep_counts_t window = scaled(36000);
	rep_judged_t judged;

	rep_baseline_make(&baseline, &charts, &window, 1);
	for(int c = 0; c < REP_OUTCOMES; c++) {
		bool against = rep_baseline_against(&baseline, c);
		bool rises = false;

		after(c, 1, &judged);
		for(int j = 0; j < REP_CHARTS; j++)
			rises = rises || judged.s[j] > 0;
		ck_assert_msg(against == rises, "%s", rep_outcome_name(c));
	}
}
END_TEST

/* 20 calls at first, later a twentieth of what it is made of. */
START_TEST(basic_due)
{
	ck_assert(!rep_baseline_due(0, 0));
	ck_assert(!rep_baseline_due(0, 20));
	ck_assert(rep_baseline_due(0, 21));
	ck_assert(!rep_baseline_due(19, 20));
	ck_assert(rep_baseline_due(19, 21));
	ck_assert(!rep_baseline_due(10000, 520));
	ck_assert(rep_baseline_due(10000, 521));
	ck_assert(!rep_baseline_due(UINT64_MAX, UINT32_MAX));
}
END_TEST

START_TEST(basic_logarithm)
{
	for(float x = 1e-30f; x < 1e30f; x *= 1.037f) {
		vec_t l = vec_log(vec_all(x));

		ck_assert_float_eq_tol(l[0], logf(x), 3e-6f + 2e-7f * fabsf(l[0]));
	}
}
END_TEST

/* A pool that shares the shift excuses the number; a ceiling ends that. */
START_TEST(basic_shared_shift)
{
	rep_counts_t own = {{0}}, pool = {{0}}, window = scaled(36000);
	rep_cusum_t cusum;
	rep_judged_t judged;

	own.n[REP_NOANSWER] = 20;
	pool.n[REP_NOANSWER] = 1000;
	rep_baseline_make(&baseline, &charts, &window, 1);
	rep_cusum_start(&cusum, &charts, &baseline, &own);
	for(int b = 0; b < 10; b++)
		rep_cusum_add(&cusum, &own, &pool);
	rep_cusum_end(&cusum, &judged);
	ck_assert(judged.score < 0.3);

	own.n[REP_NOANSWER] = pool.n[REP_NOANSWER] = 0;
	own.n[REP_BLOCKED] = 20;
	pool.n[REP_BLOCKED] = 1000;
	rep_cusum_add(&cusum, &own, &pool);
	rep_cusum_end(&cusum, &judged);
	ck_assert(judged.crossed);
	ck_assert_int_eq(judged.chart, REP_CHART_BLOCKED);
}
END_TEST

START_TEST(basic_routes)
{
	rep_counts_t window = scaled(36000), half = {{0}}, pool = scaled(500);
	rep_cusum_t a, b, sum;
	rep_judged_t judged;
	rep_sums_t sums;

	half.n[REP_BLOCKED] = 2;
	half.n[REP_NOANSWER] = 2;
	rep_baseline_make(&baseline, &charts, &window, 2);
	rep_cusum_start(&a, &charts, &baseline, &half);
	b = sum = a;
	rep_sums_make(&sums, &charts, &pool, 1);
	rep_cusum_find(&a, &half, &pool, &sums);
	rep_cusum_find(&b, &half, &pool, &sums);
	rep_cusum_merge(&sum, &a);
	rep_cusum_merge(&sum, &b);
	rep_cusum_step(&a);
	rep_cusum_step(&b);
	rep_cusum_step(&sum);
	rep_cusum_end(&a, &judged);
	ck_assert(!judged.crossed);
	rep_cusum_end(&sum, &judged);
	ck_assert(judged.crossed);
	ck_assert_uint_eq(judged.calls, 8);
	for(int j = 0; j < REP_CHARTS; j++)
		ck_assert_float_eq_tol(judged.s[j], a.s[j] + b.s[j], 1e-5f);
}
END_TEST

START_TEST(basic_trial)
{
	rep_counts_t counts = {{0}}, window = scaled(36000);
	rep_chart_t chart;
	float score;

	rep_baseline_make(&baseline, &charts, &window, 1);
	ck_assert_int_eq(
			rep_judge_trial(&charts, &baseline, &counts, NULL, &chart, &score),
			REP_TRIAL_GOES_ON);
	ck_assert(score == 0);
	counts.n[REP_NOANSWER] = 10;
	counts.n[REP_ANSWERED] = 5;
	ck_assert_int_eq(
			rep_judge_trial(&charts, &baseline, &counts, NULL, NULL, NULL),
			REP_TRIAL_GOES_ON);
	counts.n[REP_NOANSWER] = policy.probation_calls;
	ck_assert_int_eq(
			rep_judge_trial(&charts, &baseline, &counts, NULL, NULL, NULL),
			REP_TRIAL_PASSED);
	counts.n[REP_BLOCKED] = 4;
	ck_assert_int_eq(
			rep_judge_trial(&charts, &baseline, &counts, NULL, &chart, &score),
			REP_TRIAL_FAILED);
	ck_assert_int_eq(chart, REP_CHART_BLOCKED);
	ck_assert(score >= 1);
}
END_TEST

/* A chart crosses at its threshold, neither before nor long after. */
START_TEST(basic_crosses)
{
	unsigned close = 0;
	rep_judged_t judged;

	for(rep_outcome_t o = 0; o < REP_JUDGED; o++)
		for(unsigned n = 1; n < 100; n++) {
			after(o, n, &judged);
			ck_assert(judged.crossed == (judged.score >= 1));
			close += judged.score >= 1 && judged.score < 1.1f;
		}
	ck_assert_uint_gt(close, 5);
}
END_TEST

/* Half of what fails at once, when the budget is spent. */
START_TEST(basic_trial_ends)
{
	rep_counts_t window = scaled(36000), counts;
	unsigned n = policy.probation_calls, between = 0;
	float score;

	rep_baseline_make(&baseline, &charts, &window, 1);
	for(unsigned bad = 0; bad <= n; bad++)
		for(unsigned answered = 0; bad + answered <= n; answered++) {
			counts = (rep_counts_t){{0}};
			counts.n[REP_DECLINED] = bad;
			counts.n[REP_ANSWERED] = answered;
			counts.n[REP_NOANSWER] = n - bad - answered;
			ck_assert_int_eq(rep_judge_trial(&charts, &baseline, &counts, NULL,
									 NULL, &score),
					score >= 0.5f ? REP_TRIAL_FAILED : REP_TRIAL_PASSED);
			between += score >= 0.5f && score < 1;
		}
	ck_assert_uint_gt(between, 5);
}
END_TEST

/* The three charts share the false benches that a policy allows, and again
 * where there are routes. */
START_TEST(basic_shares)
{
	static const double share[REP_CHARTS] = {0.275, 0.45, 0.275};
	rep_counts_t window = scaled(36000);
	double arl0[REP_CHARTS], h[REP_CHARTS];

	for(unsigned runs = 1; runs <= 2; runs++) {
		rep_baseline_make(&baseline, &charts, &window, runs);
		for(int j = 0; j < REP_CHARTS; j++)
			arl0[j] = 10000.0 * runs / share[j];
		rep_thresholds(&charts, baseline.mix, arl0, h);
		for(int j = 0; j < REP_CHARTS; j++) {
			ck_assert_double_eq_tol(baseline.threshold[j], h[j], 1e-4);
			ck_assert_double_eq_tol(baseline.starts[j],
					exp(h[j]) / (0.85 * arl0[j]), 1e-3 * baseline.starts[j]);
		}
	}
}
END_TEST

/* Thresholds are those of the policy for a few calls a bucket, fall with more,
 * and not below a half. */
static const struct
{
	unsigned calls; /* a bucket */
	float beyond;	/* those that lower it */
} per_bucket[] = {{1, 0}, {3, 0}, {4, 0}, {5, 1}, {20, 16}, {1000, 996}};

START_TEST(basic_lowered)
{
	rep_counts_t window = scaled(36000);
	rep_cusum_t cusum = {.baseline = &baseline, .buckets = 7};
	rep_judged_t judged;

	rep_baseline_make(&baseline, &charts, &window, 1);
	cusum.s[REP_CHARTS] = 7.0f * (float)per_bucket[_i].calls;
	rep_cusum_end(&cusum, &judged);
	for(int j = 0; j < REP_CHARTS; j++) {
		double h = baseline.threshold[j]
				   - log1p(per_bucket[_i].beyond * baseline.starts[j]);
		ck_assert_double_eq_tol(judged.threshold[j], fmax(h, 0.5), 1e-4);
	}
	cusum.s[REP_CHARTS] = 7e9f;
	rep_cusum_end(&cusum, &judged);
	ck_assert_double_eq_tol(judged.threshold[0], 0.5, 1e-6);
}
END_TEST

/* The prior weighs as many calls as hold one of the outcome in question. */
START_TEST(basic_prior)
{
	for(int c = 0; c < REP_JUDGED; c++)
		ck_assert_double_eq_tol(charts.prior_calls[c],
				fmin(1 / (double)charts.prior[c], 3000), 1e-2);
}
END_TEST

/* ---- robust ------------------------------------------------------------ */

static void is_sane(const rep_cusum_t *cusum)
{
	rep_judged_t judged;

	rep_cusum_end(cusum, &judged);
	for(int j = 0; j < REP_CHARTS; j++) {
		ck_assert(isfinite(judged.s[j]) && judged.s[j] >= 0);
		ck_assert(isfinite(judged.threshold[j]) && judged.threshold[j] > 0);
	}
	ck_assert(isfinite(judged.score));
}

/* Nothing, everything, and counts that cannot be: own beyond the pool's. */
START_TEST(robust_counts)
{
	static const uint32_t sizes[] = {
			0, 1, 1000, 1u << 28, 1u << 31, 4000000000u, UINT32_MAX};
	const size_t n = sizeof(sizes) / sizeof(*sizes);

	for(size_t a = 0; a < n; a++)
		for(size_t b = 0; b < n; b++)
			for(int c = 0; c <= REP_OUTCOMES; c++) {
				rep_counts_t own = {{0}}, pool = {{0}};
				rep_cusum_t cusum;

				for(int o = 0; o < REP_OUTCOMES; o++)
					if(o == c || c == REP_OUTCOMES) {
						own.n[o] = sizes[a];
						pool.n[o] = sizes[b];
					}
				rep_baseline_make(&baseline, &charts, &pool, 1);
				rep_cusum_start(&cusum, &charts, &baseline, &own);
				rep_cusum_add(&cusum, &own, &pool);
				rep_cusum_add(&cusum, &pool, &own);
				is_sane(&cusum);
				rep_judge_trial(&charts, &baseline, &own, &pool, NULL, NULL);
			}
}
END_TEST

static void any_policy(void)
{
	for(int j = 0; j < REP_CHARTS; j++)
		for(int c = 0; c < REP_OUTCOMES; c++)
			policy.weights[j][c] =
					uniform() < 0.4 ? 0 : (float)(uniform() * 20 - 10);
	for(int c = 0; c < REP_OUTCOMES; c++) {
		policy.healthy[c] = uniform() < 0.3 ? 0 : (float)pow(uniform(), 4);
		policy.ceiling[c] = uniform() < 0.5 ? 1 : (float)uniform();
	}
	policy.false_bench_every = pow(10, 2 + uniform() * 7);
	rep_charts_init(&charts, &policy);
}

START_TEST(robust_policies)
{
	for(int round = 0; round < 60; round++) {
		rep_counts_t window = {{0}}, own = {{0}}, pool = {{0}};
		rep_cusum_t cusum;
		float sum = 0;

		any_policy();
		for(int c = 0; c < REP_OUTCOMES; c++) {
			window.n[c] = (uint32_t)pow(10, uniform() * 6);
			own.n[c] = (uint32_t)(uniform() * 20);
			pool.n[c] = own.n[c] + (uint32_t)(uniform() * 1000);
		}
		rep_baseline_make(&baseline, &charts, &window, 1);
		for(int c = 0; c < REP_OUTCOMES; c++)
			sum += baseline.mix[c];
		ck_assert_float_eq_tol(sum, 1, 1e-4f);
		rep_cusum_start(&cusum, &charts, &baseline, &own);
		rep_cusum_add(&cusum, &own, &pool);
		is_sane(&cusum);
	}
}
END_TEST

START_TEST(robust_ceilings)
{
	rep_counts_t window = {{0}};

	window.n[REP_BLOCKED] = 30000;
	window.n[REP_DECLINED] = 40000;
	window.n[REP_ANSWERED] = 30000;
	rep_baseline_make(&baseline, &charts, &window, 1);
	for(int c = 0; c < REP_JUDGED; c++)
		ck_assert_msg(baseline.mix[c] <= charts.ceiling[c] * 1.0001f, "%s %f",
				rep_outcome_name(c), (double)baseline.mix[c]);
}
END_TEST

/* ---- sweep ------------------------------------------------------------- */

START_TEST(sweep_naive)
{
	for(int round = 0; round < 200; round++) {
		rep_counts_t own[20] = {0}, pool[20] = {0}, window = {{0}},
					 own_window = {{0}};
		unsigned most = 1 + (unsigned)(uniform() * 400);
		rep_cusum_t cusum;
		naive_t naive;

		for(int b = 0; b < 20; b++)
			for(unsigned i = 0; i < most; i++) {
				rep_outcome_t c = draw(charts.prior);

				if(uniform() < 0.02)
					c = REP_BLOCKED;
				pool[b].n[c]++;
				window.n[c]++;
				if(i % 20 == 0) {
					own[b].n[c]++;
					own_window.n[c]++;
				}
			}
		rep_baseline_make(&baseline, &charts, &window, 1);
		rep_cusum_start(&cusum, &charts, &baseline, &own_window);
		naive_start(&naive, &own_window);
		for(int b = 0; b < 20; b++) {
			rep_cusum_add(&cusum, &own[b], &pool[b]);
			naive_add(&naive, &own[b], &pool[b]);
			for(int j = 0; j < REP_CHARTS; j++)
				ck_assert_double_eq_tol(
						cusum.s[j], naive.s[j], 1e-3 + 1e-4 * naive.s[j]);
		}
	}
}
END_TEST

/* Run lengths by the chain, against runs of the very thing. */
START_TEST(sweep_run_lengths)
{
	static const double arl0[] = {2000, 5000};

	for(int j = 0; j < REP_CHARTS; j++)
		for(int e = 0; e < 2; e++) {
			const double asked[] = {arl0[e], arl0[e], arl0[e]};
			double h[REP_CHARTS], z = 0, s, calls = 0, mean;
			const int runs = 1000;

			rep_thresholds(&charts, charts.prior, asked, h);
			for(int c = 0; c < REP_JUDGED; c++)
				z += charts.prior[c] * (double)charts.ew[c][j];
			for(int run = 0; run < runs; run++)
				for(s = 0; s < h[j]; calls++)
					s = fmax(s + charts.w[draw(charts.prior)][j] - log(z), 0);
			mean = calls / runs;
			/* jumps are coarse: a threshold may be rarer than asked */
			ck_assert_msg(mean > 0.9 * arl0[e] && mean < 1.3 * arl0[e],
					"chart %d: %g asked, %g found, h %g", j, arl0[e], mean,
					h[j]);
		}
}
END_TEST

Suite *judge_suite(void)
{
	Suite *suite = suite_create("judge");
	TCase *basic = tcase_create("basic"), *robust = tcase_create("robust"),
		  *sweep = tcase_create("sweep");

	tcase_add_checked_fixture(basic, setup, NULL);
	tcase_add_checked_fixture(robust, setup, NULL);
	tcase_add_checked_fixture(sweep, setup, NULL);
	tcase_set_timeout(robust, 60);
	tcase_set_timeout(sweep, 60);
	tcase_add_test(basic, basic_causes);
	tcase_add_test(basic, basic_against);
	tcase_add_test(basic, basic_due);
	tcase_add_test(basic, basic_logarithm);
	tcase_add_test(basic, basic_shared_shift);
	tcase_add_test(basic, basic_routes);
	tcase_add_test(basic, basic_trial);
	tcase_add_test(basic, basic_crosses);
	tcase_add_test(basic, basic_trial_ends);
	tcase_add_test(basic, basic_shares);
	tcase_add_loop_test(basic, basic_lowered, 0,
			(int)(sizeof(per_bucket) / sizeof(per_bucket[0])));
	tcase_add_test(basic, basic_prior);
	tcase_add_test(robust, robust_counts);
	tcase_add_test(robust, robust_policies);
	tcase_add_test(robust, robust_ceilings);
	tcase_add_test(sweep, sweep_naive);
	tcase_add_test(sweep, sweep_run_lengths);
	suite_add_tcase(suite, basic);
	suite_add_tcase(suite, robust);
	suite_add_tcase(suite, sweep);
	return suite;
}
