/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bucketed counts by outcome: the cells of numbers, the rows of the pool. */

#include "pool.h"

#define MS_PER_MINUTE 60000

uint32_t rep_bucket_of(const rep_policy_t *policy, rep_time_t now)
{
	int64_t minute = now > 0 ? now / MS_PER_MINUTE : 0;

	return (uint32_t)(minute - minute % policy->bucket_minutes);
}

uint32_t rep_bucket_oldest(const rep_policy_t *policy, rep_time_t now)
{
	uint32_t newest = rep_bucket_of(policy, now);
	uint32_t window = policy->window_hours * 60;
	uint32_t span = window > policy->bucket_minutes
							? window - policy->bucket_minutes
							: 0;

	return newest > span ? newest - span : 0;
}

/* ---- cells ----------------------------------------------------------- */

rep_cell_head_t *rep_cell_at(const rep_pool_t *pool, uint32_t ref)
{
	return ref & REP_WIDE ? rep_slab_at(&pool->wide, ref & ~REP_WIDE)
						  : rep_slab_at(&pool->narrow, ref);
}

static uint32_t get(const rep_cell_head_t *cell, bool wide, bool own, int o)
{
	if(wide) {
		const rep_wide_t *w = (const rep_wide_t *)cell;
		return own ? w->own[o] : w->others[o];
	} else {
		const rep_narrow_t *n = (const rep_narrow_t *)cell;
		return own ? n->own[o] : n->others[o];
	}
}

static void set(
		rep_cell_head_t *cell, bool wide, bool own, int o, uint32_t value)
{
	if(wide) {
		rep_wide_t *w = (rep_wide_t *)cell;
		*(own ? &w->own[o] : &w->others[o]) = value;
	} else {
		rep_narrow_t *n = (rep_narrow_t *)cell;
		*(own ? &n->own[o] : &n->others[o]) = (uint8_t)value;
	}
}

void rep_cell_own(const rep_pool_t *pool, uint32_t ref, rep_counts_t *out)
{
	const rep_cell_head_t *cell = rep_cell_at(pool, ref);

	for(int o = 0; o < REP_OUTCOMES; o++)
		out->n[o] = get(cell, ref & REP_WIDE, true, o);
}

void rep_cell_add(const rep_pool_t *pool, uint32_t ref, rep_counts_t *sum)
{
	const rep_cell_head_t *cell = rep_cell_at(pool, ref);

	if(ref & REP_WIDE) {
		const rep_wide_t *w = (const rep_wide_t *)cell;
		for(int o = 0; o < REP_OUTCOMES; o++)
			sum->n[o] += w->own[o] + w->others[o];
	} else {
		const rep_narrow_t *n = (const rep_narrow_t *)cell;
		for(int o = 0; o < REP_OUTCOMES; o++)
			sum->n[o] += (uint32_t)n->own[o] + n->others[o];
	}
}

static void give(rep_pool_t *pool, uint32_t ref)
{
	if(ref & REP_WIDE)
		rep_slab_free(&pool->wide, ref & ~REP_WIDE);
	else
		rep_slab_free(&pool->narrow, ref);
}

/* Where the reference to the cell is kept: in the number or in the cell
 * before it. A cell is put in its place, newest bucket first, if need be;
 * NULL without memory. */
static uint32_t *find_cell(rep_pool_t *pool, rep_number_t *number,
		uint32_t bucket, rep_stamp_t stamp, uint8_t route)
{
	uint32_t *at = &number->cells, ref;
	rep_cell_head_t *cell;

	for(; *at != REP_NONE; at = &cell->next) {
		cell = rep_cell_at(pool, *at);
		if(cell->bucket < bucket)
			break;
		if(cell->bucket == bucket && cell->stamp == stamp
				&& cell->route == route)
			return at;
	}
	ref = rep_slab_alloc(&pool->narrow);
	if(ref == REP_SLAB_NONE) {
		atomic_fetch_add(&pool->registry->full_memory, 1);
		return NULL;
	}
	cell = rep_cell_at(pool, ref);
	*cell = (rep_cell_head_t){*at, bucket, stamp, route, 0};
	*at = ref;
	return at;
}

