/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a pool stops. */

#include "stop.h"

#include "usable.h"

rep_pick_t rep_pool_stop(const rep_pool_t *pool, uint8_t r)
{
	const rep_policy_t *policy = &pool->policy;
	const uint32_t *in = pool->matching, *of = pool->by_state;
	uint32_t benched = in[REP_BENCHED] + (r ? pool->routes[r]->benched : 0);
	uint32_t all = in[REP_ACTIVE] + in[REP_PROBATION] + in[REP_BENCHED];
	uint32_t need = policy->min_available < all ? policy->min_available : all;

	if(of[REP_ACTIVE] + of[REP_PROBATION] + of[REP_BENCHED] == 0)
		return REP_PICK_EMPTY_POOL;
	if(all == 0)
		return REP_PICK_NO_MATCH;
	if(benched >= all)
		return REP_PICK_ALL_BENCHED;
	if(benched > policy->max_benched_share * all || all - benched < need)
		return REP_PICK_SHARE_BENCHED;
	return REP_PICKED;
}

static bool rests(rep_pick_t stop)
{
	return stop == REP_PICK_ALL_BENCHED || stop == REP_PICK_SHARE_BENCHED;
}

rep_pick_t rep_pool_refuses(const rep_pool_t *pool, uint8_t r)
{
	rep_pick_t stop = rep_pool_stop(pool, r);
	bool bad_too =
			rep_observed(pool) || pool->policy.on_exhausted == REP_LEAST_BAD;

	return rests(stop) && bad_too ? REP_PICKED : stop;
}

/* If the pool as a whole stops, its routes are marked as announced, but only
 * the pool is. */
void rep_pool_check_stop(rep_pool_t *pool, rep_time_t now)
{
	bool whole = rests(rep_pool_stop(pool, 0));
	rep_event_t event = {.kind = REP_EVENT_POOL_EXHAUSTED,
			.observed = rep_observed(pool),
			.pool = pool->id,
			.at = now,
			.reason = REP_REASON_NONE,
			.outcome = REP_OUTCOMES,
			.counts = pool->window};

	for(uint32_t r = 0; r < pool->n_routes; r++) {
		rep_route_t *route = pool->routes[r];
		event.stop = rep_pool_stop(pool, (uint8_t)r);
		if(!rests(event.stop)) {
			route->stop_announced = false;
		} else if(!route->stop_announced) {
			route->stop_announced = true;
			if(r > 0 && whole)
				continue;
			memcpy(event.route, route->label, sizeof(event.route));
			rep_event_announce(&pool->registry->events, &event);
		}
	}
}
