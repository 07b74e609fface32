/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probation: Wald's sequential probability ratio test (Wald 1945, Ann Math Stat
 * 16:117) on the calls since the return. */

#ifndef REP_TRIAL_H
#define REP_TRIAL_H

#include "urn.h"

typedef enum rep_trial
{
	REP_TRIAL_GOES_ON,
	REP_TRIAL_PASSED,
	REP_TRIAL_FAILED
} rep_trial_t;

/* `turn`: the calls since the return; `past` and `known` as in
 * rep_urn_ratio(). `chart`: the one that speaks most against the number;
 * `score`: its evidence over the bound at which a trial fails at once, 0 .. */
rep_trial_t rep_judge_trial(const rep_charts_t *charts,
		const rep_spread_t *spread, const rep_tally_t *turn,
		const rep_tally_t *past, const rep_known_t *known, rep_chart_t *chart,
		float *score);

#endif
