/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of pools, and the ring of edges. */

#include "pool.h"

rep_registry_t *rep_registry_create(uint32_t max_numbers)
{
	rep_registry_t *registry = rep_alloc(sizeof(*registry));

	if(!registry)
		return NULL;
	memset(registry, 0, sizeof(*registry));
	registry->max_numbers = max_numbers;
	if(rep_lock_init(&registry->lock) < 0)
		goto no_lock;
	if(rep_lock_init(&registry->event_lock) < 0)
		goto no_event_lock;
	return registry;

no_event_lock:
	rep_lock_destroy(&registry->lock);
no_lock:
	rep_free(registry);
	return NULL;
}

static void pool_destroy(rep_pool_t *pool)
{
	rep_numbers_clear(pool);
	rep_lock_destroy(&pool->lock);
	rep_free(pool);
}

void rep_registry_destroy(rep_registry_t *registry)
{
	if(!registry)
		return;
	for(int i = 0; i < atomic_load(&registry->n_pools); i++)
		pool_destroy(registry->pools[i]);
	rep_alarms_destroy(registry);
	rep_lock_destroy(&registry->event_lock);
	rep_lock_destroy(&registry->lock);
	rep_free(registry);
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

void rep_registry_alone(rep_registry_t *registry)
{
	atomic_store(&registry->alone, true);
}

bool rep_registry_observes(const rep_registry_t *registry)
{
	return atomic_load(&registry->observe);
}

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

/* Pools are few, never move and never change their names: no lock. */
static int find(
		const rep_registry_t *registry, rep_span_t name, bool dropped_too)
{
	int n = rep_registry_pools(registry);

	for(int i = 0; i < n; i++) {
		const rep_pool_t *pool = registry->pools[i];
		if(rep_span_is(name, pool->name)
				&& (dropped_too || atomic_load(&pool->live)))
			return i;
	}
	return REP_NO_POOL;
}

int rep_registry_find(const rep_registry_t *registry, rep_span_t name)
{
	return find(registry, name, false);
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

static rep_pool_t *pool_create(
		rep_registry_t *registry, rep_span_t name, int id)
{
	rep_pool_t *pool = rep_alloc(sizeof(*pool));
	rep_counts_t nothing = {{0}};

	if(!pool)
		return NULL;
	memset(pool, 0, sizeof(*pool));
	if(rep_lock_init(&pool->lock) < 0) {
		rep_free(pool);
		return NULL;
	}
	pool->registry = registry;
	pool->id = id;
	memcpy(pool->name, name.s, name.len);
	rep_policy_default(&pool->policy);
	rep_charts_init(&pool->charts, &pool->policy);
	rep_baseline_make(&pool->baseline, &pool->charts, &nothing, 1);
	rep_slab_init(&pool->numbers, sizeof(rep_number_t));
	rep_slab_init(&pool->narrow, sizeof(rep_narrow_t));
	rep_slab_init(&pool->wide, sizeof(rep_wide_t));
	rep_slab_init(&pool->routed, sizeof(rep_routed_t));
	pool->refresh = pool->refill = REP_NONE;
	if(rep_route_put(pool, rep_span("")) != 0 || pool->n_routes != 1) {
		pool_destroy(pool);
		return NULL;
	}
	return pool;
}

int rep_registry_put(rep_registry_t *registry, rep_span_t name)
{
	rep_pool_t *pool;
	int id;

	if(!rep_pool_name_fits(name))
		return REP_NO_POOL;
	rep_lock(&registry->lock);
	id = find(registry, name, true);
	if(id != REP_NO_POOL) {
		atomic_store(&registry->pools[id]->live, true);
	} else if(rep_registry_pools(registry) < REP_POOLS_MAX) {
		id = rep_registry_pools(registry);
		pool = pool_create(registry, name, id);
		if(pool) {
			atomic_store(&pool->live, true);
			registry->pools[id] = pool;
			atomic_store_explicit(
					&registry->n_pools, id + 1, memory_order_release);
		} else {
			id = REP_NO_POOL;
		}
	}
	rep_unlock(&registry->lock);
	return id;
}

void rep_registry_drop(rep_registry_t *registry, int id)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	rep_policy_t fresh;

	if(!pool)
		return;
	atomic_store(&pool->live, false);
	for(uint32_t i = 0; i < rep_slab_count(&pool->numbers); i++)
		if(rep_number_at(pool, i)->flags & REP_LIVE)
			rep_number_forget(pool, i);
	rep_unlock(&pool->lock);
	rep_policy_default(&fresh);
	rep_pool_set_policy(registry, id, &fresh, 0);
}

rep_pool_t *rep_pool_lock(const rep_registry_t *registry, int id)
{
	rep_pool_t *pool;

	if(id < 0 || id >= rep_registry_pools(registry))
		return NULL;
	pool = registry->pools[id];
	rep_lock(&pool->lock);
	if(atomic_load_explicit(&pool->live, memory_order_relaxed))
		return pool;
	rep_unlock(&pool->lock);
	return NULL;
}

void rep_pool_unlock(rep_pool_t *pool)
{
	rep_unlock(&pool->lock);
}

void rep_event_announce(rep_registry_t *registry, const rep_event_t *event)
{
	rep_lock(&registry->event_lock);
	registry->events[registry->event_count++ % REP_EVENT_RING] = *event;
	rep_unlock(&registry->event_lock);
}

size_t rep_events_read(rep_registry_t *registry, uint64_t *cursor,
		rep_event_t *out, size_t max)
{
	size_t n = 0;

	rep_lock(&registry->event_lock);
	if(registry->event_count > REP_EVENT_RING
			&& *cursor < registry->event_count - REP_EVENT_RING)
		*cursor = registry->event_count - REP_EVENT_RING;
	while(n < max && *cursor < registry->event_count)
		out[n++] = registry->events[(*cursor)++ % REP_EVENT_RING];
	rep_unlock(&registry->event_lock);
	return n;
}

bool rep_edit_put(rep_registry_t *registry, const rep_edit_t *edit)
{
	bool room;

	rep_lock(&registry->event_lock);
	room = registry->edit_count < REP_EDITS;
	if(room)
		registry->edits[(registry->edit_head + registry->edit_count++)
						% REP_EDITS] = *edit;
	rep_unlock(&registry->event_lock);
	return room;
}

bool rep_edit_drain(rep_registry_t *registry, rep_edit_t *edit)
{
	bool any;

	rep_lock(&registry->event_lock);
	any = registry->edit_count > 0;
	if(any) {
		*edit = registry->edits[registry->edit_head];
		registry->edit_head = (registry->edit_head + 1) % REP_EDITS;
		registry->edit_count--;
	}
	rep_unlock(&registry->event_lock);
	return any;
}

static size_t pool_bytes(const rep_pool_t *pool)
{
	size_t bytes = sizeof(*pool);
	const rep_slab_t *slabs[] = {
			&pool->numbers, &pool->narrow, &pool->wide, &pool->routed};

	for(size_t i = 0; i < sizeof(slabs) / sizeof(slabs[0]); i++)
		bytes += (size_t)rep_slab_count(slabs[i]) * slabs[i]->size;
	bytes += ((size_t)pool->index.mask + 1) * sizeof(uint32_t);
	bytes += pool->timer.room * sizeof(rep_heap_entry_t);
	bytes += (pool->dirty_cells.room + pool->dirty_records.room
					 + pool->dirty_health.room)
			 * sizeof(uint32_t);
	for(uint32_t i = 0; i < pool->n_routes; i++) {
		const rep_route_t *route = pool->routes[i];
		bytes += sizeof(*route) + route->queue.room * sizeof(rep_heap_entry_t);
		if(route->rows)
			bytes += pool->n_rows * sizeof(rep_row_t);
	}
	return bytes;
}

void rep_registry_stats(rep_registry_t *registry, rep_registry_stats_t *out)
{
	*out = (rep_registry_stats_t){
			.numbers = atomic_load(&registry->n_numbers),
			.max_numbers = registry->max_numbers,
			.counted = atomic_load(&registry->counted),
			.lost = atomic_load(&registry->lost),
			.full_numbers = atomic_load(&registry->full_numbers),
			.full_memory = atomic_load(&registry->full_memory),
			.full_routes = atomic_load(&registry->full_routes),
			.bytes = sizeof(*registry),
	};
	for(int i = 0; i < rep_registry_pools(registry); i++) {
		rep_pool_t *pool = rep_pool_lock(registry, i);
		if(!pool)
			continue;
		out->pools++;
		out->picks += pool->picks;
		out->refusals += pool->refusals;
		out->bytes += pool_bytes(pool);
		rep_pool_unlock(pool);
	}
}
