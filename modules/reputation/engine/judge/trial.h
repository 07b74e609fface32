/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probation: Wald's sequential probability ratio test (Wald 1945, Ann Math Stat
 * 16:117) on the calls since the return. */

#ifndef REP_TRIAL_H
#define REP_TRIAL_H

#include "baseline.h"

/* `pool`:
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
		const rep_baseline_t *baseline, const rep_counts_t *since_return,
		const rep_counts_t *pool, rep_chart_t *chart, float *score);

#endif
