/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the evidence of a number comes to. */

#include "judged.h"

void rep_judged_settle(rep_judged_t *judged)
{
	judged->score = 0;
	judged->chart = (rep_chart_t)0;
	for(int j = 0; j < REP_CHARTS; j++) {
		float score = judged->s[j] / judged->threshold[j];

		if(score > judged->score) {
			judged->score = score;
			judged->chart = (rep_chart_t)j;
		}
	}
	judged->crossed = judged->score >= 1;
}
