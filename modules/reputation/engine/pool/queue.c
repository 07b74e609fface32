/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queues of picks and the timer. */

#include "queue.h"

#include "caps.h"
#include "dirty.h"
#include "slot.h"
#include "standing.h"
#include "usable.h"

static void queue_put(rep_pool_t *pool, uint32_t i, uint8_t r)
{
	rep_number_t *number = rep_number_at(pool, i);

	if(rep_heap_push(&pool->routes[r]->queue, number->key, i) == 0)
		number->queued |= UINT64_C(1) << r;
	else
		atomic_fetch_add(&pool->registry->full_memory, 1);
}

static void timer_set(rep_pool_t *pool, uint32_t i, uint32_t when)
{
	rep_number_t *number = rep_number_at(pool, i);

	if(!when || (number->wake && number->wake <= when))
		return;
	if(!number->wake && number->later && number->later <= when) {
		/* an entry from before is still there, and comes first */
		number->wake = number->later;
		number->later = 0;
	} else if(rep_heap_push(&pool->timer, when, i) == 0) {
		if(!number->later || (number->wake && number->wake < number->later))
			number->later = number->wake;
		number->wake = when;
	} else {
		atomic_fetch_add(&pool->registry->full_memory, 1);
	}
}

void rep_number_wake(rep_pool_t *pool, uint32_t i, rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);
	rep_time_t due = rep_verdict_next(pool, number);
	uint32_t capped = rep_number_capped_until(pool, number, now);

	for(uint32_t r = 0; r < pool->n_routes; r++)
		if(pool->routes[r]->open && !(number->queued & UINT64_C(1) << r)
				&& rep_number_queues(pool, number, (uint8_t)r, now))
			queue_put(pool, i, (uint8_t)r);
	if(due)
		timer_set(pool, i, rep_seconds_of(due + 999));
	if(capped != REP_UNTIL_HANG_UP)
		timer_set(pool, i, capped);
	if(number->lease_wait > rep_seconds_of(now))
		timer_set(pool, i, number->lease_wait);
}

void rep_queue_open(rep_pool_t *pool, uint8_t r, rep_time_t now)
{
	rep_route_t *route = pool->routes[r];
	uint32_t n = rep_slab_count(&pool->numbers);

	if(route->open || rep_heap_reserve(&route->queue, n) < 0)
		return;
	route->open = true;
	for(uint32_t i = 0; i < n; i++)
		if(rep_number_queues(pool, rep_number_at(pool, i), r, now))
			queue_put(pool, i, r);
}

static uint32_t heap_top(rep_pool_t *pool, uint8_t r, rep_time_t now)
{
	rep_heap_t *queue = &pool->routes[r]->queue;

	while(queue->count) {
		uint32_t i = queue->entries[0].item;
		rep_number_t *number = rep_number_at(pool, i);
		if(!rep_number_usable(pool, number, r, now)) {
			rep_heap_pop(queue);
			number->queued &= ~(UINT64_C(1) << r);
			if(!(number->flags & REP_LIVE))
				rep_number_reap(pool, i);
			else if(rep_number_queues(pool, number, r, now))
				rep_number_mark(pool, i, REP_WANTS_LEASE);
			else
				rep_number_wake(pool, i, now);
		} else if(queue->entries[0].key < number->key) {
			rep_heap_retop(queue, number->key);
		} else {
			return i;
		}
	}
	return REP_NONE;
}

void rep_queue_back(rep_pool_t *pool, uint32_t i)
{
	uint32_t k = 0;

	while(k < pool->n_back && pool->back[k].item != i)
		k++;
	if(k == REP_BACK)
		k = 0;
	else if(k == pool->n_back)
		pool->n_back++;
	pool->back[k] = (rep_heap_entry_t){rep_number_at(pool, i)->key, i};
}

static bool comes_before(const rep_pool_t *pool, uint32_t i, uint32_t other)
{
	uint64_t a = rep_number_at(pool, i)->key;
	uint64_t b = rep_number_at(pool, other)->key;

	return a != b ? a < b : i < other;
}

uint32_t rep_queue_top(rep_pool_t *pool, uint8_t r, rep_time_t now)
{
	uint32_t top = heap_top(pool, r, now);

	for(uint32_t k = 0; k < pool->n_back;) {
		uint32_t i = pool->back[k].item;
		const rep_number_t *number = rep_number_at(pool, i);
		if(number->key != pool->back[k].key) {
			/* picked since, or the slot is another number's */
			pool->back[k] = pool->back[--pool->n_back];
			continue;
		}
		if((top == REP_NONE || comes_before(pool, i, top))
				&& rep_number_usable(pool, number, r, now))
			top = i;
		k++;
	}
	return top;
}
