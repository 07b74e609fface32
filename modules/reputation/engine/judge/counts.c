/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls by outcome, added up. */

#include "counts.h"

uint32_t rep_counts_judged(const rep_counts_t *counts)
{
	uint32_t n = 0;

	for(int o = 0; o < REP_JUDGED; o++)
		n += counts->n[o];
	return n;
}
