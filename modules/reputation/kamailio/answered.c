/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "answered.h"

#include "../engine/base/mem.h"
#include "../engine/pool/count.h"

/* A call whose BYE never comes stops counting as one at once after this. */
#define LOST_AFTER (4 * 3600 * (rep_time_t)1000)
#define SLICE 4096
#define SEEN 1024
#define NONE UINT32_MAX

/* Entries wait in one of two queues, each in the order of its deadlines:
 * those that may still be short, and those that are held to their end. */
enum
{
	QUEUE_SHORT,
	QUEUE_HELD,
	QUEUES
};

typedef struct entry
{
	rep_dialog_t dialog;
	rep_ticket_t ticket;
	rep_time_t deadline;
	uint32_t chain; /* in the bucket, or in the free list */
	uint32_t prev, next;
	uint8_t queue;
} entry_t;

struct rep_answered
{
	rep_lock_t lock;
	uint32_t max, mask, used;
	uint32_t free;
	uint32_t first[QUEUES], last[QUEUES];
	uint64_t full;
	uint64_t seen[SEEN]; /* dialogs that rep_answered_first() was asked of */
	uint32_t n_seen;
	uint32_t *buckets;
	entry_t entries[];
};

static uint64_t mix(uint64_t h, rep_span_t text, uint64_t multiplier)
{
	for(size_t i = 0; i < text.len; i++)
		h = (h ^ (unsigned char)text.s[i]) * multiplier;
	return (h ^ 0x100) * multiplier;
}

rep_dialog_t rep_dialog_of(rep_span_t call_id, rep_span_t callee_tag)
{
	const uint64_t m1 = UINT64_C(0x100000001B3);
	const uint64_t m2 = UINT64_C(0x9E3779B97F4A7C15);
	rep_dialog_t d = {
			UINT64_C(0xCBF29CE484222325), UINT64_C(0x2545F4914F6CDD1D)};

	d.a = mix(mix(d.a, call_id, m1), callee_tag, m1);
	d.b = mix(mix(d.b, call_id, m2), callee_tag, m2);
	return d;
}

struct rep_answered *rep_answered_create(uint32_t max)
{
	struct rep_answered *t;
	uint32_t buckets = 64;

	while(buckets < max)
		buckets *= 2;
	t = rep_alloc(sizeof(*t) + (size_t)max * sizeof(entry_t)
				  + (size_t)buckets * sizeof(uint32_t));
	if(!t)
		return NULL;
	memset(t, 0, sizeof(*t));
	if(rep_lock_init(&t->lock) < 0) {
		rep_free(t);
		return NULL;
	}
	t->max = max;
	t->mask = buckets - 1;
	t->buckets = (uint32_t *)&t->entries[max];
	memset(t->buckets, 0xff, buckets * sizeof(uint32_t));
	for(uint32_t i = 0; i < max; i++)
		t->entries[i].chain = i + 1 < max ? i + 1 : NONE;
	t->free = max ? 0 : NONE;
	for(int q = 0; q < QUEUES; q++)
		t->first[q] = t->last[q] = NONE;
	return t;
}

void rep_answered_destroy(struct rep_answered *t)
{
	if(!t)
		return;
	rep_lock_destroy(&t->lock);
	rep_free(t);
}

static void enqueue(struct rep_answered *t, uint32_t i, int queue)
{
	entry_t *e = &t->entries[i];

	e->queue = queue;
	e->next = NONE;
	e->prev = t->last[queue];
	if(e->prev != NONE)
		t->entries[e->prev].next = i;
	else
		t->first[queue] = i;
	t->last[queue] = i;
}

static void dequeue(struct rep_answered *t, uint32_t i)
{
	entry_t *e = &t->entries[i];

	if(e->prev != NONE)
		t->entries[e->prev].next = e->next;
	else
		t->first[e->queue] = e->next;
	if(e->next != NONE)
		t->entries[e->next].prev = e->prev;
	else
		t->last[e->queue] = e->prev;
}

static uint32_t *find(struct rep_answered *t, rep_dialog_t dialog)
{
	uint32_t *at = &t->buckets[dialog.a & t->mask];

	while(*at != NONE
			&& (t->entries[*at].dialog.a != dialog.a
					|| t->entries[*at].dialog.b != dialog.b))
		at = &t->entries[*at].chain;
	return at;
}

