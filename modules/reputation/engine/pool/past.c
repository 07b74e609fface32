/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a number was benched on before. */

#include "past.h"

#include <math.h>

#include "../judge/bucket.h"

#define HALF_LIFE (30 * 86400 * (rep_time_t)REP_MS)

static float left_of(const rep_past_t *past, rep_time_t now)
{
	rep_time_t age = now > past->at ? now - past->at : 0;

	return exp2f(-(float)age / (float)HALF_LIFE);
}

static rep_tally_t tally_of(const rep_past_t *past)
{
	return (rep_tally_t){shares_load(past->seen), shares_load(past->expected)};
}

void rep_past_get(const rep_pool_t *pool, const rep_number_t *number,
		rep_time_t now, rep_tally_t *sum)
{
	const rep_past_t *past;
	rep_tally_t tally;

	if(number->past == REP_NONE)
		return;
	past = rep_slab_at(&pool->pasts, number->past);
	tally = tally_of(past);
	rep_tally_add(sum, &tally, left_of(past, now));
}

void rep_past_add(rep_pool_t *pool, rep_number_t *number,
		const rep_tally_t *turn, rep_time_t now)
{
	rep_tally_t sum = *turn;
	rep_past_t *past;

	if(number->past == REP_NONE) {
		number->past = rep_slab_alloc(&pool->pasts);
		if(number->past == REP_SLAB_NONE) {
			number->past = REP_NONE;
			atomic_fetch_add(&pool->registry->full_memory, 1);
			return;
		}
		past = rep_slab_at(&pool->pasts, number->past);
		memset(past, 0, sizeof(*past));
	}
	rep_past_get(pool, number, now, &sum);
	past = rep_slab_at(&pool->pasts, number->past);
	past->at = now;
	memcpy(past->seen, &sum.seen, sizeof(past->seen));
	memcpy(past->expected, &sum.expected, sizeof(past->expected));
}

void rep_past_forget(rep_pool_t *pool, rep_number_t *number)
{
	if(number->past != REP_NONE)
		rep_slab_free(&pool->pasts, number->past);
	number->past = REP_NONE;
}
