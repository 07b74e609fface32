/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows. */

#include "rows.h"

#include "cells.h"
#include "slot.h"
#include "../judge/bucket.h"

/* Returns by how much it moved: it stays within its range. */
static int64_t shift(rep_counts_t *counts, int o, int64_t by)
{
	int64_t before = counts->n[o], n = before + by;

	counts->n[o] = n < 0 ? 0 : n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	return counts->n[o] - before;
}

/* In the windows that the stratum is part of: `calls` more, which weigh
 * `weighed`. */
static void shift_windows(rep_pool_t *pool, rep_stratum_t *stratum, int o,
		int64_t calls, int64_t weighed)
{
	rep_route_t *route = pool->routes[stratum->route];

	shift(&stratum->window, o, calls);
	shift(&stratum->weighed, o, weighed);
	if(stratum->repeat)
		return;
	shift(&route->window, o, calls);
	shift(&route->weighed, o, weighed);
	shift(&pool->window, o, calls);
	shift(&pool->weighed, o, weighed);
}

static void row_clear(rep_pool_t *pool, rep_stratum_t *stratum, rep_row_t *row)
{
	for(int o = 0; o < REP_OUTCOMES; o++)
		shift_windows(pool, stratum, o, -(int64_t)row->counts.n[o],
				-(int64_t)row->weighed.n[o]);
	memset(row, 0, sizeof(*row));
}

static rep_row_t *row_slot(
		const rep_pool_t *pool, const rep_stratum_t *stratum, uint32_t bucket)
{
	if(!stratum->rows)
		return NULL;
	return &stratum->rows[bucket / pool->policy.bucket_minutes % pool->n_rows];
}

static void row_sum(const rep_pool_t *pool, rep_row_t *row)
{
	rep_sums_make(&row->sums, &pool->charts, &row->weighed, REP_WEIGHT);
}

static bool make_rows(rep_pool_t *pool, rep_stratum_t *stratum)
{
	if(stratum->rows)
		return true;
	if(!pool->n_rows)
		pool->n_rows = rep_bucket_slots(&pool->policy);
	stratum->rows = rep_alloc(pool->n_rows * sizeof(*stratum->rows));
	if(!stratum->rows) {
		atomic_fetch_add(&pool->registry->full_memory, 1);
		return false;
	}
	memset(stratum->rows, 0, pool->n_rows * sizeof(*stratum->rows));
	return true;
}

void rep_row_add(
		rep_pool_t *pool, const rep_cell_head_t *cell, int o, int64_t by)
{
	rep_stratum_t *stratum = pool->strata[cell->stratum];
	uint32_t bucket = rep_bucket_at(&pool->policy, cell->bucket);
	int64_t calls, weighed;
	rep_row_t *row;

	if(!make_rows(pool, stratum))
		return;
	row = row_slot(pool, stratum, bucket);
	if(row->bucket > bucket)
		return; /* older than the window, or the clock was just set back */
	if(row->bucket < bucket) {
		row_clear(pool, stratum, row);
		row->bucket = bucket;
	}
	calls = shift(&row->counts, o, by);
	weighed = shift(&row->weighed, o, by * cell->weight);
	shift_windows(pool, stratum, o, calls, weighed);
	row_sum(pool, row);
}

void rep_row_weigh(rep_pool_t *pool, const rep_cell_head_t *cell,
		const rep_counts_t *counts, int by)
{
	rep_stratum_t *stratum = pool->strata[cell->stratum];
	uint32_t bucket = rep_bucket_at(&pool->policy, cell->bucket);
	rep_row_t *row = row_slot(pool, stratum, bucket);

	if(!row || row->bucket != bucket)
		return;
	for(int o = 0; o < REP_OUTCOMES; o++)
		if(counts->n[o])
			shift_windows(pool, stratum, o, 0,
					shift(&row->weighed, o, (int64_t)counts->n[o] * by));
	row_sum(pool, row);
}

const rep_row_t *rep_row_of(
		const rep_pool_t *pool, uint16_t stratum, uint32_t bucket)
{
	const rep_row_t *row;

	bucket = rep_bucket_at(&pool->policy, bucket);
	row = row_slot(pool, pool->strata[stratum], bucket);
	return row && row->bucket == bucket ? row : NULL;
}

void rep_rows_resum(rep_pool_t *pool)
{
	for(uint32_t s = 0; s < pool->n_strata; s++) {
		rep_row_t *rows = pool->strata[s]->rows;
		for(uint32_t i = 0; rows && i < pool->n_rows; i++)
			row_sum(pool, &rows[i]);
	}
}

void rep_rows_expire(rep_pool_t *pool, uint32_t oldest)
{
	for(uint32_t s = 0; s < pool->n_strata; s++) {
		rep_stratum_t *stratum = pool->strata[s];
		for(uint32_t i = 0; stratum->rows && i < pool->n_rows; i++)
			if(stratum->rows[i].bucket && stratum->rows[i].bucket < oldest)
				row_clear(pool, stratum, &stratum->rows[i]);
	}
}

static void refill_from(rep_pool_t *pool, const rep_number_t *number)
{
	const rep_cell_head_t *cell;

	for(uint32_t ref = number->cells; ref != REP_NONE; ref = cell->next) {
		rep_counts_t counts = {{0}};
		cell = rep_cell_at(pool, ref);
		if(cell->bucket > pool->newest_row)
			continue;
		rep_cell_add(pool, ref, &counts);
		for(int o = 0; o < REP_OUTCOMES; o++)
			if(counts.n[o])
				rep_row_add(pool, cell, o, counts.n[o]);
	}
}

void rep_rows_rebuild(rep_pool_t *pool, uint32_t newest)
{
	for(uint32_t k = 0; k < pool->n_strata; k++) {
		rep_stratum_t *stratum = pool->strata[k];
		rep_free(stratum->rows);
		stratum->rows = NULL;
		stratum->window = stratum->weighed = (rep_counts_t){{0}};
	}
	for(uint32_t r = 0; r < pool->n_routes; r++)
		pool->routes[r]->window = pool->routes[r]->weighed =
				(rep_counts_t){{0}};
	pool->n_rows = 0;
	pool->window = pool->weighed = (rep_counts_t){{0}};
	pool->newest_row = newest;
	pool->refill = 0;
}

bool rep_rows_refill(rep_pool_t *pool, uint32_t max)
{
	uint32_t n = rep_slab_count(&pool->numbers);

	for(; pool->refill < n && max > 0; max--) {
		const rep_number_t *number = rep_number_at(pool, pool->refill++);
		if(number->flags & REP_LIVE)
			refill_from(pool, number);
	}
	if(pool->refill != REP_NONE && pool->refill >= n)
		pool->refill = REP_NONE;
	return pool->refill != REP_NONE;
}

bool rep_rows_hold(const rep_pool_t *pool, uint32_t i)
{
	return i < pool->refill; /* REP_NONE is above all */
}

void rep_cell_weigh(rep_pool_t *pool, uint32_t i, uint32_t ref, uint8_t weight)
{
	rep_cell_head_t *cell = rep_cell_at(pool, ref);
	rep_counts_t counts = {{0}};

	if(cell->weight == weight)
		return;
	if(rep_rows_hold(pool, i)) {
		rep_cell_add(pool, ref, &counts);
		rep_row_weigh(pool, cell, &counts, (int)weight - cell->weight);
	}
	cell->weight = weight;
}
