/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/globals.h"

#include "call_table.h"
#include "shared.h"
#include "../engine/pool/count.h"

#define NO_CALL UINT32_MAX

struct rep_calls
{
	rep_lock_t lock;
	uint32_t max, used, free, serial;
	uint32_t branches;
	size_t size; /* of a call with its branches */
	uint64_t full;
	char *calls;
};

static rep_call_t *call_at(const struct rep_calls *calls, uint32_t i)
{
	return (rep_call_t *)(calls->calls + i * calls->size);
}

struct rep_calls *rep_calls_create(uint32_t max)
{
	uint32_t branches = sr_dst_max_branches;
	size_t size = sizeof(rep_call_t) + branches * sizeof(branch_t);
	struct rep_calls *calls;

	size = (size + 7) & ~(size_t)7;
	calls = rep_alloc(sizeof(*calls) + max * size);
	if(!calls)
		return NULL;
	memset(calls, 0, sizeof(*calls) + max * size);
	calls->calls = (char *)(calls + 1);
	calls->max = max;
	calls->branches = branches;
	calls->size = size;
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
	for(uint32_t i = 0; i < calls->max; i++)
		rep_lock_destroy(&call_at(calls, i)->lock);
	rep_lock_destroy(&calls->lock);
	rep_free(calls);
}

static uint32_t index_of(const rep_call_t *call)
{
	const struct rep_calls *calls = rep_shared->calls;

	return (uint32_t)(((const char *)call - calls->calls) / calls->size);
}

rep_call_id_t rep_call_id(const rep_call_t *call)
{
	return (uint64_t)call->serial << 32 | index_of(call);
}

rep_call_t *rep_call_alloc(const rep_ticket_t *ticket)
{
	struct rep_calls *calls = rep_shared->calls;
	rep_call_t *call = NULL;
	uint32_t serial = 0;

	rep_lock(&calls->lock);
	if(calls->free != NO_CALL) {
		call = call_at(calls, calls->free);
		calls->free = call->next;
		calls->used++;
		if(++calls->serial == 0)
			calls->serial = 1;
		serial = calls->serial;
	} else {
		calls->full++;
	}
	rep_unlock(&calls->lock);
	if(!call)
		return NULL;
	rep_lock(&call->lock);
	call->serial = serial;
	call->ticket = *ticket;
	call->legs = 0;
	memset(call->branch, 0, calls->branches * sizeof(branch_t));
	call->counted = call->contacted = 0;
	call->outcome = REP_OUTCOMES;
	call->rejected = false;
	call->open = true;
	call->contact = 0;
	call->redress_id[0] = '\0';
	rep_unlock(&call->lock);
	return call;
}

/* The call of an id with its lock held, or NULL. */
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

void rep_call_free(rep_call_t *call)
{
	struct rep_calls *calls = rep_shared->calls;

	rep_lock(&calls->lock);
	call->next = calls->free;
	calls->free = index_of(call);
	calls->used--;
	rep_unlock(&calls->lock);
}

/* The transaction is gone, or never was. */
void rep_call_end(rep_call_id_t id)
{
	rep_call_t *call = rep_call_lock(id);
	rep_ticket_t ticket;

	if(!call)
		return;
	ticket = call->ticket;
	call->open = false;
	rep_unlock(&call->lock);
	rep_ticket_hang_up(rep_shared->registry, &ticket, rep_now());
	rep_call_free(call);
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
