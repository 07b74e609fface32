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
		return n->n[own ? o : REP_OUTCOMES + o];
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
		n->n[own ? o : REP_OUTCOMES + o] = (uint8_t)value;
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

bool rep_cell_put(rep_pool_t *pool, uint32_t *at, const rep_cell_key_t *key,
		uint8_t piece)
{
	uint32_t ref = rep_slab_alloc(&pool->narrow);

	if(ref == REP_SLAB_NONE) {
		atomic_fetch_add(&pool->registry->full_memory, 1);
		return false;
	}
	pool->strata[key->stratum]->cells++;
	*rep_cell_at(pool, ref) = (rep_cell_head_t){.next = *at,
			.bucket = key->bucket,
			.stamp = key->stamp,
			.stratum = key->stratum,
			.weight = REP_WEIGHT,
			.piece = piece};
	*at = ref;
	return true;
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

/* What both cells hold, within the range of a counter. */
static uint32_t both(
		const rep_pool_t *pool, uint32_t a, uint32_t b, bool own, int o)
{
	uint64_t n = (uint64_t)rep_cell_get(pool, a, own, o)
				 + rep_cell_get(pool, b, own, o);

	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

bool rep_cell_absorb(rep_pool_t *pool, uint32_t *at, uint32_t other)
{
	bool wide = *at & REP_WIDE;

	for(int k = 0; k < 2 * REP_OUTCOMES; k++)
		wide |= both(pool, *at, other, k & 1, k / 2) > UINT8_MAX;
	if(wide && !(*at & REP_WIDE) && !widen(pool, at))
		return false;
	for(int k = 0; k < 2 * REP_OUTCOMES; k++)
		set(rep_cell_at(pool, *at), wide, k & 1, k / 2,
				both(pool, *at, other, k & 1, k / 2));
	rep_cell_at(pool, *at)->flags |= rep_cell_at(pool, other)->flags;
	return true;
}
