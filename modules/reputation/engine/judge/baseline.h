/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The baseline: what the pool's own calls say of a healthy number's mix, and
 * the thresholds that follow. */

#ifndef REP_BASELINE_H
#define REP_BASELINE_H

#include "chart.h"

/* A baseline and what follows from it, kept per pool (and per pool and route,
 * where there are routes), made anew by rep_baseline_make() as the counts
 * move: about once in 100 calls or each minute, not per call. */
typedef struct rep_baseline
{
	rep_counts_t window;	 /* what it was made of, in sixteenths */
	float mix[REP_OUTCOMES]; /* drawn to the prior, cut; neutral ones 0 */
	float threshold[REP_CHARTS];
	uint32_t against; /* by outcome, a bit: see rep_baseline_against() */
} rep_baseline_t;

/* `window`: the counts over the whole window, of all numbers, in sixteenths. `runs`: in how
 * many judgings each call takes part: 1, or 2 where a call counts for the
 * number as a whole and for the number on its route. The threshold follows
 * from it. Takes some 30 us by the default policy, below 1 ms by any. */
void rep_baseline_make(rep_baseline_t *baseline, const rep_charts_t *charts,
		const rep_counts_t *window, unsigned runs);

/* Whether a baseline made of `made_of` judged calls is out of date when `moved`
 * came or went since. Early on each call says much, later each says little. */
static inline bool rep_baseline_due(uint64_t made_of, uint64_t moved)
{
	return moved > 20 + made_of / 20;
}

/* Whether a call that ends so speaks against a number on any chart. If not,
 * no verdict can come of it, and nothing need be judged. */
static inline bool rep_baseline_against(
		const rep_baseline_t *baseline, rep_outcome_t outcome)
{
	return (baseline->against >> outcome & 1) != 0;
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

/* `pool`: calls, `unit` (1 or REP_WEIGHT) for each that counts in full. */
void rep_sums_make(rep_sums_t *sums, const rep_charts_t *charts,
		const rep_counts_t *pool, unsigned unit);

#endif
