/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of what the registry holds. */

#include "view.h"

#include "assess.h"
#include "blocks.h"
#include "caps.h"
#include "cells.h"
#include "dirty.h"
#include "index.h"
#include "lock.h"
#include "pieces.h"
#include "rows.h"
#include "slot.h"
#include "stamp.h"
#include "standing.h"
#include "stop.h"
#include "strata.h"
#include "usable.h"

/* ---- pools that stop --------------------------------------------------- */

/* A pool whose every label stops does not go on, whatever "" says. */
static rep_pick_t on_all(const rep_pool_t *pool,
		rep_pick_t (*stops)(const rep_pool_t *pool, uint8_t route))
{
	rep_pick_t whole = stops(pool, 0), stop = REP_PICKED;

	if(whole != REP_PICKED || pool->n_routes == 1)
		return whole;
	for(uint32_t r = 1; r < pool->n_routes; r++) {
		stop = stops(pool, (uint8_t)r);
		if(stop == REP_PICKED)
			return stop;
	}
	return rep_counts_judged(&pool->routes[0]->window) ? REP_PICKED : stop;
}

static rep_pick_t refused(const rep_pool_t *pool, rep_time_t now)
{
	rep_pick_t stop = on_all(pool, rep_pool_refuses);

	return stop == REP_PICKED
						   && rep_window_over(&pool->day,
								   rep_cap_at(pool, NULL, REP_CAP_DAY, now),
								   pool->policy.pool_cap_day)
				   ? REP_PICK_ALL_CAPPED
				   : stop;
}

/* ---- numbers ----------------------------------------------------------- */

static void route_view(const rep_pool_t *pool, const rep_number_t *number,
		const struct rep_assessed *on, rep_time_t now, rep_route_view_t *out)
{
	const rep_verdict_t *verdict =
			on->route ? rep_verdict_of(pool, number, on->route) : NULL;

	memset(out, 0, sizeof(*out));
	memcpy(out->route, pool->routes[on->route]->label, sizeof(out->route));
	out->state = verdict ? verdict->state : REP_ACTIVE;
	out->reason = verdict ? verdict->reason : REP_REASON_NONE;
	out->since = verdict ? verdict->since : 0;
	out->until = verdict ? verdict->until : 0;
	out->strikes = verdict ? rep_verdict_strikes(pool, verdict, now) : 0;
	out->judged = on->judged;
	out->counts = on->window;
}

static bool rests_on(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	const rep_verdict_t *verdict =
			route ? rep_verdict_of(pool, number, route) : NULL;

	return verdict && verdict->state == REP_BENCHED;
}

/* The verdict that users are shown: the number's own, or that of a route when
 * it rests on every route that it is used on. `*on` is a route that it is
 * benched on, 0 = none: of those that it is used on, if it is one of them. */
static const rep_verdict_t *shown(const rep_pool_t *pool,
		const rep_number_t *number, const rep_assessment_t *a, uint8_t *on)
{
	const rep_verdict_t *first = NULL, *verdict;
	unsigned used = 0, benched = 0;

	*on = 0;
	for(unsigned r = 0; r < a->n_routes; r++) {
		uint8_t route = a->routes[r].route;
		used += rep_counts_judged(&a->routes[r].window) > 0;
		if(!rests_on(pool, number, route))
			continue;
		benched++;
		verdict = rep_verdict_of(pool, number, route);
		if(!first || verdict->until < first->until) {
			first = verdict;
			*on = route;
		}
	}
	/* by hand, where it was never used */
	for(uint32_t r = 1; !*on && r < pool->n_routes; r++)
		if(rests_on(pool, number, (uint8_t)r))
			*on = (uint8_t)r;
	return first && benched >= used && number->verdict.state == REP_ACTIVE
				   ? first
				   : &number->verdict;
}

/* A chart over its threshold, if there is one: the held ones last. */
static void see_over(const rep_pool_t *pool, const rep_judged_t *judged,
		rep_time_t now, rep_number_view_t *out)
{
	for(int c = 0; judged->crossed && c < REP_CHARTS; c++) {
		bool held = pool->held_until[c] > now;
		if(judged->s[c] < judged->threshold[c]
				|| (held && out->over != REP_CHARTS))
			continue;
		out->over = (rep_chart_t)c;
		out->held_until = held ? pool->held_until[c] : 0;
	}
}

