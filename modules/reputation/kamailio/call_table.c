/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/globals.h"

#include "call_table.h"
#include "shared.h"
#include "../engine/pool/count.h"

#define NO_CALL UINT32_MAX

struct rep_calls
{
	rep_lock_t lock; /* of the lists; a slot's may be taken under it only while
					  * the slot is free */
	uint32_t max, used, free, serial;
	uint32_t lingers, lingers_last; /* in the order of their ends */
	uint32_t branches;
	uint32_t mask;
	size_t size; /* of a call with its branches */
	uint64_t full;
	uint32_t *buckets;
	char *calls;
};

static rep_call_t *call_at(const struct rep_calls *calls, uint32_t i)
{
	return (rep_call_t *)(calls->calls + i * calls->size);
}

struct rep_calls *rep_calls_create(uint32_t max)
{
	uint32_t branches = sr_dst_max_branches, buckets = 64;
	size_t size = sizeof(rep_call_t) + branches * sizeof(branch_t);
	struct rep_calls *calls;

	while(buckets < max)
		buckets *= 2;
	size = (size + 7) & ~(size_t)7;
	calls = rep_alloc(sizeof(*calls) + max * size + buckets * sizeof(uint32_t));
	if(!calls)
		return NULL;
	memset(calls, 0, sizeof(*calls) + max * size);
	calls->calls = (char *)(calls + 1);
	calls->buckets = (uint32_t *)(calls->calls + max * size);
	memset(calls->buckets, 0xff, buckets * sizeof(uint32_t));
	calls->mask = buckets - 1;
	calls->max = max;
	calls->branches = branches;
	calls->size = size;
	calls->lingers = calls->lingers_last = NO_CALL;
	if(rep_lock_init(&calls->lock) < 0) {
		rep_free(calls);
		return NULL;
	}
	for(uint32_t i = 0; i < max; i++) {
		call_at(calls, i)->next = i + 1 < max ? i + 1 : NO_CALL;
		if(rep_lock_init(&call_at(calls, i)->lock) < 0) {
			calls->max = i;
			rep_calls_destroy(calls);
			return NULL;
		}
	}
	calls->free = max ? 0 : NO_CALL;
	return calls;
}

void rep_calls_destroy(struct rep_calls *calls)
{
	if(!calls)
		return;
	for(uint32_t i = 0; i < calls->max; i++) {
		rep_free(call_at(calls, i)->labels);
		rep_free(call_at(calls, i)->redress);
		rep_lock_destroy(&call_at(calls, i)->lock);
	}
	rep_lock_destroy(&calls->lock);
	rep_free(calls);
}

static bool end_lingering(struct rep_calls *calls, rep_time_t mono);

static uint32_t index_of(const rep_call_t *call)
{
	const struct rep_calls *calls = rep_shared->calls;

	return (uint32_t)(((const char *)call - calls->calls) / calls->size);
}

rep_call_id_t rep_call_id(const rep_call_t *call)
{
	return (uint64_t)call->serial << 32 | index_of(call);
}

/* ---- the lists: under the table's lock ------------------------------- */

static uint32_t *bucket_of(struct rep_calls *calls, const rep_call_key_t *key)
{
	return &calls->buckets[key->call_id & calls->mask];
}

/* The newest call of an identity: it stands first in its bucket. */
static rep_call_id_t find(struct rep_calls *calls, const rep_call_key_t *key)
{
	const rep_call_t *call;

	for(uint32_t i = *bucket_of(calls, key); i != NO_CALL; i = call->chain) {
		call = call_at(calls, i);
		if(call->key.call_id == key->call_id && call->key.callee == key->callee)
			return rep_call_id(call);
	}
	return 0;
}

bool rep_call_exists(const rep_call_key_t *key)
{
	struct rep_calls *calls = rep_shared->calls;
	bool found;

	rep_lock(&calls->lock);
	found = find(calls, key) != 0;
	rep_unlock(&calls->lock);
	return found;
}

rep_call_id_t rep_call_of_request(const rep_call_key_t *key)
{
	struct rep_calls *calls = rep_shared->calls;
	const rep_call_t *call;
	rep_call_id_t id = 0;

	rep_lock(&calls->lock);
	for(uint32_t i = *bucket_of(calls, key); i != NO_CALL && !id;
			i = call->chain) {
		call = call_at(calls, i);
		if(call->key.call_id == key->call_id
				&& call->key.request == key->request)
			id = rep_call_id(call);
	}
	rep_unlock(&calls->lock);
	return id;
}

static void unlink_call(struct rep_calls *calls, const rep_call_t *call)
{
	uint32_t *at = bucket_of(calls, &call->key);

	while(*at != index_of(call))
		at = &call_at(calls, *at)->chain;
	*at = call->chain;
}

