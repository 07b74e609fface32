/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls by outcome, added up. */

#ifndef REP_COUNTS_H
#define REP_COUNTS_H

#include "../reply/outcome.h"

/* Outcomes below this one carry evidence; the rest are neutral: they are part
 * of no mix, and calls that end so are not counted as judged. */
#define REP_JUDGED REP_CANCELLED

#define REP_WEIGHT 16 /* a call of full weight, where counts are weighed */

typedef struct rep_counts
{
	uint32_t n[REP_OUTCOMES];
} rep_counts_t;

static inline void rep_counts_add(rep_counts_t *sum, const rep_counts_t *counts)
{
	for(int o = 0; o < REP_OUTCOMES; o++)
		sum->n[o] += counts->n[o];
}

/* Outcomes that are judged, of these. */
uint32_t rep_counts_judged(const rep_counts_t *counts);

#endif
