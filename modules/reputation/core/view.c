/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of what the book holds, for RPC, logs and the published health. */

#include "inside.h"

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

static void number_view(const rep_pool_t *pool, const rep_number_t *number,
		const rep_assessment_t *a, rep_time_t now, rep_number_view_t *out)
{
	const rep_verdict_t *verdict = &number->verdict;

	*out = (rep_number_view_t){
			.number = number->e164,
			.state = rep_number_state(pool, number, now),
			.reason = verdict->reason,
			.since = verdict->since,
			.until = verdict->until,
			.strikes = rep_verdict_strikes(pool, verdict, now),
			.turn = verdict->turn,
			.in_flight = number->in_flight,
			.used_today = rep_window_used(&number->day, rep_day_of(pool, now)),
			.cap_day = rep_number_cap_day(pool, number, now),
			.last_used = (rep_time_t)number->last_used * 1000,
			.judged = a->sum,
			.counts = a->window,
			.since_turn = a->counts,
			.usable = rep_number_usable(pool, number, 0, now),
			.observed = rep_observed(pool),
	};
	if(verdict->state == REP_BENCHED) {
		/* the evidence that benched it, not what came after */
		out->judged.score = verdict->score;
		if((int)verdict->reason < REP_CHARTS)
			out->judged.chart = (rep_chart_t)verdict->reason;
	}
}

bool rep_book_view(rep_book_t *book, int id, rep_e164_t e164, rep_time_t now,
		rep_number_view_t *out, rep_route_view_t *routes, size_t max,
		size_t *n_routes)
{
	rep_pool_t *pool = rep_pool_lock(book, id);
	rep_assessment_t a;
	uint32_t i;

	if(!pool)
		return false;
	i = rep_number_find(pool, e164);
	if(i != REP_NONE) {
		const rep_number_t *number = rep_number_at(pool, i);
		size_t n = 0;
		rep_assess(pool, number, now, &a);
		number_view(pool, number, &a, now, out);
		for(unsigned r = 0; routes && r < a.n_routes && n < max; r++)
			route_view(pool, number, &a.routes[r], now, &routes[n++]);
		if(n_routes)
			*n_routes = n;
	}
	rep_pool_unlock(pool);
	return i != REP_NONE;
}

size_t rep_book_list(rep_book_t *book, int id, rep_time_t now, uint32_t *cursor,
		rep_number_view_t *out, size_t max)
{
	rep_pool_t *pool = rep_pool_lock(book, id);
	rep_assessment_t a;
	size_t n = 0;

	if(!pool)
		return 0;
	while(n < max && *cursor < rep_slab_count(&pool->numbers)) {
		const rep_number_t *number = rep_number_at(pool, (*cursor)++);
		if(!(number->flags & REP_LIVE))
			continue;
		rep_assess(pool, number, now, &a);
		number_view(pool, number, &a, now, &out[n++]);
	}
	rep_pool_unlock(pool);
	return n;
}

size_t rep_book_buckets(rep_book_t *book, int id, rep_e164_t e164,
		rep_bucket_view_t *out, size_t max)
{
	rep_pool_t *pool = rep_pool_lock(book, id);
	const rep_cell_head_t *cell;
	const rep_row_t *row;
	uint32_t i, ref;
	size_t n = 0;

	if(!pool)
		return 0;
	i = rep_number_find(pool, e164);
	ref = i == REP_NONE ? REP_NONE : rep_number_at(pool, i)->cells;
	for(; ref != REP_NONE && n < max; ref = cell->next, n++) {
		cell = rep_cell_at(pool, ref);
		memset(&out[n], 0, sizeof(out[n]));
		out[n].bucket = cell->bucket;
		out[n].turn = cell->stamp;
		memcpy(out[n].route, pool->routes[cell->route]->label,
				sizeof(out[n].route));
		rep_cell_add(pool, ref, &out[n].own);
		row = rep_row_of(pool, cell->route, cell->bucket);
		if(row)
			out[n].pool = row->counts;
	}
	rep_pool_unlock(pool);
	return n;
}

static uint32_t warming(const rep_pool_t *pool, rep_time_t now)
{
	uint32_t n = 0;

	if(pool->policy.warmup_stages == 0)
		return 0;
	for(uint32_t i = 0; i < rep_slab_count(&pool->numbers); i++) {
		const rep_number_t *number = rep_number_at(pool, i);
		n += (number->flags & REP_LIVE) && number->since_day
			 && rep_number_state(pool, number, now) == REP_WARMING;
	}
	return n;
}

bool rep_book_pool_view(
		rep_book_t *book, int id, rep_time_t now, rep_pool_view_t *out)
{
	rep_pool_t *pool = rep_pool_lock(book, id);
	uint32_t n = 0, in_use;

	if(!pool)
		return false;
	*out = (rep_pool_view_t){
			.name = pool->name,
			.numbers = pool->live_numbers,
			.in_flight = pool->in_flight,
			.used_today = rep_window_used(&pool->day, rep_day_of(pool, now)),
			.stop_reason = rep_pool_stop(pool, 0),
			.counts = pool->window,
			.yardstick = pool->yardstick,
			.picks = pool->picks,
			.refusals = pool->refusals,
	};
	memcpy(out->by_state, pool->by_state, sizeof(out->by_state));
	out->by_state[REP_WARMING] = warming(pool, now);
	out->by_state[REP_ACTIVE] -= out->by_state[REP_WARMING];
	out->stopped = out->stop_reason != REP_PICKED;
	for(uint32_t i = 0; i < rep_slab_count(&pool->numbers); i++)
		n += rep_number_usable(pool, rep_number_at(pool, i), 0, now);
	out->usable = n;
	in_use = pool->by_state[REP_ACTIVE] + pool->by_state[REP_PROBATION];
	out->capped = in_use > n ? in_use - n : 0;
	rep_pool_unlock(pool);
	return true;
}

/* ---- published health ------------------------------------------------ */

size_t rep_pool_take_health(rep_book_t *book, int id, rep_time_t now,
		rep_number_view_t *out, size_t max)
{
	rep_pool_t *pool = rep_pool_lock(book, id);
	rep_assessment_t a;
	size_t n = 0;

	if(!pool)
		return 0;
	for(uint32_t left = pool->dirty_health.count; left > 0 && n < max; left--) {
		uint32_t i = rep_list_take(&pool->dirty_health);
		rep_number_t *number = rep_number_at(pool, i);
		number->flags &= ~REP_DIRTY_HEALTH;
		if(!(number->flags & REP_LIVE)) {
			rep_number_reap(pool, i);
			continue;
		}
		rep_assess(pool, number, now, &a);
		number_view(pool, number, &a, now, &out[n++]);
	}
	rep_pool_unlock(pool);
	return n;
}

void rep_pool_untake_health(
		rep_book_t *book, int id, const rep_number_view_t *views, size_t n)
{
	rep_pool_t *pool = rep_pool_lock(book, id);

	if(!pool)
		return;
	for(size_t k = 0; k < n; k++) {
		uint32_t i = rep_number_find(pool, views[k].number);
		if(i != REP_NONE)
			rep_number_mark(pool, i, REP_DIRTY_HEALTH);
	}
	rep_pool_unlock(pool);
}
