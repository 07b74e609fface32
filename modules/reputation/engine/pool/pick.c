/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picking a caller ID.
 *
 * Each route has a queue of the numbers that may be used on it, a heap by
 * each number's place in the order. Places only grow, so an entry that is out
 * of date stands too early, never too late: it is put right when it comes to
 * the top. What may not be used is dropped when it comes to the top and taken
 * up again when it may: by the timer, by the end of a call, by a verdict, or
 * by an operator's edit. */

#include "pool.h"

#define TIMER_SLICE 64
#define LEAST_BAD_LOOK 256
#define ATTESTED_LOOK 1024
#define STRIDE (1u << 20) /* the order's step of a number of weight 1 */

/* ---- time windows ---------------------------------------------------- */

uint32_t rep_window_used(const rep_window_t *window, uint32_t at)
{
	return window->at == at ? window->used : 0;
}

static void window_use(rep_window_t *window, uint32_t at)
{
	window->used = rep_window_used(window, at) + 1;
	window->at = at;
}

static uint32_t seconds_of(rep_time_t now)
{
	return now > 0 ? (uint32_t)(now / 1000) : 0;
}

uint32_t rep_day_of(const rep_pool_t *pool, rep_time_t now)
{
	return (uint32_t)(((int64_t)seconds_of(now) + pool->utc_offset) / 86400);
}

/* ---- what may be used ------------------------------------------------ */

/* Calls a day that the warm-up allows; 0 = the ramp is over, or there is
 * none. */
static uint32_t warmup_cap(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	int64_t age = (int64_t)rep_day_of(pool, now) - number->since_day;

	if(!number->since_day)
		return 0;
	for(uint32_t s = 0; s < pool->policy.warmup_stages; s++) {
		if(age < pool->policy.warmup[s].days)
			return pool->policy.warmup[s].calls;
		age -= pool->policy.warmup[s].days;
	}
	return 0;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return !a ? b : !b ? a : a < b ? a : b;
}

uint32_t rep_number_cap_day(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	uint32_t cap = number->cap_day ? number->cap_day : pool->policy.cap_day;

	return least(cap, warmup_cap(pool, number, now));
}

rep_state_t rep_number_state(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	rep_state_t state = rep_number_standing(number);

	if(state == REP_ACTIVE && warmup_cap(pool, number, now))
		return REP_WARMING;
	return state;
}

static bool over(const rep_window_t *window, uint32_t at, uint32_t cap)
{
	return cap && rep_window_used(window, at) >= cap;
}

/* When the caps let it go on, in seconds; 0 = now. UINT32_MAX = when a call
 * ends. */
static uint32_t capped_until(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	const rep_policy_t *policy = &pool->policy;
	uint32_t s = seconds_of(now), day = rep_day_of(pool, now);

	if(over(&number->day, day, rep_number_cap_day(pool, number, now)))
		return (uint32_t)(((int64_t)day + 1) * 86400 - pool->utc_offset);
	if(over(&number->hour, s / 3600, policy->cap_hour))
		return (s / 3600 + 1) * 3600;
	if(over(&number->minute, s / 60, policy->cap_minute))
		return (s / 60 + 1) * 60;
	if(policy->cap_concurrent && number->in_flight >= policy->cap_concurrent)
		return UINT32_MAX;
	return 0;
}

/* The budget of calls of a number that comes back. */
static bool trial_spent(const rep_pool_t *pool, const rep_number_t *number)
{
	return number->verdict.state == REP_PROBATION
		   && number->trial + number->in_flight >= pool->policy.probation_calls;
}

/* Neither an operator nor a verdict nor the policy keeps it out. */
static bool allowed(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, bool bench_too)
{
	const rep_verdict_t *on;

	if(!(number->flags & REP_LIVE) || !(number->flags & REP_MATCHES)
			|| number->status != REP_ACTIVE)
		return false;
	if(pool->policy.require_attest) {
		char attest = rep_number_attest(number, pool->routes[route]);
		if(!attest || attest > pool->policy.require_attest)
			return false;
	}
	if(rep_observed(pool) || bench_too)
		return true;
	if(number->verdict.state == REP_BENCHED || trial_spent(pool, number))
		return false;
	on = route ? rep_verdict_of(pool, number, route) : NULL;
	return !on || on->state != REP_BENCHED;
}

bool rep_number_usable(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_time_t now)
{
	return allowed(pool, number, route, false)
		   && !capped_until(pool, number, now);
}

/* ---- queues and timer ------------------------------------------------ */

static void queue_put(rep_pool_t *pool, uint32_t i, uint8_t r)
{
	rep_number_t *number = rep_number_at(pool, i);

	if(rep_heap_push(&pool->routes[r]->queue, number->key, i) == 0)
		number->queued |= UINT64_C(1) << r;
	else
		atomic_fetch_add(&pool->registry->full_memory, 1);
}

static void timer_set(rep_pool_t *pool, uint32_t i, uint32_t when)
{
	rep_number_t *number = rep_number_at(pool, i);

	if(!when || (number->wake && number->wake <= when))
		return;
	if(!number->wake && number->later && number->later <= when) {
		/* an entry from before is still there, and comes first */
		number->wake = number->later;
		number->later = 0;
	} else if(rep_heap_push(&pool->timer, when, i) == 0) {
		if(!number->later || (number->wake && number->wake < number->later))
			number->later = number->wake;
		number->wake = when;
	} else {
		atomic_fetch_add(&pool->registry->full_memory, 1);
	}
}

