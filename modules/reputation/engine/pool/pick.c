/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picking a caller ID. */

#include "pick.h"

#include "caps.h"
#include "index.h"
#include "lock.h"
#include "queue.h"
#include "routes.h"
#include "slot.h"
#include "stamp.h"
#include "stop.h"
#include "timer.h"
#include "usable.h"

#define TIMER_SLICE 64
#define LEAST_BAD_LOOK 256
#define ATTESTED_LOOK 1024
#define STRIDE (1u << 20) /* the order's step of a number of weight 1 */

/* Of the benched, the one with the least evidence against it among those that
 * return first. */
static uint32_t least_bad(const rep_pool_t *pool, uint8_t r, rep_time_t now)
{
	uint32_t best = REP_NONE;

	for(uint32_t k = 0; k < pool->timer.count && k < LEAST_BAD_LOOK; k++) {
		uint32_t i = pool->timer.entries[k].item;
		const rep_number_t *number = rep_number_at(pool, i);
		if(rep_number_allowed(pool, number, r, true)
				&& !rep_number_capped_until(pool, number, now)
				&& (best == REP_NONE
						|| number->verdict.score
								   < rep_number_at(pool, best)->verdict.score))
			best = i;
	}
	return best;
}

static void ticket_fill(
		const rep_pool_t *pool, uint32_t i, uint8_t route, rep_ticket_t *ticket)
{
	const rep_number_t *number = rep_number_at(pool, i);

	*ticket = (rep_ticket_t){
			.number = number->e164,
			.pool = pool->id,
			.index = i,
			.generation = number->generation,
			.stamp = rep_stamp_of(pool, number, route),
			.route = route,
			.limited = pool->policy.cap_concurrent > 0,
	};
}

/* ---- orders: the place of a number after a pick, later than all places
 * that it had ---------------------------------------------------------- */

static uint64_t least_recent(rep_pool_t *pool, const rep_number_t *number)
{
	(void)number;
	return pool->newest + 1;
}

/* Stride scheduling: one of weight 2 comes after half the steps. */
static uint64_t weighted(rep_pool_t *pool, const rep_number_t *number)
{
	if(number->key > pool->clock)
		pool->clock = number->key;
	return pool->clock + (uint64_t)(STRIDE / number->weight);
}

static uint64_t (*const orders[REP_ORDERS])(
		rep_pool_t *, const rep_number_t *) = {
		[REP_LEAST_RECENT] = least_recent,
		[REP_WEIGHTED] = weighted,
};

static void use(rep_pool_t *pool, uint32_t i, rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);

	number->key = orders[pool->policy.order](pool, number);
	if(number->key > pool->newest)
		pool->newest = number->key;
	number->last_used = rep_seconds_of(now);
	number->in_flight++;
	pool->in_flight++;
	rep_caps_use(pool, number, now);
	pool->picks++;
}

/* Has any number the attestation that is asked for? Asked only when nothing
 * could be picked; among the first so many. */
static bool attested(const rep_pool_t *pool, uint8_t r)
{
	uint32_t n = rep_slab_count(&pool->numbers);

	for(uint32_t i = 0; i < n && i < ATTESTED_LOOK; i++)
		if(rep_number_allowed(pool, rep_number_at(pool, i), r, true))
			return true;
	return false;
}

/* Why nothing could be picked although the pool goes on. */
static rep_pick_t why_none(const rep_pool_t *pool, uint8_t r)
{
	uint32_t all = pool->matching[REP_ACTIVE] + pool->matching[REP_PROBATION];
	uint32_t benched = r ? pool->routes[r]->benched : 0;

	if(pool->policy.require_attest && !attested(pool, r))
		return REP_PICK_NO_MATCH;
	return all > benched ? REP_PICK_ALL_CAPPED : REP_PICK_ALL_BENCHED;
}

