/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers with something that was not sent yet. */

#include "dirty.h"

#include "slot.h"

void rep_number_mark(rep_pool_t *pool, uint32_t i, uint8_t flag)
{
	rep_number_t *number = rep_number_at(pool, i);

	if(number->flags & flag || atomic_load(&pool->registry->alone))
		return;
	number->flags |= flag;
	rep_fifo_push(flag == REP_DIRTY_CELLS	 ? &pool->dirty_cells
				  : flag == REP_DIRTY_RECORD ? &pool->dirty_records
				  : flag == REP_WANTS_LEASE	 ? &pool->wants_lease
				  : flag == REP_HAS_LEASE	 ? &pool->has_lease
											 : &pool->dirty_health,
			i);
}
