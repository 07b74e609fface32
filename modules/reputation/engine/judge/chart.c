/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Three CUSUM charts on merged bucket counts. Written in vectors of four
 * lanes (the charts, and the sum of shares), since it runs once per call over
 * all buckets; docs/judge.md has the formulas. */

#include "chart.h"

#include <math.h>

#include "vec.h"
#include "threshold.h"

/* How much the prior weighs, in calls: as many as would hold this many calls
 * of the outcome in question, so that a common outcome is learnt at once. */
#define PRIOR_EVENTS 1.0f
#define STRONGEST 3000.0f
#define RAREST 1e-6f

/* How much the window weighs against one bucket, in calls. What is common
 * swings with the hour and is soon known; what is rare takes long to know. */
/* Not fmaxf() and fminf(): without -ffast-math those are calls. */
static inline float larger(float a, float b)
{
	return a > b ? a : b;
}

static inline float smaller(float a, float b)
{
	return a < b ? a : b;
}

static const float window_calls[2] = {16, 500};

/* Fewer calls of others than this: the number's own past stands in. */
#define OTHERS_ENOUGH 500.0f

/* Each chart's share of the false benches that a policy allows: more to the
 * one that is furthest from what theory allows. */
static const double false_share[REP_CHARTS] = {
		[REP_CHART_BLOCKED] = 0.275,
		[REP_CHART_REJECTED] = 0.45,
		[REP_CHART_LABELLED] = 0.275,
};

/* How thresholds follow the calls per bucket: see lowered(). */
#define SMALL_BUCKET 4.0f
#define OVERSHOOT 0.85 /* fitted; in theory the mean of e^-overshoot */
#define LOWEST 0.5f

/* Probation: chances of failing a healthy number (over all charts), and of
 * passing one that is as bad as a chart supposes. */
#define TRIAL_ALPHA 0.05
#define TRIAL_BETA 0.1

/* Make `v` sum to 1 with no share above its ceiling: what is above is cut,
 * and the rest grows to fill up, which may cut the next. */
static void cut(float v[REP_JUDGED], const float *ceiling)
{
	bool at_ceiling[REP_JUDGED] = {false};

	for(int round = 0; round < REP_JUDGED; round++) {
		float fixed = 0, loose = 0, scale;
		bool again = false;

		for(int c = 0; c < REP_JUDGED; c++)
			*(at_ceiling[c] ? &fixed : &loose) += v[c];
		if(loose <= 0)
			break;
		scale = larger(1 - fixed, 0) / loose;
		for(int c = 0; c < REP_JUDGED; c++) {
			if(at_ceiling[c])
				continue;
			v[c] *= scale;
			if(v[c] > ceiling[c]) {
				v[c] = ceiling[c];
				at_ceiling[c] = again = true;
			}
		}
		if(!again)
			break;
	}
}

static void prior_init(rep_charts_t *charts, const rep_policy_t *policy)
{
	float sum = 0;

	for(int c = 0; c < REP_JUDGED; c++)
		sum += larger(policy->healthy[c], 0);
	for(int c = 0; c < REP_JUDGED; c++) {
		float share = sum > 0 ? larger(policy->healthy[c], 0) / sum
							  : 1.0f / REP_JUDGED;

		charts->prior[c] = share;
		charts->prior_calls[c] =
				smaller(PRIOR_EVENTS / larger(share, RAREST), STRONGEST);
	}
}

void rep_charts_init(rep_charts_t *charts, const rep_policy_t *policy)
{
	memset(charts, 0, sizeof(*charts));
	for(int c = 0; c < REP_JUDGED; c++) {
		for(int j = 0; j < REP_CHARTS; j++) {
			charts->w[c][j] = policy->weights[j][c];
			charts->ew[c][j] = expf(policy->weights[j][c]);
		}
		charts->ew[c][REP_CHARTS] = 1;
	}
	for(int c = 0; c < REP_OUTCOMES; c++)
		charts->ceiling[c] = policy->ceiling[c];
	charts->arl0 = policy->false_bench_every;
	charts->probation_calls = policy->probation_calls;
	prior_init(charts, policy);
}

