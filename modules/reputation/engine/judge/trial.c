/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probation. */

#include "trial.h"

#include <math.h>

#include "cusum.h"
#include "../base/vec.h"

/* Chances of failing a healthy number (over all charts), and of passing one
 * that is as bad as a chart supposes. */
#define TRIAL_ALPHA 0.05
#define TRIAL_BETA 0.1

rep_trial_t rep_judge_trial(const rep_charts_t *charts,
		const rep_baseline_t *baseline, const rep_counts_t *since_return,
		const rep_counts_t *pool, rep_chart_t *chart, float *score)
{
	const float fail = (float)log((1 - TRIAL_BETA) / TRIAL_ALPHA);
	const float pass = (float)log(TRIAL_BETA / (1 - TRIAL_ALPHA));
	rep_chart_t worst = REP_CHART_BLOCKED;
	rep_cusum_t cusum;
	rep_sums_t sums;

	rep_cusum_start(&cusum, charts, baseline, since_return);
	rep_sums_make(&sums, charts, pool ? pool : since_return, 1);
	rep_cusum_find(&cusum, since_return, pool ? pool : since_return, &sums);
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
