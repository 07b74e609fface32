/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "guard.h"

#include <stdatomic.h>

#define STRIPES 64
#define NONE REP_SLAB_NONE
#define DAY 86400
#define WALKED 4096

struct rep_guard
{
	uint32_t n_stripes, max;
	uint8_t salt;
	rep_stripe_t stripe[STRIPES];
	/* a ring of what is new */
	rep_lock_t lock;
	uint64_t head; /* so many came in since the start */
	uint32_t n_ring;
	rep_guard_fact_t ring[];
};

/* ---- made and taken down --------------------------------------------------- */

rep_guard_t *rep_guard_create(uint32_t max, uint8_t salt)
{
	uint32_t n_ring = max / 256 + 4096, n = 0;
	size_t size = sizeof(rep_guard_t) + n_ring * sizeof(rep_guard_fact_t);
	rep_guard_t *guard = rep_alloc(size);

	if(!guard)
		return NULL;
	memset(guard, 0, size);
	guard->max = max;
	guard->salt = salt;
	guard->n_ring = n_ring;
	guard->n_stripes = max < STRIPES * 16 ? 1 : STRIPES;
	if(rep_lock_init(&guard->lock) < 0) {
		rep_free(guard);
		return NULL;
	}
	for(; n < guard->n_stripes; n++) {
		rep_stripe_t *s = &guard->stripe[n];

		if(rep_stripe_init(
				   s, max / guard->n_stripes + (n < max % guard->n_stripes))
				< 0)
			break;
	}
	if(n == guard->n_stripes)
		return guard;
	guard->n_stripes = n;
	rep_guard_destroy(guard);
	return NULL;
}

void rep_guard_destroy(rep_guard_t *guard)
{
	if(!guard)
		return;
	for(uint32_t n = 0; n < guard->n_stripes; n++)
		rep_stripe_destroy(&guard->stripe[n]);
	rep_lock_destroy(&guard->lock);
	rep_free(guard);
}

void rep_guard_stats(rep_guard_t *guard, rep_guard_stats_t *out)
{
	*out = (rep_guard_stats_t){.max = guard->max,
			.bytes = sizeof(*guard) + guard->n_ring * sizeof(rep_guard_fact_t)};
	for(uint32_t n = 0; n < guard->n_stripes; n++) {
		rep_stripe_t *s = &guard->stripe[n];

		rep_lock(&s->lock);
		out->facts += s->used;
		for(int k = 0; k < REP_GUARD_KINDS; k++)
			out->kinds[k] += s->kinds[k];
		out->gave_way += s->gave_way;
		out->refused += s->refused;
		out->bytes += rep_slab_count(&s->facts) * sizeof(rep_fact_t)
					  + s->n_heads * sizeof(uint32_t);
		rep_unlock(&s->lock);
	}
}

/* ---- a stripe --------------------------------------------------------------- */

/* The callee's stripe, its lock held. */
static rep_stripe_t *lock_of(rep_guard_t *guard, rep_e164_t callee)
{
	rep_stripe_t *s =
			&guard->stripe[(rep_fact_hash(callee) >> 48) % guard->n_stripes];

	rep_lock(&s->lock);
	return s;
}

static rep_guard_fact_t fact_of(const rep_fact_t *f, bool gone)
{
	return (rep_guard_fact_t){.callee = f->callee,
			.pool = f->pool,
			.at = f->at,
			.until = f->until,
			.kind = f->kind,
			.n = f->n,
			.gone = gone};
}

static uint32_t later(uint32_t now, uint64_t seconds)
{
	return seconds < UINT32_MAX - now ? now + (uint32_t)seconds : UINT32_MAX;
}

/* ---- the ring ----------------------------------------------------------------- */

void rep_guard_tell(rep_guard_t *guard, const rep_guard_fact_t *fact)
{
	rep_lock(&guard->lock);
	guard->ring[guard->head++ % guard->n_ring] = *fact;
	rep_unlock(&guard->lock);
}

/* Nothing is told of kind REP_GUARD_NOTHING. */
static void tell_any(rep_guard_t *guard, const rep_guard_fact_t *fact)
{
	if(fact->kind != REP_GUARD_NOTHING)
		rep_guard_tell(guard, fact);
}

size_t rep_guard_news(rep_guard_t *guard, uint64_t *cursor,
		rep_guard_fact_t *out, size_t max, bool *missed)
{
	size_t n = 0;

	rep_lock(&guard->lock);
	if(guard->head - *cursor > guard->n_ring) {
		*cursor = guard->head - guard->n_ring;
		*missed = true;
	}
	for(; n < max && *cursor + n < guard->head; n++)
		out[n] = guard->ring[(*cursor + n) % guard->n_ring];
	rep_unlock(&guard->lock);
	return n;
}

