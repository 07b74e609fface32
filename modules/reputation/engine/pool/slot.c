/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slots of numbers. */

#include "slot.h"

/* Everything that a number may need later without asking for memory. */
static int reserve(rep_pool_t *pool)
{
	uint32_t n = rep_slab_count(&pool->numbers);

	if(rep_fifo_reserve(&pool->dirty_cells, n) < 0
			|| rep_fifo_reserve(&pool->dirty_records, n) < 0
			|| rep_fifo_reserve(&pool->dirty_health, n) < 0
			|| rep_fifo_reserve(&pool->unjudged, n) < 0
			|| rep_fifo_reserve(&pool->wants_lease, n) < 0
			|| rep_fifo_reserve(&pool->has_lease, n) < 0
			|| rep_heap_reserve(&pool->timer, n) < 0)
		return -1;
	for(uint32_t r = 0; r < pool->n_routes; r++)
		if(pool->routes[r]->open
				&& rep_heap_reserve(&pool->routes[r]->queue, n) < 0)
			return -1;
	return 0;
}

uint32_t rep_slot_alloc(rep_pool_t *pool)
{
	if(pool->numbers.free == REP_SLAB_NONE
			&& (rep_slab_grow(&pool->numbers) < 0 || reserve(pool) < 0))
		return REP_NONE;
	/* a grown slab without the room that goes with it is tried again */
	if(reserve(pool) < 0)
		return REP_NONE;
	return rep_slab_alloc(&pool->numbers);
}

void rep_number_reap(rep_pool_t *pool, uint32_t i)
{
	const rep_number_t *number = rep_number_at(pool, i);
	const uint8_t listed = REP_DIRTY_CELLS | REP_DIRTY_RECORD | REP_DIRTY_HEALTH
						   | REP_UNJUDGED | REP_WANTS_LEASE | REP_HAS_LEASE
						   | REP_LIVE;

	if(!(number->flags & listed) && !number->queued && !number->wake)
		rep_slab_free(&pool->numbers, i);
}
