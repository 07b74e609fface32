/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picking a caller ID. */

#include "pick.h"

#include "caps.h"
#include "choose.h"
#include "guarded.h"
#include "guards.h"
#include "index.h"
#include "lease.h"
#include "lock.h"
#include "refusals.h"
#include "routes.h"
#include "slot.h"
#include "stamp.h"
#include "stop.h"
#include "strata.h"
#include "tags.h"
#include "timer.h"
#include "usable.h"
#include "use.h"
#include "warn.h"
#include "../callee/quiet.h"

#define TIMER_SLICE 64
#define LEAST_BAD_LOOK 256
#define ATTESTED_LOOK 1024

/* ---- the route to be tried ------------------------------------------- */

/* A label of the list. One that the pool does not know has no verdicts and no
 * queue: what holds without a route holds there too, but for the attestation,
 * which goes by the label. */
typedef struct rep_where
{
	rep_span_t label;
	uint8_t r; /* 0 also while it is not known */
	bool known;
	bool alone; /* the only one of its list */
} rep_where_t;

static rep_where_t where_of(
		const rep_pool_t *pool, rep_span_t label, bool alone)
{
	uint8_t r = (uint8_t)rep_route_find(pool, label);

	return (rep_where_t){label, r, r > 0 || label.len == 0, alone};
}

/* It is taken: make it, if it is to last. False when it cannot be told from
 * the others of its list. */
static bool settle(rep_pool_t *pool, rep_where_t *where, bool dry)
{
	if(where->known)
		return true;
	if(dry)
		return where->alone || pool->n_routes < REP_ROUTES_MAX;
	where->known = true;
	where->r = (uint8_t)rep_route_put(pool, where->label);
	if(where->r > 0)
		return true;
	where->label = rep_span("");
	return where->alone;
}

/* ---- picks ----------------------------------------------------------- */

typedef struct rep_asks
{
	rep_e164_t callee;
	rep_time_t now;
	bool dry;
	rep_trace_t *trace;
	rep_span_t campaign, network;
} rep_asks_t;

/* Of the benched, the one with the least evidence against it among those that
 * return first. */
static uint32_t least_bad(
		const rep_pool_t *pool, rep_span_t label, rep_time_t now)
{
	uint32_t best = REP_NONE;

	for(uint32_t k = 0; k < pool->timer.count && k < LEAST_BAD_LOOK; k++) {
		uint32_t i = pool->timer.entries[k].item;
		const rep_number_t *number = rep_number_at(pool, i);
		if(rep_number_suits(pool, number, label)
				&& !rep_number_capped_until(pool, number, now)
				&& rep_number_leased(pool, number, now)
				&& (best == REP_NONE
						|| number->verdict.score
								   < rep_number_at(pool, best)->verdict.score))
			best = i;
	}
	return best;
}

/* Has any number the attestation that is asked for? Asked only when nothing
 * could be picked; among the first so many. */
static bool attested(const rep_pool_t *pool, rep_span_t label)
{
	uint32_t n = rep_slab_count(&pool->numbers);

	for(uint32_t i = 0; i < n && i < ATTESTED_LOOK; i++)
		if(rep_number_suits(pool, rep_number_at(pool, i), label))
			return true;
	return false;
}

/* Why nothing could be picked although the pool goes on. */
static rep_pick_t why_none(const rep_pool_t *pool, const rep_where_t *where)
{
	uint32_t all = pool->matching[REP_ACTIVE] + pool->matching[REP_PROBATION];
	uint32_t benched = where->r ? pool->routes[where->r]->benched : 0;

	if(rep_pool_waits(pool))
		return REP_PICK_LOADING;
	if(pool->policy.require_attest && !attested(pool, where->label))
		return REP_PICK_NO_MATCH;
	return all > benched ? REP_PICK_ALL_CAPPED : REP_PICK_ALL_BENCHED;
}

/* Does the pool stop there? `*bad_too`: it does, but the policy goes on with
 * the benched. */
static rep_pick_t stops(const rep_pool_t *pool, uint8_t r, bool *bad_too)
{
	rep_pick_t refused = rep_pool_refuses(pool, r);

	*bad_too = refused == REP_PICKED && !rep_observed(pool)
			   && rep_pool_stop(pool, r) != REP_PICKED;
	return refused;
}