/* The mix that `v` calls show, each share drawn to the prior's. */
static void mix_of(
		const rep_charts_t *charts, const shares_t *v, float mix[REP_OUTCOMES])
{
	lanes_t calls = all(shares_sum(v));
	shares_t k, m;

	k = shares_load(charts->prior_calls);
	m = shares_load(charts->prior);
	for(int i = 0; i < HALVES; i++)
		m.h[i] = (v->h[i] + k.h[i] * m.h[i]) / (calls + k.h[i]);
	memset(mix, 0, REP_OUTCOMES * sizeof(*mix));
	memcpy(mix, m.h, sizeof(m.h));
	cut(mix, charts->ceiling);
}

void rep_mix_make(const rep_charts_t *charts, const rep_counts_t *counts,
		float mix[REP_OUTCOMES])
{
	shares_t v = counts_of(counts);

	mix_of(charts, &v, mix);
}

/* For each chart, Kullback and Leibler's divergence of its own mix from this
 * one; and which outcomes add to any. */
static void gains(rep_baseline_t *baseline, const rep_charts_t *charts)
{
	shares_t v = shares_load(baseline->mix);
	lanes_t z = common_times(&v, charts->ew) + rare_times(&v, charts->ew);
	lanes_t log_z = logarithm(z / all(z[REP_CHARTS]));

	baseline->against = 0;
	for(int j = 0; j < REP_CHARTS; j++) {
		float sum = 0;

		for(int c = 0; c < REP_JUDGED; c++) {
			float w = charts->w[c][j];

			sum += baseline->mix[c] * charts->ew[c][j] * w;
			if(w > log_z[j])
				baseline->against |= 1u << c;
		}
		baseline->gain[j] = larger(sum / z[j] - log_z[j], 0);
	}
}

void rep_baseline_make(rep_baseline_t *baseline, const rep_charts_t *charts,
		const rep_counts_t *window, unsigned runs)
{
	shares_t v = counts_of(window);
	double arl0[REP_CHARTS], h[REP_CHARTS];

	baseline->window = *window;
	baseline->calls = shares_sum(&v);
	mix_of(charts, &v, baseline->mix);
	for(int j = 0; j < REP_CHARTS; j++)
		arl0[j] = charts->arl0 * fmax(runs, 1) / false_share[j];
	rep_thresholds(charts, baseline->mix, arl0, h);
	for(int j = 0; j < REP_CHARTS; j++) {
		baseline->threshold[j] = (float)h[j];
		baseline->starts[j] = (float)(exp(h[j]) / (OVERSHOOT * arl0[j]));
	}
	gains(baseline, charts);
}

void rep_sums_make(
		rep_sums_t *sums, const rep_charts_t *charts, const rep_counts_t *pool)
{
	shares_t v = counts_of(pool);
	lanes_t common = common_times(&v, charts->ew);
	lanes_t rare = rare_times(&v, charts->ew);

	memcpy(sums->common, &common, sizeof(common));
	memcpy(sums->rare, &rare, sizeof(rare));
	sums->calls = shares_sum(&v);
	sums->peak = 0;
	for(int c = 0; c < REP_JUDGED; c++) {
		float ceiling = charts->ceiling[c];

		if(ceiling < 1)
			sums->peak = larger(
					sums->peak, (float)pool->n[c] / larger(ceiling, RAREST));
	}
}

/* How uncertain Z is, given the calls that a mix rests on: its relative
 * variance is doubt / calls. */
static void doubt_init(rep_cusum_t *cusum, lanes_t z, float calls)
{
	const rep_charts_t *charts = cusum->charts;
	const rep_baseline_t *baseline = cusum->baseline;
	lanes_t doubt[2] = {all(1e-12f), all(1e-12f)}, window = all(0);

	for(int c = 0; c < REP_JUDGED; c++) {
		lanes_t r = load(charts->ew[c]) / z - 1.0f;

		r *= r * cusum->mix[c];
		doubt[is_rare(c)] += r;
		window += r / (calls + charts->prior_calls[c]);
	}
	memcpy(cusum->doubt, doubt, sizeof(doubt));
	/* The window's error is the same in all buckets. E[e^S] at S = h stays
	 * what it should be if each call pays h V / (2 gain). */
	for(int j = 0; j < REP_CHARTS; j++)
		cusum->caution[j] = baseline->threshold[j] * window[j]
							/ larger(2 * baseline->gain[j], 1e-6f);
}