/* Forget the entry that `*at` names; a copy of it is returned. */
static entry_t drop(struct rep_answered *t, uint32_t *at)
{
	uint32_t i = *at;
	entry_t copy = t->entries[i];

	dequeue(t, i);
	*at = copy.chain;
	t->entries[i].chain = t->free;
	t->free = i;
	t->used--;
	return copy;
}

void rep_answered_put(struct rep_answered *t, rep_registry_t *registry,
		rep_dialog_t dialog, const rep_ticket_t *ticket, uint32_t short_call_ms,
		rep_time_t now, rep_time_t mono)
{
	rep_ticket_t at_once = *ticket;
	uint32_t *at, i = NONE;

	rep_lock(&t->lock);
	at = find(t, dialog);
	if(*at == NONE && t->free != NONE) {
		i = t->free;
		t->free = t->entries[i].chain;
		t->entries[i].dialog = dialog;
		t->entries[i].ticket = *ticket;
		t->entries[i].deadline = mono + short_call_ms;
		t->entries[i].chain = NONE;
		*at = i;
		enqueue(t, i, QUEUE_SHORT);
		t->used++;
	} else {
		t->full++;
	}
	rep_unlock(&t->lock);
	if(i != NONE)
		return;
	rep_ticket_count(registry, &at_once, REP_ANSWERED, now);
	rep_ticket_hang_up(registry, &at_once, now);
}

bool rep_answered_bye(struct rep_answered *t, rep_registry_t *registry,
		rep_dialog_t dialog, bool unwanted, rep_time_t now, rep_time_t mono)
{
	entry_t e;
	uint32_t *at;
	bool found;

	rep_lock(&t->lock);
	at = find(t, dialog);
	found = *at != NONE;
	if(found)
		e = drop(t, at);
	rep_unlock(&t->lock);
	if(!found)
		return false;
	if(unwanted)
		rep_ticket_count(registry, &e.ticket, REP_UNWANTED, now);
	else if(e.queue == QUEUE_SHORT)
		rep_ticket_count(registry, &e.ticket,
				e.deadline > mono ? REP_SHORT : REP_ANSWERED, now);
	rep_ticket_hang_up(registry, &e.ticket, now);
	return true;
}

/* The first of a queue whose deadline has passed. One that limits its pool's
 * calls at once goes on to the queue of those that are held. */
static bool pop_due(
		struct rep_answered *t, int queue, rep_time_t mono, entry_t *out)
{
	uint32_t i;
	bool due;

	rep_lock(&t->lock);
	i = t->first[queue];
	due = i != NONE && t->entries[i].deadline <= mono;
	if(due && queue == QUEUE_SHORT && t->entries[i].ticket.limited) {
		dequeue(t, i);
		*out = t->entries[i];
		t->entries[i].deadline = mono + LOST_AFTER;
		enqueue(t, i, QUEUE_HELD);
	} else if(due) {
		*out = drop(t, find(t, t->entries[i].dialog));
	}
	rep_unlock(&t->lock);
	return due;
}

bool rep_answered_first(struct rep_answered *t, rep_dialog_t dialog)
{
	bool first = true;

	rep_lock(&t->lock);
	for(uint32_t i = 0; i < SEEN && i < t->n_seen && first; i++)
		first = t->seen[i] != dialog.b;
	if(first)
		t->seen[t->n_seen++ % SEEN] = dialog.b;
	rep_unlock(&t->lock);
	return first;
}

void rep_answered_tick(struct rep_answered *t, rep_registry_t *registry,
		rep_time_t now, rep_time_t mono)
{
	entry_t e;

	for(int n = 0; n < SLICE && pop_due(t, QUEUE_SHORT, mono, &e); n++) {
		rep_ticket_count(registry, &e.ticket, REP_ANSWERED, now);
		if(!e.ticket.limited)
			rep_ticket_hang_up(registry, &e.ticket, now);
	}
	for(int n = 0; n < SLICE && pop_due(t, QUEUE_HELD, mono, &e); n++)
		rep_ticket_hang_up(registry, &e.ticket, now);
}

void rep_answered_stats(struct rep_answered *t, rep_answered_stats_t *out)
{
	rep_lock(&t->lock);
	*out = (rep_answered_stats_t){t->used, t->max, t->full};
	rep_unlock(&t->lock);
}