static rep_pick_t decide(rep_pool_t *pool, const rep_where_t *where,
		const rep_asks_t *asks, uint32_t *i, rep_picked_t *picked)
{
	rep_pick_t stop = stops(pool, where->r, &picked->exhausted);
	rep_ask_t ask = {asks->callee, where->label, where->r, where->known,
			asks->now, asks->trace};

	if(stop == REP_PICK_EMPTY_POOL && !pool->known && rep_pool_waits(pool))
		return REP_PICK_LOADING;
	if(stop != REP_PICKED)
		return stop;
	if(rep_pool_capped(pool, asks->now))
		return REP_PICK_ALL_CAPPED;
	*i = rep_choose(pool, &ask, &picked->how);
	if(*i == REP_NONE && picked->exhausted)
		*i = least_bad(pool, where->label, asks->now);
	return *i == REP_NONE ? why_none(pool, where) : REP_PICKED;
}

static rep_picked_t pick_on(rep_pool_t *pool, rep_where_t *where,
		const rep_asks_t *asks, uint32_t *i)
{
	rep_picked_t picked = {.result = REP_PICK_NO_MATCH};
	const rep_number_t *number;

	if(asks->trace)
		memset(asks->trace, 0, sizeof(*asks->trace));
	/* of many numbers only a queue says soon which of them is attested */
	if(!asks->dry && pool->policy.require_attest
			&& rep_slab_count(&pool->numbers) > ATTESTED_LOOK
			&& !settle(pool, where, false))
		return picked;
	picked.result = decide(pool, where, asks, i, &picked);
	if(picked.result == REP_PICKED && !settle(pool, where, asks->dry))
		picked.result = REP_PICK_NO_MATCH;
	if(picked.result == REP_PICKED) {
		number = rep_number_at(pool, *i);
		picked.route = where->label;
		picked.state = rep_number_state(pool, number, asks->now);
		picked.score = number->verdict.score;
	}
	return picked;
}

/* ---- tickets --------------------------------------------------------- */

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

static void label(rep_pool_t *pool, rep_ticket_t *ticket, rep_span_t campaign,
		rep_span_t network)
{
	ticket->campaign = rep_campaign_put(pool, campaign);
	ticket->network = rep_network_put(pool, network);
}

/* Is it a quiet hour where the callee is? */
static rep_pick_t quiet(const rep_registry_t *registry, rep_pool_t *pool,
		const rep_asks_t *asks)
{
	return rep_quiet_recall(&pool->quiet, &registry->clocks, &pool->policy,
				   asks->callee, asks->now)
				   ? REP_PICK_QUIET_HOURS
				   : REP_PICKED;
}

/* Why this callee must not be called goes before why no number could be chosen.
 * When one was, this is the call's attempt. */
static void ask_guard(rep_pool_t *pool, const rep_asks_t *asks,
		rep_ticket_t *ticket, rep_picked_t *picked)
{
	bool chosen = picked->result == REP_PICKED;
	rep_pick_t guarded = rep_pool_guard(pool, asks->callee, asks->now, chosen,
			chosen && !asks->dry ? ticket : NULL);

	if(guarded != REP_PICKED)
		*picked = (rep_picked_t){.result = guarded};
}

/* The first route of the list on which there is a number; the first label when
 * there is none. */
static rep_picked_t pick_among(rep_pool_t *pool, rep_span_t routes,
		const rep_asks_t *asks, rep_where_t *where, uint32_t *i)
{
	rep_picked_t picked = {.result = REP_PICK_NO_MATCH}, on;
	rep_span_t rest = rep_routes_of(routes), label;
	rep_where_t at;
	bool first = true;

	if(routes.len == 0) {
		*where = where_of(pool, rep_span(""), true);
		return pick_on(pool, where, asks, i);
	}
	if(!rep_routes_fit(routes))
		rest = (rep_span_t){NULL, 0};
	while(picked.result != REP_PICKED && rep_item_next(&rest, &label)) {
		at = where_of(pool, label, first && !rest.s);
		on = pick_on(pool, &at, asks, i);
		if(first || on.result == REP_PICKED) {
			picked = on;
			*where = at;
		}
		first = false;
	}
	return picked;
}

