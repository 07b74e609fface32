/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a policy asks of the three charts. */

#include "chart.h"

#include <math.h>

#include "../base/vec.h"

static void prior_init(rep_charts_t *charts, const rep_policy_t *policy)
{
	float sum = 0;

	for(int c = 0; c < REP_JUDGED; c++)
		sum += larger(policy->healthy[c], 0);
	for(int c = 0; c < REP_JUDGED; c++)
		charts->prior[c] = sum > 0 ? larger(policy->healthy[c], 0) / sum
								   : 1.0f / REP_JUDGED;
}

void rep_charts_init(rep_charts_t *charts, const rep_policy_t *policy)
{
	memset(charts, 0, sizeof(*charts));
	for(int c = 0; c < REP_JUDGED; c++) {
		for(int j = 0; j < REP_CHARTS; j++) {
			charts->w[c][j] = policy->weights[j][c];
			charts->ew[c][j] = expf(policy->weights[j][c]);
		}
		charts->ew[c][REP_CHARTS] = 1;
	}
	for(int c = 0; c < REP_OUTCOMES; c++)
		charts->ceiling[c] = policy->ceiling[c];
	charts->arl0 = policy->false_bench_every;
	charts->probation_calls = policy->probation_calls;
	prior_init(charts, policy);
}
