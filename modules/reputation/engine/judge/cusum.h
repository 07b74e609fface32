/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The charts: for each way of going bad, the run of calls up to now that speaks
 * most for it. Page, Biometrika 1954, 41:100, read from its end: the largest
 * sum of evidence over any run that ends with the newest call. */

#ifndef REP_CUSUM_H
#define REP_CUSUM_H

#include "shares.h"

typedef struct rep_cusum
{
	float sum[REP_LANES];	  /* of all calls up to now */
	float s[REP_LANES];		  /* the largest on the way, never below 0 */
	uint32_t cells;			  /* that were added */
	uint32_t run[REP_CHARTS]; /* the first so many of them gave it */
	float calls;
} rep_cusum_t;

/* `n` calls more, the next older ones, which say `x` nats. */
static inline void rep_cusum_add(rep_cusum_t *cusum, vec_t x, float n)
{
	vec_t sum = vec_load(cusum->sum) + x;

	memcpy(cusum->sum, &sum, sizeof(sum));
	cusum->cells++;
	cusum->calls += n;
	for(int j = 0; j < REP_CHARTS; j++)
		if(sum[j] > cusum->s[j]) {
			cusum->s[j] = sum[j];
			cusum->run[j] = cusum->cells;
		}
}

/* What calls say before the yardstick's cost is taken off. */
static inline vec_t rep_evidence_of(
		const rep_charts_t *charts, const shares_t *calls)
{
	return common_times(calls, charts->w) + rare_times(calls, charts->w);
}

#endif
