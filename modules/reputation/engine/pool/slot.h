/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slots of numbers: made with all that a number may need later without asking
 * for memory, and reused when nothing refers to one any more. */

#ifndef REP_SLOT_H
#define REP_SLOT_H

#include "pool.h"

static inline rep_number_t *rep_number_at(const rep_pool_t *pool, uint32_t i)
{
	return rep_slab_at(&pool->numbers, i);
}

/* The index of a slot, zeroed; REP_NONE without memory. */
uint32_t rep_slot_alloc(rep_pool_t *pool);

/* Take the slot back once nothing refers to it: no list, queue or timer. */
void rep_number_reap(rep_pool_t *pool, uint32_t i);

#endif
