/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the store remembers of each pool. */

#include "store_pool.h"

#include <stdlib.h>

#include "../engine/pool/pools.h"

rep_store_pool_t *rep_store_pool_at(rep_store_t *store, int index)
{
	const char *name = rep_registry_name(store->registry, index);
	rep_store_pool_t *pool = store->pools[index];

	if(!name || !name[0])
		return NULL;
	if(!pool) {
		pool = calloc(1, sizeof(*pool));
		if(!pool)
			return NULL;
		pool->index = index;
		pool->slot = rep_key_slot(rep_span(name));
		strcpy(pool->feed_id, "0-0");
		/* until its policy is known */
		pool->ttl = (72 + 24) * 3600;
		pool->record_ttl = 90 * 86400;
		store->pools[index] = pool;
	}
	pool->name = name;
	return pool;
}

void rep_store_suspect(rep_store_t *store)
{
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		if(!pool)
			continue;
		pool->doubted = true;
		pool->check_after = 0;
		pool->lists_lost = true;
	}
}
