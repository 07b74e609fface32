/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts by hand. */

#include "by_hand.h"

#include "index.h"
#include "lock.h"
#include "routes.h"
#include "slot.h"
#include "standing.h"
#include "verdict.h"
#include "../judge/bucket.h"

rep_by_hand_t rep_pool_bench(rep_registry_t *registry, int id, rep_e164_t e164,
		rep_span_t route, uint32_t seconds, rep_reason_t reason, rep_time_t now)
{
	uint32_t i, r;
	rep_pool_t *pool;
	rep_by_hand_t result = REP_DONE;

	if(!rep_route_or_none(route))
		return REP_BAD_ROUTE;
	pool = rep_number_lock(registry, id, e164, &i);
	if(!pool)
		return REP_NO_SUCH_NUMBER;
	r = rep_route_put(pool, route);
	if((r == 0 && rep_trim(route).len > 0)
			|| !rep_verdict_put(pool, rep_number_at(pool, i), (uint8_t)r))
		result = REP_ROUTES_FULL;
	else
		rep_verdict_bench(pool, i, (uint8_t)r, reason,
				(rep_time_t)seconds * REP_MS, NULL, NULL, now);
	rep_pool_unlock(pool);
	return result;
}

static void release_on(
		rep_pool_t *pool, uint32_t i, uint8_t route, rep_time_t now)
{
	const rep_verdict_t *verdict =
			rep_verdict_of(pool, rep_number_at(pool, i), route);

	if(verdict && verdict->state != REP_ACTIVE)
		rep_verdict_restore(pool, i, route, REP_ACTIVE, now, NULL, now);
}

rep_by_hand_t rep_pool_release(rep_registry_t *registry, int id,
		rep_e164_t e164, rep_span_t route, rep_time_t now)
{
	uint32_t i, r;
	rep_pool_t *pool;
	bool everywhere = rep_trim(route).len == 0;

	if(!rep_route_or_none(route))
		return REP_BAD_ROUTE;
	pool = rep_number_lock(registry, id, e164, &i);
	if(!pool)
		return REP_NO_SUCH_NUMBER;
	r = rep_route_find(pool, route);
	for(uint32_t k = 1; everywhere && k < pool->n_routes; k++)
		release_on(pool, i, (uint8_t)k, now);
	if(everywhere || r > 0)
		release_on(pool, i, (uint8_t)r, now);
	rep_pool_unlock(pool);
	return everywhere || r > 0 ? REP_DONE : REP_NO_SUCH_ROUTE;
}

bool rep_pool_reset(
		rep_registry_t *registry, int id, rep_e164_t e164, rep_time_t now)
{
	uint32_t i;
	rep_pool_t *pool;
	rep_verdict_t *verdict;
	rep_routed_t *routed;

	if(rep_pool_release(registry, id, e164, rep_span(""), now) != REP_DONE)
		return false;
	pool = rep_number_lock(registry, id, e164, &i);
	if(!pool)
		return false;
	verdict = &rep_number_at(pool, i)->verdict;
	verdict->reset = ++verdict->turn;
	verdict->strikes = 0;
	verdict->since = 0;
	for(uint32_t r = rep_number_at(pool, i)->routed; r != REP_NONE;
			r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		routed->verdict.strikes = 0;
		routed->verdict.turn++;
		routed->verdict.flags |= REP_VERDICT_DIRTY;
	}
	rep_verdict_forget(pool, i);
	rep_verdict_moved(pool, i, verdict, now);
	rep_pool_unlock(pool);
	return true;
}