static void see_all_over(const rep_pool_t *pool, const rep_number_t *number,
		const rep_assessment_t *a, rep_time_t now, rep_number_view_t *out)
{
	out->over = REP_CHARTS;
	if(number->status != REP_ACTIVE || number->verdict.state == REP_BENCHED)
		return;
	see_over(pool, &a->sum.judged, now, out);
	for(unsigned r = 0; r < a->n_routes; r++) {
		uint8_t route = a->routes[r].route;
		const rep_verdict_t *on =
				route ? rep_verdict_of(pool, number, route) : NULL;
		if(route && (!on || on->state != REP_BENCHED))
			see_over(pool, &a->routes[r].judged, now, out);
	}
}

static void number_view(const rep_pool_t *pool, const rep_number_t *number,
		const rep_assessment_t *a, rep_time_t now, rep_number_view_t *out)
{
	uint8_t on;
	const rep_verdict_t *verdict = shown(pool, number, a, &on);
	bool own = verdict == &number->verdict;

	*out = (rep_number_view_t){
			.number = number->e164,
			.state = own || number->status != REP_ACTIVE
							 ? rep_number_state(pool, number, now)
							 : REP_BENCHED,
			.reason = verdict->reason,
			.since = verdict->since,
			.until = verdict->until,
			.strikes = rep_verdict_strikes(pool, verdict, now),
			.turn = number->verdict.turn,
			.in_flight = number->in_flight,
			.used_today = rep_window_used(
					&number->windows[REP_CAP_DAY], rep_day_of(pool, now)),
			.cap_day = rep_number_cap_day(pool, number, now),
			.last_used = (rep_time_t)number->last_used * 1000,
			.judged = a->sum.judged,
			.counts = a->sum.window,
			.since_turn = a->sum.counts,
			.usable = (own || rep_observed(pool))
					  && rep_number_usable(pool, number, 0, now),
			.refused = refused(pool, now),
			.observed = rep_observed(pool),
	};
	see_all_over(pool, number, a, now, out);
	memcpy(out->benched_on, pool->routes[on]->label, sizeof(out->benched_on));
	rep_block_describe(
			pool, number, REP_CHARTS, out->block, sizeof(out->block));
	if(verdict->state == REP_BENCHED) {
		/* the evidence that benched it, not what came after */
		out->judged.score = verdict->score;
		if((int)verdict->reason < REP_CHARTS)
			out->judged.chart = (rep_chart_t)verdict->reason;
	}
}

/* Routes without evidence on which a verdict stands, by hand or of another
 * proxy. */
static size_t unused_routes(const rep_pool_t *pool, const rep_number_t *number,
		const rep_assessment_t *a, rep_time_t now, rep_route_view_t *out,
		size_t max)
{
	const rep_routed_t *routed;
	size_t n = 0;

	for(uint32_t r = number->routed; r != REP_NONE && n < max;
			r = routed->next) {
		struct rep_assessed none = {0};
		unsigned known = 0;
		routed = rep_slab_at(&pool->routed, r);
		while(known < a->n_routes && a->routes[known].route != routed->route)
			known++;
		none.route = routed->route;
		if(known == a->n_routes && routed->verdict.state != REP_ACTIVE)
			route_view(pool, number, &none, now, &out[n++]);
	}
	return n;
}

bool rep_view_number(rep_registry_t *registry, int id, rep_e164_t e164,
		rep_time_t now, rep_number_view_t *out, rep_route_view_t *routes,
		size_t max, size_t *n_routes)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	uint32_t i;

	if(!pool)
		return false;
	i = rep_number_find(pool, e164);
	if(i != REP_NONE) {
		const rep_number_t *number = rep_number_at(pool, i);
		const rep_assessment_t *a;
		size_t n = 0;
		a = rep_assess(pool, number, now);
		number_view(pool, number, a, now, out);
		for(unsigned r = 0; routes && r < a->n_routes && n < max; r++)
			route_view(pool, number, &a->routes[r], now, &routes[n++]);
		n += routes ? unused_routes(pool, number, a, now, routes + n, max - n)
					: 0;
		if(n_routes)
			*n_routes = n;
	}
	rep_pool_unlock(pool);
	return i != REP_NONE;
}

