/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stripe is a slab of facts, chained from heads that double with it. All
 * facts about one callee are in one chain. */

#include "guard.h"

#include <stdatomic.h>

#include "../base/mem.h"
#include "../base/slab.h"

#define STRIPES 64
#define NONE REP_SLAB_NONE
#define DAY 86400
#define FIRST_HEADS 16
#define WALKED 4096

typedef struct fact
{
	rep_e164_t callee;
	uint32_t next, at, until;
	int16_t pool;
	uint8_t kind, n;
} fact_t;

typedef struct stripe
{
	rep_lock_t lock;
	rep_slab_t facts;
	uint32_t *heads, n_heads; /* a power of two, 0 at first */
	uint32_t max, used;
	uint32_t kinds[REP_GUARD_KINDS];
	uint32_t earliest; /* nothing loses its force before that */
	uint32_t searched; /* for what has, last */
	uint32_t hand;	   /* where the next one to give way is looked for */
	uint64_t gave_way, refused;
} stripe_t;

struct rep_guard
{
	uint32_t n_stripes, max;
	uint8_t salt;
	stripe_t stripe[STRIPES];
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
		stripe_t *s = &guard->stripe[n];

		rep_slab_init(&s->facts, sizeof(fact_t));
		s->max = max / guard->n_stripes + (n < max % guard->n_stripes);
		s->earliest = UINT32_MAX;
		if(rep_lock_init(&s->lock) < 0)
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
	for(uint32_t n = 0; n < guard->n_stripes; n++) {
		rep_slab_clear(&guard->stripe[n].facts);
		rep_free(guard->stripe[n].heads);
		rep_lock_destroy(&guard->stripe[n].lock);
	}
	rep_lock_destroy(&guard->lock);
	rep_free(guard);
}

void rep_guard_stats(rep_guard_t *guard, rep_guard_stats_t *out)
{
	*out = (rep_guard_stats_t){.max = guard->max,
			.bytes = sizeof(*guard) + guard->n_ring * sizeof(rep_guard_fact_t)};
	for(uint32_t n = 0; n < guard->n_stripes; n++) {
		stripe_t *s = &guard->stripe[n];

		rep_lock(&s->lock);
		out->facts += s->used;
		for(int k = 0; k < REP_GUARD_KINDS; k++)
			out->kinds[k] += s->kinds[k];
		out->gave_way += s->gave_way;
		out->refused += s->refused;
		out->bytes += rep_slab_count(&s->facts) * sizeof(fact_t)
					  + s->n_heads * sizeof(uint32_t);
		rep_unlock(&s->lock);
	}
}

/* ---- a stripe --------------------------------------------------------------- */

static uint64_t mixed(rep_e164_t callee)
{
	uint64_t h = callee * UINT64_C(0x9E3779B97F4A7C15);

	return h ^ h >> 32;
}

/* The callee's stripe, its lock held. */
static stripe_t *lock_of(rep_guard_t *guard, rep_e164_t callee)
{
	stripe_t *s = &guard->stripe[(mixed(callee) >> 48) % guard->n_stripes];

	rep_lock(&s->lock);
	return s;
}

static fact_t *at(const stripe_t *s, uint32_t i)
{
	return rep_slab_at(&s->facts, i);
}

static uint32_t *head_of(const stripe_t *s, rep_e164_t callee)
{
	return &s->heads[(uint32_t)mixed(callee) & (s->n_heads - 1)];
}

static uint32_t first_of(const stripe_t *s, rep_e164_t callee)
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

static uint32_t forgets(const fact_t *f)
{
	return rep_guard_forgets(f->kind, f->until);
}

static void drop(stripe_t *s, uint32_t i)
{
	fact_t *f = at(s, i);
	uint32_t *link = head_of(s, f->callee);

	while(*link != i)
		link = &at(s, *link)->next;
	*link = f->next;
	s->kinds[f->kind]--;
	s->used--;
	f->kind = REP_GUARD_NOTHING;
	rep_slab_free(&s->facts, i);
}

/* Twice as many heads: chains stay as long as one fact on average. */
static bool more_heads(stripe_t *s)
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
			uint32_t *head = head_of(s, at(s, i)->callee);

			next = at(s, i)->next;
			at(s, i)->next = *head;
			*head = i;
		}
	rep_free(old);
	return true;
}

/* Everything that has no force any more goes. */
static void expire(stripe_t *s, uint32_t now)
{
	uint32_t n = rep_slab_count(&s->facts), earliest = UINT32_MAX;

	s->searched = now;
	for(uint32_t i = 0; i < n; i++) {
		const fact_t *f = at(s, i);

		if(f->kind == REP_GUARD_NOTHING)
			continue;
		if(forgets(f) <= now)
			drop(s, i);
		else if(forgets(f) < earliest)
			earliest = forgets(f);
	}
	s->earliest = earliest;
}

/* One of the weakest kind that there is gives way, unless all are stronger
 * than the one that comes. */
