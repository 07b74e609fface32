/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a pick that was refused may be tried again. Times are seconds since
 * 1970, 0 = not known. */

#include "retry.h"

#include "caps.h"
#include "index.h"
#include "lease.h"
#include "lock.h"
#include "routes.h"
#include "slot.h"
#include "standing.h"
#include "stop.h"
#include "usable.h"
#include "../callee/quiet.h"
#include "../callee/until.h"

#define LOOK 64 /* numbers */

static uint32_t later(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* When it has rested, everywhere and on the route. */
static uint32_t rested(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	const rep_verdict_t *on =
			route ? rep_verdict_of(pool, number, route) : NULL;
	uint32_t at = 0;

	if(number->verdict.state == REP_BENCHED)
		at = rep_seconds_of(number->verdict.until + 999);
	if(on && on->state == REP_BENCHED)
		at = later(at, rep_seconds_of(on->until + 999));
	return at;
}

/* When the number may be picked; now, when it may be already. */
static uint32_t free_at(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_time_t now)
{
	uint32_t at = later(rep_seconds_of(now), number->lease_wait);
	uint32_t capped = rep_number_capped_until(pool, number, now);

	if(capped == REP_UNTIL_HANG_UP)
		return 0;
	if(!rep_observed(pool) && rep_number_rests(pool, number, route))
		at = later(at, rested(pool, number, route));
	else if(!rep_number_allowed(pool, number, route))
		return 0;
	return later(at, capped);
}

/* Into a list of times in their order. */
static void insert(uint32_t *list, uint32_t *n, uint32_t at)
{
	uint32_t i = (*n)++;

	for(; i > 0 && list[i - 1] > at; i--)
		list[i] = list[i - 1];
	list[i] = at;
}

/* When the `nth` (1 ..) of the pool's numbers comes back: from its rest, or
 * (`rests` false) from whatever keeps it off. */
static uint32_t nth_back(const rep_pool_t *pool, rep_span_t label,
		uint8_t route, uint32_t nth, bool rests, rep_time_t now)
{
	uint32_t list[LOOK], n = 0;

	for(uint32_t k = 0; k < pool->timer.count && k < LOOK; k++) {
		const rep_number_t *number =
				rep_number_at(pool, pool->timer.entries[k].item);
		uint32_t at;
		if(number->wake != pool->timer.entries[k].key /* out of date */
				|| !rep_number_suits(pool, number, label))
			continue;
		at = rests ? rested(pool, number, route)
				   : free_at(pool, number, route, now);
		if(at)
			insert(list, &n, at);
	}
	if(n == 0)
		return 0;
	return list[nth < n ? nth - 1 : n - 1];
}

/* So many rests must end for the pool to go on. */
static uint32_t missing(const rep_pool_t *pool, uint8_t route)
{
	const rep_policy_t *policy = &pool->policy;
	const uint32_t *in = pool->matching;
	uint32_t benched =
			in[REP_BENCHED] + (route ? pool->routes[route]->benched : 0);
	uint32_t all = in[REP_ACTIVE] + in[REP_PROBATION] + in[REP_BENCHED];
	uint32_t need = policy->min_available < all ? policy->min_available : all;
	uint32_t n = 1;

	while(n < benched
			&& (benched - n > policy->max_benched_share * all
					|| all - (benched - n) < need))
		n++;
	return n;
}

/* When a cap that the pool or its numbers have reached lets go. */
static uint32_t uncapped(
		rep_pool_t *pool, rep_span_t label, uint8_t route, rep_time_t now)
{
	uint32_t day = rep_cap_at(pool, NULL, REP_CAP_DAY, now);

	if(rep_window_over(&pool->day, day, pool->policy.pool_cap_day))
		return rep_cap_end(pool, REP_CAP_DAY, day);
	/* the next call of this second, or a lease that was asked for */
	if(rep_pool_capped(pool, now) || pool->wants_lease.count)
		return rep_seconds_of(now);
	return nth_back(pool, label, route, 1, false, now);
}

static uint32_t over_at(rep_pool_t *pool, const rep_number_t *number,
		rep_span_t label, rep_pick_t why, rep_time_t now)
{
	uint8_t route = (uint8_t)rep_route_find(pool, label);

	switch(why) {
		case REP_PICK_POOL_PAUSED:
			return pool->policy.paused_until;
		case REP_PICK_LOADING:
			return rep_seconds_of(now);
		case REP_PICK_ALL_BENCHED:
		case REP_PICK_SHARE_BENCHED:
			if(number && !rep_stop_rests(rep_pool_short(pool, route)))
				return rested(pool, number, route);
			return nth_back(
					pool, label, route, missing(pool, route), true, now);
		case REP_PICK_ALL_CAPPED:
			return uncapped(pool, label, route, now);
		default:
			return 0;
	}
}

/* On one of the routes, the soonest of them. */
static uint32_t pool_over_at(rep_pool_t *pool, rep_e164_t e164,
		rep_span_t routes, rep_pick_t why, rep_time_t now)
{
	uint32_t i = e164 ? rep_number_find(pool, e164) : REP_NONE;
	rep_span_t rest = rep_routes_of(routes), label;
	uint32_t soonest = 0;

	while(rep_item_next(&rest, &label)) {
		uint32_t at = over_at(pool,
				i == REP_NONE ? NULL : rep_number_at(pool, i), label, why, now);

		if(at && (!soonest || at < soonest))
			soonest = at;
	}
	return soonest;
}

/* When nothing keeps the callee from being called, by the guard or by the hour
 * that it is there then. */
static uint32_t callee_over_at(
		const rep_pool_t *pool, rep_e164_t callee, rep_time_t now)
{
	const rep_registry_t *registry = pool->registry;
	uint32_t at = rep_seconds_of(now), until = 0;
	rep_time_t quiet;

	if(registry->guard) {
		if(rep_dnc_has(registry->dnc, callee))
			return 0;
		until = rep_guard_until(
				registry->guard, pool->id, &pool->policy, callee, at);
	}
	if(until == UINT32_MAX)
		return 0;
	at = later(at, until);
	quiet = rep_quiet_until(&registry->clocks, &pool->policy, callee,
			until ? at * (rep_time_t)1000 : now);
	if(quiet == REP_QUIET_FOREVER)
		return 0;
	return quiet ? rep_seconds_of(quiet + 999) : at;
}

uint32_t rep_pool_retry_after(rep_registry_t *registry, int id,
		rep_e164_t callee, rep_e164_t e164, rep_span_t routes, rep_pick_t why,
		rep_time_t now)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	uint32_t at;

	if(!pool)
		return 0;
	at = why > REP_PICK_CALL_REJECTED
				 ? callee_over_at(pool, callee, now)
				 : pool_over_at(pool, e164, routes, why, now);
	rep_pool_unlock(pool);
	if(!at)
		return 0;
	return at > rep_seconds_of(now) ? at - rep_seconds_of(now) : 1;
}