size_t rep_view_list(rep_registry_t *registry, int id, rep_time_t now,
		uint32_t *cursor, rep_number_view_t *out, size_t max)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	const rep_assessment_t *a;
	size_t n = 0;

	if(!pool)
		return 0;
	while(n < max && *cursor < rep_slab_count(&pool->numbers)) {
		const rep_number_t *number = rep_number_at(pool, (*cursor)++);
		if(!(number->flags & REP_LIVE))
			continue;
		a = rep_assess(pool, number, now);
		number_view(pool, number, a, now, &out[n++]);
	}
	rep_pool_unlock(pool);
	return n;
}

size_t rep_view_buckets(rep_registry_t *registry, int id, rep_e164_t e164,
		rep_bucket_view_t *out, size_t max)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	const rep_cell_head_t *cell;
	const rep_row_t *row;
	uint32_t i, ref;
	size_t n = 0;

	if(!pool)
		return 0;
	i = rep_number_find(pool, e164);
	ref = i == REP_NONE ? REP_NONE : rep_number_at(pool, i)->cells;
	for(; ref != REP_NONE && n < max; ref = cell->next) {
		rep_cell_key_t key;
		rep_counts_t others;
		cell = rep_cell_at(pool, ref);
		if(!rep_piece_first(pool, rep_number_at(pool, i), ref))
			continue;
		memset(&out[n], 0, sizeof(out[n]));
		out[n].bucket = cell->bucket;
		rep_stamp_read(pool, rep_number_at(pool, i), cell, &out[n].turn,
				&out[n].route_turn);
		rep_stratum_dims(pool, rep_stratum_of(pool, cell), &out[n].dims);
		out[n].repeat = rep_stratum_of(pool, cell)->repeat;
		key = (rep_cell_key_t){cell->bucket, cell->stamp, cell->stratum};
		out[n].own = rep_pieces_sum(pool, rep_number_at(pool, i), &key, true);
		others = rep_pieces_sum(pool, rep_number_at(pool, i), &key, false);
		rep_counts_add(&out[n].own, &others);
		row = rep_row_of(pool, cell->stratum, cell->bucket);
		if(row)
			out[n].pool = row->counts;
		n++;
	}
	rep_pool_unlock(pool);
	return n;
}

/* What lists of the pool's numbers would show. */
static void count_states(
		const rep_pool_t *pool, rep_time_t now, rep_pool_view_t *out)
{
	rep_number_view_t view;
	const rep_assessment_t *a;
	bool usable;

	for(uint32_t i = 0; i < rep_slab_count(&pool->numbers); i++) {
		const rep_number_t *number = rep_number_at(pool, i);
		rep_state_t state = rep_number_state(pool, number, now);
		if(!(number->flags & REP_LIVE))
			continue;
		usable = rep_number_usable(pool, number, 0, now);
		if(number->routed != REP_NONE) {
			a = rep_assess(pool, number, now);
			number_view(pool, number, a, now, &view);
			state = view.state;
			usable = view.usable;
		}
		out->by_state[state]++;
		out->usable += usable;
		if(usable || state == REP_BENCHED || number->status != REP_ACTIVE)
			continue;
		if(rep_number_suits(pool, number, rep_span("")))
			out->capped++;
		else
			out->no_match++;
	}
}

size_t rep_view_labels(rep_registry_t *registry, int id,
		char (*out)[REP_ROUTE_MAX + 1], size_t max)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	size_t n = 0;

	if(!pool)
		return 0;
	for(uint32_t r = 1; r < pool->n_routes && n < max; r++)
		memcpy(out[n++], pool->routes[r]->label, REP_ROUTE_MAX + 1);
	rep_pool_unlock(pool);
	return n;
}

