/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a number stands. */

#include "standing.h"

#include "../judge/bucket.h"

void rep_number_account(rep_pool_t *pool, const rep_number_t *number, int by)
{
	rep_state_t standing = rep_number_standing(number);
	const rep_routed_t *routed;

	pool->by_state[standing] += by;
	if(!(number->flags & REP_MATCHES))
		return;
	pool->matching[standing] += by;
	if(standing != REP_ACTIVE && standing != REP_PROBATION)
		return;
	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		if(routed->verdict.state == REP_BENCHED)
			pool->routes[routed->route]->benched += by;
	}
}

static rep_routed_t *routed_of(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	rep_routed_t *routed;

	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		if(routed->route == route)
			return routed;
	}
	return NULL;
}

rep_verdict_t *rep_verdict_of(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	rep_routed_t *routed;

	if(route == 0)
		return (rep_verdict_t *)&number->verdict;
	routed = routed_of(pool, number, route);
	return routed ? &routed->verdict : NULL;
}

rep_verdict_t *rep_verdict_put(
		rep_pool_t *pool, rep_number_t *number, uint8_t route)
{
	rep_verdict_t *verdict = rep_verdict_of(pool, number, route);
	rep_routed_t *routed;
	uint32_t r;

	if(verdict)
		return verdict;
	r = rep_slab_alloc(&pool->routed);
	if(r == REP_SLAB_NONE) {
		atomic_fetch_add(&pool->registry->full_memory, 1);
		return NULL;
	}
	routed = rep_slab_at(&pool->routed, r);
	routed->next = number->routed;
	routed->route = route;
	routed->verdict.state = REP_ACTIVE;
	routed->verdict.reason = REP_REASON_NONE;
	number->routed = r;
	return &routed->verdict;
}

/* The state itself, with what depends on it. */
void rep_verdict_set(rep_pool_t *pool, rep_number_t *number,
		rep_verdict_t *verdict, rep_state_t state)
{
	rep_number_account(pool, number, -1);
	verdict->state = state;
	rep_number_account(pool, number, 1);
}

rep_time_t rep_verdict_next(const rep_pool_t *pool, const rep_number_t *number)
{
	rep_time_t next =
			number->verdict.state == REP_BENCHED ? number->verdict.until : 0;
	const rep_routed_t *routed;

	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		if(routed->verdict.state == REP_BENCHED
				&& (!next || routed->verdict.until < next))
			next = routed->verdict.until;
	}
	return next;
}

uint32_t rep_verdict_strikes(
		const rep_pool_t *pool, const rep_verdict_t *verdict, rep_time_t now)
{
	int64_t forgotten = 0, standing = now / REP_MS - verdict->struck;
	uint32_t decay = pool->policy.strike_decay_seconds;

	if(verdict->state != REP_BENCHED && decay && standing > 0)
		forgotten = standing / decay;
	return verdict->strikes > forgotten ? verdict->strikes - (uint32_t)forgotten
										: 0;
}
