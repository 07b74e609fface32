/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Evidence that goes to other proxies and comes from them. */

#include "exchange.h"

#include "cells.h"
#include "dirty.h"
#include "evidence.h"
#include "index.h"
#include "lock.h"
#include "pieces.h"
#include "routes.h"
#include "slot.h"
#include "stamp.h"
#include "strata.h"
#include "verdict.h"
#include "../judge/bucket.h"

#define AT_ONCE 32 /* numbers judged under one lock: calls wait for it */

static void all_taken(
		const rep_pool_t *pool, uint32_t ref, const rep_cell_key_t *key)
{
	for(rep_cell_head_t *cell; ref != REP_NONE; ref = cell->next) {
		cell = rep_cell_at(pool, ref);
		if(rep_cell_is(cell, key))
			cell->flags &= ~REP_CELL_DIRTY;
	}
}

/* Pieces go as one. False when there was not room for all; those not taken stay
 * dirty. */
static bool drain_number(const rep_pool_t *pool, const rep_number_t *number,
		rep_cell_t *out, size_t max, size_t *n)
{
	rep_cell_head_t *cell;
	rep_cell_key_t key;

	for(uint32_t ref = number->cells; ref != REP_NONE; ref = cell->next) {
		cell = rep_cell_at(pool, ref);
		if(!(cell->flags & REP_CELL_DIRTY))
			continue;
		if(*n == max)
			return false;
		key = (rep_cell_key_t){cell->bucket, cell->stamp, cell->stratum};
		all_taken(pool, ref, &key);
		out[*n] = (rep_cell_t){.number = number->e164,
				.bucket = cell->bucket,
				.stamp = cell->stamp,
				.repeat = rep_stratum_of(pool, cell)->repeat};
		rep_stratum_dims(pool, rep_stratum_of(pool, cell), &out[*n].dims);
		out[*n].counts = rep_pieces_sum(pool, number, &key, true);
		++*n;
	}
	return true;
}

size_t rep_pool_drain_cells(
		rep_registry_t *registry, int id, rep_cell_t *out, size_t max)
{
	rep_pool_t *pool = rep_pool_lock_any(registry, id);
	size_t n = 0;

	if(!pool)
		return 0;
	for(uint32_t left = pool->dirty_cells.count; left > 0 && n < max; left--) {
		uint32_t i = rep_fifo_pop(&pool->dirty_cells);
		rep_number_t *number = rep_number_at(pool, i);
		size_t before = n;
		number->flags &= ~REP_DIRTY_CELLS;
		if(!(number->flags & REP_LIVE))
			rep_number_reap(pool, i);
		else if(!drain_number(pool, number, out, max, &n))
			rep_number_mark(pool, i, REP_DIRTY_CELLS);
		if(n > before)
			rep_number_mark(pool, i, REP_DIRTY_HEALTH);
	}
	rep_pool_unlock(pool);
	return n;
}

static bool is_cell(const rep_pool_t *pool, const rep_cell_head_t *head,
		const rep_cell_t *cell)
{
	const rep_stratum_t *stratum = rep_stratum_of(pool, head);

	return head->bucket == cell->bucket && head->stamp == cell->stamp
		   && stratum->repeat == cell->repeat
		   && rep_stratum_is(pool, stratum, &cell->dims);
}

/* Mark the cells of a number that hold own counts; all of them, or (`only`)
 * one. */
static void requeue(rep_pool_t *pool, uint32_t i, const rep_cell_t *only)
{
	rep_cell_head_t *cell;
	rep_counts_t own;
	bool any = false;

	for(uint32_t ref = rep_number_at(pool, i)->cells; ref != REP_NONE;
			ref = cell->next) {
		cell = rep_cell_at(pool, ref);
		if(only && !is_cell(pool, cell, only))
			continue;
		rep_cell_own(pool, ref, &own);
		for(int o = 0; o < REP_OUTCOMES; o++)
			if(own.n[o]) {
				cell->flags |= REP_CELL_DIRTY;
				any = true;
				break;
			}
	}
	if(any)
		rep_number_mark(pool, i, REP_DIRTY_CELLS);
}

void rep_pool_requeue_cells(
		rep_registry_t *registry, int id, const rep_cell_t *cells, size_t n)
{
	for(size_t k = 0; k < n; k++) {
		uint32_t i;
		rep_pool_t *pool = rep_number_lock(registry, id, cells[k].number, &i);
		if(!pool)
			continue;
		requeue(pool, i, &cells[k]);
		rep_pool_unlock(pool);
	}
}