static bool give_way(stripe_t *s, uint8_t comes)
{
	uint8_t kind = REP_GUARD_TRIED;

	while(kind <= REP_GUARD_DECLINED && s->kinds[kind] == 0)
		kind++;
	if(kind > REP_GUARD_DECLINED || kind > comes)
		return false;
	do
		s->hand = (s->hand + 1) % rep_slab_count(&s->facts);
	while(at(s, s->hand)->kind != kind);
	drop(s, s->hand);
	s->gave_way++;
	return true;
}

static bool make_room(stripe_t *s, uint8_t kind, uint32_t now)
{
	if(s->used < s->max)
		return true;
	if(s->earliest <= now && s->searched != now)
		expire(s, now);
	return s->used < s->max || (s->max > 0 && give_way(s, kind));
}

/* A new fact, of which the caller fills in the rest; NULL without room. */
static fact_t *add(stripe_t *s, rep_e164_t callee, int32_t pool, uint8_t kind,
		uint32_t until, uint32_t now)
{
	uint32_t i = NONE, *head;
	fact_t *f;

	if(make_room(s, kind, now) && (s->used < s->n_heads || more_heads(s)))
		i = rep_slab_alloc(&s->facts);
	if(i == NONE) {
		s->refused++;
		return NULL;
	}
	f = at(s, i);
	head = head_of(s, callee);
	*f = (fact_t){.callee = callee,
			.next = *head,
			.until = until,
			.pool = (int16_t)pool,
			.kind = kind};
	*head = i;
	s->used++;
	s->kinds[kind]++;
	if(forgets(f) < s->earliest)
		s->earliest = forgets(f);
	return f;
}

static uint32_t find(
		const stripe_t *s, rep_e164_t callee, int32_t pool, uint8_t kind)
{
	uint32_t i = first_of(s, callee);

	while(i != NONE
			&& (at(s, i)->callee != callee || at(s, i)->kind != kind
					|| at(s, i)->pool != pool))
		i = at(s, i)->next;
	return i;
}

static uint32_t find_try(const stripe_t *s, rep_e164_t callee, int32_t pool,
		uint32_t when, uint8_t n)
{
	uint32_t i = first_of(s, callee);

	for(; i != NONE; i = at(s, i)->next) {
		const fact_t *f = at(s, i);

		if(f->callee == callee && f->kind == REP_GUARD_TRIED && f->pool == pool
				&& f->at == when && f->n == n)
			break;
	}
	return i;
}

static rep_guard_fact_t fact_of(const fact_t *f, bool gone)
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
		const stripe_t *s, uint32_t i, uint32_t now, standing_t *st)
{
	const fact_t *f = at(s, i);
	/* of a clock that is ahead: it was now */
	uint32_t ago = f->at < now ? now - f->at : 0;

	st->tries += ago < DAY;
	if(ago < st->last)
		st->last = ago;
	if(st->kept++ == 0 || f->at < at(s, st->oldest)->at)
		st->oldest = i;
}