/* ---- may it be called? -------------------------------------------------------- */

/* What the facts about a callee come to, for one pool. */
typedef struct standing
{
	bool by_hand, unwanted, declined;
	uint32_t tries, last;  /* of 24 hours; s ago */
	uint32_t kept, oldest; /* all that are kept, and the first of them */
} standing_t;

static void look_at_try(
		const rep_stripe_t *s, uint32_t i, uint32_t now, standing_t *st)
{
	const rep_fact_t *f = rep_fact_at(s, i);
	/* of a clock that is ahead: it was now */
	uint32_t ago = f->at < now ? now - f->at : 0;

	st->tries += ago < DAY;
	if(ago < st->last)
		st->last = ago;
	if(st->kept++ == 0 || f->at < rep_fact_at(s, st->oldest)->at)
		st->oldest = i;
}

static standing_t look(
		const rep_stripe_t *s, rep_e164_t callee, int32_t pool, uint32_t now)
{
	standing_t st = {.last = UINT32_MAX, .oldest = NONE};

	for(uint32_t i = rep_fact_first(s, callee); i != NONE;
			i = rep_fact_at(s, i)->next) {
		const rep_fact_t *f = rep_fact_at(s, i);

		if(f->callee != callee || (f->pool != pool && f->pool >= 0))
			continue;
		if(f->kind == REP_GUARD_TRIED)
			look_at_try(s, i, now, &st);
		else if(f->until <= now)
			continue;
		else if(f->kind == REP_GUARD_DECLINED)
			st.declined = true;
		else if(f->kind == REP_GUARD_UNWANTED)
			st.unwanted = true;
		else
			st.by_hand = true;
	}
	return st;
}

static rep_pick_t verdict(const standing_t *st, const rep_policy_t *policy)
{
	if(st->by_hand)
		return REP_PICK_CALLEE_DNC;
	if(st->unwanted && policy->callee_unwanted_rest)
		return REP_PICK_CALLEE_UNWANTED;
	if(st->declined && policy->callee_declined_rest)
		return REP_PICK_CALLEE_DECLINED;
	if(policy->callee_attempts_day && st->tries >= policy->callee_attempts_day)
		return REP_PICK_CALLEE_ATTEMPTS;
	if(st->last < policy->callee_redial_seconds)
		return REP_PICK_CALLEE_REDIAL;
	return REP_PICKED;
}

/* For how long an attempt matters, 0 = not at all. */
static uint32_t matters(const rep_policy_t *policy)
{
	uint32_t day = policy->callee_attempts_day ? DAY : 0;

	return policy->callee_redial_seconds > day ? policy->callee_redial_seconds
											   : day;
}

/* One more attempt, in the place of the oldest when there are as many as the
 * policy asks about. What is to be told of it. */
static rep_guard_fact_t put_try(rep_guard_t *guard, rep_stripe_t *s,
		const standing_t *st, int32_t pool, const rep_policy_t *policy,
		rep_e164_t callee, uint32_t now)
{
	uint32_t most =
			policy->callee_attempts_day ? policy->callee_attempts_day : 1;
	uint32_t when = now;
	rep_fact_t *f;

	if(st->kept >= most)
		rep_fact_drop(s, st->oldest);
	while(rep_fact_find_try(s, callee, pool, when, guard->salt) != NONE)
		when++;
	f = rep_fact_add(s, callee, pool, REP_GUARD_TRIED,
			later(when, matters(policy)), now);
	if(!f)
		return (rep_guard_fact_t){0};
	f->at = when;
	f->n = guard->salt;
	return fact_of(f, false);
}

rep_pick_t rep_guard_check(rep_guard_t *guard, int32_t pool,
		const rep_policy_t *policy, rep_e164_t callee, uint32_t now,
		uint32_t *tried)
{
	rep_stripe_t *s = lock_of(guard, callee);
	standing_t st = look(s, callee, pool, now);
	rep_pick_t result = verdict(&st, policy);
	rep_guard_fact_t news = {0};

	if(result == REP_PICKED && tried && matters(policy))
		news = put_try(guard, s, &st, pool, policy, callee, now);
	rep_unlock(&s->lock);
	tell_any(guard, &news);
	if(tried)
		*tried = news.at;
	return result;
}

uint32_t rep_guard_note(rep_guard_t *guard, int32_t pool,
		const rep_policy_t *policy, rep_e164_t callee, uint32_t now)
{
	rep_guard_fact_t news = {0};
	standing_t st;
	rep_stripe_t *s;

	if(!matters(policy))
		return 0;
	s = lock_of(guard, callee);
	st = look(s, callee, pool, now);
	news = put_try(guard, s, &st, pool, policy, callee, now);
	rep_unlock(&s->lock);
	tell_any(guard, &news);
	return news.at;
}

