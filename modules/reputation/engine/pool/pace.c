/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pace of a pool's calls. */

#include "pace.h"

#define SLOT 50		/* ms */
#define LATEST 1000 /* ms: to the next call; more if a clock was set back */
#define US 1000		/* in a ms */

static int64_t slot_of(rep_time_t now)
{
	return now / SLOT;
}

uint32_t rep_pace_used(const rep_pace_t *pace, rep_time_t now)
{
	int64_t from = slot_of(now) - REP_PACE_SLOTS;
	uint32_t used = 0;

	for(int i = 0; i < REP_PACE_SLOTS; i++)
		if(pace->slot[i] > from && pace->slot[i] <= from + 2 * REP_PACE_SLOTS)
			used += pace->n[i];
	return used;
}

bool rep_pace_ready(const rep_pace_t *pace, rep_time_t now)
{
	int64_t wait = pace->next - now * US;

	return wait <= SLOT * US || wait > (SLOT + LATEST) * US;
}

void rep_pace_use(rep_pace_t *pace, uint32_t rate, rep_time_t now)
{
	int64_t slot = slot_of(now), us = now * US;
	int i = (int)(slot % REP_PACE_SLOTS);

	if(pace->slot[i] != slot)
		pace->n[i] = 0;
	pace->slot[i] = slot;
	pace->n[i]++;
	if(!rate)
		return;
	if(pace->next < us || pace->next > us + (SLOT + LATEST) * US)
		pace->next = us;
	pace->next += 1000 * US / rate;
}