void rep_cusum_start(rep_cusum_t *cusum, const rep_charts_t *charts,
		const rep_baseline_t *baseline, const rep_counts_t *own_window)
{
	shares_t v = counts_without(&baseline->window, own_window);
	shares_t own = counts_of(own_window);
	float others = shares_sum(&v), calls;
	float stand_in = others < OTHERS_ENOUGH ? 1 - others / OTHERS_ENOUGH : 0;
	lanes_t common, rare, z;

	memset(cusum, 0, sizeof(*cusum));
	cusum->charts = charts;
	cusum->baseline = baseline;
	for(int i = 0; i < HALVES; i++)
		v.h[i] += all(stand_in) * own.h[i];
	calls = shares_sum(&v);
	mix_of(charts, &v, cusum->mix);
	v = shares_load(cusum->mix);
	common = common_times(&v, charts->ew);
	rare = rare_times(&v, charts->ew);
	z = common + rare;
	common *= window_calls[0];
	rare *= window_calls[1];
	memcpy(cusum->pull[0], &common, sizeof(common));
	memcpy(cusum->pull[1], &rare, sizeof(rare));
	doubt_init(cusum, z / all(z[REP_CHARTS]), calls);
}

/* Z, and in the last lane the sum of shares, where a ceiling is touched. */
__attribute__((noinline, cold)) static lanes_t cut_z(const rep_cusum_t *cusum,
		const rep_counts_t *own, const rep_counts_t *pool)
{
	shares_t v = counts_without(pool, own);
	float calls = shares_sum(&v), mix[REP_JUDGED];

	for(int c = 0; c < REP_JUDGED; c++) {
		float k = window_calls[is_rare(c)];

		mix[c] = (share_of(&v, c) + k * cusum->mix[c]) / (calls + k);
	}
	cut(mix, cusum->charts->ceiling);
	v = shares_load(mix);
	return common_times(&v, cusum->charts->ew)
		   + rare_times(&v, cusum->charts->ew);
}

/* Evidence `x` of calls whose baseline is uncertain: `doubt` is its variance.
 * A small excess may be the baseline's (x^2 / 2 doubt), a large one hardly
 * (x - doubt / 2). */
static inline lanes_t doubted(lanes_t x, lanes_t doubt)
{
	static const lanes_t half = FOUR(0.5f), one = FOUR(1.0f);
	lanes_t per_doubt = half / doubt, positive = not_negative(x);
	lanes_t part = positive - not_negative(positive - doubt); /* <= doubt */

	return x - part * (one - part * per_doubt);
}

static inline void climb(rep_cusum_t *cusum, lanes_t x)
{
	lanes_t s = not_negative(load(cusum->s) + x);

	memcpy(cusum->s, &s, sizeof(s));
	memcpy(cusum->x, &x, sizeof(x));
	cusum->buckets++;
}

__attribute__((always_inline)) static inline void find(rep_cusum_t *cusum,
		const rep_counts_t *own, const shares_t *mine, float n,
		const rep_counts_t *pool, const rep_sums_t *sums)
{
	const rep_charts_t *charts = cusum->charts;
	float calls = larger(sums->calls - n, 0);
	lanes_t per_common = all(1 / (calls + window_calls[0]));
	lanes_t per_rare = all(1 / (calls + window_calls[1]));
	lanes_t common = load(sums->common) - common_times(mine, charts->ew);
	lanes_t rare = load(sums->rare) - rare_times(mine, charts->ew);
	lanes_t doubt = load(cusum->doubt[0]) * per_common
					+ load(cusum->doubt[1]) * per_rare;
	lanes_t x = common_times(mine, charts->w) + rare_times(mine, charts->w);
	lanes_t z = (not_negative(common) + load(cusum->pull[0])) * per_common
				+ (not_negative(rare) + load(cusum->pull[1])) * per_rare;

	if(sums->peak > calls)
		z = cut_z(cusum, own, pool);
	z = logarithm(z);
	z = z - all(z[REP_CHARTS]) + load(cusum->caution);
	x = doubted(x - z * all(n), doubt * all(n * n));
	x[REP_CHARTS] = n;
	climb(cusum, x);
}

