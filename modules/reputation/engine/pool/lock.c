/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock of a pool. */

#include "lock.h"

rep_pool_t *rep_pool_lock_any(const rep_registry_t *registry, int id)
{
	if(id < 0
			|| id >= atomic_load_explicit(
					   &registry->n_pools, memory_order_acquire))
		return NULL;
	rep_lock(&registry->pools[id]->lock);
	return registry->pools[id];
}

rep_pool_t *rep_pool_lock(const rep_registry_t *registry, int id)
{
	rep_pool_t *pool = rep_pool_lock_any(registry, id);

	if(!pool || atomic_load_explicit(&pool->live, memory_order_relaxed))
		return pool;
	rep_unlock(&pool->lock);
	return NULL;
}

void rep_pool_unlock(rep_pool_t *pool)
{
	rep_unlock(&pool->lock);
}
