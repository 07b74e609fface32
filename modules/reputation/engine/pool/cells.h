/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells: the outcomes of one number in one bucket, in one stratum, under one
 * stamp. A number's cells are chained, newest bucket first, and in a bucket
 * the newest piece first (pieces.h). */

#ifndef REP_CELLS_H
#define REP_CELLS_H

#include "pool.h"
#include "../base/vec.h"

static inline rep_cell_head_t *rep_cell_at(const rep_pool_t *pool, uint32_t ref)
{
	return ref & REP_WIDE ? rep_slab_at(&pool->wide, ref & ~REP_WIDE)
						  : rep_slab_at(&pool->narrow, ref);
}

/* This node's counts in a cell. */
void rep_cell_own(const rep_pool_t *pool, uint32_t ref, rep_counts_t *out);
/* Own and others' counts together, added to `sum`. */
static inline void rep_cell_add(
		const rep_pool_t *pool, uint32_t ref, rep_counts_t *sum)
{
	const rep_cell_head_t *cell = rep_cell_at(pool, ref);

	if(ref & REP_WIDE) {
		const rep_wide_t *w = (const rep_wide_t *)cell;
		for(int o = 0; o < REP_OUTCOMES; o++)
			sum->n[o] += w->own[o] + w->others[o];
	} else {
		const rep_narrow_t *n = (const rep_narrow_t *)cell;
		vec_words_t both[REP_OUTCOMES / VEC_LANES], add;

		vec_sum_bytes(n->n, both);
		for(int k = 0; k < REP_OUTCOMES / VEC_LANES; k++) {
			memcpy(&add, &sum->n[k * VEC_LANES], sizeof(add));
			add += both[k];
			memcpy(&sum->n[k * VEC_LANES], &add, sizeof(add));
		}
	}
}

/* Which counts a cell holds, whichever piece of the bucket. */
typedef struct rep_cell_key
{
	uint32_t bucket;
	rep_stamp_t stamp;
	uint16_t stratum;
} rep_cell_key_t;

static inline bool rep_cell_is(
		const rep_cell_head_t *cell, const rep_cell_key_t *key)
{
	return cell->bucket == key->bucket && cell->stamp == key->stamp
		   && cell->stratum == key->stratum;
}

/* Put an empty cell into the chain at `*at`; false without memory. */
bool rep_cell_put(rep_pool_t *pool, uint32_t *at, const rep_cell_key_t *key,
		uint8_t piece);
/* One counter of the cell that is kept at `*at`, own or others'. */
uint32_t rep_cell_get(const rep_pool_t *pool, uint32_t ref, bool own, int o);
/* Set it; the cell may move, `*at` follows. False without memory. */
bool rep_cell_set(
		rep_pool_t *pool, uint32_t *at, bool own, int o, uint32_t value);
/* Add all that another cell holds; false without memory, nothing done. */
bool rep_cell_absorb(rep_pool_t *pool, uint32_t *at, uint32_t other);
void rep_cell_free(rep_pool_t *pool, uint32_t ref);

#endif
