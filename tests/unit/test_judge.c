/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/judge/baseline.h"
#include "engine/judge/cusum.h"
#include "engine/judge/judged.h"
#include "engine/judge/mix.h"
#include "engine/judge/threshold.h"
#include "engine/judge/trial.h"
#include "engine/judge/urn.h"
#include "engine/judge/yardstick.h"

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

/* So many calls of the prior's mix, in sixteenths. */
static rep_counts_t scaled(double calls)
{
	rep_counts_t counts = {{0}};

	for(int c = 0; c < REP_JUDGED; c++)
		counts.n[c] = (uint32_t)(charts.prior[c] * calls * REP_WEIGHT + 0.5);
	return counts;
}

/* A tally of `own` calls of a number of which a healthy one has the prior's
 * mix. */
static rep_tally_t tally_of(const rep_counts_t *own)
{
	rep_tally_t tally = {counts_of(own), shares_load(charts.prior)};

	for(int i = 0; i < HALVES; i++)
		tally.expected.h[i] *= vec_all(shares_sum(&tally.seen));
	return tally;
}

/* What the charts make of some calls of a number against a long-known pool. */
static double after(rep_outcome_t outcome, unsigned n, rep_judged_t *judged)
{
	rep_counts_t own = {{0}}, window = scaled(1e5), bucket = scaled(1e4);
	shares_t others = weighed_of(&window);
	rep_yardstick_t yardstick;
	rep_cusum_t cusum = {.cells = 0};
	rep_sums_t sums;
	rep_seen_t seen = {.row = &bucket, .sums = &sums};

	own.n[outcome] = n;
	seen.own = counts_of(&own);
	rep_baseline_make(&baseline, &charts, &window, 1);
	rep_yardstick_make(&yardstick, &charts, &others, charts.prior);
	rep_sums_make(&sums, &charts, &bucket, REP_WEIGHT);
	rep_cusum_add(&cusum,
			rep_evidence_of(&charts, &seen.own)
					- vec_all(shares_sum(&seen.own))
							  * rep_yardstick_log_z(&yardstick, &charts, &seen),
			shares_sum(&seen.own));
	memset(judged, 0, sizeof(*judged));
	memcpy(judged->s, cusum.s, sizeof(judged->s));
	memcpy(judged->threshold, baseline.threshold, sizeof(judged->threshold));
	judged->calls = (uint32_t)cusum.calls;
	rep_judged_settle(judged);
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


/* ---- robust ------------------------------------------------------------ */

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

static rep_counts_t some(double most)
{
	rep_counts_t counts = {{0}};

	for(int c = 0; c < REP_OUTCOMES; c++)
		counts.n[c] = (uint32_t)(uniform() * most);
	return counts;
}

/* Whatever the policy and the counts are, nothing is infinite, and the screen
 * and the urn have the same yardstick. */
START_TEST(robust_policies)
{
	static const rep_spread_t spreads[] = {{20, 20}, {1000, 300}, {2e4f, 2e4f}};
	static const rep_known_t known = {16, 100};

	for(int round = 0; round < 300; round++) {
		rep_counts_t window = some(pow(10, 1 + uniform() * 7)),
					 own = some(pow(10, uniform() * 5)), pool = some(20000);
		shares_t others = weighed_of(&window);
		rep_tally_t past = {{{{0}}}, {{{0}}}}, run;
		rep_yardstick_t yardstick;
		rep_sums_t sums;
		rep_seen_t seen = {.own = counts_of(&own), .row = &pool, .sums = &sums};
		float mix[REP_JUDGED], sum = 0;
		vec_t log_z, l;

		any_policy();
		if(uniform() < 0.5)
			seen.in_row = seen.own;
		rep_baseline_make(&baseline, &charts, &window, 1);
		for(int c = 0; c < REP_OUTCOMES; c++)
			sum += baseline.mix[c];
		ck_assert_float_eq_tol(sum, 1, 1e-4f);
		rep_sums_make(&sums, &charts, &pool, REP_WEIGHT);
		rep_yardstick_make(&yardstick, &charts, &others, charts.prior);
		log_z = rep_yardstick_log_z(&yardstick, &charts, &seen);
		rep_yardstick_expect(&yardstick, &charts, &seen, mix);
		run = (rep_tally_t){seen.own, shares_load(mix)};
		for(int i = 0; i < HALVES; i++)
			run.expected.h[i] *= vec_all(shares_sum(&run.seen));
		l = rep_urn_ratio(&charts, &spreads[round % 3], &run, &past, &known);
		for(int j = 0; j < REP_CHARTS; j++) {
			ck_assert(isfinite(log_z[j]) && isfinite(l[j]));
			ck_assert(baseline.threshold[j] > 0
					  && isfinite(baseline.threshold[j]));
		}
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

/* The screen's log Z is that of the mix which the urn expects. */
START_TEST(sweep_yardstick)
{
	for(int round = 0; round < 500; round++) {
		rep_counts_t window = some(30000), own = some(9), pool = some(9000);
		shares_t others = weighed_of(&window);
		rep_yardstick_t yardstick;
		rep_sums_t sums;
		rep_seen_t seen = {.own = counts_of(&own), .row = &pool, .sums = &sums};
		double share[REP_JUDGED], all = 0, calls = 0;
		float mix[REP_JUDGED], rests_on;
		vec_t log_z;

		for(int i = 0; i < HALVES; i++)
			seen.in_row.h[i] =
					seen.own.h[i] * vec_all((float)(round % 17) / REP_WEIGHT);
		rep_sums_make(&sums, &charts, &pool, REP_WEIGHT);
		rep_yardstick_make(&yardstick, &charts, &others, charts.prior);
		log_z = rep_yardstick_log_z(&yardstick, &charts, &seen);
		rests_on = rep_yardstick_expect(&yardstick, &charts, &seen, mix);
		for(int c = 0; c < REP_JUDGED; c++)
			calls += share[c] = fmax(
					pool.n[c] / 16.0 - (double)share_of(&seen.in_row, c), 0);
		ck_assert_double_eq_tol(rests_on, calls, 1e-3 * calls + 1e-3);
		for(int c = 0; c < REP_JUDGED; c++) {
			double k = is_rare(c) ? 500 : 16;

			share[c] = (share[c] + k * (double)yardstick.mix[c]) / (calls + k);
			all += share[c];
		}
		for(int j = 0; j < REP_CHARTS; j++) {
			double z = 0;

			for(int c = 0; c < REP_JUDGED; c++)
				z += (double)mix[c] * (double)charts.ew[c][j];
			ck_assert_double_eq_tol(log_z[j], log(z), 1e-3);
		}
		if(pool.n[REP_BLOCKED] + pool.n[REP_AMBIGUOUS] + pool.n[REP_UNWANTED]
				== 0)
			for(int c = 0; c < REP_JUDGED; c++)
				ck_assert_double_eq_tol(mix[c], share[c] / all, 1e-4);
	}
}
END_TEST

static bool is_telling(int c, int j)
{
	return is_rare(c) && charts.w[c][j] > 1;
}

/* The urn, in double precision and by the library's lgamma. */
static double naive_urn(int j, const rep_spread_t *spread,
		const rep_tally_t *run, const rep_tally_t *past,
		const rep_known_t *known)
{
	double mean[REP_JUDGED], n = 0, before = 0, sum = 0, z = 0, z_few = 0,
							 l = 0, few = -log(10);

	for(int c = 0; c < REP_JUDGED; c++) {
		n += (double)share_of(&run->seen, c);
		before += (double)share_of(&past->seen, c);
	}
	for(int c = 0; c < REP_JUDGED; c++) {
		double e = (double)share_of(&past->expected, c);

		mean[c] = (double)share_of(&run->expected, c);
		if(before > 0)
			mean[c] *= ((double)spread->between * e / before
							   + (double)share_of(&past->seen, c) + 1e-6)
					   / ((double)spread->between * e / before + e + 1e-6);
		sum += mean[c];
	}
	for(int c = 0; c < REP_JUDGED; c++) {
		z += (mean[c] /= sum) * (double)charts.ew[c][j];
		z_few += mean[c] * (is_telling(c, j) ? (double)charts.ew[c][j] : 1);
	}
	for(int c = 0; c < REP_JUDGED; c++) {
		double seen = (double)share_of(&run->seen, c);
		double rests_on =
				(double)known->buckets + (double)known->window + 1 / mean[c];
		double balls = 1
					   / (1 / ((double)spread->between + before)
							   + 1
										 / ((double)spread->lists
												 * fmax(n / REP_LIST_CALLS, 1))
							   + 1 / rests_on);
		double a = balls * mean[c];
		double b = a * (double)charts.ew[c][j] / z;
		double all = is_telling(c, j) && seen > n * mean[c] ? 4 : balls;
		double f = all * mean[c] / z_few
				   * (is_telling(c, j) ? (double)charts.ew[c][j] : 1);

		l += lgamma(seen + b) - lgamma(b) - lgamma(seen + a) + lgamma(a)
			 - (b - a) * log1p(n / balls);
		few += lgamma(seen + f) - lgamma(f) - lgamma(seen + a) + lgamma(a)
			   + seen * log((n + balls) / (n + all)) - f * log1p(n / all)
			   + a * log1p(n / balls);
	}
	return z_few > 1 + 1e-12 ? fmax(l, few) : l;
}

START_TEST(sweep_urn)
{
	for(int round = 0; round < 2000; round++) {
		rep_counts_t own = {{0}}, old = {{0}};
		rep_spread_t spread = {(float)pow(10, 1.5 + uniform() * 2.7),
				(float)pow(10, 1.5 + uniform() * 2.7)};
		unsigned calls = 1 + (unsigned)pow(10, uniform() * 2.7);
		unsigned before = round % 3 ? (unsigned)(uniform() * 400) : 0;
		rep_tally_t run, past;
		rep_known_t known = {
				(float)pow(10, uniform() * 4), (float)(uniform() * 600)};
		vec_t l;

		for(unsigned k = 0; k < calls; k++)
			own.n[uniform() < 0.1 ? (int)(uniform() * REP_JUDGED)
								  : (int)draw(charts.prior)]++;
		for(unsigned k = 0; k < before; k++)
			old.n[draw(charts.prior)]++;
		run = tally_of(&own);
		past = tally_of(&old);
		l = rep_urn_ratio(&charts, &spread, &run, &past, &known);
		for(int j = 0; j < REP_CHARTS; j++) {
			double naive = naive_urn(j, &spread, &run, &past, &known);

			ck_assert_msg(
					fabs((double)l[j] - naive) < 5e-3 + 1e-3 * fabs(naive),
					"%g for %g: %u calls", (double)l[j], naive, calls);
		}
		ck_assert(l[REP_CHARTS] == 0);
	}
}
END_TEST

/* With balls without number the urn is the chart, or says more: what is far
 * beyond a chart's own mix. */
START_TEST(sweep_urn_of_many)
{
	static const rep_spread_t alike = {1e6f, 1e6f};
	static const rep_known_t known = {1e6f, 500};

	unsigned same = 0;

	for(int round = 0; round < 200; round++) {
		rep_counts_t own = some(6);
		rep_tally_t run = tally_of(&own), past = {{{{0}}}, {{{0}}}};
		vec_t x = rep_evidence_of(&charts, &run.seen), l;
		double says;

		l = rep_urn_ratio(&charts, &alike, &run, &past, &known);
		for(int j = 0; j < REP_CHARTS; j++) {
			double z = 0;

			for(int c = 0; c < REP_JUDGED; c++)
				z += (double)charts.prior[c] * (double)charts.ew[c][j];
			says = (double)x[j] - (double)shares_sum(&run.seen) * log(z);
			ck_assert_double_ge(l[j], says - 0.05);
			same += (double)l[j] < says + 0.05;
		}
	}
	ck_assert_uint_gt(same, 100);
}
END_TEST

/* The largest sum of any run that ends now, and where it begins. */
START_TEST(sweep_cusum)
{
	for(int round = 0; round < 200; round++) {
		double best[REP_CHARTS] = {0}, sum[REP_CHARTS] = {0};
		uint32_t run[REP_CHARTS] = {0};
		rep_cusum_t cusum = {.cells = 0};

		for(uint32_t k = 1; k <= 50; k++) {
			vec_t x = {(float)uniform() - 0.5f, (float)uniform() - 0.6f,
					(float)uniform() - 0.4f, 0};

			rep_cusum_add(&cusum, x, 2);
			for(int j = 0; j < REP_CHARTS; j++)
				if((sum[j] += (double)x[j]) > best[j] + 1e-5) {
					best[j] = sum[j];
					run[j] = k;
				}
		}
		ck_assert_float_eq(cusum.calls, 100);
		for(int j = 0; j < REP_CHARTS; j++) {
			ck_assert_double_eq_tol(cusum.s[j], best[j], 1e-4);
			ck_assert_uint_eq(cusum.run[j], run[j]);
		}
	}
}
END_TEST

static double gamma_of(double a)
{
	double d, c, x, v;

	if(a < 1)
		return gamma_of(a + 1) * pow(1 - uniform(), 1 / a);
	d = a - 1.0 / 3;
	c = 1 / sqrt(9 * d);
	for(;;) { /* Marsaglia and Tsang 2000 */
		x = sqrt(-2 * log(1 - uniform())) * cos(2 * M_PI * uniform());
		v = pow(1 + c * x, 3);
		if(1 + c * x > 0
				&& log(1 - uniform()) < x * x / 2 + d - d * v + d * log(v))
			return d * v;
	}
}

/* A concentration that was put in is found again. */
static const float put_in[] = {30, 100, 300, 1000};

START_TEST(sweep_spread)
{
	static rep_spread_part_t parts[400];
	float found;

	for(size_t k = 0; k < 400; k++) {
		unsigned calls = 200;
		float mix[REP_JUDGED], sum = 0;

		memset(&parts[k], 0, sizeof(parts[k]));
		for(int c = 0; c < REP_JUDGED; c++)
			sum += mix[c] =
					(float)gamma_of((double)(put_in[_i] * charts.prior[c]));
		for(int c = 0; c < REP_JUDGED; c++) {
			mix[c] /= sum;
			parts[k].expected[c] = (float)calls * charts.prior[c];
		}
		while(calls-- > 0)
			parts[k].seen[draw(mix)]++;
	}
	found = rep_spread_between(parts, 400, 1e6f) / put_in[_i];
	ck_assert_msg(found > 0.6f && found < 1.6f, "%g times", (double)found);
	/* what lists explain is not put on the numbers */
	ck_assert(rep_spread_between(parts, 400, 50) > found * put_in[_i]);
	/* parts of so many calls hold several lists */
	found = rep_spread_lists(parts, 400) * 200 / REP_LIST_CALLS / put_in[_i];
	if(put_in[_i] >= 300)
		ck_assert_msg(found > 0.6f && found < 1.6f, "%g times", (double)found);
}
END_TEST

START_TEST(spread_of_nothing)
{
	static const rep_spread_part_t nothing;

	ck_assert_float_eq_tol(rep_spread_lists(NULL, 0), 1000, 20);
	ck_assert_float_eq_tol(rep_spread_between(&nothing, 1, 1000), 1000, 20);
}
END_TEST

/* Run lengths by the chain, against runs of the very thing. */
START_TEST(sweep_run_lengths)
{
	static const double arl0[] = {2000, 5000};

	for(int j = 0; j < REP_CHARTS; j++)
		for(int e = 0; e < 2; e++) {
			double h[REP_CHARTS], z = 0, s, calls = 0, mean;
			const int runs = 1000;

			rep_thresholds(&charts, charts.prior, arl0[e], h);
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
	tcase_add_test(basic, basic_crosses);
	tcase_add_test(robust, robust_policies);
	tcase_add_test(robust, robust_ceilings);
	tcase_add_test(sweep, sweep_yardstick);
	tcase_add_test(sweep, sweep_urn);
	tcase_add_test(sweep, sweep_urn_of_many);
	tcase_add_test(sweep, sweep_cusum);
	tcase_add_loop_test(
			sweep, sweep_spread, 0, (int)(sizeof(put_in) / sizeof(put_in[0])));
	tcase_add_test(sweep, spread_of_nothing);
	tcase_add_test(sweep, sweep_run_lengths);
	suite_add_tcase(suite, basic);
	suite_add_tcase(suite, robust);
	suite_add_tcase(suite, sweep);
	return suite;
}