static void requeue_verdicts(rep_pool_t *pool, uint32_t i)
{
	rep_number_t *number = rep_number_at(pool, i);
	rep_routed_t *routed;
	bool any = number->verdict.turn > 0;

	if(any)
		number->verdict.flags |= REP_VERDICT_DIRTY;
	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		if(routed->verdict.turn == 0)
			continue;
		routed->verdict.flags |= REP_VERDICT_DIRTY;
		any = true;
	}
	if(any)
		rep_number_mark(pool, i, REP_DIRTY_RECORD);
}

void rep_pool_requeue_all(rep_registry_t *registry, int id)
{
	for(uint32_t i = 0, more = 1; more;) {
		rep_pool_t *pool = rep_pool_lock(registry, id);
		if(!pool)
			return;
		for(int k = 0; k < 256 && i < rep_slab_count(&pool->numbers);
				k++, i++) {
			if(!(rep_number_at(pool, i)->flags & REP_LIVE))
				continue;
			requeue(pool, i, NULL);
			requeue_verdicts(pool, i);
			rep_number_mark(pool, i, REP_DIRTY_HEALTH);
		}
		more = i < rep_slab_count(&pool->numbers);
		rep_pool_unlock(pool);
	}
}

/* Counted before the number's last reset: forgotten. */
static bool forgotten(const rep_number_t *number, rep_stamp_t stamp)
{
	return rep_stamp_turn(number->verdict.turn, stamp >> 8)
		   < number->verdict.reset;
}

/* The stratum of a cell; REP_NONE where there is no room for it: what others
 * count there would take the place of what they count elsewhere. */
static uint32_t stratum_of(rep_pool_t *pool, const rep_cell_t *cell)
{
	const rep_dims_t *dims = &cell->dims;
	uint32_t s = rep_stratum_put(pool,
			rep_route_put(pool, rep_span(dims->route)),
			rep_campaign_put(pool, rep_span(dims->campaign)),
			rep_network_put(pool, rep_span(dims->network)), cell->repeat);

	return s != REP_NONE && rep_stratum_is(pool, pool->strata[s], dims)
				   ? s
				   : REP_NONE;
}

/* In the pool, under its lock. */
static bool put_others(rep_pool_t *pool, const rep_cell_t *cell, rep_time_t now)
{
	uint32_t i = rep_number_find(pool, cell->number), stratum;
	rep_number_t *number;

	if(i == REP_NONE || cell->bucket < rep_bucket_oldest(&pool->policy, now)
			|| cell->bucket > rep_bucket_last(&pool->policy, now)
			|| cell->stamp > UINT16_MAX)
		return false;
	number = rep_number_at(pool, i);
	if(forgotten(number, (rep_stamp_t)cell->stamp))
		return false;
	stratum = stratum_of(pool, cell);
	if(stratum == REP_NONE
			|| !rep_evidence_put_others(pool, i, cell->bucket,
					(rep_stamp_t)cell->stamp, (uint16_t)stratum, &cell->counts,
					now))
		return false;
	if(!cell->repeat && !(number->flags & REP_UNJUDGED)) {
		number->flags |= REP_UNJUDGED;
		rep_fifo_push(&pool->unjudged, i);
	}
	return true;
}

size_t rep_pool_put_others(rep_registry_t *registry, int id,
		const rep_cell_t *cells, size_t n, rep_time_t now)
{
	size_t done = 0;

	for(size_t k = 0; k < n;) {
		size_t end = n - k < REP_HEARD ? n : k + REP_HEARD;
		rep_pool_t *pool = rep_pool_lock(registry, id);

		if(!pool)
			break;
		for(size_t e = k; e < end; e++)
			rep_index_expect(pool, cells[e].number);
		for(size_t e = k; e < end; e++)
			rep_number_expect(pool, cells[e].number);
		for(; k < end; k++)
			done += put_others(pool, &cells[k], now);
		rep_pool_unlock(pool);
	}
	return done;
}

bool rep_pool_judge_others(rep_registry_t *registry, int id, rep_time_t now)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	bool more;

	if(!pool)
		return false;
	for(int left = AT_ONCE; left > 0 && pool->unjudged.count > 0; left--) {
		uint32_t i = rep_fifo_pop(&pool->unjudged);
		rep_number_at(pool, i)->flags &= ~REP_UNJUDGED;
		if(rep_number_at(pool, i)->flags & REP_LIVE)
			rep_verdict_judge(pool, i, now);
		else
			rep_number_reap(pool, i);
	}
	more = pool->unjudged.count > 0;
	rep_pool_unlock(pool);
	return more;
}