/* The fact at `i`, if it is one, goes; what is to be told of that. */
static rep_guard_fact_t take_away(rep_stripe_t *s, uint32_t i)
{
	rep_guard_fact_t news = {0};

	if(i == NONE)
		return news;
	news = fact_of(rep_fact_at(s, i), true);
	rep_fact_drop(s, i);
	return news;
}

void rep_guard_untry(
		rep_guard_t *guard, int32_t pool, rep_e164_t callee, uint32_t tried)
{
	rep_stripe_t *s = lock_of(guard, callee);
	rep_guard_fact_t news = take_away(
			s, rep_fact_find_try(s, callee, pool, tried, guard->salt));

	rep_unlock(&s->lock);
	tell_any(guard, &news);
}

/* ---- what came of it ------------------------------------------------------------ */

/* The fact of this kind, made if there is none. NULL without room. */
static rep_fact_t *find_or_add(rep_stripe_t *s, rep_e164_t callee, int32_t pool,
		uint8_t kind, uint32_t until, uint32_t now)
{
	uint32_t i = rep_fact_find(s, callee, pool, kind);

	return i == NONE ? rep_fact_add(s, callee, pool, kind, until, now)
					 : rep_fact_at(s, i);
}

static rep_guard_fact_t declined(rep_stripe_t *s, int32_t pool, uint32_t rest,
		rep_e164_t callee, uint32_t now)
{
	rep_fact_t *f = find_or_add(
			s, callee, pool, REP_GUARD_DECLINED, later(now, rest), now);
	uint32_t end;

	if(!f || (f->n > 0 && f->at <= now && now - f->at < REP_GUARD_SAME_CALL))
		return (rep_guard_fact_t){0};
	if(rep_fact_forgets(f) <= now)
		f->n = 0;
	f->n += f->n <= REP_GUARD_DOUBLINGS;
	f->at = now;
	end = later(now, (uint64_t)rest << (f->n - 1));
	if(end > f->until)
		f->until = end;
	return fact_of(f, false);
}

static rep_guard_fact_t unwanted(rep_stripe_t *s, int32_t pool, uint32_t rest,
		rep_e164_t callee, uint32_t now)
{
	rep_fact_t *f = find_or_add(
			s, callee, pool, REP_GUARD_UNWANTED, later(now, rest), now);

	if(!f)
		return (rep_guard_fact_t){0};
	f->at = now;
	if(later(now, rest) > f->until)
		f->until = later(now, rest);
	return fact_of(f, false);
}

void rep_guard_outcome(rep_guard_t *guard, int32_t pool,
		const rep_policy_t *policy, rep_e164_t callee, rep_outcome_t outcome,
		uint32_t now)
{
	uint32_t rest = outcome == REP_UNWANTED	  ? policy->callee_unwanted_rest
					: outcome == REP_DECLINED ? policy->callee_declined_rest
											  : 0;
	rep_guard_fact_t news;
	rep_stripe_t *s;

	if(rest == 0 && outcome != REP_ANSWERED)
		return;
	s = lock_of(guard, callee);
	if(outcome == REP_UNWANTED)
		news = unwanted(s, pool, rest, callee, now);
	else if(outcome == REP_DECLINED)
		news = declined(s, pool, rest, callee, now);
	else
		news = take_away(s, rep_fact_find(s, callee, pool, REP_GUARD_DECLINED));
	rep_unlock(&s->lock);
	tell_any(guard, &news);
}

/* ---- by hand ---------------------------------------------------------------------- */

bool rep_guard_suppress(
		rep_guard_t *guard, rep_e164_t callee, uint32_t until, uint32_t now)
{
	rep_stripe_t *s = lock_of(guard, callee);
	rep_guard_fact_t news = {0};
	bool done = true;
	rep_fact_t *f;

	if(until > now) {
		f = find_or_add(
				s, callee, REP_GUARD_ALL, REP_GUARD_BY_HAND, until, now);
		done = f != NULL;
		if(f) {
			f->at = now;
			f->until = until;
			if(until < s->earliest)
				s->earliest = until;
			news = fact_of(f, false);
		}
	} else {
		news = take_away(
				s, rep_fact_find(s, callee, REP_GUARD_ALL, REP_GUARD_BY_HAND));
		done = news.kind != REP_GUARD_NOTHING;
	}
	rep_unlock(&s->lock);
	tell_any(guard, &news);
	return done;
}