static rep_picked_t pick(rep_registry_t *registry, int id, rep_span_t routes,
		const rep_asks_t *asks, rep_ticket_t *ticket)
{
	rep_picked_t picked = {.result = REP_PICK_UNKNOWN_POOL};
	rep_pool_t *pool = rep_pool_lock(registry, id);
	uint32_t i = REP_NONE;
	rep_where_t where = {.r = 0};

	if(!pool)
		return picked;
	rep_timer_run(pool, asks->now, TIMER_SLICE);
	picked.result = quiet(registry, pool, asks);
	if(picked.result == REP_PICKED)
		picked = pick_among(pool, routes, asks, &where, &i);
	if(picked.result == REP_PICKED)
		ticket_fill(pool, i, where.r, ticket);
	ask_guard(pool, asks, ticket, &picked);
	if(picked.result == REP_PICKED && !asks->dry) {
		label(pool, ticket, asks->campaign, asks->network);
		rep_number_use(pool, i, asks->now, ticket);
		rep_number_warn(pool, i, where.label, asks->now);
	} else if(!asks->dry) {
		rep_pool_refused(pool, picked.result, where.r, asks->now);
	}
	rep_pool_unlock(pool);
	return picked;
}

rep_picked_t rep_pool_pick(rep_registry_t *registry, int pool,
		rep_e164_t callee, rep_span_t routes, rep_time_t now, bool dry,
		rep_ticket_t *ticket)
{
	rep_asks_t asks = {.callee = callee, .now = now, .dry = dry};

	return pick(registry, pool, routes, &asks, ticket);
}

rep_picked_t rep_pool_pick_of(rep_registry_t *registry, int pool,
		rep_e164_t callee, rep_span_t routes, rep_span_t campaign,
		rep_span_t network, rep_time_t now, rep_ticket_t *ticket)
{
	rep_asks_t asks = {.callee = callee,
			.now = now,
			.campaign = campaign,
			.network = network};

	return pick(registry, pool, routes, &asks, ticket);
}

rep_picked_t rep_pool_try(rep_registry_t *registry, int pool, rep_e164_t callee,
		rep_span_t routes, rep_time_t now, rep_ticket_t *ticket,
		rep_trace_t *trace)
{
	rep_asks_t asks = {
			.callee = callee, .now = now, .dry = true, .trace = trace};

	return pick(registry, pool, routes, &asks, ticket);
}

