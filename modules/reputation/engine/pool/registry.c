/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of pools, and the ring of edges. */

#include "pool.h"

rep_book_t *rep_book_create(uint32_t max_numbers)
{
	rep_book_t *book = rep_alloc(sizeof(*book));

	if(!book)
		return NULL;
	memset(book, 0, sizeof(*book));
	book->max_numbers = max_numbers;
	if(rep_lock_init(&book->lock) < 0)
		goto no_lock;
	if(rep_lock_init(&book->edge_lock) < 0)
		goto no_edge_lock;
	return book;

no_edge_lock:
	rep_lock_destroy(&book->lock);
no_lock:
	rep_free(book);
	return NULL;
}

static void pool_destroy(rep_pool_t *pool)
{
	rep_numbers_clear(pool);
	rep_lock_destroy(&pool->lock);
	rep_free(pool);
}

void rep_book_destroy(rep_book_t *book)
{
	if(!book)
		return;
	for(int i = 0; i < atomic_load(&book->n_pools); i++)
		pool_destroy(book->pools[i]);
	rep_alarms_destroy(book);
	rep_lock_destroy(&book->edge_lock);
	rep_lock_destroy(&book->lock);
	rep_free(book);
}

void rep_book_observe(rep_book_t *book, bool observe)
{
	if(atomic_exchange(&book->observe, observe) == observe)
		return;
	for(int i = 0; i < rep_book_pools(book); i++) {
		rep_pool_t *pool = rep_pool_lock(book, i);
		if(!pool)
			continue;
		pool->refresh = 0;
		rep_pool_unlock(pool);
	}
}

void rep_book_alone(rep_book_t *book)
{
	atomic_store(&book->alone, true);
}

bool rep_book_observes(const rep_book_t *book)
{
	return atomic_load(&book->observe);
}

int rep_book_pools(const rep_book_t *book)
{
	return atomic_load_explicit(&book->n_pools, memory_order_acquire);
}

const char *rep_book_name(const rep_book_t *book, int pool)
{
	if(pool < 0 || pool >= rep_book_pools(book)
			|| !atomic_load(&book->pools[pool]->live))
		return "";
	return book->pools[pool]->name;
}

/* Pools are few, never move and never change their names: no lock. */
static int find(const rep_book_t *book, rep_span_t name, bool dropped_too)
{
	int n = rep_book_pools(book);

	for(int i = 0; i < n; i++) {
		const rep_pool_t *pool = book->pools[i];
		if(rep_span_is(name, pool->name)
				&& (dropped_too || atomic_load(&pool->live)))
			return i;
	}
	return REP_NO_POOL;
}

int rep_book_find(const rep_book_t *book, rep_span_t name)
{
	return find(book, name, false);
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

static rep_pool_t *pool_create(rep_book_t *book, rep_span_t name, int id)
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
	pool->book = book;
	pool->id = id;
	memcpy(pool->name, name.s, name.len);
	rep_policy_default(&pool->policy);
	rep_charts_init(&pool->charts, &pool->policy);
	rep_yardstick_make(&pool->yardstick, &pool->charts, &nothing, 1);
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

int rep_book_put(rep_book_t *book, rep_span_t name)
{
	rep_pool_t *pool;
	int id;

	if(!rep_pool_name_fits(name))
		return REP_NO_POOL;
	rep_lock(&book->lock);
	id = find(book, name, true);
	if(id != REP_NO_POOL) {
		atomic_store(&book->pools[id]->live, true);
	} else if(rep_book_pools(book) < REP_POOLS_MAX) {
		id = rep_book_pools(book);
		pool = pool_create(book, name, id);
		if(pool) {
			atomic_store(&pool->live, true);
			book->pools[id] = pool;
			atomic_store_explicit(&book->n_pools, id + 1, memory_order_release);
		} else {
			id = REP_NO_POOL;
		}
	}
	rep_unlock(&book->lock);
	return id;
}

void rep_book_drop(rep_book_t *book, int id)
{
	rep_pool_t *pool = rep_pool_lock(book, id);
	rep_policy_t fresh;

	if(!pool)
		return;
	atomic_store(&pool->live, false);
	for(uint32_t i = 0; i < rep_slab_count(&pool->numbers); i++)
		if(rep_number_at(pool, i)->flags & REP_LIVE)
			rep_number_forget(pool, i);
	rep_unlock(&pool->lock);
	rep_policy_default(&fresh);
	rep_pool_set_policy(book, id, &fresh, 0);
}

rep_pool_t *rep_pool_lock(const rep_book_t *book, int id)
{
	rep_pool_t *pool;

	if(id < 0 || id >= rep_book_pools(book))
		return NULL;
	pool = book->pools[id];
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

void rep_book_announce(rep_book_t *book, const rep_edge_t *edge)
{
	rep_lock(&book->edge_lock);
	book->edges[book->edge_count++ % REP_EDGE_RING] = *edge;
	rep_unlock(&book->edge_lock);
}

size_t rep_book_edges(
		rep_book_t *book, uint64_t *cursor, rep_edge_t *out, size_t max)
{
	size_t n = 0;

	rep_lock(&book->edge_lock);
	if(book->edge_count > REP_EDGE_RING
			&& *cursor < book->edge_count - REP_EDGE_RING)
		*cursor = book->edge_count - REP_EDGE_RING;
	while(n < max && *cursor < book->edge_count)
		out[n++] = book->edges[(*cursor)++ % REP_EDGE_RING];
	rep_unlock(&book->edge_lock);
	return n;
}

bool rep_book_edit(rep_book_t *book, const rep_edit_t *edit)
{
	bool room;

	rep_lock(&book->edge_lock);
	room = book->edit_count < REP_EDITS;
	if(room)
		book->edits[(book->edit_head + book->edit_count++) % REP_EDITS] = *edit;
	rep_unlock(&book->edge_lock);
	return room;
}

bool rep_book_take_edit(rep_book_t *book, rep_edit_t *edit)
{
	bool any;

	rep_lock(&book->edge_lock);
	any = book->edit_count > 0;
	if(any) {
		*edit = book->edits[book->edit_head];
		book->edit_head = (book->edit_head + 1) % REP_EDITS;
		book->edit_count--;
	}
	rep_unlock(&book->edge_lock);
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

void rep_book_stats(rep_book_t *book, rep_book_stats_t *out)
{
	*out = (rep_book_stats_t){
			.numbers = atomic_load(&book->n_numbers),
			.max_numbers = book->max_numbers,
			.counted = atomic_load(&book->counted),
			.lost = atomic_load(&book->lost),
			.full_numbers = atomic_load(&book->full_numbers),
			.full_memory = atomic_load(&book->full_memory),
			.full_routes = atomic_load(&book->full_routes),
			.bytes = sizeof(*book),
	};
	for(int i = 0; i < rep_book_pools(book); i++) {
		rep_pool_t *pool = rep_pool_lock(book, i);
		if(!pool)
			continue;
		out->pools++;
		out->picks += pool->picks;
		out->refusals += pool->refusals;
		out->bytes += pool_bytes(pool);
		rep_pool_unlock(pool);
	}
}
