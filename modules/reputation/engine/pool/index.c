/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a number to its slot. */

#include "index.h"

#include "lock.h"
#include "slot.h"
#include "../base/mix.h"

#define CACHE_LINE 64 /* bytes, about everywhere */

static uint32_t hash_of(rep_e164_t e164)
{
	return (uint32_t)rep_mix(e164);
}

static uint32_t *head_of(const rep_index_t *index, rep_e164_t e164)
{
	uint32_t hash = hash_of(e164);

	if(index->old && (hash & index->old_mask) >= index->moved)
		return &index->old[hash & index->old_mask];
	return &index->heads[hash & index->mask];
}

static uint32_t *make_heads(uint32_t n)
{
	uint32_t *heads = rep_alloc(n * sizeof(*heads));

	if(heads)
		memset(heads, 0xff, n * sizeof(*heads)); /* REP_NONE */
	return heads;
}

static void move_some(rep_pool_t *pool, unsigned buckets)
{
	rep_index_t *index = &pool->index;

	while(index->old && buckets-- > 0) {
		uint32_t i = index->old[index->moved++];
		while(i != REP_NONE) {
			rep_number_t *number = rep_number_at(pool, i);
			uint32_t next = number->next;
			uint32_t *head = &index->heads[hash_of(number->e164) & index->mask];
			number->next = *head;
			*head = i;
			i = next;
		}
		if(index->moved > index->old_mask) {
			rep_free(index->old);
			index->old = NULL;
		}
	}
}

/* Without memory the chains just grow longer. */
int rep_index_grow(rep_pool_t *pool)
{
	rep_index_t *index = &pool->index;
	uint32_t *heads;

	move_some(pool, 2);
	if(index->heads && (index->old || index->count <= index->mask))
		return 0;
	heads = make_heads(index->heads ? (index->mask + 1) * 2 : 64);
	if(!heads)
		return index->heads ? 0 : -1;
	index->old = index->heads;
	index->old_mask = index->mask;
	index->moved = 0;
	index->mask = index->heads ? index->mask * 2 + 1 : 63;
	index->heads = heads;
	return 0;
}

void rep_index_add(rep_pool_t *pool, uint32_t i)
{
	rep_number_t *number = rep_number_at(pool, i);
	uint32_t *head = head_of(&pool->index, number->e164);

	number->next = *head;
	*head = i;
	pool->index.count++;
}

void rep_index_remove(rep_pool_t *pool, uint32_t i)
{
	uint32_t *at = head_of(&pool->index, rep_number_at(pool, i)->e164);

	while(*at != i)
		at = &rep_number_at(pool, *at)->next;
	*at = rep_number_at(pool, i)->next;
	pool->index.count--;
}

uint32_t rep_number_find(const rep_pool_t *pool, rep_e164_t e164)
{
	uint32_t i;

	if(!pool->index.heads)
		return REP_NONE;
	i = *head_of(&pool->index, e164);
	while(i != REP_NONE && rep_number_at(pool, i)->e164 != e164)
		i = rep_number_at(pool, i)->next;
	return i;
}

void rep_index_expect(const rep_pool_t *pool, rep_e164_t e164)
{
	if(pool->index.heads)
		__builtin_prefetch(head_of(&pool->index, e164));
}

void rep_number_expect(const rep_pool_t *pool, rep_e164_t e164)
{
	uint32_t i = pool->index.heads ? *head_of(&pool->index, e164) : REP_NONE;
	const char *number = i == REP_NONE ? NULL : (char *)rep_number_at(pool, i);

	for(size_t at = 0; number && at < sizeof(rep_number_t); at += CACHE_LINE)
		__builtin_prefetch(number + at);
}

rep_pool_t *rep_number_lock(
		rep_registry_t *registry, int id, rep_e164_t e164, uint32_t *i)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return NULL;
	*i = rep_number_find(pool, e164);
	if(*i != REP_NONE)
		return pool;
	rep_pool_unlock(pool);
	return NULL;
}

uint32_t rep_number_index(const rep_pool_t *pool, const rep_ticket_t *ticket)
{
	const rep_number_t *number;

	if(!ticket->number || ticket->index >= rep_slab_count(&pool->numbers))
		return REP_NONE;
	number = rep_number_at(pool, ticket->index);
	if((number->flags & REP_LIVE) && number->e164 == ticket->number
			&& number->generation == ticket->generation)
		return ticket->index;
	return REP_NONE;
}
