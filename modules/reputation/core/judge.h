/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict's arithmetic: is this mix of outcomes a healthy number's?
 *
 * Three CUSUM charts on a tilted outcome mix run side by side over the
 * buckets of one number's evidence; docs/judge.md has the theory, with the
 * yardstick, the thresholds and their measured error rates. Pure functions on
 * plain data: no memory, no lock, no clock. */

#ifndef REP_JUDGE_H
#define REP_JUDGE_H

#include "policy.h"

/* Outcomes below this one carry evidence; the rest are neutral: they are part
 * of no mix, and calls that end so are not counted. */
#define REP_JUDGED REP_CANCELLED
#define REP_LANES 4 /* REP_CHARTS and a fourth, so that vectors fit */

/* What a policy asks for, worked out once per edit of it. */
typedef struct rep_charts
{
	float w[REP_JUDGED][REP_LANES];	 /* weights, log-odds; last lane 0 */
	float ew[REP_JUDGED][REP_LANES]; /* their exponentials; last lane 1 */
	float prior[REP_OUTCOMES];		 /* healthy mix, sums to 1 */
	float ceiling[REP_OUTCOMES];
	float prior_calls[REP_JUDGED]; /* calls that the prior weighs */
	double every;				   /* calls between false benches */
	uint32_t probation_calls;
} rep_charts_t;

void rep_charts_init(rep_charts_t *charts, const rep_policy_t *policy);

/* Calls by outcome. */
typedef struct rep_counts
{
	uint32_t n[REP_OUTCOMES];
} rep_counts_t;

/* The mix that these calls show, each share drawn to the prior's, cut at the
 * ceilings; sums to 1, neutral outcomes 0. */
void rep_mix_make(const rep_charts_t *charts, const rep_counts_t *counts,
		float mix[REP_OUTCOMES]);

/* A yardstick and what follows from it, kept per pool (and per pool and route,
 * where there are routes), made anew by rep_yardstick_make() as the counts
 * move: about once in 100 calls or each minute, not per call. */
typedef struct rep_yardstick
{
	rep_counts_t window;	 /* what it was made of */
	float mix[REP_OUTCOMES]; /* drawn to the prior, cut; neutral ones 0 */
	float calls;			 /* how many calls it rests on */
	float threshold[REP_CHARTS];
	float gain[REP_CHARTS];	  /* nats per call under the chart's own mix */
	float starts[REP_CHARTS]; /* how thresholds fall with calls per bucket */
	uint32_t against; /* by outcome, a bit: see rep_yardstick_against() */
} rep_yardstick_t;

/* `window`: the counts over the whole window, of all numbers. `runs`: in how
 * many judgings each call takes part: 1, or 2 where a call counts for the
 * number as a whole and for the number on its route. The threshold follows
 * from it. Takes some 30 us by the default policy, below 1 ms by any. */
void rep_yardstick_make(rep_yardstick_t *yardstick, const rep_charts_t *charts,
		const rep_counts_t *window, unsigned runs);

/* Whether a yardstick made of `made_of` judged calls is out of date when
 * `moved` came or went since. Early on each call says much, later each says
 * little. */
static inline bool rep_yardstick_due(uint64_t made_of, uint64_t moved)
{
	return moved > 20 + made_of / 20;
}

/* Whether a call that ends so speaks against a number on any chart. If not,
 * no verdict can come of it, and nothing need be judged. */
static inline bool rep_yardstick_against(
		const rep_yardstick_t *yardstick, rep_outcome_t outcome)
{
	return (yardstick->against >> outcome & 1) != 0;
}

/* What judging needs of the pool's counts in one bucket, kept beside them so
 * that it is not worked out for each number: whoever changes the counts, or
 * the policy, makes it anew (some 20 ns). */
typedef struct rep_sums
{
	float common[REP_LANES]; /* sum of count * ew: outcomes that are common, */
	float rare[REP_LANES];	 /* and the others */
	float calls;
	float peak; /* with fewer calls, a ceiling may be touched */
} rep_sums_t;

void rep_sums_make(
		rep_sums_t *sums, const rep_charts_t *charts, const rep_counts_t *pool);

/* One run over the buckets of a number, oldest first. Lives on the stack:
 * holds pointers. */
typedef struct rep_judging
{
	const rep_charts_t *charts;
	const rep_yardstick_t *yardstick;
	float s[REP_LANES];		 /* the statistics, never below 0; then the calls */
	float x[REP_LANES];		 /* what the last bucket added to them */
	uint32_t buckets;		 /* with calls */
	float mix[REP_OUTCOMES]; /* window mix without this number */
	/* the rest is the implementation's */
	float pull[2][REP_LANES];  /* weight of the window: common, rare */
	float doubt[2][REP_LANES]; /* variance of Z, times calls */
	float caution[REP_LANES];  /* nats per call, see docs */
} rep_judging_t;

/* `own_window`: the number's counts over the window, taken out of the
 * yardstick so that it is not judged by itself. */
void rep_judging_start(rep_judging_t *judging, const rep_charts_t *charts,
		const rep_yardstick_t *yardstick, const rep_counts_t *own_window);

/* Add a bucket: the number's counts in it, and the pool's in the same bucket
 * (on the same route where there are routes), the number's own included. */
void rep_judging_add(rep_judging_t *judging, const rep_counts_t *own,
		const rep_counts_t *pool);

/* The same, faster, with `sums` made from `pool`. */
void rep_judging_add_summed(rep_judging_t *judging, const rep_counts_t *own,
		const rep_counts_t *pool, const rep_sums_t *sums);

/* The number as a whole where there are routes: after the same bucket has
 * been added to the judging of each route, add up what they found, and close
 * the bucket. `sum` was started like any other (yardstick of the pool). */
void rep_judging_merge(rep_judging_t *sum, const rep_judging_t *route);
void rep_judging_step(rep_judging_t *sum);

typedef struct rep_judged
{
	bool crossed;
	rep_chart_t chart;	 /* the one that crossed, or is nearest */
	float score;		 /* its statistic / its threshold; >= 1 crossed */
	float s[REP_CHARTS]; /* statistics, in nats */
	float threshold[REP_CHARTS]; /* likewise */
	uint32_t calls;
} rep_judged_t;

void rep_judging_end(const rep_judging_t *judging, rep_judged_t *out);

/* Probation: Wald's sequential test on the calls since the return. `pool`:
 * the pool's counts in the same time, the number's own included; NULL = not
 * known, the window's mix is taken. `chart` and `score` as in rep_judged_t,
 * with the failing bound for threshold; both may be NULL. */
typedef enum rep_trial
{
	REP_TRIAL_GOES_ON,
	REP_TRIAL_PASSED,
	REP_TRIAL_FAILED
} rep_trial_t;

rep_trial_t rep_judge_trial(const rep_charts_t *charts,
		const rep_yardstick_t *yardstick, const rep_counts_t *since_return,
		const rep_counts_t *pool, rep_chart_t *chart, float *score);

#endif
