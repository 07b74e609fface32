/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pools there are. */

#include "pools.h"

#include "lock.h"

int rep_registry_pools(const rep_registry_t *registry)
{
	return atomic_load_explicit(&registry->n_pools, memory_order_acquire);
}

const char *rep_registry_name(const rep_registry_t *registry, int pool)
{
	if(pool < 0 || pool >= rep_registry_pools(registry)
			|| !atomic_load(&registry->pools[pool]->live))
		return "";
	return registry->pools[pool]->name;
}

int rep_registry_find(const rep_registry_t *registry, rep_span_t name)
{
	int n = rep_registry_pools(registry);

	for(int i = 0; i < n; i++) {
		const rep_pool_t *pool = registry->pools[i];
		if(rep_span_is(name, pool->name) && atomic_load(&pool->live))
			return i;
	}
	return REP_NO_POOL;
}

bool rep_pool_name_fits(rep_span_t name)
{
	if(name.len < 1 || name.len > REP_POOL_MAX)
		return false;
	for(size_t i = 0; i < name.len; i++) {
		char c = name.s[i];
		if(!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
				   || (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return true;
}

void rep_registry_observe(rep_registry_t *registry, bool observe)
{
	if(atomic_exchange(&registry->observe, observe) == observe)
		return;
	for(int i = 0; i < rep_registry_pools(registry); i++) {
		rep_pool_t *pool = rep_pool_lock(registry, i);
		if(!pool)
			continue;
		pool->refresh = 0;
		rep_pool_unlock(pool);
	}
}

bool rep_registry_observes(const rep_registry_t *registry)
{
	return atomic_load(&registry->observe);
}

void rep_registry_alone(rep_registry_t *registry)
{
	atomic_store(&registry->alone, true);
}

rep_event_ring_t *rep_registry_events(rep_registry_t *registry)
{
	return &registry->events;
}

rep_clocks_t *rep_registry_clocks(rep_registry_t *registry)
{
	return &registry->clocks;
}

rep_edit_queue_t *rep_registry_edits(rep_registry_t *registry)
{
	return &registry->edits;
}
