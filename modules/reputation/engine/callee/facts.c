/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "facts.h"

#define NONE REP_SLAB_NONE
#define FIRST_HEADS 16

int rep_stripe_init(rep_stripe_t *s, uint32_t max)
{
	rep_slab_init(&s->facts, sizeof(rep_fact_t));
	s->max = max;
	s->earliest = UINT32_MAX;
	return rep_lock_init(&s->lock);
}

void rep_stripe_destroy(rep_stripe_t *s)
{
	rep_slab_clear(&s->facts);
	rep_free(s->heads);
	rep_lock_destroy(&s->lock);
}

static uint32_t *head_of(const rep_stripe_t *s, rep_e164_t callee)
{
	return &s->heads[(uint32_t)rep_fact_hash(callee) & (s->n_heads - 1)];
}

uint32_t rep_fact_first(const rep_stripe_t *s, rep_e164_t callee)
{
	return s->n_heads ? *head_of(s, callee) : NONE;
}

uint32_t rep_guard_forgets(rep_guard_kind_t kind, uint32_t until)
{
	if(kind != REP_GUARD_DECLINED)
		return until;
	return until < UINT32_MAX - REP_GUARD_REMEMBERED
				   ? until + REP_GUARD_REMEMBERED
				   : UINT32_MAX;
}

uint32_t rep_fact_forgets(const rep_fact_t *f)
{
	return rep_guard_forgets(f->kind, f->until);
}

void rep_fact_drop(rep_stripe_t *s, uint32_t i)
{
	rep_fact_t *f = rep_fact_at(s, i);
	uint32_t *link = head_of(s, f->callee);

	while(*link != i)
		link = &rep_fact_at(s, *link)->next;
	*link = f->next;
	s->kinds[f->kind]--;
	s->used--;
	f->kind = REP_GUARD_NOTHING;
	rep_slab_free(&s->facts, i);
}

/* Twice as many heads: chains stay as long as one fact on average. */
static bool more_heads(rep_stripe_t *s)
{
	uint32_t n = s->n_heads ? 2 * s->n_heads : FIRST_HEADS;
	uint32_t *old = s->heads, n_old = s->n_heads;
	uint32_t *heads = rep_alloc(n * sizeof(*heads));

	if(!heads)
		return s->n_heads > 0; /* longer chains, then */
	memset(heads, 0xff, n * sizeof(*heads));
	s->heads = heads;
	s->n_heads = n;
	for(uint32_t h = 0; h < n_old; h++)
		for(uint32_t i = old[h], next; i != NONE; i = next) {
			uint32_t *head = head_of(s, rep_fact_at(s, i)->callee);

			next = rep_fact_at(s, i)->next;
			rep_fact_at(s, i)->next = *head;
			*head = i;
		}
	rep_free(old);
	return true;
}

/* Everything that has no force any more goes. */
static void expire(rep_stripe_t *s, uint32_t now)
{
	uint32_t n = rep_slab_count(&s->facts), earliest = UINT32_MAX;

	s->searched = now;
	for(uint32_t i = 0; i < n; i++) {
		const rep_fact_t *f = rep_fact_at(s, i);

		if(f->kind == REP_GUARD_NOTHING)
			continue;
		if(rep_fact_forgets(f) <= now)
			rep_fact_drop(s, i);
		else if(rep_fact_forgets(f) < earliest)
			earliest = rep_fact_forgets(f);
	}
	s->earliest = earliest;
}

/* One of the weakest kind that there is gives way, unless all are stronger
 * than the one that comes. */
static bool give_way(rep_stripe_t *s, uint8_t comes)
{
	uint8_t kind = REP_GUARD_TRIED;

	while(kind <= REP_GUARD_DECLINED && s->kinds[kind] == 0)
		kind++;
	if(kind > REP_GUARD_DECLINED || kind > comes)
		return false;
	do
		s->hand = (s->hand + 1) % rep_slab_count(&s->facts);
	while(rep_fact_at(s, s->hand)->kind != kind);
	rep_fact_drop(s, s->hand);
	s->gave_way++;
	return true;
}

static bool make_room(rep_stripe_t *s, uint8_t kind, uint32_t now)
{
	if(s->used < s->max)
		return true;
	if(s->earliest <= now && s->searched != now)
		expire(s, now);
	return s->used < s->max || (s->max > 0 && give_way(s, kind));
}

rep_fact_t *rep_fact_add(rep_stripe_t *s, rep_e164_t callee, int32_t pool,
		uint8_t kind, uint32_t until, uint32_t now)
{
	uint32_t i = NONE, *head;
	rep_fact_t *f;

	if(make_room(s, kind, now) && (s->used < s->n_heads || more_heads(s)))
		i = rep_slab_alloc(&s->facts);
	if(i == NONE) {
		s->refused++;
		return NULL;
	}
	f = rep_fact_at(s, i);
	head = head_of(s, callee);
	*f = (rep_fact_t){.callee = callee,
			.next = *head,
			.until = until,
			.pool = (int16_t)pool,
			.kind = kind};
	*head = i;
	s->used++;
	s->kinds[kind]++;
	if(rep_fact_forgets(f) < s->earliest)
		s->earliest = rep_fact_forgets(f);
	return f;
}

uint32_t rep_fact_find(
		const rep_stripe_t *s, rep_e164_t callee, int32_t pool, uint8_t kind)
{
	uint32_t i = rep_fact_first(s, callee);

	while(i != NONE
			&& (rep_fact_at(s, i)->callee != callee
					|| rep_fact_at(s, i)->kind != kind
					|| rep_fact_at(s, i)->pool != pool))
		i = rep_fact_at(s, i)->next;
	return i;
}

uint32_t rep_fact_find_try(const rep_stripe_t *s, rep_e164_t callee,
		int32_t pool, uint32_t when, uint8_t n)
{
	uint32_t i = rep_fact_first(s, callee);

	for(; i != NONE; i = rep_fact_at(s, i)->next) {
		const rep_fact_t *f = rep_fact_at(s, i);

		if(f->callee == callee && f->kind == REP_GUARD_TRIED && f->pool == pool
				&& f->at == when && f->n == n)
			break;
	}
	return i;
}
