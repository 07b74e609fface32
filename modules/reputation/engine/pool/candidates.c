/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "candidates.h"

#include <math.h>

#include "slot.h"
#include "../reply/calling_code.h"

#define LIGHTEST \
	(-8) /* a class holds weights from a power of two to the next */
#define HEAVIEST 7

static unsigned class_of(float weight)
{
	int power = ilogbf(weight);

	return (unsigned)((power < LIGHTEST			 ? LIGHTEST
							  : power > HEAVIEST ? HEAVIEST
												 : power)
					  - LIGHTEST);
}

/* The shortest prefix that local match asks for. */
static unsigned from_digits(const rep_pool_t *pool, rep_e164_t number)
{
	return rep_calling_code_digits(number) + pool->policy.local_digits;
}

void rep_candidate_drop(rep_pool_t *pool, uint32_t i)
{
	rep_number_t *number = rep_number_at(pool, i);

	if(!number->candidate)
		return;
	pool->by_weight[number->candidate - 1]--;
	number->candidate = 0;
	rep_ring_drop(&pool->candidates, rep_number_place(number->e164), i);
	rep_local_drop(
			&pool->local, number->e164, i, from_digits(pool, number->e164));
}

/* Without memory it is picked by the order alone. */
void rep_candidate_update(rep_pool_t *pool, uint32_t i)
{
	rep_number_t *number = rep_number_at(pool, i);
	uint64_t place = rep_number_place(number->e164);

	if(!(number->flags & REP_MATCHES) || number->status != REP_ACTIVE) {
		rep_candidate_drop(pool, i);
		return;
	}
	if(rep_ring_put(&pool->candidates, place, i) < 0) {
		atomic_fetch_add(&pool->registry->full_memory, 1);
		return;
	}
	if(number->candidate)
		pool->by_weight[number->candidate - 1]--;
	number->candidate = (uint8_t)(class_of(number->weight) + 1);
	pool->by_weight[number->candidate - 1]++;
	if(pool->policy.local_digits
			&& rep_local_put(&pool->local, number->e164, i,
					   from_digits(pool, number->e164))
					   < 0)
		atomic_fetch_add(&pool->registry->full_memory, 1);
}

double rep_candidate_weight(const rep_pool_t *pool, const rep_number_t *number)
{
	double weight = number->weight;

	if(pool->policy.order != REP_WEIGHTED)
		return 1;
	return weight < 1 / 256. ? 1 / 256. : weight > 256 ? 256 : weight;
}

double rep_candidates_heaviest(const rep_pool_t *pool)
{
	int c = REP_WEIGHT_CLASSES - 1;

	if(pool->policy.order != REP_WEIGHTED)
		return 1;
	while(c > 0 && !pool->by_weight[c])
		c--;
	return ldexp(1, c + LIGHTEST + 1);
}
