/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has spoken: stripes of a table, each with its lock, and a ring of what
 * others do not know yet. */

#include "callees.h"

#include "pool.h"
#include "pools.h"
#include "../base/seen.h"
#include "../base/siphash.h"

#define STRIPES 16
#define LINE sizeof(rep_seen_line_t)
/* minutes: the longest window there can be, and a bucket */
#define LONGEST (31 * 24 * 60)

typedef struct stripe
{
	rep_lock_t lock;
	rep_seen_t seen;
} stripe_t;

struct rep_callees
{
	/* of the key; each by itself: who reads halves of two has one fingerprint
	 * that nobody else makes */
	_Atomic uint64_t k0, k1;
	_Atomic uint64_t repeats;
	uint32_t max, n_stripes;
	stripe_t stripe[STRIPES];
	void *lines; /* of all stripes, as allocated */
	size_t bytes;
	/* a ring of those that spoke here */
	rep_lock_t lock;
	uint64_t head; /* so many came in since the start */
	uint32_t n_ring;
	rep_callee_t ring[];
};

/* ---- made and taken down ------------------------------------------------- */

static bool init_locks(struct rep_callees *c)
{
	uint32_t n = 0;

	if(rep_lock_init(&c->lock) < 0)
		return false;
	while(n < c->n_stripes && rep_lock_init(&c->stripe[n].lock) == 0)
		n++;
	if(n == c->n_stripes)
		return true;
	while(n-- > 0)
		rep_lock_destroy(&c->stripe[n].lock);
	rep_lock_destroy(&c->lock);
	return false;
}

/* A line is to be a line of the cache. */
static rep_seen_line_t *aligned(void *at)
{
	return (rep_seen_line_t *)(((uintptr_t)at + LINE - 1)
							   & ~(uintptr_t)(LINE - 1));
}

bool rep_callees_create(rep_registry_t *registry, uint32_t max)
{
	uint32_t n_lines = (max + REP_SEEN_WAYS - 1) / REP_SEEN_WAYS;
	uint32_t n_stripes = n_lines < STRIPES ? 1 : STRIPES;
	uint32_t each = (n_lines + n_stripes - 1) / n_stripes;
	uint32_t n_ring = max / 8 + 1024;
	size_t lines = ((size_t)each * n_stripes + 1) * LINE;
	size_t ring = sizeof(struct rep_callees) + n_ring * sizeof(rep_callee_t);
	struct rep_callees *c = rep_alloc(ring);

	if(!c)
		return false;
	memset(c, 0, ring);
	c->max = max;
	c->bytes = ring + lines;
	c->n_ring = n_ring;
	c->n_stripes = n_stripes;
	c->lines = rep_alloc(lines);
	if(!c->lines || !init_locks(c)) {
		rep_free(c->lines);
		rep_free(c);
		return false;
	}
	memset(c->lines, 0, lines);
	for(uint32_t s = 0; s < n_stripes; s++) {
		c->stripe[s].seen.lines = aligned(c->lines) + (size_t)s * each;
		c->stripe[s].seen.n = each;
	}
	registry->callees = c;
	return true;
}

void rep_callees_destroy(rep_registry_t *registry)
{
	struct rep_callees *c = registry->callees;

	registry->callees = NULL;
	if(!c)
		return;
	for(uint32_t s = 0; s < c->n_stripes; s++)
		rep_lock_destroy(&c->stripe[s].lock);
	rep_lock_destroy(&c->lock);
	rep_free(c->lines);
	rep_free(c);
}

void rep_callees_stats(rep_registry_t *registry, rep_callees_stats_t *out)
{
	struct rep_callees *c = registry->callees;

	*out = (rep_callees_stats_t){0};
	if(!c)
		return;
	out->max = c->max;
	out->repeats = atomic_load(&c->repeats);
	out->bytes = c->bytes;
	for(uint32_t s = 0; s < c->n_stripes; s++) {
		rep_lock(&c->stripe[s].lock);
		out->gave_way += c->stripe[s].seen.gave_way;
		rep_unlock(&c->stripe[s].lock);
	}
}

