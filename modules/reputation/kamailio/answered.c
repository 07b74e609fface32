/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "answered.h"

#include "../engine/base/fold.h"
#include "../engine/base/mem.h"
#include "../engine/pool/count.h"

#define SLICE 4096
#define NONE UINT32_MAX
#define OVER 1024 /* of those over before others so many are remembered */

/* Entries wait in one of three queues, each in the order of its deadlines:
 * those that may still be short; those that are held to their end (a call whose
 * BYE never comes stops counting as one at once after REP_ANSWERED_MS); and
 * those that are remembered for a late BYE only, which make room for others. */
enum
{
	QUEUE_SHORT,
	QUEUE_HELD,
	QUEUE_LATE,
	QUEUES
};

typedef struct entry
{
	rep_dialog_t dialog;
	rep_ticket_t ticket;
	rep_time_t answered; /* wall clock */
	rep_time_t deadline;
	uint64_t serial; /* of those that may be short, in their order */
	uint32_t chain;	 /* in the bucket, or in the free list */
	uint32_t prev, next;
	uint8_t queue;
	bool spent; /* nothing more is believed of it */
} entry_t;

struct rep_answered
{
	rep_lock_t lock;
	uint32_t max, mask, used, late;
	uint32_t free;
	uint32_t first[QUEUES], last[QUEUES];
	uint64_t full;
	uint64_t serial; /* of the newest call */
	uint64_t n_over, over[OVER];
	rep_time_t forgotten; /* when the newest was answered that is forgotten */
	uint32_t *buckets;
	entry_t entries[];
};

rep_dialog_t rep_dialog_of(
		rep_span_t call_id, rep_span_t caller_tag, rep_span_t callee_tag)
{
	const uint64_t m1 = UINT64_C(0xD6E8FEB86659FD93);
	const uint64_t m2 = UINT64_C(0x9E3779B97F4A7C15);
	rep_dialog_t d = {
			UINT64_C(0xCBF29CE484222325), UINT64_C(0x2545F4914F6CDD1D)};

	d.a = rep_fold(rep_fold(rep_fold(d.a, call_id, m1), caller_tag, m1),
			callee_tag, m1);
	d.b = rep_fold(rep_fold(rep_fold(d.b, call_id, m2), caller_tag, m2),
			callee_tag, m2);
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
	t->late += queue == QUEUE_LATE;
}