/* Move a cell whose counters no longer fit; false without memory. */
static bool widen(rep_pool_t *pool, uint32_t *at)
{
	uint32_t old = *at, ref = rep_slab_alloc(&pool->wide);
	rep_cell_head_t *cell;

	if(ref == REP_SLAB_NONE) {
		atomic_fetch_add(&pool->registry->full_memory, 1);
		return false;
	}
	cell = rep_slab_at(&pool->wide, ref);
	*cell = *rep_cell_at(pool, old);
	for(int o = 0; o < REP_OUTCOMES; o++) {
		set(cell, true, true, o, get(rep_cell_at(pool, old), false, true, o));
		set(cell, true, false, o, get(rep_cell_at(pool, old), false, false, o));
	}
	give(pool, old);
	*at = ref | REP_WIDE;
	return true;
}

static bool put(rep_pool_t *pool, uint32_t *at, bool own, int o, uint32_t value)
{
	if(value > UINT8_MAX && !(*at & REP_WIDE) && !widen(pool, at))
		return false;
	set(rep_cell_at(pool, *at), *at & REP_WIDE, own, o, value);
	return true;
}

/* ---- rows ------------------------------------------------------------ */

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

static void row_add(
		rep_pool_t *pool, uint8_t r, uint32_t bucket, int o, int64_t by)
{
	rep_route_t *route = pool->routes[r];
	rep_row_t *row;

	if(!route->rows) {
		if(!pool->n_rows) /* and a part of a bucket, and the next one */
			pool->n_rows =
					pool->policy.window_hours * 60 / pool->policy.bucket_minutes
					+ 2;
		route->rows = rep_alloc(pool->n_rows * sizeof(*row));
		if(!route->rows) {
			atomic_fetch_add(&pool->registry->full_memory, 1);
			return;
		}
		memset(route->rows, 0, pool->n_rows * sizeof(*row));
	}
	bucket -= bucket % pool->policy.bucket_minutes;
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

	bucket -= bucket % pool->policy.bucket_minutes;
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
				row_add(pool, cell->route, cell->bucket, o, counts.n[o]);
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

/* Is the number's evidence part of the rows, or will it come with it? */
static bool in_rows(const rep_pool_t *pool, uint32_t i)
{
	return i < pool->refill; /* REP_NONE is above all */
}

/* ---- counting -------------------------------------------------------- */

bool rep_evidence_count(rep_pool_t *pool, uint32_t i, rep_stamp_t stamp,
		uint8_t route, rep_outcome_t outcome, rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);
	uint32_t bucket = rep_bucket_of(&pool->policy, now);
	uint32_t *at = find_cell(pool, number, bucket, stamp, route), before;
	rep_cell_head_t *cell;

	if(!at)
		return false;
	cell = rep_cell_at(pool, *at);
	before = get(cell, *at & REP_WIDE, true, outcome);
	if(before == UINT32_MAX || !put(pool, at, true, outcome, before + 1))
		return false;
	rep_cell_at(pool, *at)->flags |= REP_CELL_DIRTY;
	if(in_rows(pool, i))
		row_add(pool, route, bucket, outcome, 1);
	rep_number_mark(pool, i, REP_DIRTY_CELLS);
	rep_number_mark(pool, i, REP_DIRTY_HEALTH);
	return true;
}

bool rep_evidence_put_others(rep_pool_t *pool, uint32_t i, uint32_t bucket,
		rep_stamp_t stamp, uint8_t route, const rep_counts_t *others)
{
	rep_number_t *number = rep_number_at(pool, i);
	uint32_t *at = find_cell(pool, number, bucket, stamp, route);

	if(!at)
		return false;
	for(int o = 0; o < REP_OUTCOMES; o++) {
		uint32_t before = get(rep_cell_at(pool, *at), *at & REP_WIDE, false, o);
		if(before == others->n[o])
			continue;
		if(!put(pool, at, false, o, others->n[o]))
			return false;
		if(in_rows(pool, i))
			row_add(pool, route, bucket, o, (int64_t)others->n[o] - before);
	}
	rep_number_mark(pool, i, REP_DIRTY_HEALTH);
	return true;
}

void rep_evidence_trim(rep_pool_t *pool, rep_number_t *number, uint32_t oldest)
{
	uint32_t *at = &number->cells, ref;

	while(*at != REP_NONE && rep_cell_at(pool, *at)->bucket >= oldest)
		at = &rep_cell_at(pool, *at)->next;
	ref = *at;
	*at = REP_NONE;
	while(ref != REP_NONE) {
		uint32_t next = rep_cell_at(pool, ref)->next;
		give(pool, ref);
		ref = next;
	}
}

/* The rows keep what was counted while the number was there: the pool's
 * history is the pool's. */
void rep_evidence_forget(rep_pool_t *pool, rep_number_t *number)
{
	rep_evidence_trim(pool, number, UINT32_MAX);
}