/* ---- fingerprints ---------------------------------------------------------- */

void rep_callees_key(rep_registry_t *registry, rep_span_t secret)
{
	struct rep_callees *c = registry->callees;
	rep_sipkey_t key = rep_sipkey_of(secret, 0);

	if(!c)
		return;
	atomic_store(&c->k0, key.k0);
	atomic_store(&c->k1, key.k1);
}

static rep_sipkey_t key_of(struct rep_callees *c)
{
	return (rep_sipkey_t){atomic_load(&c->k0), atomic_load(&c->k1)};
}

void rep_ticket_calls(
		rep_registry_t *registry, rep_ticket_t *ticket, uint64_t callee)
{
	char text[REP_POOL_MAX + sizeof(callee)];
	rep_span_t name;

	ticket->callee = 0;
	if(!registry->callees || !callee)
		return;
	name = rep_span(rep_registry_name(registry, ticket->pool));
	memcpy(text, name.s, name.len);
	memcpy(text + name.len, &callee, sizeof(callee));
	ticket->callee = rep_siphash(
			key_of(registry->callees), text, name.len + sizeof(callee));
}

static bool remember(
		struct rep_callees *c, const rep_callee_t *callee, uint32_t now)
{
	stripe_t *stripe = &c->stripe[callee->print % c->n_stripes];
	bool before;

	rep_lock(&stripe->lock);
	before = rep_seen_before(&stripe->seen, callee->print, callee->until, now);
	rep_unlock(&stripe->lock);
	return before;
}

/* For the others. */
static void announce(struct rep_callees *c, const rep_callee_t *callee)
{
	rep_lock(&c->lock);
	c->ring[c->head++ % c->n_ring] = *callee;
	rep_unlock(&c->lock);
}

/* Was `what` the case before? It is from here on. */
static bool was_before(rep_registry_t *registry, const uint64_t what[3],
		uint32_t until, uint32_t now)
{
	struct rep_callees *c = registry->callees;
	rep_callee_t callee = {.until = until};

	callee.print = rep_siphash(key_of(c), what, 3 * sizeof(what[0]));
	if(remember(c, &callee, now))
		return true;
	if(!atomic_load(&registry->alone))
		announce(c, &callee);
	return false;
}

bool rep_callee_spoke(rep_registry_t *registry, const rep_ticket_t *ticket,
		uint32_t era, rep_outcome_t outcome, uint32_t until, uint32_t now)
{
	const uint64_t what[3] = {
			ticket->callee, ticket->number, (uint64_t)era << 32 | outcome};

	if(!registry->callees || !ticket->callee
			|| !was_before(registry, what, until, now))
		return false;
	atomic_fetch_add(&registry->callees->repeats, 1);
	return true;
}

bool rep_callee_had(rep_registry_t *registry, const rep_ticket_t *ticket,
		rep_outcome_t outcome, uint32_t until, uint32_t now)
{
	const uint64_t what[3] = {ticket->callee, 0, outcome};

	if(until > now + LONGEST)
		until = now + LONGEST;
	return registry->callees && ticket->callee
		   && was_before(registry, what, until, now);
}

/* ---- shared ------------------------------------------------------------------ */

size_t rep_callees_news(rep_registry_t *registry, uint64_t *cursor,
		rep_callee_t *out, size_t max)
{
	struct rep_callees *c = registry->callees;
	size_t n = 0;

	if(!c)
		return 0;
	rep_lock(&c->lock);
	if(c->head - *cursor > c->n_ring)
		*cursor = c->head - c->n_ring;
	for(; n < max && *cursor + n < c->head; n++)
		out[n] = c->ring[(*cursor + n) % c->n_ring];
	rep_unlock(&c->lock);
	return n;
}

void rep_callees_heard(rep_registry_t *registry, const rep_callee_t *callees,
		size_t n, uint32_t now)
{
	struct rep_callees *c = registry->callees;

	for(size_t i = 0; c && i < n; i++)
		if(callees[i].until > now && callees[i].until - now <= LONGEST)
			remember(c, &callees[i], now);
}
