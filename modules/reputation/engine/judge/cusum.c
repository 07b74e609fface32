/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The charts. Written in vectors of four lanes (the charts, and the sum of
 * shares), since it runs once per call over all buckets; docs/judge.md has the
 * formulas. */

#include "cusum.h"

#include <math.h>

#include "mix.h"

/* How much the window weighs against one bucket, in calls, for common and for
 * rare outcomes. What is common swings with the hour and is soon known; what
 * is rare takes long to know. */
static const float window_calls[2] = {16, 500};

/* Fewer calls of others than this: the number's own past stands in. */
#define OTHERS_ENOUGH 500.0f

/* How thresholds follow the calls per bucket: see lowered(). */
#define SMALL_BUCKET 4.0f
#define LOWEST 0.5f

/* How uncertain Z is, given the calls that a mix rests on: its relative
 * variance is doubt / calls. */
static void doubt_init(rep_cusum_t *cusum, vec_t z, float calls)
{
	const rep_charts_t *charts = cusum->charts;
	const rep_baseline_t *baseline = cusum->baseline;
	vec_t doubt[2] = {vec_all(1e-12f), vec_all(1e-12f)}, window = vec_all(0);

	for(int c = 0; c < REP_JUDGED; c++) {
		vec_t r = vec_load(charts->ew[c]) / z - 1.0f;

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
	vec_t common, rare, z;

	memset(cusum, 0, sizeof(*cusum));
	cusum->charts = charts;
	cusum->baseline = baseline;
	for(int i = 0; i < HALVES; i++)
		v.h[i] += vec_all(stand_in) * own.h[i];
	calls = shares_sum(&v);
	rep_mix_of(charts, &v, cusum->mix);
	v = shares_load(cusum->mix);
	common = common_times(&v, charts->ew);
	rare = rare_times(&v, charts->ew);
	z = common + rare;
	common *= window_calls[0];
	rare *= window_calls[1];
	memcpy(cusum->pull[0], &common, sizeof(common));
	memcpy(cusum->pull[1], &rare, sizeof(rare));
	doubt_init(cusum, z / vec_all(z[REP_CHARTS]), calls);
}

/* Z, and in the last lane the sum of shares, where a ceiling is touched. */
__attribute__((noinline, cold)) static vec_t cut_z(const rep_cusum_t *cusum,
		const rep_counts_t *own, const rep_counts_t *pool)
{
	shares_t v = counts_without(pool, own);
	float calls = shares_sum(&v), mix[REP_JUDGED];

	for(int c = 0; c < REP_JUDGED; c++) {
		float k = window_calls[is_rare(c)];

		mix[c] = (share_of(&v, c) + k * cusum->mix[c]) / (calls + k);
	}
	rep_mix_cut(mix, cusum->charts->ceiling);
	v = shares_load(mix);
	return common_times(&v, cusum->charts->ew)
		   + rare_times(&v, cusum->charts->ew);
}

/* Evidence `x` of calls whose baseline is uncertain: `doubt` is its variance.
 * A small excess may be the baseline's (x^2 / 2 doubt), a large one hardly
 * (x - doubt / 2). */
static inline vec_t doubted(vec_t x, vec_t doubt)
{
	static const vec_t half = VEC_FOUR(0.5f), one = VEC_FOUR(1.0f);
	vec_t per_doubt = half / doubt, positive = vec_not_negative(x);
	vec_t part = positive - vec_not_negative(positive - doubt); /* <= doubt */

	return x - part * (one - part * per_doubt);
}

static inline void found(rep_cusum_t *cusum, vec_t x)
{
	x += vec_load(cusum->x);
	memcpy(cusum->x, &x, sizeof(x));
}

__attribute__((always_inline)) static inline void find(rep_cusum_t *cusum,
		const rep_counts_t *own, const shares_t *mine, float n,
		const rep_counts_t *pool, const rep_sums_t *sums)
{
	const rep_charts_t *charts = cusum->charts;
	float calls = larger(sums->calls - n, 0);
	vec_t per_common = vec_all(1 / (calls + window_calls[0]));
	vec_t per_rare = vec_all(1 / (calls + window_calls[1]));
	vec_t common = vec_load(sums->common) - common_times(mine, charts->ew);
	vec_t rare = vec_load(sums->rare) - rare_times(mine, charts->ew);
	vec_t doubt = vec_load(cusum->doubt[0]) * per_common
				  + vec_load(cusum->doubt[1]) * per_rare;
	vec_t x = common_times(mine, charts->w) + rare_times(mine, charts->w);
	vec_t z = (vec_not_negative(common) + vec_load(cusum->pull[0])) * per_common
			  + (vec_not_negative(rare) + vec_load(cusum->pull[1])) * per_rare;

	if(sums->peak > calls)
		z = cut_z(cusum, own, pool);
	z = vec_log(z);
	z = z - vec_all(z[REP_CHARTS]) + vec_load(cusum->caution);
	x = doubted(x - z * vec_all(n), doubt * vec_all(n * n));
	x[REP_CHARTS] = n;
	found(cusum, x);
}

__attribute__((noinline, cold)) static void find_huge(rep_cusum_t *cusum,
		const rep_counts_t *own, const rep_counts_t *pool,
		const rep_sums_t *sums)
{
	shares_t mine = counts_of(own);

	find(cusum, own, &mine, shares_sum(&mine), pool, sums);
}

void rep_cusum_find(rep_cusum_t *cusum, const rep_counts_t *own,
		const rep_counts_t *pool, const rep_sums_t *sums)
{
	int32_t n = small_counts_sum(own);
	shares_t mine;

	if(n < 0) {
		find_huge(cusum, own, pool, sums);
	} else if(n > 0) {
		mine = small_counts_of(own);
		find(cusum, own, &mine, (float)n, pool, sums);
	}
}

void rep_cusum_add_summed(rep_cusum_t *cusum, const rep_counts_t *own,
		const rep_counts_t *pool, const rep_sums_t *sums)
{
	rep_cusum_find(cusum, own, pool, sums);
	rep_cusum_step(cusum);
}

void rep_cusum_add(
		rep_cusum_t *cusum, const rep_counts_t *own, const rep_counts_t *pool)
{
	rep_sums_t sums;

	rep_sums_make(&sums, cusum->charts, pool, 1);
	rep_cusum_add_summed(cusum, own, pool, &sums);
}

void rep_cusum_merge(rep_cusum_t *sum, const rep_cusum_t *route)
{
	found(sum, vec_load(route->x));
}

void rep_cusum_step(rep_cusum_t *cusum)
{
	vec_t s = vec_not_negative(vec_load(cusum->s) + vec_load(cusum->x));

	if(cusum->x[REP_CHARTS] > 0) {
		memcpy(cusum->s, &s, sizeof(s));
		cusum->buckets++;
	}
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