bool rep_pool_track(rep_registry_t *registry, int id, rep_e164_t e164,
		rep_span_t route, rep_time_t now, rep_ticket_t *ticket)
{
	uint32_t i;
	rep_pool_t *pool = rep_number_lock(registry, id, e164, &i);

	if(!pool)
		return false;
	ticket_fill(pool, i, (uint8_t)rep_route_put(pool, route), ticket);
	rep_number_use(pool, i, now, ticket);
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

rep_picked_t rep_pool_probe(rep_registry_t *registry, int id, rep_e164_t e164,
		rep_e164_t callee, rep_span_t routes, rep_time_t now,
		rep_ticket_t *ticket)
{
	rep_picked_t picked = {.result = REP_PICKED, .route = routes};

	if(!e164)
		picked = rep_pool_pick(registry, id, callee, routes, now, true, ticket);
	if(picked.result != REP_PICKED)
		return picked;
	if(!rep_pool_ticket(registry, id, e164 ? e164 : ticket->number,
			   picked.route, ticket))
		picked.result = REP_PICK_NO_MATCH;
	ticket->probe = picked.result == REP_PICKED;
	ticket->limited = false;
	return picked;
}

char rep_ticket_attest(rep_registry_t *registry, const rep_ticket_t *ticket)
{
	rep_pool_t *pool = rep_pool_lock(registry, ticket->pool);
	char attest = 0;
	uint32_t i;

	if(!pool)
		return 0;
	i = rep_number_index(pool, ticket);
	if(i != REP_NONE)
		attest = rep_number_attest(
				rep_number_at(pool, i), rep_route_label(pool, ticket->route));
	rep_pool_unlock(pool);
	return attest;
}

void rep_ticket_label(rep_registry_t *registry, rep_ticket_t *ticket,
		rep_span_t campaign, rep_span_t network)
{
	rep_pool_t *pool;

	ticket->campaign = ticket->network = 0;
	if(!campaign.len && !network.len)
		return;
	pool = rep_pool_lock(registry, ticket->pool);
	if(!pool)
		return;
	label(pool, ticket, campaign, network);
	rep_pool_unlock(pool);
}

void rep_ticket_dims(
		rep_registry_t *registry, const rep_ticket_t *ticket, rep_dims_t *out)
{
	rep_pool_t *pool;

	memset(out, 0, sizeof(*out));
	if(!ticket->route && !ticket->campaign && !ticket->network)
		return;
	pool = rep_pool_lock(registry, ticket->pool);
	if(!pool)
		return;
	rep_dims_of(pool, ticket->route, ticket->campaign, ticket->network, out);
	rep_pool_unlock(pool);
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

void rep_ticket_cancel(
		rep_registry_t *registry, rep_ticket_t *ticket, rep_time_t now)
{
	rep_pool_t *pool;
	uint32_t i;

	if(!ticket->holds)
		return;
	ticket->holds = false;
	rep_ticket_untry(registry, ticket);
	pool = rep_pool_lock(registry, ticket->pool);
	if(!pool)
		return;
	i = rep_number_index(pool, ticket);
	if(i != REP_NONE) {
		if(ticket->spent)
			rep_number_unuse(pool, i, ticket);
		rep_number_let_go(pool, i, now);
	}
	rep_pool_unlock(pool);
}

/* ---- the same number on another route -------------------------------- */

static rep_pick_t keep_on(rep_pool_t *pool, uint32_t i, rep_where_t *where)
{
	const rep_number_t *number = rep_number_at(pool, i);
	bool bad_too;
	rep_pick_t stop = stops(pool, where->r, &bad_too);

	if(rep_stop_is_whole(stop))
		return stop;
	if(!rep_number_suits(pool, number, where->label))
		return REP_PICK_NO_MATCH;
	if(stop != REP_PICKED)
		return stop;
	if(!bad_too && !rep_observed(pool)
			&& rep_number_rests(pool, number, where->r))
		return REP_PICK_ALL_BENCHED;
	return settle(pool, where, false) ? REP_PICKED : REP_PICK_NO_MATCH;
}

static rep_pick_t keep(rep_registry_t *registry, rep_ticket_t *ticket,
		rep_span_t routes, bool again, rep_time_t now)
{
	rep_pool_t *pool = rep_pool_lock(registry, ticket->pool);
	rep_span_t rest = rep_routes_of(routes), label;
	rep_pick_t result = REP_PICK_NO_MATCH, on;
	rep_ticket_t kept = *ticket;
	rep_where_t where;
	bool first = true;
	uint32_t i;

	if(!pool)
		return REP_PICK_UNKNOWN_POOL;
	rep_timer_run(pool, now, TIMER_SLICE);
	i = rep_number_index(pool, ticket);
	if(i == REP_NONE || !rep_routes_fit(routes))
		rest = (rep_span_t){NULL, 0};
	while(result != REP_PICKED && rep_item_next(&rest, &label)) {
		where = where_of(pool, label, first && !rest.s);
		on = keep_on(pool, i, &where);
		if(first || on == REP_PICKED)
			result = on;
		first = false;
	}
	if(result == REP_PICKED) {
		rep_number_warn(pool, i, where.label, now);
		ticket_fill(pool, i, where.r, ticket);
		ticket->callee = kept.callee;
		ticket->to = kept.to;
		ticket->campaign = kept.campaign;
		ticket->network = kept.network;
		ticket->reported = kept.reported;
		ticket->probe = kept.probe;
		ticket->limited = ticket->limited && !kept.probe;
		if(again && !kept.probe) {
			rep_number_hold(pool, i, ticket);
		} else {
			ticket->holds = kept.holds;
			ticket->spent = kept.spent;
			ticket->taken = kept.taken;
			ticket->tried = kept.tried;
		}
	}
	rep_pool_refused_again(pool, result, now);
	rep_pool_unlock(pool);
	return result;
}

rep_pick_t rep_ticket_reroute(rep_registry_t *registry, rep_ticket_t *ticket,
		rep_span_t routes, rep_time_t now)
{
	return keep(registry, ticket, routes, false, now);
}

rep_pick_t rep_ticket_again(rep_registry_t *registry, rep_ticket_t *ticket,
		rep_span_t routes, rep_time_t now)
{
	return keep(registry, ticket, routes, true, now);
}
