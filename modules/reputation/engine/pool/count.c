/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a call attempt. */

#include "count.h"

#include "callees.h"
#include "caps.h"
#include "evidence.h"
#include "guarded.h"
#include "index.h"
#include "lock.h"
#include "probes.h"
#include "reported.h"
#include "slot.h"
#include "standing.h"
#include "strata.h"
#include "usable.h"
#include "use.h"
#include "verdict.h"
#include "../judge/bucket.h"

#define REFUSED_EVERY REP_MINUTE

static void refused(
		rep_pool_t *pool, const rep_ticket_t *ticket, rep_time_t now)
{
	rep_event_t event = {.kind = REP_EVENT_REFUSED,
			.observed = rep_observed(pool),
			.pool = pool->id,
			.number = ticket->number,
			.at = now,
			.reason = REP_REASON_NONE,
			.outcome = REP_REFUSED};
	uint32_t i = rep_number_index(pool, ticket);

	if(pool->refused_at && now - pool->refused_at < REFUSED_EVERY
			&& now >= pool->refused_at)
		return;
	pool->refused_at = now;
	if(i != REP_NONE)
		event.state = rep_number_state(pool, rep_number_at(pool, i), now);
	memcpy(event.route, pool->routes[ticket->route]->label,
			sizeof(event.route));
	rep_event_announce(&pool->registry->events, &event);
}

void rep_ticket_refused(
		rep_registry_t *registry, const rep_ticket_t *ticket, rep_time_t now)
{
	rep_pool_t *pool =
			ticket->probe ? NULL : rep_pool_lock(registry, ticket->pool);

	if(!pool)
		return;
	refused(pool, ticket, now);
	rep_pool_unlock(pool);
}

/* Most calls speak for the number: no verdict can come of them. */
static bool to_be_judged(const rep_pool_t *pool, uint32_t i, uint8_t route,
		rep_outcome_t outcome)
{
	const rep_number_t *number = rep_number_at(pool, i);
	const rep_verdict_t *on = rep_verdict_of(pool, number, route);

	return number->verdict.state != REP_ACTIVE
		   || (on && on->state != REP_ACTIVE)
		   || rep_baseline_against(&pool->baseline, outcome)
		   || (pool->n_routes > 1
				   && rep_baseline_against(
						   &pool->routes[route]->baseline, outcome));
}

/* Has the callee given this number this outcome already, and does it still
 * count? A reset makes all that was said before it void. */
static bool repeats(const rep_pool_t *pool, uint32_t i,
		const rep_ticket_t *ticket, rep_outcome_t outcome, rep_time_t now)
{
	const rep_policy_t *policy = &pool->policy;
	uint32_t window = policy->window_hours * 60;
	uint32_t counts =
			window > policy->bucket_minutes ? window : policy->bucket_minutes;

	return outcome < REP_JUDGED
		   && rep_callee_spoke(pool->registry, ticket,
				   rep_number_at(pool, i)->verdict.reset, outcome,
				   rep_bucket_of(policy, now) + counts, rep_minute_of(now));
}

/* Counts the call; true when it is new evidence. */
static bool count(rep_pool_t *pool, const rep_ticket_t *ticket, uint32_t i,
		rep_outcome_t outcome, rep_time_t now)
{
	bool repeat = repeats(pool, i, ticket, outcome, now);
	uint32_t stratum = rep_stratum_put(
			pool, ticket->route, ticket->campaign, ticket->network, repeat);

	if(stratum == REP_NONE
			|| !rep_evidence_count(
					pool, i, ticket->stamp, (uint16_t)stratum, outcome, now)
			|| repeat)
		return false;
	if(outcome < REP_JUDGED)
		rep_caps_tried(rep_number_at(pool, i), ticket->stamp);
	return true;
}

/* A test call says something of its number, but is none of its calls. */
static void count_probe(rep_pool_t *pool, const rep_ticket_t *ticket,
		rep_outcome_t outcome, rep_time_t now)
{
	rep_dims_t dims;

	rep_dims_of(pool, ticket->route, ticket->campaign, ticket->network, &dims);
	rep_probe_count(pool->registry, pool->id, ticket->number, dims.network,
			outcome, now);
}

/* The callee, for the owner of the list. */
static void report(rep_pool_t *pool, const rep_ticket_t *ticket,
		rep_outcome_t outcome, rep_time_t now)
{
	rep_dims_t dims;

	if(!rep_reported_days(pool->registry, pool->id, outcome))
		return;
	rep_dims_of(pool, ticket->route, ticket->campaign, ticket->network, &dims);
	rep_reported_put(pool->registry, ticket, dims.campaign, outcome, now);
}

bool rep_ticket_count(rep_registry_t *registry, const rep_ticket_t *ticket,
		rep_outcome_t outcome, rep_time_t now)
{
	rep_pool_t *pool;
	uint32_t i = REP_NONE;

	if((unsigned)outcome >= REP_OUTCOMES)
		return false;
	pool = rep_pool_lock(registry, ticket->pool);
	if(pool && ticket->probe) {
		count_probe(pool, ticket, outcome, now);
		rep_pool_unlock(pool);
		return true;
	}
	if(pool) {
		i = rep_number_index(pool, ticket);
		if(i != REP_NONE && count(pool, ticket, i, outcome, now)
				&& to_be_judged(pool, i, (uint8_t)ticket->route, outcome))
			rep_verdict_judge(pool, i, now);
		rep_pool_guard_outcome(pool, ticket, outcome, now);
		if(outcome == REP_REFUSED)
			refused(pool, ticket, now);
		report(pool, ticket, outcome, now);
		rep_pool_unlock(pool);
	}
	atomic_fetch_add(
			i != REP_NONE ? &registry->outcomes[outcome] : &registry->lost, 1);
	return i != REP_NONE;
}

void rep_ticket_hang_up(
		rep_registry_t *registry, rep_ticket_t *ticket, rep_time_t now)
{
	rep_pool_t *pool;
	uint32_t i;

	if(!ticket->holds)
		return;
	ticket->holds = false;
	pool = rep_pool_lock(registry, ticket->pool);
	if(!pool)
		return;
	i = rep_number_index(pool, ticket);
	if(i != REP_NONE)
		rep_number_let_go(pool, i, now);
	rep_pool_unlock(pool);
}
