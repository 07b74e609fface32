/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The charts: one run over the buckets of a number, oldest first. */

#ifndef REP_CUSUM_H
#define REP_CUSUM_H

#include "baseline.h"

/* Lives on the stack: holds pointers. */
typedef struct rep_cusum
{
	const rep_charts_t *charts;
	const rep_baseline_t *baseline;
	float s[REP_LANES];		 /* the statistics, never below 0; then the calls */
	float x[REP_LANES];		 /* what this bucket adds to them */
	uint32_t buckets;		 /* with calls */
	float mix[REP_OUTCOMES]; /* window mix without this number */
	/* the rest is the implementation's */
	float pull[2][REP_LANES];  /* weight of the window: common, rare */
	float doubt[2][REP_LANES]; /* variance of Z, times calls */
	float caution[REP_LANES];  /* nats per call, see docs */
} rep_cusum_t;

/* `own_window`: the number's counts over the window, taken out of the
 * baseline so that it is not judged by itself. */
void rep_cusum_start(rep_cusum_t *cusum, const rep_charts_t *charts,
		const rep_baseline_t *baseline, const rep_counts_t *own_window);

/* Add a bucket: the number's counts in it, and the pool's in the same bucket
 * (on the same route where there are routes), the number's own included. */
void rep_cusum_add(
		rep_cusum_t *cusum, const rep_counts_t *own, const rep_counts_t *pool);

/* Of a bucket that more than one piece of evidence fills: add what a piece
 * says, with `sums` made from `pool`. The bucket ends with rep_cusum_step(). */
void rep_cusum_find(rep_cusum_t *cusum, const rep_counts_t *own,
		const rep_counts_t *pool, const rep_sums_t *sums);

/* As rep_cusum_add(), faster, with `sums` made from `pool`. */
void rep_cusum_add_summed(rep_cusum_t *cusum, const rep_counts_t *own,
		const rep_counts_t *pool, const rep_sums_t *sums);

/* The number as a whole where there are routes: add up what was found in this
 * bucket in the judging of each route, before its step; then close the bucket.
 * `sum` was started like any other (baseline of the pool). */
void rep_cusum_merge(rep_cusum_t *sum, const rep_cusum_t *route);
void rep_cusum_step(rep_cusum_t *sum);

typedef struct rep_judged
{
	bool crossed;
	rep_chart_t chart;	 /* the one that crossed, or is nearest */
	float score;		 /* its statistic / its threshold; >= 1 crossed */
	float s[REP_CHARTS]; /* statistics, in nats */
	float threshold[REP_CHARTS]; /* likewise */
	uint32_t calls;
} rep_judged_t;

void rep_cusum_end(const rep_cusum_t *cusum, rep_judged_t *out);

#endif