/* A free slot made out for this identity, with its lock held. */
static rep_call_t *take(struct rep_calls *calls, const rep_call_key_t *key)
{
	uint32_t *bucket = bucket_of(calls, key);
	rep_call_t *call;

	if(calls->free == NO_CALL) {
		if(calls->lingers == NO_CALL)
			calls->full++;
		return NULL;
	}
	call = call_at(calls, calls->free);
	rep_lock(&call->lock);
	calls->free = call->next;
	calls->used++;
	if(++calls->serial == 0)
		calls->serial = 1;
	memset((char *)call + offsetof(rep_call_t, serial), 0,
			calls->size - offsetof(rep_call_t, serial));
	call->serial = calls->serial;
	call->key = *key;
	call->final.outcome = call->told = REP_OUTCOMES;
	call->open = true;
	call->chain = *bucket;
	*bucket = index_of(call);
	return call;
}

rep_call_t *rep_call_alloc(const rep_call_key_t *key)
{
	struct rep_calls *calls = rep_shared->calls;
	rep_call_t *call;

	do {
		rep_lock(&calls->lock);
		call = take(calls, key);
		rep_unlock(&calls->lock);
	} while(!call && end_lingering(calls, INT64_MAX));
	return call;
}

rep_call_t *rep_call_claim(const rep_call_key_t *key, bool *made)
{
	struct rep_calls *calls = rep_shared->calls;
	rep_call_t *call;
	rep_call_id_t id;

	do {
		rep_lock(&calls->lock);
		id = find(calls, key);
		call = id ? NULL : take(calls, key);
		rep_unlock(&calls->lock);
		*made = call != NULL;
		if(id)
			call = rep_call_lock(id);
		/* it was closed meanwhile, or those that linger make room */
	} while(!call && (id || end_lingering(calls, INT64_MAX)));
	return call;
}

rep_call_t *rep_call_lock(rep_call_id_t id)
{
	uint32_t i = (uint32_t)id;
	rep_call_t *call;

	if(!id || !rep_shared || i >= rep_shared->calls->max)
		return NULL;
	call = call_at(rep_shared->calls, i);
	rep_lock(&call->lock);
	if(call->serial == (uint32_t)(id >> 32) && call->open)
		return call;
	rep_unlock(&call->lock);
	return NULL;
}

/* The slot of a call that is no longer open. */
static void free_call(rep_call_t *call)
{
	struct rep_calls *calls = rep_shared->calls;

	rep_free(call->labels);
	rep_free(call->redress);
	call->labels = NULL;
	call->redress = NULL;
	rep_lock(&calls->lock);
	unlink_call(calls, call);
	call->next = calls->free;
	calls->free = index_of(call);
	if(!call->until)
		calls->used--;
	rep_unlock(&calls->lock);
}

void rep_call_close(rep_call_t *call)
{
	call->open = false;
	rep_unlock(&call->lock);
	free_call(call);
}

/* The transaction is gone, or never was. */
static void end(rep_call_t *call)
{
	rep_ticket_t ticket = call->ticket;

	rep_call_close(call);
	rep_ticket_hang_up(rep_shared->registry, &ticket, rep_now());
}

void rep_call_unbind(rep_call_id_t id)
{
	struct rep_calls *calls = rep_shared ? rep_shared->calls : NULL;
	rep_call_t *call = rep_call_lock(id);

	if(!call)
		return;
	if(--call->bound > 0 || call->until) {
		rep_unlock(&call->lock);
	} else if(!call->challenged) {
		end(call);
	} else {
		call->until = rep_mono() + REP_CALL_LINGERS;
		rep_unlock(&call->lock);
		rep_lock(&calls->lock);
		call->next = NO_CALL;
		if(calls->lingers == NO_CALL)
			calls->lingers = index_of(call);
		else
			call_at(calls, calls->lingers_last)->next = index_of(call);
		calls->lingers_last = index_of(call);
		calls->used--;
		rep_unlock(&calls->lock);
	}
}

/* The first of those that linger, if it has for long enough. */
static bool end_lingering(struct rep_calls *calls, rep_time_t mono)
{
	rep_call_t *call;
	bool due;

	rep_lock(&calls->lock);
	call = calls->lingers == NO_CALL ? NULL : call_at(calls, calls->lingers);
	due = call && call->until <= mono;
	if(due)
		calls->lingers = call->next;
	rep_unlock(&calls->lock);
	if(due) {
		rep_lock(&call->lock);
		end(call);
	}
	return due;
}

void rep_calls_tick(rep_time_t mono)
{
	while(end_lingering(rep_shared->calls, mono))
		;
}

uint32_t rep_calls_branches(void)
{
	return rep_shared->calls->branches;
}

void rep_calls_stats(struct rep_calls *calls, rep_calls_stats_t *out)
{
	rep_lock(&calls->lock);
	*out = (rep_calls_stats_t){calls->used, calls->max, calls->full};
	rep_unlock(&calls->lock);
}
