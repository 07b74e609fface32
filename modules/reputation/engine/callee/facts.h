/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of the callee guard, in stripes: a stripe is a slab of facts,
 * chained from heads that double with it. All facts about one callee are in
 * one chain of one stripe. The guard (guard.h) says what they mean; its
 * functions hold the stripe's lock when they call these. */

#ifndef REP_FACTS_H
#define REP_FACTS_H

#include "../base/mem.h"
#include "../base/slab.h"

#define REP_GUARD_REMEMBERED 2592000 /* s that declines count after the rest */

typedef enum rep_guard_kind
{
	REP_GUARD_NOTHING,
	REP_GUARD_TRIED,
	REP_GUARD_DECLINED,
	REP_GUARD_UNWANTED,
	REP_GUARD_BY_HAND,
	REP_GUARD_LISTED, /* on the do-not-call list (dnc.h): is told, not kept */
	REP_GUARD_KINDS
} rep_guard_kind_t;

typedef struct rep_fact
{
	rep_e164_t callee;
	uint32_t next, at, until;
	int16_t pool;
	uint8_t kind, n;
} rep_fact_t;

typedef struct rep_stripe
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
} rep_stripe_t;

static inline uint64_t rep_fact_hash(rep_e164_t callee)
{
	uint64_t h = callee * UINT64_C(0x9E3779B97F4A7C15);

	return h ^ h >> 32;
}

static inline rep_fact_t *rep_fact_at(const rep_stripe_t *s, uint32_t i)
{
	return rep_slab_at(&s->facts, i);
}

/* Room for `max` facts; memory is taken as they come. 0, or -1: no lock. */
int rep_stripe_init(rep_stripe_t *s, uint32_t max);
void rep_stripe_destroy(rep_stripe_t *s);

/* The first of the chain in which the callee's facts are, among others'
 * (`next` goes on); REP_SLAB_NONE at its end. */
uint32_t rep_fact_first(const rep_stripe_t *s, rep_e164_t callee);
/* The fact of this kind, or the attempt of that moment; REP_SLAB_NONE. */
uint32_t rep_fact_find(
		const rep_stripe_t *s, rep_e164_t callee, int32_t pool, uint8_t kind);
uint32_t rep_fact_find_try(const rep_stripe_t *s, rep_e164_t callee,
		int32_t pool, uint32_t when, uint8_t n);
/* A new fact, of which the caller fills in the rest; NULL without room. */
rep_fact_t *rep_fact_add(rep_stripe_t *s, rep_e164_t callee, int32_t pool,
		uint8_t kind, uint32_t until, uint32_t now);
void rep_fact_drop(rep_stripe_t *s, uint32_t i);

/* When it is forgotten: attempts, 607s and orders at their end, declines
 * REP_GUARD_REMEMBERED later. */
uint32_t rep_guard_forgets(rep_guard_kind_t kind, uint32_t until);
uint32_t rep_fact_forgets(const rep_fact_t *f);

#endif