static standing_t look(
		const stripe_t *s, rep_e164_t callee, int32_t pool, uint32_t now)
{
	standing_t st = {.last = UINT32_MAX, .oldest = NONE};

	for(uint32_t i = first_of(s, callee); i != NONE; i = at(s, i)->next) {
		const fact_t *f = at(s, i);

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
static rep_guard_fact_t put_try(rep_guard_t *guard, stripe_t *s,
		const standing_t *st, int32_t pool, const rep_policy_t *policy,
		rep_e164_t callee, uint32_t now)
{
	uint32_t most =
			policy->callee_attempts_day ? policy->callee_attempts_day : 1;
	uint32_t when = now;
	fact_t *f;

	if(st->kept >= most)
		drop(s, st->oldest);
	while(find_try(s, callee, pool, when, guard->salt) != NONE)
		when++;
	f = add(s, callee, pool, REP_GUARD_TRIED, later(when, matters(policy)),
			now);
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
	stripe_t *s = lock_of(guard, callee);
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
	stripe_t *s;

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
static rep_guard_fact_t take_away(stripe_t *s, uint32_t i)
{
	rep_guard_fact_t news = {0};

	if(i == NONE)
		return news;
	news = fact_of(at(s, i), true);
	drop(s, i);
	return news;
}

void rep_guard_untry(
		rep_guard_t *guard, int32_t pool, rep_e164_t callee, uint32_t tried)
{
	stripe_t *s = lock_of(guard, callee);
	rep_guard_fact_t news =
			take_away(s, find_try(s, callee, pool, tried, guard->salt));

	rep_unlock(&s->lock);
	tell_any(guard, &news);
}

/* ---- what came of it ------------------------------------------------------------ */

/* The fact of this kind, made if there is none. NULL without room. */
static fact_t *find_or_add(stripe_t *s, rep_e164_t callee, int32_t pool,
		uint8_t kind, uint32_t until, uint32_t now)
{
	uint32_t i = find(s, callee, pool, kind);

	return i == NONE ? add(s, callee, pool, kind, until, now) : at(s, i);
}

static rep_guard_fact_t declined(stripe_t *s, int32_t pool, uint32_t rest,
		rep_e164_t callee, uint32_t now)
{
	fact_t *f = find_or_add(
			s, callee, pool, REP_GUARD_DECLINED, later(now, rest), now);
	uint32_t end;

	if(!f || (f->n > 0 && f->at <= now && now - f->at < REP_GUARD_SAME_CALL))
		return (rep_guard_fact_t){0};
	if(forgets(f) <= now)
		f->n = 0;
	f->n += f->n <= REP_GUARD_DOUBLINGS;
	f->at = now;
	end = later(now, (uint64_t)rest << (f->n - 1));
	if(end > f->until)
		f->until = end;
	return fact_of(f, false);
}

static rep_guard_fact_t unwanted(stripe_t *s, int32_t pool, uint32_t rest,
		rep_e164_t callee, uint32_t now)
{
	fact_t *f = find_or_add(
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
	stripe_t *s;

	if(rest == 0 && outcome != REP_ANSWERED)
		return;
	s = lock_of(guard, callee);
	if(outcome == REP_UNWANTED)
		news = unwanted(s, pool, rest, callee, now);
	else if(outcome == REP_DECLINED)
		news = declined(s, pool, rest, callee, now);
	else
		news = take_away(s, find(s, callee, pool, REP_GUARD_DECLINED));
	rep_unlock(&s->lock);
	tell_any(guard, &news);
}

/* ---- by hand ---------------------------------------------------------------------- */

bool rep_guard_suppress(
		rep_guard_t *guard, rep_e164_t callee, uint32_t until, uint32_t now)
{
	stripe_t *s = lock_of(guard, callee);
	rep_guard_fact_t news = {0};
	bool done = true;
	fact_t *f;

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
		news = take_away(s, find(s, callee, REP_GUARD_ALL, REP_GUARD_BY_HAND));
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
		stripe_t *s = lock_of(guard, callee);
		uint32_t i = first_of(s, callee);

		while(i != NONE && at(s, i)->callee != callee)
			i = at(s, i)->next;
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
	stripe_t *s = lock_of(guard, callee);
	size_t n = 0;

	for(uint32_t i = first_of(s, callee); i != NONE && n < max;
			i = at(s, i)->next)
		if(at(s, i)->callee == callee)
			out[n++] = fact_of(at(s, i), false);
	rep_unlock(&s->lock);
	return n;
}

/* ---- shared ------------------------------------------------------------------------- */

/* The same thing as kept here. */
static uint32_t find_same(const stripe_t *s, const rep_guard_fact_t *fact)
{
	return fact->kind == REP_GUARD_TRIED
				   ? find_try(s, fact->callee, fact->pool, fact->at, fact->n)
				   : find(s, fact->callee, fact->pool, fact->kind);
}

/* A callee that is called without an end is not to fill the table. */
static void make_room_for_try(
		stripe_t *s, const rep_guard_fact_t *fact, uint32_t now)
{
	standing_t st = look(s, fact->callee, fact->pool, now);

	if(st.kept >= REP_GUARD_TRIES)
		drop(s, st.oldest);
}

static void merge(stripe_t *s, const rep_guard_fact_t *fact, uint32_t now)
{
	uint32_t i = find_same(s, fact);
	fact_t *f;

	if(i == NONE && fact->kind == REP_GUARD_TRIED)
		make_room_for_try(s, fact, now);
	f = i != NONE ? at(s, i)
				  : add(s, fact->callee, fact->pool, fact->kind, fact->until,
						  now);
	if(!f)
		return;
	if(i == NONE || fact->kind == REP_GUARD_BY_HAND || fact->until > f->until) {
		f->until = fact->until;
		f->at = fact->at;
	}
	if(fact->n > f->n)
		f->n = fact->n;
	if(forgets(f) < s->earliest)
		s->earliest = forgets(f);
}

void rep_guard_take(
		rep_guard_t *guard, const rep_guard_fact_t *fact, uint32_t now)
{
	stripe_t *s;

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
	stripe_t *s = &guard->stripe[n];
	size_t found = 0;

	rep_lock(&s->lock);
	for(; i < rep_slab_count(&s->facts) && found < max && looked++ < WALKED;
			i++) {
		const fact_t *f = at(s, i);

		if(f->kind != REP_GUARD_NOTHING && (f->pool == pool || f->pool < 0)
				&& forgets(f) > now)
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
		stripe_t *s = &guard->stripe[n];

		rep_lock(&s->lock);
		for(uint32_t i = 0; i < rep_slab_count(&s->facts); i++)
			if(at(s, i)->kind != REP_GUARD_NOTHING && at(s, i)->pool == pool)
				drop(s, i);
		rep_unlock(&s->lock);
	}
}
