/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be used now. */

#include "usable.h"

#include "caps.h"
#include "lease.h"
#include "routes.h"
#include "standing.h"
#include "tags.h"

rep_state_t rep_number_state(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	rep_state_t state = rep_number_standing(number);

	if(state == REP_ACTIVE && rep_number_warming(pool, number, now))
		return REP_WARMING;
	return state;
}

/* The budget of calls of a number that comes back. */
static bool trial_spent(const rep_pool_t *pool, const rep_number_t *number)
{
	return number->verdict.state == REP_PROBATION
		   && number->trial + number->in_flight >= pool->policy.probation_calls;
}

bool rep_pool_waits(const rep_pool_t *pool)
{
	return pool->known <= pool->generations && !rep_observed(pool)
		   && pool->policy.on_unknown == REP_WAIT
		   && atomic_load_explicit(
				   &pool->registry->reach, memory_order_relaxed);
}

bool rep_number_known(const rep_pool_t *pool, const rep_number_t *number)
{
	return number->generation < pool->known || !rep_pool_waits(pool);
}

bool rep_number_suits(
		const rep_pool_t *pool, const rep_number_t *number, rep_span_t label)
{
	char attest;

	if(!(number->flags & REP_LIVE) || !(number->flags & REP_MATCHES)
			|| number->status != REP_ACTIVE)
		return false;
	if(!pool->policy.require_attest)
		return true;
	attest = rep_number_attest(number, label);
	return attest && attest <= pool->policy.require_attest;
}

bool rep_number_rests(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	const rep_verdict_t *on =
			route ? rep_verdict_of(pool, number, route) : NULL;

	return number->verdict.state == REP_BENCHED
		   || (on && on->state == REP_BENCHED);
}

bool rep_number_allowed(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	return rep_number_suits(pool, number, rep_route_label(pool, route))
		   && rep_number_known(pool, number)
		   && (rep_observed(pool)
				   || (!rep_number_rests(pool, number, route)
						   && !trial_spent(pool, number)));
}

bool rep_number_queues(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_time_t now)
{
	return rep_number_allowed(pool, number, route)
		   && !rep_number_capped_until(pool, number, now)
		   && number->lease_wait <= rep_seconds_of(now);
}

bool rep_number_usable(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_time_t now)
{
	return rep_number_queues(pool, number, route, now)
		   && rep_number_leased(pool, number, now);
}