static rep_pick_t choose(rep_pool_t *pool, uint8_t r, rep_time_t now,
		uint32_t *i, bool *exhausted)
{
	rep_pick_t stop = rep_pool_stop(pool, r);
	bool bad_too = pool->policy.on_exhausted == REP_LEAST_BAD;

	*exhausted = false;
	if(stop == REP_PICK_EMPTY_POOL || stop == REP_PICK_NO_MATCH)
		return stop;
	if(stop != REP_PICKED && !rep_observed(pool)) {
		if(!bad_too)
			return stop;
		*exhausted = true;
	}
	if(rep_window_over(
			   &pool->day, rep_day_of(pool, now), pool->policy.pool_cap_day))
		return REP_PICK_ALL_CAPPED;
	*i = rep_queue_top(pool, r, now);
	if(*i == REP_NONE && *exhausted)
		*i = least_bad(pool, r, now);
	return *i == REP_NONE ? why_none(pool, r) : REP_PICKED;
}

rep_picked_t rep_pool_pick(rep_registry_t *registry, int id, rep_e164_t callee,
		rep_span_t route, rep_time_t now, bool dry, rep_ticket_t *ticket)
{
	rep_picked_t picked = {.result = REP_PICK_UNKNOWN_POOL};
	rep_pool_t *pool = rep_pool_lock(registry, id);
	const rep_number_t *number;
	uint32_t i = REP_NONE;
	uint8_t r;

	(void)callee;
	if(!pool)
		return picked;
	rep_timer_run(pool, now, TIMER_SLICE);
	r = (uint8_t)(dry ? rep_route_find(pool, route)
					  : rep_route_put(pool, route));
	rep_queue_open(pool, r, now);
	picked.result = choose(pool, r, now, &i, &picked.exhausted);
	if(picked.result == REP_PICKED) {
		ticket_fill(pool, i, r, ticket);
		if(!dry)
			use(pool, i, now);
		ticket->holds = !dry;
		number = rep_number_at(pool, i);
		picked.state = rep_number_state(pool, number, now);
		picked.score = number->verdict.score;
	} else if(!dry) {
		pool->refusals++;
	}
	rep_pool_unlock(pool);
	return picked;
}

bool rep_pool_track(rep_registry_t *registry, int id, rep_e164_t e164,
		rep_span_t route, rep_time_t now, rep_ticket_t *ticket)
{
	uint32_t i;
	rep_pool_t *pool = rep_number_lock(registry, id, e164, &i);

	if(!pool)
		return false;
	ticket_fill(pool, i, (uint8_t)rep_route_put(pool, route), ticket);
	use(pool, i, now);
	ticket->holds = true;
	rep_pool_unlock(pool);
	return true;
}

bool rep_pool_ticket(rep_registry_t *registry, int id, rep_e164_t e164,
		rep_span_t route, rep_ticket_t *ticket)
{
	uint32_t i;
	rep_pool_t *pool = rep_number_lock(registry, id, e164, &i);

	if(!pool)
		return false;
	ticket_fill(pool, i, (uint8_t)rep_route_put(pool, route), ticket);
	rep_pool_unlock(pool);
	return true;
}

void rep_ticket_route(rep_registry_t *registry, const rep_ticket_t *ticket,
		char label[REP_ROUTE_MAX + 1])
{
	rep_pool_t *pool = rep_pool_lock(registry, ticket->pool);

	label[0] = '\0';
	if(!pool)
		return;
	if(ticket->route < pool->n_routes)
		memcpy(label, pool->routes[ticket->route]->label, REP_ROUTE_MAX + 1);
	rep_pool_unlock(pool);
}

void rep_ticket_reroute(
		rep_registry_t *registry, rep_ticket_t *ticket, rep_span_t route)
{
	rep_pool_t *pool = rep_pool_lock(registry, ticket->pool);
	uint32_t i;

	if(!pool)
		return;
	i = rep_number_index(pool, ticket);
	if(i != REP_NONE) {
		bool holds = ticket->holds;
		ticket_fill(pool, i, (uint8_t)rep_route_put(pool, route), ticket);
		ticket->holds = holds;
	}
	rep_pool_unlock(pool);
}
