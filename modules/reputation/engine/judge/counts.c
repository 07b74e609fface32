/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls by outcome, added up. */

#include "counts.h"

void rep_counts_add(rep_counts_t *sum, const rep_counts_t *counts)
{
	for(int o = 0; o < REP_OUTCOMES; o++)
		sum->n[o] += counts->n[o];
}

uint32_t rep_counts_judged(const rep_counts_t *counts)
{
	uint32_t n = 0;

	for(int o = 0; o < REP_JUDGED; o++)
		n += counts->n[o];
	return n;
}
