/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows. */

#include "rows.h"

#include "cells.h"
#include "slot.h"
#include "../judge/bucket.h"

static void shift(rep_counts_t *counts, int o, int64_t by)
{
	int64_t n = (int64_t)counts->n[o] + by;

	counts->n[o] = n < 0 ? 0 : n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void row_clear(rep_pool_t *pool, rep_route_t *route, rep_row_t *row)
{
	for(int o = 0; o < REP_OUTCOMES; o++) {
		shift(&pool->window, o, -(int64_t)row->counts.n[o]);
		shift(&route->window, o, -(int64_t)row->counts.n[o]);
	}
	memset(row, 0, sizeof(*row));
}

static rep_row_t *row_slot(
		const rep_pool_t *pool, const rep_route_t *route, uint32_t bucket)
{
	if(!route->rows)
		return NULL;
	return &route->rows[bucket / pool->policy.bucket_minutes % pool->n_rows];
}

void rep_row_add(
		rep_pool_t *pool, uint8_t r, uint32_t bucket, int o, int64_t by)
{
	rep_route_t *route = pool->routes[r];
	rep_row_t *row;

	if(!route->rows) {
		if(!pool->n_rows)
			pool->n_rows = rep_bucket_slots(&pool->policy);
		route->rows = rep_alloc(pool->n_rows * sizeof(*row));
		if(!route->rows) {
			atomic_fetch_add(&pool->registry->full_memory, 1);
			return;
		}
		memset(route->rows, 0, pool->n_rows * sizeof(*row));
	}
	bucket = rep_bucket_at(&pool->policy, bucket);
	row = row_slot(pool, route, bucket);
	if(row->bucket > bucket)
		return; /* older than the window */
	if(row->bucket < bucket) {
		row_clear(pool, route, row);
		row->bucket = bucket;
	}
	shift(&row->counts, o, by);
	rep_sums_make(&row->sums, &pool->charts, &row->counts);
	shift(&pool->window, o, by);
	shift(&route->window, o, by);
}

const rep_row_t *rep_row_of(
		const rep_pool_t *pool, uint8_t route, uint32_t bucket)
{
	const rep_row_t *row;

	bucket = rep_bucket_at(&pool->policy, bucket);
	row = row_slot(pool, pool->routes[route], bucket);
	return row && row->bucket == bucket ? row : NULL;
}

void rep_rows_resum(rep_pool_t *pool)
{
	for(uint32_t r = 0; r < pool->n_routes; r++) {
		rep_row_t *rows = pool->routes[r]->rows;
		for(uint32_t i = 0; rows && i < pool->n_rows; i++)
			rep_sums_make(&rows[i].sums, &pool->charts, &rows[i].counts);
	}
}

void rep_rows_expire(rep_pool_t *pool, uint32_t oldest)
{
	for(uint32_t r = 0; r < pool->n_routes; r++) {
		rep_route_t *route = pool->routes[r];
		for(uint32_t i = 0; route->rows && i < pool->n_rows; i++)
			if(route->rows[i].bucket && route->rows[i].bucket < oldest)
				row_clear(pool, route, &route->rows[i]);
	}
}

static void refill_from(rep_pool_t *pool, const rep_number_t *number)
{
	const rep_cell_head_t *cell;

	for(uint32_t ref = number->cells; ref != REP_NONE; ref = cell->next) {
		rep_counts_t counts = {{0}};
		cell = rep_cell_at(pool, ref);
		rep_cell_add(pool, ref, &counts);
		for(int o = 0; o < REP_OUTCOMES; o++)
			if(counts.n[o])
				rep_row_add(pool, cell->route, cell->bucket, o, counts.n[o]);
	}
}

void rep_rows_rebuild(rep_pool_t *pool)
{
	for(uint32_t r = 0; r < pool->n_routes; r++) {
		rep_free(pool->routes[r]->rows);
		pool->routes[r]->rows = NULL;
		pool->routes[r]->window = (rep_counts_t){{0}};
	}
	pool->n_rows = 0;
	pool->window = (rep_counts_t){{0}};
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
