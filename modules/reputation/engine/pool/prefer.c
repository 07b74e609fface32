/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "prefer.h"

#include <math.h>

#include "candidates.h"
#include "slot.h"
#include "../base/mix.h"

#define CIRCLE (UINT64_C(1) << REP_RING_BITS)
#define NEAR (CIRCLE / 512)
#define PART_BITS (REP_RING_BITS - 8) /* of a 256th of the circle */
#define FAR (UINT64_C(1) << 63)		  /* scores of those that are not near */
#define DRAWS 5						  /* of so many, each with */
#define DRAWN 4						  /* so many that follow each other */

static void begin(rep_prefer_t *prefer, const rep_pool_t *pool,
		const rep_ring_t *ring, rep_e164_t callee, bool sticky)
{
	prefer->pool = pool;
	prefer->ring = ring;
	prefer->callee = callee;
	prefer->sticky = sticky;
	prefer->weighted = sticky && pool->policy.order == REP_WEIGHTED;
	prefer->near = false;
	prefer->taken = 0;
	prefer->heap = (rep_heap_t){prefer->room, 0, REP_PREFER_LISTED};
}

/* ---- what waits for its turn: mostly, no more than the first of it is asked
 * for ------------------------------------------------------------------------ */

static void add(rep_prefer_t *prefer, uint64_t score, uint32_t item)
{
	prefer->room[prefer->heap.count++] = (rep_heap_entry_t){score, item};
}

static uint32_t take_first(rep_prefer_t *prefer)
{
	uint32_t n = prefer->heap.count, first = 0, item;

	for(uint32_t k = 1; k < n; k++)
		if(prefer->room[k].key < prefer->room[first].key)
			first = k;
	item = prefer->room[first].item;
	prefer->room[first] = prefer->room[n - 1];
	prefer->heap.count--;
	return item;
}

static void make_heap(rep_prefer_t *prefer)
{
	uint32_t n = prefer->heap.count;

	prefer->heap.count = 0;
	for(uint32_t k = 0; k < n; k++)
		rep_heap_push(&prefer->heap, prefer->room[k].key, prefer->room[k].item);
}

static uint32_t take(rep_prefer_t *prefer)
{
	uint32_t item;

	if(!prefer->heap.count)
		return REP_NONE;
	if(prefer->taken++ == 0)
		return take_first(prefer);
	if(prefer->taken == 2)
		make_heap(prefer);
	else
		prefer->taken = 3;
	item = prefer->room[0].item;
	rep_heap_pop(&prefer->heap);
	return item;
}

/* ---- scores: the least comes first ---------------------------------------- */

