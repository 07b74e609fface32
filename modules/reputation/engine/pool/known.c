/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers wait for their verdicts. Each has a generation, given out in order,
 * so one mark a pool says which were read. */

#include "known.h"

#include "lock.h"
#include "pools.h"
#include "queue.h"
#include "slot.h"

#define SLICE 1024 /* numbers under one hold of the lock */

/* Take up the numbers of generation `from` and later, as far as they may be
 * picked. */
static void wake(
		rep_registry_t *registry, int id, uint32_t from, rep_time_t now)
{
	for(uint32_t i = 0, end = SLICE;; end += SLICE) {
		rep_pool_t *pool = rep_pool_lock(registry, id);
		uint32_t n = pool ? rep_slab_count(&pool->numbers) : 0;

		for(; i < n && i < end; i++) {
			const rep_number_t *number = rep_number_at(pool, i);

			if((number->flags & REP_LIVE) && number->generation >= from)
				rep_number_wake(pool, i, now);
		}
		if(pool)
			rep_pool_unlock(pool);
		if(i >= n)
			return;
	}
}

uint32_t rep_pool_unknown(rep_registry_t *registry, int id)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	uint32_t mark = 0;

	if(!pool)
		return 0;
	if(pool->known <= pool->generations)
		mark = pool->generations + 1;
	rep_pool_unlock(pool);
	return mark;
}

void rep_pool_known(
		rep_registry_t *registry, int id, uint32_t mark, rep_time_t now)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	uint32_t from;

	if(!pool)
		return;
	from = pool->known;
	if(mark > from)
		pool->known = mark;
	rep_pool_unlock(pool);
	if(mark > from)
		wake(registry, id, from, now);
}

void rep_registry_reach(rep_registry_t *registry, bool reach, rep_time_t now)
{
	if(atomic_exchange(&registry->reach, reach) == reach || reach)
		return;
	for(int i = 0; i < rep_registry_pools(registry); i++) {
		rep_pool_t *pool = rep_pool_lock(registry, i);
		uint32_t from = 0;
		bool waits = false;

		if(pool) {
			from = pool->known;
			waits = from <= pool->generations;
			if(pool->policy.caps
					== REP_SOFT) { /* shares of caps are in force */
				waits = true;
				from = 0;
			}
			rep_pool_unlock(pool);
		}
		if(waits)
			wake(registry, i, from, now);
	}
}
