/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registry. */

#include "registry.h"

#include "alarm.h"
#include "callees.h"
#include "forget.h"
#include "local.h"
#include "guards.h"
#include "lock.h"
#include "pool_policy.h"
#include "pools.h"
#include "refusals.h"
#include "probes.h"
#include "redress.h"
#include "reported.h"
#include "routes.h"
#include "slot.h"
#include "strata.h"
#include "survey.h"

rep_registry_t *rep_registry_create(uint32_t max_numbers)
{
	rep_registry_t *registry = rep_alloc(sizeof(*registry));

	if(!registry)
		return NULL;
	memset(registry, 0, sizeof(*registry));
	registry->max_numbers = max_numbers;
	if(rep_lock_init(&registry->lock) < 0)
		goto no_lock;
	if(rep_lock_init(&registry->events.lock) < 0)
		goto no_events;
	if(rep_lock_init(&registry->edits.lock) < 0)
		goto no_edits;
	if(rep_lock_init(&registry->no_pool.lock) < 0)
		goto no_no_pool;
	return registry;

no_no_pool:
	rep_lock_destroy(&registry->edits.lock);
no_edits:
	rep_lock_destroy(&registry->events.lock);
no_events:
	rep_lock_destroy(&registry->lock);
no_lock:
	rep_free(registry);
	return NULL;
}

static void pool_clear(rep_pool_t *pool)
{
	for(uint32_t i = 0; i < rep_slab_count(&pool->numbers); i++)
		if(rep_number_at(pool, i)->flags & REP_LIVE)
			rep_free(rep_number_at(pool, i)->text);
	rep_slab_clear(&pool->numbers);
	rep_slab_clear(&pool->narrow);
	rep_slab_clear(&pool->wide);
	rep_slab_clear(&pool->routed);
	rep_slab_clear(&pool->pasts);
	rep_slab_clear(&pool->screens);
	rep_slab_clear(&pool->leases);
	rep_free(pool->index.heads);
	rep_free(pool->index.old);
	rep_ring_clear(&pool->candidates);
	rep_local_clear(&pool->local);
	rep_survey_drop(pool);
	rep_fifo_clear(&pool->dirty_cells);
	rep_fifo_clear(&pool->dirty_records);
	rep_fifo_clear(&pool->dirty_health);
	rep_fifo_clear(&pool->unjudged);
	rep_fifo_clear(&pool->wants_lease);
	rep_fifo_clear(&pool->has_lease);
	rep_heap_clear(&pool->timer);
	for(uint32_t r = 0; r < pool->n_routes; r++) {
		rep_heap_clear(&pool->routes[r]->queue);
		rep_free(pool->routes[r]);
	}
	rep_strata_clear(pool);
}

static void pool_destroy(rep_pool_t *pool)
{
	pool_clear(pool);
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
	rep_callees_destroy(registry);
	rep_lock_destroy(&registry->no_pool.lock);
	rep_guarded_destroy(registry);
	rep_redress_destroy(registry);
	rep_probes_destroy(registry);
	rep_reported_destroy(registry);
	rep_lock_destroy(&registry->edits.lock);
	rep_lock_destroy(&registry->events.lock);
	rep_lock_destroy(&registry->lock);
	rep_free(registry);
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
	pool->spread = (rep_spread_t)REP_SPREAD_PRIOR;
	rep_slab_init(&pool->numbers, sizeof(rep_number_t));
	rep_slab_init(&pool->narrow, sizeof(rep_narrow_t));
	rep_slab_init(&pool->wide, sizeof(rep_wide_t));
	rep_slab_init(&pool->routed, sizeof(rep_routed_t));
	rep_slab_init(&pool->pasts, sizeof(rep_past_t));
	rep_slab_init(&pool->screens, sizeof(rep_screen_t));
	rep_slab_init(&pool->leases, sizeof(rep_leases_t));
	rep_local_init(&pool->local);
	pool->refresh = pool->refill = pool->retell = REP_NONE;
	if(rep_route_put(pool, rep_span("")) != 0 || pool->n_routes != 1) {
		pool_destroy(pool);
		return NULL;
	}
	return pool;
}

