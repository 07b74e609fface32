/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells. */

#include "cells.h"

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

void rep_cell_free(rep_pool_t *pool, uint32_t ref)
{
	pool->strata[rep_cell_at(pool, ref)->stratum]->cells--;
	if(ref & REP_WIDE)
		rep_slab_free(&pool->wide, ref & ~REP_WIDE);
	else
		rep_slab_free(&pool->narrow, ref);
}

/* Where the reference to the cell is kept: in the number or in the cell
 * before it. A cell is put in its place, newest bucket first, if need be;
 * NULL without memory. */
uint32_t *rep_cell_find(rep_pool_t *pool, rep_number_t *number, uint32_t bucket,
		rep_stamp_t stamp, uint16_t stratum)
{
	uint32_t *at = &number->cells, ref;
	rep_cell_head_t *cell;

	for(; *at != REP_NONE; at = &cell->next) {
		cell = rep_cell_at(pool, *at);
		if(cell->bucket < bucket)
			break;
		if(cell->bucket == bucket && cell->stamp == stamp
				&& cell->stratum == stratum)
			return at;
	}
	ref = rep_slab_alloc(&pool->narrow);
	if(ref == REP_SLAB_NONE) {
		atomic_fetch_add(&pool->registry->full_memory, 1);
		return NULL;
	}
	cell = rep_cell_at(pool, ref);
	pool->strata[stratum]->cells++;
	*cell = (rep_cell_head_t){*at, bucket, stamp, stratum, 0, REP_WEIGHT};
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
	pool->strata[cell->stratum]->cells++;
	rep_cell_free(pool, old);
	*at = ref | REP_WIDE;
	return true;
}

uint32_t rep_cell_get(const rep_pool_t *pool, uint32_t ref, bool own, int o)
{
	return get(rep_cell_at(pool, ref), ref & REP_WIDE, own, o);
}

bool rep_cell_set(
		rep_pool_t *pool, uint32_t *at, bool own, int o, uint32_t value)
{
	if(value > UINT8_MAX && !(*at & REP_WIDE) && !widen(pool, at))
		return false;
	set(rep_cell_at(pool, *at), *at & REP_WIDE, own, o, value);
	return true;
}
