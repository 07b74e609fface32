/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls of the last hour. */

#include "recent.h"

void rep_recent_add(rep_recent_t *recent, uint32_t minute, int o, int64_t by)
{
	uint32_t step = minute / REP_RECENT_STEP, i = step % REP_RECENT_STEPS;
	int64_t n;

	if(recent->step[i] != step) {
		recent->step[i] = step;
		recent->counts[i] = (rep_counts_t){{0}};
	}
	n = recent->counts[i].n[o] + by;
	recent->counts[i].n[o] = n < 0			  ? 0
							 : n > UINT32_MAX ? UINT32_MAX
											  : (uint32_t)n;
}

static uint32_t first_step(uint32_t minute)
{
	uint32_t step = minute / REP_RECENT_STEP;

	return step > REP_RECENT_STEPS ? step - (REP_RECENT_STEPS - 1) : 1;
}

uint32_t rep_recent_begin(uint32_t minute)
{
	return first_step(minute) * REP_RECENT_STEP;
}

void rep_recent_sum(
		const rep_recent_t *recent, uint32_t minute, rep_counts_t *sum)
{
	uint32_t first = first_step(minute), last = minute / REP_RECENT_STEP;

	for(int i = 0; i < REP_RECENT_STEPS; i++)
		if(recent->step[i] >= first && recent->step[i] <= last)
			rep_counts_add(sum, &recent->counts[i]);
}
