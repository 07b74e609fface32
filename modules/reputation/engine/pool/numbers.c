/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of a pool, as operators say. */

#include "numbers.h"

#include <stdio.h>

#include "candidates.h"
#include "dirty.h"
#include "forget.h"
#include "index.h"
#include "lock.h"
#include "queue.h"
#include "slot.h"
#include "standing.h"
#include "tags.h"

static int set_attrs(
		rep_pool_t *pool, rep_number_t *number, const rep_attrs_t *attrs)
{
	bool failed;
	char *text = rep_number_text(attrs, &failed);

	if(failed)
		return -1;
	rep_free(number->text);
	number->text = text;
	number->weight = attrs->weight > 0 ? attrs->weight : 1;
	number->cap_day = attrs->cap_day;
	number->since_day = attrs->since_day;
	number->status = attrs->status;
	rep_number_match(pool, number);
	return 0;
}

static bool count_in(rep_registry_t *registry)
{
	uint32_t n = atomic_fetch_add(&registry->n_numbers, 1);

	if(n < registry->max_numbers)
		return true;
	atomic_fetch_sub(&registry->n_numbers, 1);
	atomic_fetch_add(&registry->full_numbers, 1);
	return false;
}

static int add(rep_pool_t *pool, rep_e164_t e164, const rep_attrs_t *attrs,
		uint64_t hash, uint32_t load, rep_time_t now)
{
	rep_number_t *number;
	uint32_t i;

	if(!count_in(pool->registry))
		return -1;
	if(rep_index_grow(pool) < 0 || (i = rep_slot_alloc(pool)) == REP_NONE)
		goto no_memory;
	number = rep_number_at(pool, i);
	number->e164 = e164;
	number->cells = number->routed = REP_NONE;
	number->past = number->screen = REP_NONE;
	number->begun = UINT32_MAX;
	number->leases = REP_NONE;
	if(set_attrs(pool, number, attrs) < 0) {
		rep_slab_free(&pool->numbers, i);
		goto no_memory;
	}
	number->flags |= REP_LIVE;
	/* any ticket of an earlier holder of this slot is void */
	number->generation = ++pool->generations;
	number->hash = hash;
	number->load = load;
	number->verdict.state = REP_ACTIVE;
	number->verdict.reason = REP_REASON_NONE;
	number->key = 0;
	rep_index_add(pool, i);
	rep_candidate_update(pool, i);
	pool->live_numbers++;
	rep_number_account(pool, number, 1);
	rep_number_mark(pool, i, REP_DIRTY_HEALTH);
	rep_number_wake(pool, i, now);
	return 1;

no_memory:
	atomic_fetch_sub(&pool->registry->n_numbers, 1);
	atomic_fetch_add(&pool->registry->full_memory, 1);
	return -1;
}

int rep_pool_put(rep_registry_t *registry, int id, rep_e164_t e164,
		const rep_attrs_t *attrs, uint64_t hash, uint32_t load, rep_time_t now)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	rep_number_t *number;
	uint32_t i;
	int result = 0;

	if(!pool)
		return -1;
	i = rep_number_find(pool, e164);
	if(i == REP_NONE) {
		result = add(pool, e164, attrs, hash, load, now);
	} else {
		number = rep_number_at(pool, i);
		rep_number_account(pool, number, -1);
		if(set_attrs(pool, number, attrs) == 0)
			number->hash = hash;
		else
			result = -1;
		number->load = load;
		rep_candidate_update(pool, i);
		rep_number_account(pool, number, 1);
		rep_number_mark(pool, i, REP_DIRTY_HEALTH);
		rep_number_wake(pool, i, now);
	}
	rep_pool_unlock(pool);
	return result;
}

static bool touch(rep_registry_t *registry, int id, rep_e164_t e164,
		const uint64_t *hash, uint32_t load)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	rep_number_t *number;
	uint32_t i;
	bool known = false;

	if(!pool)
		return false;
	i = rep_number_find(pool, e164);
	if(i != REP_NONE) {
		number = rep_number_at(pool, i);
		known = !hash || number->hash == *hash;
		if(known)
			number->load = load;
	}
	rep_pool_unlock(pool);
	return known;
}

bool rep_pool_same(rep_registry_t *registry, int pool, rep_e164_t e164,
		uint64_t hash, uint32_t load)
{
	return touch(registry, pool, e164, &hash, load);
}

bool rep_pool_seen(
		rep_registry_t *registry, int pool, rep_e164_t e164, uint32_t load)
{
	return touch(registry, pool, e164, NULL, load);
}

bool rep_pool_text(rep_registry_t *registry, int id, rep_e164_t e164,
		rep_text_t part, char *out, size_t size)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	uint32_t i;

	out[0] = '\0';
	if(!pool)
		return false;
	i = rep_number_find(pool, e164);
	if(i != REP_NONE)
		snprintf(out, size, "%s",
				rep_number_text_of(rep_number_at(pool, i), part));
	rep_pool_unlock(pool);
	return out[0] != '\0';
}

bool rep_pool_remove(rep_registry_t *registry, int id, rep_e164_t e164)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	uint32_t i;

	if(!pool)
		return false;
	i = rep_number_find(pool, e164);
	if(i != REP_NONE)
		rep_number_forget(pool, i);
	rep_pool_unlock(pool);
	return i != REP_NONE;
}

rep_e164_t rep_pool_find_cut(rep_registry_t *registry, int id, uint32_t low)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	rep_e164_t found = 0;
	unsigned n = 0;

	if(!pool)
		return 0;
	for(uint32_t i = 0; i < rep_slab_count(&pool->numbers); i++) {
		const rep_number_t *number = rep_number_at(pool, i);
		if((number->flags & REP_LIVE) && (uint32_t)number->e164 == low) {
			found = number->e164;
			n++;
		}
	}
	rep_pool_unlock(pool);
	return n == 1 ? found : 0;
}

bool rep_pool_sweep(rep_registry_t *registry, int id, uint32_t load,
		bool drained, uint32_t *cursor, uint32_t slice, rep_e164_t *gone,
		size_t *n)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	bool more;

	*n = 0;
	if(!pool)
		return false;
	for(; slice > 0 && *cursor < rep_slab_count(&pool->numbers); slice--) {
		uint32_t i = (*cursor)++;
		const rep_number_t *number = rep_number_at(pool, i);
		if(!(number->flags & REP_LIVE) || number->load == load)
			continue;
		if(drained && (number->flags & REP_DIRTY_CELLS)) {
			--*cursor;
			break;
		}
		gone[(*n)++] = number->e164;
		rep_number_forget(pool, i);
	}
	more = *cursor < rep_slab_count(&pool->numbers);
	rep_pool_unlock(pool);
	return more;
}