/* Numbers that are not negative, in their order. */
static uint64_t ordered(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static double weight_of(const rep_prefer_t *prefer, uint32_t item)
{
	return rep_candidate_weight(
			prefer->pool, rep_number_at(prefer->pool, item));
}

static uint64_t near_score(
		const rep_prefer_t *prefer, uint64_t away, uint32_t item)
{
	return prefer->weighted ? ordered((double)away / weight_of(prefer, item))
							: away;
}

static uint64_t last_near(const rep_prefer_t *prefer)
{
	uint64_t near = NEAR;

	if(prefer->ring && prefer->ring->count > REP_PREFER_LISTED)
		return FAR - 1;
	return prefer->weighted ? ordered((double)near) : near;
}

/* An even share for each. */
static inline uint64_t far_hash(uint64_t salt, uint64_t entry)
{
	return FAR | rep_mix(salt ^ rep_ring_place(entry)) >> 1;
}

/* The share's logarithm has the weight as its rate. */
static uint64_t far_by_weight(
		const rep_prefer_t *prefer, uint64_t salt, uint64_t entry)
{
	double share = (double)(far_hash(salt, entry) << 1 >> 11) * 0x1p-53;

	return FAR
		   | ordered(-log1p(-share) / weight_of(prefer, rep_ring_item(entry)));
}

static void add_far(rep_prefer_t *prefer, const uint64_t *entries, unsigned n)
{
	uint64_t salt = rep_mix(prefer->callee);

	for(unsigned k = 0; k < n; k++)
		add(prefer,
				prefer->weighted ? far_by_weight(prefer, salt, entries[k])
								 : far_hash(salt, entries[k]),
				rep_ring_item(entries[k]));
}

static uint64_t place_in_order(const rep_prefer_t *prefer, uint32_t item)
{
	return rep_number_at(prefer->pool, item)->key;
}

static void find_places(rep_prefer_t *prefer)
{
	uint64_t salt = rep_mix(prefer->callee);

	for(unsigned j = 0; j < REP_PREFER_PLACES; j++)
		prefer->place[j] = rep_mix(salt + j) >> (64 - REP_RING_BITS);
}

/* ---- lists ----------------------------------------------------------------- */

static void mark(rep_prefer_t *prefer, uint64_t place)
{
	unsigned part = (unsigned)(place >> PART_BITS) & 255;

	prefer->about[part / 64] |= UINT64_C(1) << part % 64;
}

/* A part is as wide as what is near a place, both ways. */
static void mark_parts(rep_prefer_t *prefer)
{
	memset(prefer->about, prefer->weighted ? 0xff : 0, sizeof(prefer->about));
	for(unsigned j = 0; j < REP_PREFER_PLACES; j++) {
		mark(prefer, prefer->place[j] - NEAR);
		mark(prefer, prefer->place[j] + NEAR);
	}
}

/* Else it is not near; with weights, anything may be. */
static inline bool may_be_near(const rep_prefer_t *prefer, uint64_t entry)
{
	unsigned part = (unsigned)(entry >> (REP_RING_ITEM_BITS + PART_BITS));

	return prefer->about[part / 64] >> part % 64 & 1;
}

/* How far it is to the nearest of the callee's places. */
static uint64_t away_from(const rep_prefer_t *prefer, uint64_t place)
{
	uint64_t least = CIRCLE;

	for(unsigned j = 0; j < REP_PREFER_PLACES; j++) {
		uint64_t up = (place - prefer->place[j]) & (CIRCLE - 1);
		uint64_t down = CIRCLE - up;
		uint64_t away = up < down ? up : down;

		least = away < least ? away : least;
	}
	return least;
}

/* Its score; FAR: it is not near. */
static uint64_t if_near(const rep_prefer_t *prefer, uint64_t entry)
{
	uint64_t away = away_from(prefer, rep_ring_place(entry));
	uint64_t score = near_score(prefer, away, rep_ring_item(entry));

	return score <= last_near(prefer) ? score : FAR;
}

static void add_near(rep_prefer_t *prefer)
{
	const uint64_t *entries = prefer->entries;

	for(unsigned k = 0, n = prefer->n; k < n; k++)
		if(may_be_near(prefer, entries[k])) {
			uint64_t score = if_near(prefer, entries[k]);

			if(score < FAR)
				add(prefer, score, rep_ring_item(entries[k]));
		}
}

static void add_others(rep_prefer_t *prefer)
{
	const uint64_t *entries = prefer->entries;

	if(!prefer->taken)
		add_far(prefer, entries, prefer->n);
	for(unsigned k = 0; k < prefer->n && prefer->taken; k++)
		if(!may_be_near(prefer, entries[k])
				|| if_near(prefer, entries[k]) == FAR)
			add_far(prefer, &entries[k], 1);
}

static void add_by_order(rep_prefer_t *prefer)
{
	for(unsigned k = 0; k < prefer->n; k++) {
		uint32_t item = rep_ring_item(prefer->entries[k]);

		add(prefer, place_in_order(prefer, item), item);
	}
}

void rep_prefer_list(rep_prefer_t *prefer, const rep_pool_t *pool,
		const uint64_t *entries, unsigned n, rep_e164_t callee, bool sticky)
{
	begin(prefer, pool, NULL, callee, sticky);
	prefer->entries = entries;
	prefer->n = n;
	if(!sticky || n == 1) { /* of one the score does not matter */
		add_by_order(prefer);
		return;
	}
	prefer->near = true;
	find_places(prefer);
	mark_parts(prefer);
	add_near(prefer);
}

/* ---- rings, sticky ----------------------------------------------------------- */

/* What stands at a front: the even ones go up. */
static inline void stand(rep_prefer_t *prefer, unsigned f)
{
	rep_front_t *front = &prefer->front[f];
	uint64_t entry = rep_ring_entry(prefer->ring, front->at);
	uint64_t up = rep_ring_place(entry) - prefer->place[f / 2];

	front->away = (f % 2 ? -up : up) & (CIRCLE - 1);
	front->item = rep_ring_item(entry);
}

static inline void go_on(rep_prefer_t *prefer, unsigned f)
{
	rep_ring_at_t *at = &prefer->front[f].at;

	if(f % 2 == 0)
		rep_ring_next(prefer->ring, at);
	else if(at->k > 0)
		at->k--;
	else
		rep_ring_back(prefer->ring, at);
	stand(prefer, f);
}

static void look_around(rep_prefer_t *prefer)
{
	rep_ring_at_t at[REP_PREFER_PLACES];

	prefer->near = true;
	prefer->taken = 2; /* a heap from the beginning */
	prefer->heaviest = rep_candidates_heaviest(prefer->pool);
	find_places(prefer);
	rep_ring_seek_all(prefer->ring, prefer->place, REP_PREFER_PLACES, at);
	for(unsigned j = 0; j < REP_PREFER_PLACES; j++) {
		prefer->front[2 * j].at = prefer->front[2 * j + 1].at = at[j];
		stand(prefer, 2 * j);
		go_on(prefer, 2 * j + 1);
	}
}

static unsigned nearest(const rep_prefer_t *prefer)
{
	unsigned nearest = 0;

	for(unsigned f = 1; f < 2 * REP_PREFER_PLACES; f++)
		if(prefer->front[f].away < prefer->front[nearest].away)
			nearest = f;
	return nearest;
}

/* With weights, one that is farther may come first: what stands at the fronts
 * is kept until nothing beyond them can come before the first of it. */
static bool is_first(const rep_prefer_t *prefer, uint64_t bound)
{
	return prefer->heap.count
		   && (prefer->room[0].key <= bound
				   || prefer->heap.count == REP_PREFER_LISTED);
}

/* The next that is near; REP_NONE when there is none any more. */
static uint32_t next_near(rep_prefer_t *prefer)
{
	uint64_t last = last_near(prefer), bound;
	rep_front_t front;
	unsigned f;

	for(;;) {
		f = nearest(prefer);
		front = prefer->front[f];
		bound = prefer->weighted
						? ordered((double)front.away / prefer->heaviest)
						: front.away;
		if(is_first(prefer, bound))
			return prefer->room[0].key <= last ? take(prefer) : REP_NONE;
		if(bound > last)
			return REP_NONE;
		go_on(prefer, f);
		if(!prefer->weighted)
			return front.item;
		rep_heap_push(&prefer->heap, near_score(prefer, front.away, front.item),
				front.item);
	}
}

/* Those that were near come again. */
static void add_ring(rep_prefer_t *prefer)
{
	const rep_ring_part_t *part;
	uint32_t p = 0;

	while((part = rep_ring_part(prefer->ring, &p)))
		add_far(prefer, part->entries, part->n);
}

/* ---- rings, not sticky --------------------------------------------------------- */

static void draw(rep_prefer_t *prefer)
{
	uint64_t random = rep_mix(prefer->pool->picks);

	for(unsigned d = 0; d < DRAWS; d++) {
		rep_ring_at_t at = rep_ring_draw(prefer->ring, &random);

		for(unsigned k = 0; k < DRAWN; k++) {
			uint32_t item = rep_ring_item(rep_ring_entry(prefer->ring, at));

			add(prefer, place_in_order(prefer, item), item);
			rep_ring_next(prefer->ring, &at);
		}
	}
}

/* ---- sets ------------------------------------------------------------------------ */

void rep_prefer_ring(rep_prefer_t *prefer, const rep_pool_t *pool,
		const rep_ring_t *ring, rep_e164_t callee, bool sticky)
{
	if(ring->count <= REP_PREFER_FEW) {
		rep_ring_list(ring, prefer->few);
		rep_prefer_list(prefer, pool, prefer->few, ring->count, callee, sticky);
		return;
	}
	begin(prefer, pool, ring, callee, sticky);
	if(sticky)
		look_around(prefer);
	else
		draw(prefer);
}

uint32_t rep_prefer_next(rep_prefer_t *prefer)
{
	uint32_t item;

	if(!prefer->near)
		return take(prefer);
	item = prefer->ring ? next_near(prefer) : take(prefer);
	if(item != REP_NONE)
		return item;
	prefer->near = false;
	prefer->heap.count = 0;
	if(prefer->ring)
		add_ring(prefer);
	else
		add_others(prefer);
	prefer->taken = 0;
	return take(prefer);
}