static void dequeue(struct rep_answered *t, uint32_t i)
{
	entry_t *e = &t->entries[i];

	if(e->queue == QUEUE_SHORT && e->prev != NONE)
		t->over[t->n_over++ % OVER] = e->serial;
	if(e->prev != NONE)
		t->entries[e->prev].next = e->next;
	else
		t->first[e->queue] = e->next;
	if(e->next != NONE)
		t->entries[e->next].prev = e->prev;
	else
		t->last[e->queue] = e->prev;
	t->late -= e->queue == QUEUE_LATE;
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

/* Forget this one although its BYE may still come. */
static entry_t forget(struct rep_answered *t, uint32_t i)
{
	entry_t e = drop(t, find(t, t->entries[i].dialog));

	if(e.answered > t->forgotten)
		t->forgotten = e.answered;
	return e;
}

static void move(struct rep_answered *t, uint32_t i, int queue, rep_time_t mono)
{
	dequeue(t, i);
	t->entries[i].deadline = mono + REP_ANSWERED_MS;
	enqueue(t, i, queue);
}

/* A new entry, which is in no queue yet; NONE when all wait for something. */
static uint32_t add(struct rep_answered *t, rep_dialog_t dialog, rep_time_t now)
{
	uint32_t i, *at;

	if(t->free == NONE && t->first[QUEUE_LATE] != NONE)
		forget(t, t->first[QUEUE_LATE]);
	i = t->free;
	if(i == NONE)
		return NONE;
	t->free = t->entries[i].chain;
	at = &t->buckets[dialog.a & t->mask];
	t->entries[i] = (entry_t){.dialog = dialog, .answered = now, .chain = *at};
	*at = i;
	t->used++;
	return i;
}

/* Room for an answered call, in the queue where it is to wait. */
static bool put(struct rep_answered *t, rep_dialog_t dialog,
		const rep_ticket_t *ticket, uint32_t short_call_ms, rep_time_t now,
		rep_time_t mono)
{
	uint32_t i = add(t, dialog, now);
	entry_t *e;

	if(i == NONE) {
		t->full++;
		/* a mark of now says that its dialog may be unknown */
		t->forgotten = now > t->forgotten ? now : t->forgotten;
		return false;
	}
	e = &t->entries[i];
	e->ticket = *ticket;
	e->serial = short_call_ms ? ++t->serial : 0;
	e->deadline = mono + (short_call_ms ? short_call_ms : REP_ANSWERED_MS);
	enqueue(t, i,
			short_call_ms	  ? QUEUE_SHORT
			: ticket->limited ? QUEUE_HELD
							  : QUEUE_LATE);
	return true;
}

void rep_answered_put(struct rep_answered *t, rep_registry_t *registry,
		rep_dialog_t dialog, const rep_ticket_t *ticket, rep_outcome_t outcome,
		uint32_t short_call_ms, rep_time_t now, rep_time_t mono)
{
	rep_ticket_t at_once = *ticket;
	bool waits = false, same = false;
	uint32_t at;

	rep_lock(&t->lock);
	at = *find(t, dialog);
	if(at == NONE)
		waits = put(t, dialog, ticket, short_call_ms, now, mono);
	else
		same = t->entries[at].ticket.number == ticket->number
			   && t->entries[at].ticket.pool == ticket->pool;
	rep_unlock(&t->lock);
	if(!same && (!waits || !short_call_ms))
		rep_ticket_count(registry, &at_once, outcome, now);
	if(!waits || (!short_call_ms && !ticket->limited))
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
		e = t->entries[*at];
	/* who said it is remembered as well as who may: it is said once */
	if(found && unwanted) {
		t->entries[*at].spent = true;
		move(t, *at, QUEUE_LATE, mono);
	} else if(found && !e.spent) {
		drop(t, at);
	}
	rep_unlock(&t->lock);
	if(!found || e.spent)
		return found;
	if(unwanted)
		rep_ticket_count(registry, &e.ticket, REP_UNWANTED, now);
	else if(e.queue == QUEUE_SHORT)
		rep_ticket_count(registry, &e.ticket,
				e.deadline > mono ? REP_SHORT : REP_ANSWERED, now);
	if(e.queue != QUEUE_LATE)
		rep_ticket_hang_up(registry, &e.ticket, now);
	return true;
}

bool rep_answered_outcome(struct rep_answered *t, rep_registry_t *registry,
		rep_dialog_t dialog, rep_outcome_t outcome, rep_time_t now,
		rep_time_t mono)
{
	bool found, counts_now;
	entry_t e;
	uint32_t i;

	rep_lock(&t->lock);
	i = *find(t, dialog);
	found = i != NONE && !t->entries[i].spent;
	if(found)
		e = t->entries[i];
	counts_now = found && e.queue == QUEUE_SHORT;
	if(counts_now)
		move(t, i, e.ticket.limited ? QUEUE_HELD : QUEUE_LATE, mono);
	rep_unlock(&t->lock);
	if(!found)
		return false;
	rep_ticket_count(registry, &e.ticket, outcome, now);
	if(counts_now && !e.ticket.limited)
		rep_ticket_hang_up(registry, &e.ticket, now);
	return true;
}

/* The first of a queue whose deadline is `due` at the latest. One that limits its pool's
 * calls goes on to be held; what is counted and given back, to the late ones. */
static bool pop_due(struct rep_answered *t, int queue, rep_time_t due,
		rep_time_t mono, entry_t *out)
{
	bool found;
	uint32_t i;

	rep_lock(&t->lock);
	i = t->first[queue];
	found = i != NONE && t->entries[i].deadline <= due;
	if(found && queue == QUEUE_SHORT) {
		*out = t->entries[i];
		move(t, i, out->ticket.limited ? QUEUE_HELD : QUEUE_LATE, mono);
	} else if(found) {
		*out = forget(t, i);
	}
	rep_unlock(&t->lock);
	return found;
}

/* The first that may still be short, if it is `due`, is counted as answered. */
static bool count_one(struct rep_answered *t, rep_registry_t *registry,
		rep_time_t due, rep_time_t now, rep_time_t mono)
{
	entry_t e;

	if(!pop_due(t, QUEUE_SHORT, due, mono, &e))
		return false;
	rep_ticket_count(registry, &e.ticket, REP_ANSWERED, now);
	if(!e.ticket.limited)
		rep_ticket_hang_up(registry, &e.ticket, now);
	return true;
}

void rep_answered_settle(struct rep_answered *t, rep_registry_t *registry,
		rep_time_t now, rep_time_t mono)
{
	while(count_one(t, registry, INT64_MAX, now, mono))
		;
}

/* The first of those that may be short whose serial is above `told`. */
static uint32_t first_above(const struct rep_answered *t, uint64_t told)
{
	uint32_t i = t->last[QUEUE_SHORT], first = NONE;

	for(; i != NONE && t->entries[i].serial > told; i = t->entries[i].prev)
		first = i;
	return first;
}

void rep_answered_news(struct rep_answered *t, rep_begun_news_t *news)
{
	uint32_t i;

	news->n_begun = news->n_over = 0;
	rep_lock(&t->lock);
	if(t->n_over - news->heard > OVER)
		news->anew = true;
	if(news->anew) {
		news->told = 0;
		news->heard = t->n_over;
	}
	i = t->first[QUEUE_SHORT];
	news->oldest = i == NONE ? t->serial + 1 : t->entries[i].serial;
	while(news->n_over < REP_BEGUN_MAX
			&& news->heard + news->n_over < t->n_over) {
		news->over[news->n_over] = t->over[(news->heard + news->n_over) % OVER];
		news->n_over++;
	}
	for(i = first_above(t, news->told);
			i != NONE && news->n_begun < REP_BEGUN_MAX; i = t->entries[i].next)
		if(!t->entries[i].ticket.probe) /* nobody is to count it as a call */
			news->begun[news->n_begun++] =
					(rep_begun_t){t->entries[i].serial, t->entries[i].ticket};
	rep_unlock(&t->lock);
}

bool rep_answered_complete(struct rep_answered *t, rep_time_t since)
{
	bool complete;

	rep_lock(&t->lock);
	complete = since > t->forgotten;
	rep_unlock(&t->lock);
	return complete;
}

bool rep_answered_first(struct rep_answered *t, rep_dialog_t dialog,
		rep_time_t now, rep_time_t mono)
{
	bool first;
	uint32_t i;

	rep_lock(&t->lock);
	first = *find(t, dialog) == NONE;
	i = first ? add(t, dialog, now) : NONE;
	first = i != NONE;
	if(first) {
		t->entries[i].spent = true;
		t->entries[i].deadline = mono + REP_ANSWERED_MS;
		enqueue(t, i, QUEUE_LATE);
	}
	rep_unlock(&t->lock);
	return first;
}

void rep_answered_tick(struct rep_answered *t, rep_registry_t *registry,
		rep_time_t now, rep_time_t mono)
{
	entry_t e;

	for(int n = 0; n < SLICE && count_one(t, registry, mono, now, mono); n++)
		;
	for(int n = 0; n < SLICE && pop_due(t, QUEUE_HELD, mono, mono, &e); n++)
		rep_ticket_hang_up(registry, &e.ticket, now);
	for(int n = 0; n < SLICE && pop_due(t, QUEUE_LATE, mono, mono, &e); n++)
		;
}

void rep_answered_stats(struct rep_answered *t, rep_answered_stats_t *out)
{
	rep_lock(&t->lock);
	*out = (rep_answered_stats_t){t->used - t->late, t->max, t->full};
	rep_unlock(&t->lock);
}