__attribute__((noinline, cold)) static void find_huge(rep_cusum_t *cusum,
		const rep_counts_t *own, const rep_counts_t *pool,
		const rep_sums_t *sums)
{
	shares_t mine = counts_of(own);

	find(cusum, own, &mine, shares_sum(&mine), pool, sums);
}

void rep_cusum_add_summed(rep_cusum_t *cusum, const rep_counts_t *own,
		const rep_counts_t *pool, const rep_sums_t *sums)
{
	int32_t n = small_counts_sum(own);
	shares_t mine;

	if(n < 0) {
		find_huge(cusum, own, pool, sums);
	} else if(n == 0) {
		memset(cusum->x, 0, sizeof(cusum->x));
	} else {
		mine = small_counts_of(own);
		find(cusum, own, &mine, (float)n, pool, sums);
	}
}

void rep_cusum_add(
		rep_cusum_t *cusum, const rep_counts_t *own, const rep_counts_t *pool)
{
	rep_sums_t sums;

	rep_sums_make(&sums, cusum->charts, pool);
	rep_cusum_add_summed(cusum, own, pool, &sums);
}

void rep_cusum_merge(rep_cusum_t *sum, const rep_cusum_t *route)
{
	lanes_t x = load(sum->x) + load(route->x);

	memcpy(sum->x, &x, sizeof(x));
}

void rep_cusum_step(rep_cusum_t *cusum)
{
	if(cusum->x[REP_CHARTS] > 0)
		climb(cusum, load(cusum->x));
	memset(cusum->x, 0, sizeof(cusum->x));
}

/* The thresholds are for a statistic that may start anew at each call. It
 * starts anew with each bucket only, so where a bucket holds many calls it
 * needs to climb less for the same run length. */
static float lowered(const rep_cusum_t *cusum, int chart)
{
	float h = cusum->baseline->threshold[chart];
	float calls = cusum->s[REP_CHARTS] / larger((float)cusum->buckets, 1);
	float more = larger(calls - SMALL_BUCKET, 0);

	h -= logf(1 + more * cusum->baseline->starts[chart]);
	return larger(h, LOWEST);
}

void rep_cusum_end(const rep_cusum_t *cusum, rep_judged_t *out)
{
	memset(out, 0, sizeof(*out));
	out->calls = (uint32_t)smaller(cusum->s[REP_CHARTS], 4.29e9f);
	for(int j = 0; j < REP_CHARTS; j++) {
		float h = lowered(cusum, j);
		float score = cusum->s[j] / h;

		out->s[j] = cusum->s[j];
		out->threshold[j] = h;
		if(score > out->score) {
			out->score = score;
			out->chart = (rep_chart_t)j;
		}
	}
	out->crossed = out->score >= 1;
}

rep_trial_t rep_judge_trial(const rep_charts_t *charts,
		const rep_baseline_t *baseline, const rep_counts_t *since_return,
		const rep_counts_t *pool, rep_chart_t *chart, float *score)
{
	const float fail = (float)log((1 - TRIAL_BETA) / TRIAL_ALPHA);
	const float pass = (float)log(TRIAL_BETA / (1 - TRIAL_ALPHA));
	rep_chart_t worst = REP_CHART_BLOCKED;
	rep_cusum_t cusum;

	rep_cusum_start(&cusum, charts, baseline, since_return);
	rep_cusum_add(&cusum, since_return, pool ? pool : since_return);
	for(int j = 1; j < REP_CHARTS; j++)
		if(cusum.x[j] > cusum.x[worst])
			worst = (rep_chart_t)j;
	if(chart)
		*chart = worst;
	if(score)
		*score = larger(cusum.x[worst], 0) / fail;
	if(cusum.x[worst] >= fail)
		return REP_TRIAL_FAILED;
	if(cusum.x[worst] <= pass)
		return REP_TRIAL_PASSED;
	if(cusum.x[REP_CHARTS] < (float)charts->probation_calls)
		return REP_TRIAL_GOES_ON;
	/* the budget is spent: half of what fails at once is too much */
	return cusum.x[worst] >= fail / 2 ? REP_TRIAL_FAILED : REP_TRIAL_PASSED;
}
