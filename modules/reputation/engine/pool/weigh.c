/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Weights in the yardstick. */

#include "weigh.h"

#include <math.h>

#include "cells.h"
#include "rows.h"
#include "slot.h"
#include "stamp.h"
#include "standing.h"
#include "strata.h"

/* Where a number counts by half, and how soon it counts for nothing: nats. */
#define HALF 2.5f
#define STEEP 2.0f
/* Each change is a walk through the run, so weights are multiples of this, and
 * one that should be less than so far from what it is stays. */
#define STEP 8.0f /* half of REP_WEIGHT */
#define MOVED 6

uint8_t rep_suspect_weight(float s, uint8_t before)
{
	float weight = REP_WEIGHT / (1 + expf(STEEP * (s - HALF)));
	uint8_t nearest = (uint8_t)(roundf(weight / STEP) * STEP);

	return fabsf(weight - before) < MOVED ? before : nearest;
}

/* Is the cell part of what is judged on this route, 0 = as a whole? */
static bool is_judged(const rep_pool_t *pool, const rep_number_t *number,
		uint32_t ref, uint8_t route)
{
	const rep_cell_head_t *cell = rep_cell_at(pool, ref);
	const rep_stratum_t *stratum = rep_stratum_of(pool, cell);
	const rep_verdict_t *on = rep_verdict_of(pool, number, stratum->route);
	rep_counts_t counts = {{0}};

	if(stratum->repeat
			|| cell->stamp != rep_stamp_of(pool, number, stratum->route)
			|| (route && stratum->route != route)
			|| (!route && stratum->route && on && on->state != REP_ACTIVE))
		return false;
	rep_cell_add(pool, ref, &counts);
	return rep_counts_judged(&counts) > 0;
}

void rep_run_weigh(rep_pool_t *pool, uint32_t i, uint8_t route, uint32_t cells,
		uint8_t weight)
{
	rep_number_t *number = rep_number_at(pool, i);
	uint32_t before = number->begun, k = 0;
	const rep_cell_head_t *cell;

	number->begun = UINT32_MAX;
	for(uint32_t ref = number->cells; ref != REP_NONE; ref = cell->next) {
		cell = rep_cell_at(pool, ref);
		if(k >= cells && cell->bucket < before)
			break; /* these weigh in full */
		if(!is_judged(pool, number, ref, route))
			continue;
		if(k++ < cells)
			number->begun = cell->bucket;
		rep_cell_weigh(pool, i, ref, k <= cells ? weight : REP_WEIGHT);
	}
}

void rep_turns_weigh(rep_pool_t *pool, uint32_t i)
{
	const rep_number_t *number = rep_number_at(pool, i);
	const rep_cell_head_t *cell;
	bool now;

	for(uint32_t ref = number->cells; ref != REP_NONE; ref = cell->next) {
		cell = rep_cell_at(pool, ref);
		now = cell->stamp
			  == rep_stamp_of(pool, number, rep_stratum_of(pool, cell)->route);
		rep_cell_weigh(pool, i, ref, now ? REP_WEIGHT : 0);
	}
}
