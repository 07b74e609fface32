/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "prefer.h"

#include <math.h>

#include "candidates.h"
#include "slot.h"
#include "../base/mix.h"

#define PLACES (UINT64_C(1) << REP_RING_BITS)
#define SPREAD 16 /* entries from a drawn place on, of which one is taken */

/* ---- sets of few -------------------------------------------------------- */

static double weight_of(const rep_prefer_t *prefer, uint64_t entry)
{
	return rep_candidate_weight(
			prefer->pool, rep_number_at(prefer->pool, rep_ring_item(entry)));
}

/* Its logarithm's rate is the weight: -ln of a share of 2^53. A share of one
 * is a little more than none, which is a bound. */
static double logarithm(double key, double weight)
{
	return -log1p(-key * 0x1p-53) / weight;
}

static void begin(rep_prefer_t *prefer, const rep_pool_t *pool,
		const rep_ring_t *ring, bool sticky)
{
	prefer->pool = pool;
	prefer->ring = ring;
	prefer->sticky = sticky;
	prefer->weighted = sticky && pool->policy.order == REP_WEIGHTED;
}

static double place_in_order(const rep_pool_t *pool, uint64_t entry)
{
	return (double)rep_number_at(pool, rep_ring_item(entry))->key;
}

/* The entries are in their place. */
static void score(rep_prefer_t *prefer, unsigned n, rep_e164_t callee)
{
	uint64_t salt = rep_mix(callee);

	prefer->n = n;
	for(unsigned k = 0; k < n && prefer->sticky; k++)
		prefer->key[k] =
				(double)(int64_t)(rep_mix(salt
										  ^ rep_ring_place(prefer->entry[k]))
								  >> 11);
	for(unsigned k = 0; k < n && !prefer->sticky; k++)
		prefer->key[k] = place_in_order(prefer->pool, prefer->entry[k]);
	for(unsigned k = 0; k < n && prefer->weighted; k++)
		prefer->key[k] *= 0x1p-53 / weight_of(prefer, prefer->entry[k]);
	memset(prefer->bound, prefer->weighted, n * sizeof(*prefer->bound));
}

void rep_prefer_list(rep_prefer_t *prefer, const rep_pool_t *pool,
		const uint64_t *entries, unsigned n, rep_e164_t callee, bool sticky)
{
	begin(prefer, pool, NULL, sticky);
	memcpy(prefer->entry, entries, n * sizeof(*entries));
	score(prefer, n, callee);
}

/* ---- sets of many ------------------------------------------------------- */

/* What stands at a probe, and how soon its turn is. */
static void stand(rep_prefer_t *prefer, unsigned j)
{
	uint64_t entry = rep_ring_entry(prefer->ring, prefer->at[j]);

	prefer->entry[j] = entry;
	prefer->bound[j] = prefer->weighted;
	if(prefer->sticky)
		prefer->key[j] =
				(double)(int64_t)((rep_ring_place(entry) - prefer->probe[j])
								  & (PLACES - 1))
				/ prefer->heaviest;
	else
		prefer->key[j] = place_in_order(prefer->pool, entry);
}

/* The set that grows past it is dealt anew for a few callees at a time. */
static unsigned few_for(rep_e164_t callee)
{
	return REP_PREFER_FEW
		   + (unsigned)(rep_mix(~callee) % (REP_PREFER_MAX - REP_PREFER_FEW));
}

void rep_prefer_ring(rep_prefer_t *prefer, const rep_pool_t *pool,
		const rep_ring_t *ring, rep_e164_t callee, bool sticky)
{
	uint64_t from = rep_mix(sticky ? callee : pool->picks);

	if(ring->count <= few_for(callee)) {
		begin(prefer, pool, NULL, sticky);
		rep_ring_list(ring, prefer->entry);
		score(prefer, ring->count, callee);
		return;
	}
	begin(prefer, pool, ring, sticky);
	prefer->heaviest = rep_candidates_heaviest(pool);
	prefer->n = REP_PREFER_PROBES;
	for(unsigned j = 0; j < REP_PREFER_PROBES; j++)
		prefer->probe[j] = rep_mix(from + j) >> (64 - REP_RING_BITS);
	rep_ring_seek_all(ring, prefer->probe, REP_PREFER_PROBES, prefer->at);
	for(unsigned j = 0; j < REP_PREFER_PROBES; j++) {
		/* else who follows a wide gap would come much more often */
		for(unsigned s = sticky ? 0 : rep_mix(prefer->probe[j]) % SPREAD; s > 0;
				s--)
			rep_ring_next(ring, &prefer->at[j]);
		stand(prefer, j);
	}
}

static void copy(rep_prefer_t *prefer, unsigned to, unsigned from)
{
	prefer->key[to] = prefer->key[from];
	prefer->entry[to] = prefer->entry[from];
	prefer->bound[to] = prefer->bound[from];
}

static void go_on(rep_prefer_t *prefer, unsigned j)
{
	rep_ring_next(prefer->ring, &prefer->at[j]);
	stand(prefer, j);
}

/* A bound has come up: what it is. Of a probe, its number takes a place of its
 * own, and the probe goes on. Where there is none left the bound is taken for
 * it. */
static bool weigh(rep_prefer_t *prefer, unsigned k)
{
	double weight = weight_of(prefer, prefer->entry[k]);
	unsigned own = prefer->n;

	if(!prefer->ring) {
		prefer->key[k] = logarithm(prefer->key[k] * weight * 0x1p53, weight);
		prefer->bound[k] = false;
		return true;
	}
	if(own == REP_PREFER_MAX)
		return false;
	prefer->n++;
	copy(prefer, own, k);
	prefer->key[own] *= prefer->heaviest / weight;
	prefer->bound[own] = false;
	go_on(prefer, k);
	return true;
}

static unsigned first_of(const rep_prefer_t *prefer)
{
	unsigned first = 0;

	for(unsigned k = 1; k < prefer->n; k++)
		if(prefer->key[k] < prefer->key[first])
			first = k;
	return first;
}

uint32_t rep_prefer_next(rep_prefer_t *prefer)
{
	unsigned first;
	uint32_t item;

	if(!prefer->n)
		return REP_NONE;
	do {
		first = first_of(prefer);
	} while(prefer->bound[first] && weigh(prefer, first));
	item = rep_ring_item(prefer->entry[first]);
	if(prefer->ring && first < REP_PREFER_PROBES)
		go_on(prefer, first);
	else
		copy(prefer, first, --prefer->n);
	return item;
}
