/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probation. */

#include "trial.h"

/* In nats, on any chart. Chosen by simulation, docs/judge.md has the outcome:
 * of healthy numbers at most 3% fail, whether they are alike or differ. */
#define FAIL 4.5f
#define PASS (-3.0f)
#define SPENT 3.5f /* fails when the calls are spent */

rep_trial_t rep_judge_trial(const rep_charts_t *charts,
		const rep_spread_t *spread, const rep_tally_t *turn,
		const rep_tally_t *past, const rep_known_t *known, rep_chart_t *chart,
		float *score)
{
	vec_t l = rep_urn_ratio(charts, spread, turn, past, known);
	rep_chart_t worst = REP_CHART_BLOCKED;

	for(int j = 1; j < REP_CHARTS; j++)
		if(l[j] > l[worst])
			worst = (rep_chart_t)j;
	*chart = worst;
	*score = larger(l[worst], 0) / FAIL;
	if(l[worst] >= FAIL)
		return REP_TRIAL_FAILED;
	if(l[worst] <= PASS)
		return REP_TRIAL_PASSED;
	if(shares_sum(&turn->seen) < (float)charts->probation_calls)
		return REP_TRIAL_GOES_ON;
	return l[worst] >= SPENT ? REP_TRIAL_FAILED : REP_TRIAL_PASSED;
}
