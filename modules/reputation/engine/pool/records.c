/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts that go to other proxies and come from them. */

#include "records.h"

#include "ahead.h"
#include "dirty.h"
#include "index.h"
#include "lock.h"
#include "past.h"
#include "routes.h"
#include "slot.h"
#include "standing.h"
#include "verdict.h"
#include "weigh.h"
#include "../judge/bucket.h"

static void record_fill(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, const rep_verdict_t *verdict, rep_record_t *out)
{
	*out = (rep_record_t){
			.number = number->e164,
			.turn = verdict->turn,
			.reset = verdict->reset,
			.state = verdict->state,
			.reason = verdict->reason,
			.since = verdict->since,
			.until = verdict->until,
			.struck = (rep_time_t)verdict->struck * REP_MS,
			.strikes = verdict->strikes,
			.score = verdict->score,
	};
	memcpy(out->route, pool->routes[route]->label, sizeof(out->route));
}

/* All dirty records of a number, or none when there is not room for all. */
static bool drain_number(rep_pool_t *pool, rep_number_t *number,
		rep_record_t *out, size_t max, size_t *n)
{
	rep_routed_t *routed;
	size_t need = !!(number->verdict.flags & REP_VERDICT_DIRTY);

	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		need += !!(routed->verdict.flags & REP_VERDICT_DIRTY);
	}
	if(*n + need > max)
		return false;
	if(number->verdict.flags & REP_VERDICT_DIRTY)
		record_fill(pool, number, 0, &number->verdict, &out[(*n)++]);
	number->verdict.flags &= ~REP_VERDICT_DIRTY;
	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		if(routed->verdict.flags & REP_VERDICT_DIRTY)
			record_fill(pool, number, routed->route, &routed->verdict,
					&out[(*n)++]);
		routed->verdict.flags &= ~REP_VERDICT_DIRTY;
	}
	return true;
}

size_t rep_pool_drain_records(
		rep_registry_t *registry, int id, rep_record_t *out, size_t max)
{
	rep_pool_t *pool = rep_pool_lock_any(registry, id);
	size_t n = 0;

	if(!pool)
		return 0;
	for(uint32_t left = pool->dirty_records.count; left > 0 && n < max;
			left--) {
		uint32_t i = rep_fifo_pop(&pool->dirty_records);
		rep_number_t *number = rep_number_at(pool, i);
		size_t before = n;
		number->flags &= ~REP_DIRTY_RECORD;
		if(!(number->flags & REP_LIVE))
			rep_number_reap(pool, i);
		else if(!drain_number(pool, number, out, max, &n))
			rep_number_mark(pool, i, REP_DIRTY_RECORD);
		if(n > before)
			rep_number_mark(pool, i, REP_DIRTY_HEALTH);
	}
	rep_pool_unlock(pool);
	return n;
}

void rep_pool_requeue_records(
		rep_registry_t *registry, int id, const rep_record_t *records, size_t n)
{
	for(size_t k = 0; k < n; k++) {
		uint32_t i;
		rep_pool_t *pool = rep_number_lock(registry, id, records[k].number, &i);
		rep_verdict_t *verdict;
		if(!pool)
			continue;
		verdict = rep_verdict_of(pool, rep_number_at(pool, i),
				(uint8_t)rep_route_put(pool, rep_span(records[k].route)));
		if(verdict) {
			verdict->flags |= REP_VERDICT_DIRTY;
			rep_number_mark(pool, i, REP_DIRTY_RECORD);
		}
		rep_pool_unlock(pool);
	}
}

static bool same(const rep_verdict_t *verdict, const rep_record_t *record)
{
	return verdict->turn == record->turn && verdict->state == record->state
		   && verdict->reason == record->reason
		   && verdict->since == record->since && verdict->until == record->until
		   && verdict->strikes == record->strikes;
}

/* What this node knows of the evidence behind another's bench: the same cells,
 * as far as they have come. */
static struct rep_assessed evidence_on(const rep_pool_t *pool,
		const rep_number_t *number, uint8_t route, rep_time_t now)
{
	const rep_assessment_t *a = rep_assess_whole(pool, number, now);

	for(unsigned r = 0; route && r < a->n_routes; r++)
		if(a->routes[r].route == route)
			return a->routes[r];
	return a->sum;
}

static void adopt(rep_pool_t *pool, uint32_t i, uint8_t route,
		rep_verdict_t *verdict, const rep_record_t *record, rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);
	rep_time_t started = atomic_load(&pool->registry->started);
	bool was = verdict->state == REP_BENCHED;
	bool is = record->state == REP_BENCHED;
	bool missed = record->turn > verdict->turn + 1; /* turns */
	/* what happened before this proxy was there is no news */
	bool news = was != is && started && record->since >= started;
	struct rep_assessed on = {0};

	if(route == 0 && record->reset > verdict->reset)
		rep_verdict_forget(pool, i);
	if(was != is)
		on = evidence_on(pool, number, route, now);
	if(is && !was && (int)record->reason < REP_CHARTS) {
		rep_run_weigh(pool, i, route, on.run[record->reason], 0);
		rep_past_add(pool, number, &on.turn, now);
	}
	on.judged.score = record->score;
	if((int)record->reason < REP_CHARTS)
		on.judged.chart = (rep_chart_t)record->reason;
	if(route == 0 && record->turn != verdict->turn)
		number->trial = 0;
	rep_verdict_set(pool, number, verdict, record->state);
	verdict->turn = record->turn;
	verdict->reset = record->reset;
	verdict->reason = record->reason;
	verdict->since = record->since;
	verdict->until = record->until;
	verdict->struck = (uint32_t)(record->struck / REP_MS);
	verdict->strikes = record->strikes < UINT16_MAX ? (uint16_t)record->strikes
													: UINT16_MAX;
	verdict->score = record->score;
	if(missed)
		rep_turns_weigh(pool, i);
	if(news)
		rep_verdict_announce(pool, number, route,
				is ? REP_EVENT_BENCHED : REP_EVENT_RELEASED, &on.judged,
				is ? &on.counts : NULL, is ? &on.pool : NULL, NULL, true, now);
	rep_verdict_moved(pool, i, verdict, now);
	verdict->flags &= ~REP_VERDICT_DIRTY;
	rep_verdict_follow_clock(pool, i, verdict, now);
}

int rep_pool_adopt(rep_registry_t *registry, int id, const rep_record_t *record,
		bool authority, rep_time_t now)
{
	uint32_t i;
	rep_pool_t *pool = rep_number_lock(registry, id, record->number, &i);
	rep_verdict_t *verdict;
	uint32_t route;
	int result = 0;

	if(!pool)
		return -1;
	route = rep_route_put(pool, rep_span(record->route));
	verdict = rep_verdict_put(pool, rep_number_at(pool, i), (uint8_t)route);
	if(!verdict || (route == 0 && record->route[0]))
		result = -1;
	else if(record->turn > verdict->turn
			|| (record->turn == verdict->turn && authority
					&& !same(verdict, record)))
		result = 1;
	if(result == 1)
		adopt(pool, i, (uint8_t)route, verdict, record, now);
	rep_pool_unlock(pool);
	return result;
}
