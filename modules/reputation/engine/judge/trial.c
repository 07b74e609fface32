/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probation. */

#include "trial.h"

#include <math.h>

/* Chances of failing a healthy number (over all charts), and of passing one
 * that is as bad as a chart supposes. */
#define TRIAL_ALPHA 0.05
#define TRIAL_BETA 0.1

rep_trial_t rep_judge_trial(const rep_charts_t *charts,
		const rep_spread_t *spread, const rep_tally_t *turn,
		const rep_tally_t *past, float known, rep_chart_t *chart, float *score)
{
	const float fail = (float)log((1 - TRIAL_BETA) / TRIAL_ALPHA);
	const float pass = (float)log(TRIAL_BETA / (1 - TRIAL_ALPHA));
	vec_t l = rep_urn_ratio(charts, spread, turn, past, known);
	rep_chart_t worst = REP_CHART_BLOCKED;

	for(int j = 1; j < REP_CHARTS; j++)
		if(l[j] > l[worst])
			worst = (rep_chart_t)j;
	if(chart)
		*chart = worst;
	if(score)
		*score = larger(l[worst], 0) / fail;
	if(l[worst] >= fail)
		return REP_TRIAL_FAILED;
	if(l[worst] <= pass)
		return REP_TRIAL_PASSED;
	if(shares_sum(&turn->seen) < (float)charts->probation_calls)
		return REP_TRIAL_GOES_ON;
	/* the budget is spent: half of what fails at once is too much */
	return l[worst] >= fail / 2 ? REP_TRIAL_FAILED : REP_TRIAL_PASSED;
}
