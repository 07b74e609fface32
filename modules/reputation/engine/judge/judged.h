/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the evidence of a number comes to. */

#ifndef REP_JUDGED_H
#define REP_JUDGED_H

#include "policy.h"

typedef struct rep_judged
{
	bool crossed;
	rep_chart_t chart;	 /* the one that crossed, or is nearest */
	float score;		 /* its statistic / its threshold; >= 1 crossed */
	float s[REP_CHARTS]; /* statistics, in nats */
	float threshold[REP_CHARTS]; /* likewise */
	uint32_t calls;
} rep_judged_t;

/* From `s` and `threshold`: the rest. */
void rep_judged_settle(rep_judged_t *judged);

#endif
