/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "prefer.h"

#include <math.h>

#include "candidates.h"
#include "slot.h"
#include "../base/mix.h"

#define PLACES (UINT64_C(1) << REP_RING_BITS)
#define SPREAD 16 /* entries from a drawn place on, of which one is taken */
#define FEW 128	  /* always; from here on up to REP_PREFER_MAX for some */

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

void rep_prefer_list(rep_prefer_t *prefer, const rep_pool_t *pool,
		const uint64_t *entries, unsigned n, rep_e164_t callee, bool sticky)
{
	uint64_t salt = rep_mix(callee);

	prefer->pool = pool;
	prefer->ring = NULL;
	prefer->sticky = sticky;
	prefer->weighted = sticky && pool->policy.order == REP_WEIGHTED;
	prefer->n = n;
	for(unsigned k = 0; k < n; k++) {
		struct rep_preferred *of = &prefer->of[k];
		of->entry = entries[k];
		of->bound = prefer->weighted;
		if(!sticky)
			of->key =
					(double)rep_number_at(pool, rep_ring_item(entries[k]))->key;
		else
			of->key =
					(double)(rep_mix(salt ^ rep_ring_place(entries[k])) >> 11);
		if(prefer->weighted)
			of->key *= 0x1p-53 / weight_of(prefer, entries[k]);
	}
}

/* ---- sets of many ------------------------------------------------------- */

/* What stands at a probe, and how soon its turn is. */
static void stand(rep_prefer_t *prefer, struct rep_preferred *of)
{
	of->entry = rep_ring_entry(prefer->ring, of->at);
	of->bound = prefer->weighted;
	if(prefer->sticky)
		of->key =
				(double)((rep_ring_place(of->entry) - of->probe) & (PLACES - 1))
				/ prefer->heaviest;
	else
		of->key = (double)rep_number_at(prefer->pool, rep_ring_item(of->entry))
						  ->key;
}

/* The set that grows past it is dealt anew for a few callees at a time. */
static unsigned few_for(rep_e164_t callee)
{
	return FEW + (unsigned)(rep_mix(~callee) % (REP_PREFER_MAX - FEW));
}

void rep_prefer_ring(rep_prefer_t *prefer, const rep_pool_t *pool,
		const rep_ring_t *ring, rep_e164_t callee, bool sticky)
{
	uint64_t entries[REP_PREFER_MAX];
	uint64_t from = sticky ? callee : pool->picks;

	if(ring->count <= few_for(callee)) {
		rep_ring_list(ring, entries);
		rep_prefer_list(prefer, pool, entries, ring->count, callee, sticky);
		return;
	}
	prefer->pool = pool;
	prefer->ring = ring;
	prefer->sticky = sticky;
	prefer->weighted = sticky && pool->policy.order == REP_WEIGHTED;
	prefer->heaviest = rep_candidates_heaviest(pool);
	prefer->n = REP_PREFER_PROBES;
	from = rep_mix(from);
	for(unsigned j = 0; j < REP_PREFER_PROBES; j++) {
		struct rep_preferred *of = &prefer->of[j];
		of->probe = rep_mix(from + j) >> (64 - REP_RING_BITS);
		of->at = rep_ring_seek(ring, of->probe);
		/* else who follows a wide gap would come much more often */
		for(unsigned s = sticky ? 0 : rep_mix(of->probe) % SPREAD; s > 0; s--)
			rep_ring_next(ring, &of->at);
		stand(prefer, of);
	}
}

/* A bound has come up: what it is. Of a probe, its number takes a place of its
 * own, and the probe goes on. Where there is none left the bound is taken for
 * it. */
static bool weigh(rep_prefer_t *prefer, struct rep_preferred *of)
{
	double weight = weight_of(prefer, of->entry);
	struct rep_preferred *own;

	if(!prefer->ring) {
		of->key = logarithm(of->key * weight * 0x1p53, weight);
		of->bound = false;
		return true;
	}
	if(prefer->n == REP_PREFER_MAX)
		return false;
	own = &prefer->of[prefer->n++];
	*own = *of;
	own->key = of->key * prefer->heaviest / weight;
	own->bound = false;
	rep_ring_next(prefer->ring, &of->at);
	stand(prefer, of);
	return true;
}

static struct rep_preferred *first_of(rep_prefer_t *prefer)
{
	struct rep_preferred *first = &prefer->of[0];

	for(unsigned k = 1; k < prefer->n; k++)
		if(prefer->of[k].key < first->key)
			first = &prefer->of[k];
	return first;
}

uint32_t rep_prefer_next(rep_prefer_t *prefer)
{
	struct rep_preferred *first;
	uint32_t item;

	if(!prefer->n)
		return REP_NONE;
	do {
		first = first_of(prefer);
	} while(first->bound && weigh(prefer, first));
	item = rep_ring_item(first->entry);
	if(prefer->ring && (!prefer->weighted || first->bound)) {
		rep_ring_next(prefer->ring, &first->at);
		stand(prefer, first);
	} else {
		*first = prefer->of[--prefer->n];
	}
	return item;
}