unsigned rep_guard_forget(rep_guard_t *guard, rep_e164_t callee)
{
	rep_guard_fact_t news;
	unsigned n = 0;

	for(;; n++) {
		rep_stripe_t *s = lock_of(guard, callee);
		uint32_t i = rep_fact_first(s, callee);

		while(i != NONE && rep_fact_at(s, i)->callee != callee)
			i = rep_fact_at(s, i)->next;
		news = take_away(s, i);
		rep_unlock(&s->lock);
		if(news.kind == REP_GUARD_NOTHING)
			return n;
		rep_guard_tell(guard, &news);
	}
}

size_t rep_guard_of(rep_guard_t *guard, rep_e164_t callee,
		rep_guard_fact_t *out, size_t max)
{
	rep_stripe_t *s = lock_of(guard, callee);
	size_t n = 0;

	for(uint32_t i = rep_fact_first(s, callee); i != NONE && n < max;
			i = rep_fact_at(s, i)->next)
		if(rep_fact_at(s, i)->callee == callee)
			out[n++] = fact_of(rep_fact_at(s, i), false);
	rep_unlock(&s->lock);
	return n;
}

/* ---- shared ------------------------------------------------------------------------- */

/* The same thing as kept here. */
static uint32_t find_same(const rep_stripe_t *s, const rep_guard_fact_t *fact)
{
	return fact->kind == REP_GUARD_TRIED
				   ? rep_fact_find_try(
						   s, fact->callee, fact->pool, fact->at, fact->n)
				   : rep_fact_find(s, fact->callee, fact->pool, fact->kind);
}

/* A callee that is called without an end is not to fill the table. */
static void make_room_for_try(
		rep_stripe_t *s, const rep_guard_fact_t *fact, uint32_t now)
{
	standing_t st = look(s, fact->callee, fact->pool, now);

	if(st.kept >= REP_GUARD_TRIES)
		rep_fact_drop(s, st.oldest);
}

static void merge(rep_stripe_t *s, const rep_guard_fact_t *fact, uint32_t now)
{
	uint32_t i = find_same(s, fact);
	rep_fact_t *f;

	if(i == NONE && fact->kind == REP_GUARD_TRIED)
		make_room_for_try(s, fact, now);
	f = i != NONE ? rep_fact_at(s, i)
				  : rep_fact_add(s, fact->callee, fact->pool, fact->kind,
						  fact->until, now);
	if(!f)
		return;
	if(i == NONE || fact->kind == REP_GUARD_BY_HAND || fact->until > f->until) {
		f->until = fact->until;
		f->at = fact->at;
	}
	if(fact->n > f->n)
		f->n = fact->n;
	if(rep_fact_forgets(f) < s->earliest)
		s->earliest = rep_fact_forgets(f);
}

void rep_guard_take(
		rep_guard_t *guard, const rep_guard_fact_t *fact, uint32_t now)
{
	rep_stripe_t *s;

	if(fact->kind <= REP_GUARD_NOTHING || fact->kind > REP_GUARD_BY_HAND)
		return;
	s = lock_of(guard, fact->callee);
	if(fact->gone)
		take_away(s, find_same(s, fact));
	else if(rep_guard_forgets(fact->kind, fact->until) > now)
		merge(s, fact, now);
	rep_unlock(&s->lock);
}

size_t rep_guard_walk(rep_guard_t *guard, uint64_t *cursor, int32_t pool,
		uint32_t now, rep_guard_fact_t *out, size_t max)
{
	uint32_t n = (uint32_t)(*cursor >> 32), i = (uint32_t)*cursor, looked = 0;
	rep_stripe_t *s = &guard->stripe[n];
	size_t found = 0;

	rep_lock(&s->lock);
	for(; i < rep_slab_count(&s->facts) && found < max && looked++ < WALKED;
			i++) {
		const rep_fact_t *f = rep_fact_at(s, i);

		if(f->kind != REP_GUARD_NOTHING && (f->pool == pool || f->pool < 0)
				&& rep_fact_forgets(f) > now)
			out[found++] = fact_of(f, false);
	}
	if(i >= rep_slab_count(&s->facts)) {
		i = 0;
		n = n + 1 < guard->n_stripes ? n + 1 : 0;
	}
	rep_unlock(&s->lock);
	*cursor = (uint64_t)n << 32 | i;
	return found;
}

void rep_guard_drop(rep_guard_t *guard, int32_t pool)
{
	for(uint32_t n = 0; n < guard->n_stripes; n++) {
		rep_stripe_t *s = &guard->stripe[n];

		rep_lock(&s->lock);
		for(uint32_t i = 0; i < rep_slab_count(&s->facts); i++)
			if(rep_fact_at(s, i)->kind != REP_GUARD_NOTHING
					&& rep_fact_at(s, i)->pool == pool)
				rep_fact_drop(s, i);
		rep_unlock(&s->lock);
	}
}
