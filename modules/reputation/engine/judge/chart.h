/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a policy asks of the three charts, worked out once per edit of it.
 *
 * Three CUSUM charts on a tilted outcome mix run side by side over the buckets
 * of one number's evidence; docs/judge.md has the theory, with the baseline,
 * the thresholds and their measured error rates. Everything in this room is
 * pure functions on plain data: no memory, no lock, no clock. */

#ifndef REP_CHART_H
#define REP_CHART_H

#include "counts.h"
#include "policy.h"

#define REP_LANES 4 /* REP_CHARTS and a fourth, so that vectors fit */

/* What a policy asks for, worked out once per edit of it. */
typedef struct rep_charts
{
	float w[REP_JUDGED][REP_LANES];	 /* weights, log-odds; last lane 0 */
	float ew[REP_JUDGED][REP_LANES]; /* their exponentials; last lane 1 */
	float prior[REP_OUTCOMES];		 /* healthy mix, sums to 1 */
	float ceiling[REP_OUTCOMES];
	double arl0; /* ARL0: calls between false benches */
	uint32_t probation_calls;
} rep_charts_t;

void rep_charts_init(rep_charts_t *charts, const rep_policy_t *policy);

#endif