void rep_number_wake(rep_pool_t *pool, uint32_t i, rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);
	rep_time_t due = rep_verdict_next(pool, number);
	uint32_t capped = capped_until(pool, number, now);

	for(uint32_t r = 0; r < pool->n_routes; r++)
		if(pool->routes[r]->open && !(number->queued & UINT64_C(1) << r)
				&& !capped && allowed(pool, number, (uint8_t)r, false))
			queue_put(pool, i, (uint8_t)r);
	if(due)
		timer_set(pool, i, seconds_of(due + 999));
	if(capped != UINT32_MAX)
		timer_set(pool, i, capped);
}

bool rep_timer_run(rep_pool_t *pool, rep_time_t now, uint32_t max)
{
	uint32_t s = seconds_of(now);

	while(pool->timer.count && pool->timer.entries[0].key <= s) {
		uint32_t i = pool->timer.entries[0].item;
		uint32_t key = (uint32_t)pool->timer.entries[0].key;
		rep_number_t *number = rep_number_at(pool, i);
		if(max-- == 0)
			return true;
		rep_heap_pop(&pool->timer);
		if(number->later == key)
			number->later = 0;
		if(number->wake != key)
			continue; /* out of date */
		number->wake = 0;
		if(!(number->flags & REP_LIVE)) {
			rep_number_reap(pool, i);
			continue;
		}
		rep_verdict_due(pool, i, now);
		rep_number_wake(pool, i, now);
	}
	return false;
}

static void queue_open(rep_pool_t *pool, uint8_t r, rep_time_t now)
{
	rep_route_t *route = pool->routes[r];
	uint32_t n = rep_slab_count(&pool->numbers);

	if(route->open || rep_heap_reserve(&route->queue, n) < 0)
		return;
	route->open = true;
	for(uint32_t i = 0; i < n; i++)
		if(rep_number_usable(pool, rep_number_at(pool, i), r, now))
			queue_put(pool, i, r);
}

/* The number at the top that may be used now, or REP_NONE. */
static uint32_t queue_top(rep_pool_t *pool, uint8_t r, rep_time_t now)
{
	rep_heap_t *queue = &pool->routes[r]->queue;

	while(queue->count) {
		uint32_t i = queue->entries[0].item;
		rep_number_t *number = rep_number_at(pool, i);
		if(!rep_number_usable(pool, number, r, now)) {
			rep_heap_pop(queue);
			number->queued &= ~(UINT64_C(1) << r);
			if(number->flags & REP_LIVE)
				rep_number_wake(pool, i, now);
			else
				rep_number_reap(pool, i);
		} else if(queue->entries[0].key < number->key) {
			rep_heap_retop(queue, number->key);
		} else {
			return i;
		}
	}
	return REP_NONE;
}

/* ---- the pool as a whole --------------------------------------------- */

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

/* The pool as a whole speaks for its routes. */
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
			rep_event_announce(pool->registry, &event);
		}
	}
}

/* Of the benched, the one with the least evidence against it among those that
 * return first. */
static uint32_t least_bad(const rep_pool_t *pool, uint8_t r, rep_time_t now)
{
	uint32_t best = REP_NONE;

	for(uint32_t k = 0; k < pool->timer.count && k < LEAST_BAD_LOOK; k++) {
		uint32_t i = pool->timer.entries[k].item;
		const rep_number_t *number = rep_number_at(pool, i);
		if(allowed(pool, number, r, true) && !capped_until(pool, number, now)
				&& (best == REP_NONE
						|| number->verdict.score
								   < rep_number_at(pool, best)->verdict.score))
			best = i;
	}
	return best;
}

/* ---- picking --------------------------------------------------------- */

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

static void use(rep_pool_t *pool, uint32_t i, rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);
	uint32_t s = seconds_of(now), day = rep_day_of(pool, now);

	if(pool->policy.order == REP_WEIGHTED) {
		if(number->key > pool->clock)
			pool->clock = number->key;
		number->key = pool->clock + (uint64_t)(STRIDE / number->weight);
	} else {
		number->key = pool->newest + 1;
	}
	if(number->key > pool->newest)
		pool->newest = number->key;
	number->last_used = s;
	number->in_flight++;
	pool->in_flight++;
	window_use(&number->minute, s / 60);
	window_use(&number->hour, s / 3600);
	window_use(&number->day, day);
	window_use(&pool->day, day);
	pool->picks++;
}

/* Has any number the attestation that is asked for? Asked only when nothing
 * could be picked; among the first so many. */
static bool attested(const rep_pool_t *pool, uint8_t r)
{
	uint32_t n = rep_slab_count(&pool->numbers);

	for(uint32_t i = 0; i < n && i < ATTESTED_LOOK; i++)
		if(allowed(pool, rep_number_at(pool, i), r, true))
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
	if(over(&pool->day, rep_day_of(pool, now), pool->policy.pool_cap_day))
		return REP_PICK_ALL_CAPPED;
	*i = queue_top(pool, r, now);
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
	queue_open(pool, r, now);
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
