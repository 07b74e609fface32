/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Evidence: calls counted into cells and rows. */

#include "evidence.h"

#include "cells.h"
#include "dirty.h"
#include "pieces.h"
#include "recent.h"
#include "rows.h"
#include "screen.h"
#include "slot.h"
#include "stamp.h"
#include "../judge/bucket.h"

bool rep_evidence_count(rep_pool_t *pool, uint32_t i, rep_stamp_t stamp,
		uint16_t stratum, rep_outcome_t outcome, rep_time_t now)
{
	rep_cell_key_t key = {rep_bucket_of(&pool->policy, now), stamp, stratum};
	uint32_t *at = rep_piece_find(pool, i, &key, true), before;

	if(!at)
		return false;
	before = rep_cell_get(pool, *at, true, outcome);
	if(before == UINT32_MAX
			|| !rep_cell_set(pool, at, true, outcome, before + 1))
		return false;
	rep_cell_at(pool, *at)->flags |= REP_CELL_DIRTY;
	if(key.bucket > pool->newest_row)
		pool->newest_row = key.bucket;
	if(rep_rows_hold(pool, i))
		rep_row_add(pool, rep_cell_at(pool, *at), outcome, 1);
	rep_recent_add(
			&pool->strata[stratum]->recent, rep_minute_of(now), outcome, 1);
	rep_number_mark(pool, i, REP_DIRTY_CELLS);
	return true;
}

/* Others' calls come a moment after they were made: dated now, or, when a
 * proxy reads what it missed, to the end of their bucket. */
static void add_recent(rep_pool_t *pool, uint16_t stratum, uint32_t bucket,
		int o, int64_t by, rep_time_t now)
{
	uint32_t end = bucket + pool->policy.bucket_minutes - 1;
	uint32_t minute = rep_minute_of(now);

	if(end >= rep_recent_begin(minute))
		rep_recent_add(&pool->strata[stratum]->recent,
				end < minute ? end : minute, o, by);
}

static bool any_less(const rep_counts_t *a, const rep_counts_t *b)
{
	bool less = false;

	for(int o = 0; o < REP_OUTCOMES; o++)
		less |= a->n[o] < b->n[o];
	return less;
}

bool rep_evidence_put_others(rep_pool_t *pool, uint32_t i, uint32_t bucket,
		rep_stamp_t stamp, uint16_t stratum, const rep_counts_t *others,
		rep_time_t now)
{
	rep_cell_key_t key = {bucket, stamp, stratum};
	rep_number_t *number = rep_number_at(pool, i);
	rep_counts_t had = rep_pieces_sum(pool, number, &key, false);
	bool ahead = bucket > rep_bucket_newest(&pool->policy, now);
	bool less = any_less(others, &had);
	uint32_t *at;

	if(less) /* to be taken from where they are */
		rep_pieces_fold(pool, i, bucket + 1);
	at = rep_piece_find(pool, i, &key, !less);
	if(!at)
		return false;
	if(ahead && bucket > pool->newest_ahead)
		pool->newest_ahead = bucket;
	for(int o = 0; o < REP_OUTCOMES; o++) {
		uint32_t before = rep_cell_get(pool, *at, false, o);
		int64_t more = (int64_t)others->n[o] - had.n[o];
		if(!more || more + before < 0)
			continue;
		if(!rep_cell_set(pool, at, false, o, (uint32_t)(before + more)))
			return false;
		if(!ahead && rep_rows_hold(pool, i))
			rep_row_add(pool, rep_cell_at(pool, *at), o, more);
		add_recent(pool, stratum, bucket, o, more, now);
	}
	/* Of a turn that is over: what it was benched on, as far as one who was
	 * not there can know. */
	if(stamp != rep_stamp_of(pool, number, pool->strata[stratum]->route))
		rep_cell_weigh(pool, i, *at, 0);
	rep_screen_counted(pool, number, bucket);
	return true;
}

/* Free the cells from `*at` on that are of the bucket `from` or newer. */
static void free_cells(rep_pool_t *pool, uint32_t *at, uint32_t from)
{
	uint32_t ref = *at;

	while(ref != REP_NONE && rep_cell_at(pool, ref)->bucket >= from) {
		uint32_t next = rep_cell_at(pool, ref)->next;
		rep_cell_free(pool, ref);
		ref = next;
	}
	*at = ref;
}

void rep_evidence_trim(
		rep_pool_t *pool, rep_number_t *number, uint32_t oldest, uint32_t last)
{
	uint32_t *at = &number->cells;

	free_cells(pool, at, last + 1);
	while(*at != REP_NONE && rep_cell_at(pool, *at)->bucket >= oldest)
		at = &rep_cell_at(pool, *at)->next;
	free_cells(pool, at, 0);
}

void rep_evidence_forget(rep_pool_t *pool, rep_number_t *number)
{
	free_cells(pool, &number->cells, 0);
	rep_screen_drop(pool, number);
}