/* The pool of that name, dropped or not. */
static int find_any(const rep_registry_t *registry, rep_span_t name)
{
	for(int i = 0; i < rep_registry_pools(registry); i++)
		if(rep_span_is(name, registry->pools[i]->name))
			return i;
	return REP_NO_POOL;
}

int rep_registry_put(rep_registry_t *registry, rep_span_t name)
{
	rep_pool_t *pool;
	int id;

	if(!rep_pool_name_fits(name))
		return REP_NO_POOL;
	rep_lock(&registry->lock);
	id = find_any(registry, name);
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

void rep_registry_close(rep_registry_t *registry, int id)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return;
	atomic_store(&pool->live, false);
	rep_unlock(&pool->lock);
}

void rep_registry_drop(rep_registry_t *registry, int id)
{
	rep_pool_t *pool;
	rep_policy_t fresh;

	rep_registry_close(registry, id);
	pool = rep_pool_lock_any(registry, id);
	if(!pool)
		return;
	for(uint32_t i = 0; i < rep_slab_count(&pool->numbers); i++)
		if(rep_number_at(pool, i)->flags & REP_LIVE)
			rep_number_forget(pool, i);
	rep_pool_forget_refusals(pool);
	pool->guarded = false;
	rep_unlock(&pool->lock);
	if(registry->guard)
		rep_guard_drop(registry->guard, id);
	rep_policy_default(&fresh);
	rep_pool_set_policy(registry, id, &fresh, 0);
}

static size_t pool_bytes(const rep_pool_t *pool)
{
	size_t bytes = sizeof(*pool);
	const rep_slab_t *slabs[] = {&pool->numbers, &pool->narrow, &pool->wide,
			&pool->routed, &pool->pasts, &pool->screens, &pool->leases};

	for(size_t i = 0; i < sizeof(slabs) / sizeof(slabs[0]); i++)
		bytes += (size_t)rep_slab_count(slabs[i]) * slabs[i]->size;
	bytes += ((size_t)pool->index.mask + 1) * sizeof(uint32_t);
	bytes += rep_ring_bytes(&pool->candidates) + rep_local_bytes(&pool->local);
	bytes += pool->timer.room * sizeof(rep_heap_entry_t);
	bytes += (pool->dirty_cells.room + pool->dirty_records.room
					 + pool->dirty_health.room + pool->unjudged.room
					 + pool->wants_lease.room + pool->has_lease.room)
			 * sizeof(uint32_t);
	for(uint32_t i = 0; i < pool->n_routes; i++) {
		const rep_route_t *route = pool->routes[i];
		bytes += sizeof(*route) + route->queue.room * sizeof(rep_heap_entry_t);
	}
	for(uint32_t s = 0; s < pool->n_strata; s++) {
		bytes += sizeof(rep_stratum_t);
		if(pool->strata[s]->rows)
			bytes += pool->n_rows * sizeof(rep_row_t);
	}
	return bytes;
}

void rep_registry_stats(rep_registry_t *registry, rep_registry_stats_t *out)
{
	*out = (rep_registry_stats_t){
			.numbers = atomic_load(&registry->n_numbers),
			.max_numbers = registry->max_numbers,
			.lost = atomic_load(&registry->lost),
			.full_numbers = atomic_load(&registry->full_numbers),
			.full_memory = atomic_load(&registry->full_memory),
			.full_routes = atomic_load(&registry->full_routes),
			.full_strata = atomic_load(&registry->full_strata),
			.bytes = sizeof(*registry),
	};
	for(int o = 0; o < REP_OUTCOMES; o++) {
		out->outcomes[o] = atomic_load(&registry->outcomes[o]);
		out->counted += out->outcomes[o];
	}
	for(int p = 0; p < REP_PICKS; p++)
		out->refused[p] = atomic_load(&registry->refused[p]);
	rep_events_own(&registry->events, out->events);
	for(int i = 0; i < rep_registry_pools(registry); i++) {
		rep_pool_t *pool = rep_pool_lock(registry, i);
		if(!pool)
			continue;
		for(int s = 0; s < REP_STATES; s++)
			out->by_state[s] += pool->by_state[s];
		out->in_flight += pool->in_flight;
		out->pools++;
		out->picks += pool->picks;
		out->refusals += pool->refusals;
		out->bytes += pool_bytes(pool);
		rep_pool_unlock(pool);
	}
}