bool rep_view_pool(
		rep_registry_t *registry, int id, rep_time_t now, rep_pool_view_t *out)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return false;
	*out = (rep_pool_view_t){
			.name = pool->name,
			.numbers = pool->live_numbers,
			.in_flight = pool->in_flight,
			.used_today = rep_window_used(&pool->day, rep_day_of(pool, now)),
			.stop_reason = on_all(pool, rep_pool_stop),
			.refused = refused(pool, now),
			.baseline = pool->baseline,
			.spread = pool->spread,
			.picks = pool->picks,
			.refusals = pool->refusals,
			.paused = pool->paused,
			.paused_until =
					pool->paused ? (rep_time_t)pool->policy.paused_until * 1000
								 : 0,
	};
	memcpy(out->refused_by, pool->refused, sizeof(pool->refused));
	rep_strata_window(pool, &out->counts);
	out->stopped = out->stop_reason != REP_PICKED;
	count_states(pool, now, out);
	rep_pool_unlock(pool);
	return true;
}

static void see_refusals(const rep_pool_t *pool, const rep_refusals_t *r,
		rep_refusing_view_t *out, size_t max, size_t *n)
{
	if(!r->since || !r->told || r->silent || *n == max)
		return;
	out[*n] = (rep_refusing_view_t){
			.why = r->why, .since = r->since, .calls = r->calls};
	memcpy(out[(*n)++].route, pool->routes[r->route]->label, REP_ROUTE_MAX + 1);
}

size_t rep_view_refusing(
		rep_registry_t *registry, int id, rep_refusing_view_t *out, size_t max)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	size_t n = 0;

	if(!pool)
		return 0;
	for(int why = 0; why < REP_POOL_REASONS; why++)
		see_refusals(pool, &pool->refusing[why], out, max, &n);
	for(uint32_t r = 0; r < pool->n_routes; r++)
		see_refusals(pool, &pool->routes[r]->refusing, out, max, &n);
	rep_pool_unlock(pool);
	return n;
}

size_t rep_pool_drain_health(rep_registry_t *registry, int id, rep_time_t now,
		rep_number_view_t *out, size_t max)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	const rep_assessment_t *a;
	size_t n = 0;

	if(!pool)
		return 0;
	for(uint32_t left = pool->dirty_health.count; left > 0 && n < max; left--) {
		uint32_t i = rep_fifo_pop(&pool->dirty_health);
		rep_number_t *number = rep_number_at(pool, i);
		number->flags &= ~REP_DIRTY_HEALTH;
		if(!(number->flags & REP_LIVE)) {
			rep_number_reap(pool, i);
			continue;
		}
		a = rep_assess(pool, number, now);
		number_view(pool, number, a, now, &out[n++]);
	}
	rep_pool_unlock(pool);
	return n;
}

uint32_t rep_pool_health_waits(rep_registry_t *registry, int id)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	uint32_t n = pool ? pool->dirty_health.count : 0;

	if(pool)
		rep_pool_unlock(pool);
	return n;
}

static bool holds(const rep_pool_t *pool, uint32_t i, rep_time_t now,
		const rep_number_view_t *view)
{
	const rep_number_t *number = rep_number_at(pool, i);
	rep_number_view_t is;

	number_view(pool, number, rep_assess(pool, number, now), now, &is);
	return is.turn == view->turn && is.state == view->state
		   && is.since == view->since && is.until == view->until
		   && strcmp(is.benched_on, view->benched_on) == 0
		   && memcmp(&is.counts, &view->counts, sizeof(is.counts)) == 0;
}

void rep_pool_requeue_health(rep_registry_t *registry, int id,
		const rep_number_view_t *views, size_t n, rep_time_t now)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return;
	for(size_t k = 0; k < n; k++) {
		uint32_t i = rep_number_find(pool, views[k].number);
		if(i != REP_NONE && (!now || !holds(pool, i, now, &views[k])))
			rep_number_mark(pool, i, REP_DIRTY_HEALTH);
	}
	rep_pool_unlock(pool);
}
