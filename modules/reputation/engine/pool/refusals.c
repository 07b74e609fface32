/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picks that a pool refuses. */

#include "refusals.h"

#include "stop.h"
#include "usable.h"

#define LOADING_LASTS 5000 /* ms */

static const rep_pick_t others[] = {REP_PICK_POOL_PAUSED, REP_PICK_EMPTY_POOL,
		REP_PICK_NO_MATCH, REP_PICK_ALL_CAPPED, REP_PICK_LOADING};

#define OTHERS (sizeof(others) / sizeof(others[0]))

static void begin(
		rep_refusals_t *r, rep_pick_t why, uint8_t route, rep_time_t now)
{
	*r = (rep_refusals_t){
			.since = now, .last = now, .why = (uint8_t)why, .route = route};
}

/* ---- counting -------------------------------------------------------- */

static rep_refusals_t *refusals_of(
		rep_pool_t *pool, rep_pick_t why, uint8_t route)
{
	if(!rep_stop_rests(why))
		return &pool->refusing[why];
	if(rep_stop_rests(rep_pool_short(pool, 0)))
		route = 0;
	return &pool->routes[route]->refusing;
}

void rep_pool_refused(
		rep_pool_t *pool, rep_pick_t why, uint8_t route, rep_time_t now)
{
	rep_refusals_t *r;

	atomic_fetch_add(&pool->registry->refused[why], 1);
	if(why < REP_PICK_ALL_BENCHED || why >= REP_POOL_REASONS)
		return;
	pool->refusals++;
	pool->refused[why]++;
	r = refusals_of(pool, why, route);
	if(!r->since)
		begin(r, why, route, now);
	r->calls++;
	r->last = now;
	r->picks = pool->picks;
}

void rep_pool_refused_again(rep_pool_t *pool, rep_pick_t why, rep_time_t now)
{
	if(why != REP_PICKED && why == rep_pool_refuses(pool, 0))
		rep_pool_refused(pool, why, 0, now);
}

/* ---- announcing ------------------------------------------------------ */

static void announce(rep_pool_t *pool, const rep_refusals_t *r,
		rep_event_kind_t kind, rep_time_t now)
{
	rep_event_t event = {.kind = kind,
			.observed = rep_stop_rests(r->why) && rep_observed(pool),
			.pool = pool->id,
			.at = now,
			.reason = REP_REASON_NONE,
			.stop = r->why,
			.outcome = REP_OUTCOMES,
			.since = r->since,
			.refused = r->calls,
			.counts = pool->window};

	if(r->silent)
		return;
	if(kind == REP_EVENT_POOL_EXHAUSTED_OVER)
		event.until = r->last;
	memcpy(event.route, pool->routes[r->route]->label, sizeof(event.route));
	rep_event_announce(&pool->registry->events, &event);
}

static void tell(rep_pool_t *pool, rep_refusals_t *r, rep_time_t now)
{
	if(!r->told)
		announce(pool, r, REP_EVENT_POOL_EXHAUSTED, now);
	r->told = true;
}

static void end(rep_pool_t *pool, rep_refusals_t *r, rep_time_t now)
{
	if(r->told)
		announce(pool, r, REP_EVENT_POOL_EXHAUSTED_OVER, now);
	r->since = 0;
}

/* A route that stops because the whole pool does is passed over. */
static void check_rests(
		rep_pool_t *pool, uint8_t route, bool whole, rep_time_t now)
{
	rep_refusals_t *r = &pool->routes[route]->refusing;
	rep_pick_t stop = rep_pool_short(pool, route);

	if(rep_stop_rests(stop)) {
		if(!r->since) {
			begin(r, stop, route, now);
			r->silent = route > 0 && whole;
		}
		tell(pool, r, now);
	} else if(r->since) {
		end(pool, r, now);
	}
}

static bool is_over(
		const rep_pool_t *pool, const rep_refusals_t *r, rep_time_t now)
{
	switch((rep_pick_t)r->why) {
		case REP_PICK_POOL_PAUSED:
			return !pool->paused;
		case REP_PICK_EMPTY_POOL:
			return rep_pool_short(pool, 0) != REP_PICK_EMPTY_POOL;
		case REP_PICK_LOADING:
			return !rep_pool_waits(pool);
		default:
			return pool->picks > r->picks
				   && now - r->last >= REP_REFUSALS_QUIET;
	}
}

static void check_other(rep_pool_t *pool, rep_refusals_t *r, rep_time_t now)
{
	if(!r->since)
		return;
	if(r->last > now) /* the clock was set back */
		r->last = now;
	if(r->why != REP_PICK_LOADING || r->last - r->since >= LOADING_LASTS)
		tell(pool, r, now);
	if(is_over(pool, r, now))
		end(pool, r, now);
}

void rep_pool_check_stop(rep_pool_t *pool, rep_time_t now)
{
	bool whole = rep_stop_rests(rep_pool_short(pool, 0));

	pool->paused = rep_pool_pauses(pool, now);
	for(uint32_t r = 0; r < pool->n_routes; r++)
		check_rests(pool, (uint8_t)r, whole, now);
	for(size_t i = 0; i < OTHERS; i++)
		check_other(pool, &pool->refusing[others[i]], now);
}

void rep_pool_forget_refusals(rep_pool_t *pool)
{
	memset(pool->refusing, 0, sizeof(pool->refusing));
	for(uint32_t r = 0; r < pool->n_routes; r++)
		pool->routes[r]->refusing = (rep_refusals_t){0};
}
