/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number's moves between its states. */

#include "verdict.h"

#include <math.h>
#include <stdio.h>

#include "blocks.h"
#include "confined.h"
#include "dirty.h"
#include "evidence.h"
#include "past.h"
#include "queue.h"
#include "screen.h"
#include "slot.h"
#include "standing.h"
#include "refusals.h"
#include "usable.h"
#include "weigh.h"
#include "../judge/block.h"
#include "../judge/bucket.h"
#include "../judge/trial.h"

void rep_verdict_announce(rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_event_kind_t kind, const rep_judged_t *judged,
		const rep_counts_t *counts, const rep_counts_t *pool_counts,
		const char *detail, bool adopted, rep_time_t now)
{
	const rep_verdict_t *verdict = rep_verdict_of(pool, number, route);
	rep_event_t event = {
			.kind = kind,
			.adopted = adopted,
			.observed = rep_observed(pool),
			.pool = pool->id,
			.number = number->e164,
			.at = now,
			.turn = verdict->turn,
			.state = verdict->state,
			.reason = verdict->reason,
			.outcome = REP_OUTCOMES,
			.since = verdict->since,
			.until = verdict->until,
			.strikes = verdict->strikes,
	};

	memcpy(event.route, pool->routes[route]->label, sizeof(event.route));
	memcpy(event.mix, pool->baseline.mix, sizeof(event.mix));
	if(judged)
		event.judged = *judged;
	if(counts)
		event.counts = *counts;
	if(pool_counts)
		event.pool_counts = *pool_counts;
	if(kind == REP_EVENT_BENCHED && (int)verdict->reason < REP_CHARTS)
		rep_block_describe(pool, number, (rep_chart_t)verdict->reason,
				event.detail, sizeof(event.detail));
	if(detail && !event.detail[0])
		snprintf(event.detail, sizeof(event.detail), "%s", detail);
	rep_event_announce(&pool->registry->events, &event);
}

void rep_verdict_moved(
		rep_pool_t *pool, uint32_t i, rep_verdict_t *verdict, rep_time_t now)
{
	verdict->flags |= REP_VERDICT_DIRTY;
	rep_screen_drop(pool, rep_number_at(pool, i));
	rep_number_mark(pool, i, REP_DIRTY_RECORD);
	rep_number_wake(pool, i, now);
	rep_pool_check_stop(pool, now);
}

/* Of what a number's calls say as a whole, when they say it on one route. */
#define NEARLY_ALL 0.9f

/* Spread over a day's returns, yet the same on every node: from the number
 * and the turn. In -1 .. 1. */
static double jitter(rep_e164_t e164, uint32_t turn)
{
	uint64_t x = e164 * UINT64_C(0x9E3779B97F4A7C15) + turn;

	x ^= x >> 31;
	x *= UINT64_C(0xBF58476D1CE4E5B9);
	x ^= x >> 29;
	return (double)(x >> 11) / (double)(UINT64_C(1) << 52) - 1;
}

static rep_time_t rest_of(const rep_pool_t *pool, const rep_number_t *number,
		uint32_t strikes, uint32_t turn)
{
	const rep_policy_t *policy = &pool->policy;
	double s = policy->rest_seconds
			   * pow(policy->rest_factor, strikes ? strikes - 1 : 0);

	if(s > policy->rest_max)
		s = policy->rest_max;
	s *= 1 + policy->rest_jitter * jitter(number->e164, turn);
	return (rep_time_t)(s * REP_MS);
}

void rep_verdict_bench(rep_pool_t *pool, uint32_t i, uint8_t route,
		rep_reason_t reason, rep_time_t rest, const struct rep_assessed *on,
		const char *confined, rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);
	rep_verdict_t *verdict = rep_verdict_put(pool, number, route);
	bool failed;

	if(!verdict)
		return;
	failed = verdict->state == REP_PROBATION && (int)reason < REP_CHARTS;
	verdict->strikes = (uint16_t)rep_verdict_strikes(pool, verdict, now);
	if((int)reason < REP_CHARTS && !failed && verdict->strikes < UINT16_MAX)
		verdict->strikes++;
	rep_verdict_set(pool, number, verdict, REP_BENCHED);
	verdict->turn++;
	verdict->reason = reason;
	verdict->since = now;
	if(!rest)
		rest = rest_of(pool, number, verdict->strikes + failed, verdict->turn);
	/* a whole second: what is shown is when it ends */
	verdict->until = (now + rest + REP_MS - 1) / REP_MS * REP_MS;
	verdict->struck = (uint32_t)(now / REP_MS);
	verdict->score = on ? on->judged.score : 0;
	number->trial = 0;
	rep_verdict_announce(pool, number, route, REP_EVENT_BENCHED,
			on ? &on->judged : NULL, on ? &on->counts : NULL,
			on ? &on->pool : NULL, confined, false, now);
	rep_verdict_moved(pool, i, verdict, now);
}

void rep_verdict_restore(rep_pool_t *pool, uint32_t i, uint8_t route,
		rep_state_t state, rep_time_t since, const struct rep_assessed *on,
		rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);
	rep_verdict_t *verdict = rep_verdict_of(pool, number, route);
	bool announced = verdict->state == REP_BENCHED;

	rep_verdict_set(pool, number, verdict, state);
	verdict->turn++;
	verdict->since = since;
	verdict->until = 0;
	verdict->score = 0;
	verdict->struck = (uint32_t)(since / REP_MS);
	if(state == REP_ACTIVE)
		verdict->reason = REP_REASON_NONE;
	number->trial = 0;
	if(announced)
		rep_verdict_announce(pool, number, route, REP_EVENT_RELEASED,
				on ? &on->judged : NULL, NULL, NULL, NULL, false, now);
	rep_verdict_moved(pool, i, verdict, now);
}

static void due_on(rep_pool_t *pool, uint32_t i, uint8_t route, rep_time_t now)
{
	const rep_verdict_t *verdict =
			rep_verdict_of(pool, rep_number_at(pool, i), route);

	if(verdict->state == REP_BENCHED && verdict->until <= now)
		rep_verdict_restore(pool, i, route,
				pool->policy.probation_calls ? REP_PROBATION : REP_ACTIVE,
				verdict->until, NULL, now);
}

void rep_verdict_due(rep_pool_t *pool, uint32_t i, rep_time_t now)
{
	const rep_number_t *number = rep_number_at(pool, i);
	const rep_routed_t *routed;

	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		due_on(pool, i, routed->route, now);
	}
	due_on(pool, i, 0, now);
}

/* ---- judging --------------------------------------------------------- */

/* Bench on the evidence of a chart. Its run leaves the yardstick. */
static void condemn(rep_pool_t *pool, uint32_t i, uint8_t route,
		rep_chart_t chart, const struct rep_assessed *on, rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);
	char confined[REP_EVENT_DETAIL];

	rep_confined(pool, number, on, route == 0, chart, now, confined);
	rep_run_weigh(pool, i, route, on->run[chart], 0);
	number->doubt = 0;
	rep_past_add(pool, number, &on->turn, now);
	rep_verdict_bench(
			pool, i, route, (rep_reason_t)chart, 0, on, confined, now);
}

static bool on_trial(rep_pool_t *pool, uint32_t i, uint8_t route,
		const struct rep_assessed *on, rep_time_t now)
{
	const rep_verdict_t *verdict =
			rep_verdict_of(pool, rep_number_at(pool, i), route);
	struct rep_assessed evidence = *on;
	rep_chart_t chart = REP_CHART_BLOCKED;

	if(!verdict || verdict->state != REP_PROBATION)
		return false;
	switch(rep_judge_trial(&pool->charts, &pool->spread, &on->turn,
			&on->earlier, &on->known, &chart, &evidence.judged.score)) {
		case REP_TRIAL_FAILED:
			evidence.judged.chart = chart;
			evidence.run[chart] = UINT32_MAX;
			condemn(pool, i, route, chart, &evidence, now);
			break;
		case REP_TRIAL_PASSED:
			rep_verdict_restore(
					pool, i, route, REP_ACTIVE, now, &evidence, now);
			break;
		case REP_TRIAL_GOES_ON:
			break;
	}
	return true;
}

/* The chart that benches: it crossed, and no pool-wide cause explains it.
 * REP_CHARTS = none. On the charts `in_block` (bits) a block of the number's is
 * bad while the rest of the pool is not: less is enough, and no cause that the
 * pool shares explains it. */
static rep_chart_t crossed_by(const rep_pool_t *pool,
		const rep_judged_t *judged, uint8_t in_block, rep_time_t now)
{
	rep_chart_t best = REP_CHARTS;
	float most = 0;

	for(int c = 0; (judged->crossed || in_block) && c < REP_CHARTS; c++) {
		bool with_block = (in_block >> c & 1) != 0;
		float threshold = with_block ? rep_block_threshold(judged->threshold[c])
									 : judged->threshold[c];
		float score = threshold > 0 ? judged->s[c] / threshold : 0;
		if(score >= 1 && score > most
				&& (with_block || pool->held_until[c] <= now)) {
			best = (rep_chart_t)c;
			most = score;
		}
	}
	return best;
}

/* Routes on which the number is benched by its evidence, or would be by this;
 * the newest of the latter, with its chart. */
static unsigned bad_routes(const rep_pool_t *pool, const rep_number_t *number,
		const rep_assessment_t *a, rep_time_t now,
		const struct rep_assessed **newest, rep_chart_t *chart)
{
	const rep_routed_t *routed;
	unsigned n = 0;

	*newest = NULL;
	for(unsigned r = 0; r < a->n_routes; r++) {
		const struct rep_assessed *on = &a->routes[r];
		const rep_verdict_t *verdict = rep_verdict_of(pool, number, on->route);
		rep_chart_t by = crossed_by(pool, &on->judged, 0, now);
		if(by == REP_CHARTS || on->route == 0
				|| (verdict && verdict->state != REP_ACTIVE))
			continue;
		*newest = on;
		*chart = by;
		n++;
	}
	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		n += routed->verdict.state == REP_BENCHED
			 && (int)routed->verdict.reason < REP_CHARTS;
	}
	return n;
}

/* The route that all of this evidence comes from; NULL: from several, or from
 * calls without a route. */
static const struct rep_assessed *sole_route(const rep_pool_t *pool,
		const rep_number_t *number, const rep_assessment_t *a,
		rep_chart_t chart)
{
	for(unsigned r = 0; r < a->n_routes; r++) {
		const struct rep_assessed *on = &a->routes[r];
		const rep_verdict_t *verdict = rep_verdict_of(pool, number, on->route);
		if(on->route && (!verdict || verdict->state == REP_ACTIVE)
				&& on->judged.s[chart] >= NEARLY_ALL * a->sum.judged.s[chart])
			return on;
	}
	return NULL;
}

static void judge_active(
		rep_pool_t *pool, uint32_t i, const rep_assessment_t *a, rep_time_t now)
{
	const rep_number_t *number = rep_number_at(pool, i);
	const struct rep_assessed *on;
	struct rep_assessed sum = a->sum;
	rep_chart_t chart = REP_CHARTS,
				in_sum = crossed_by(pool, &a->sum.judged,
						rep_block_charts(pool, number), now);
	unsigned bad = bad_routes(pool, number, a, now, &on, &chart);

	if(on && bad == 1) {
		condemn(pool, i, on->route, chart, on, now);
	} else if(on) {
		/* on two routes: it is the number, by the newest evidence */
		sum.judged = on->judged;
		condemn(pool, i, 0, chart, &sum, now);
	} else if(in_sum != REP_CHARTS) {
		on = sole_route(pool, number, a, in_sum);
		condemn(pool, i, on ? on->route : 0, in_sum, on ? on : &sum, now);
	} else {
		for(unsigned r = 0; r < a->n_routes; r++)
			on_trial(pool, i, a->routes[r].route, &a->routes[r], now);
	}
}

/* A number that is half-way to a bench hardly bends the yardstick. */
static void doubt(rep_pool_t *pool, uint32_t i, const rep_judged_t *judged,
		const uint32_t run[REP_CHARTS])
{
	rep_number_t *number = rep_number_at(pool, i);
	uint8_t before = REP_WEIGHT - number->doubt, weight;
	unsigned most = 0;

	for(unsigned j = 1; j < REP_CHARTS; j++)
		if(judged->s[j] > judged->s[most])
			most = j;
	weight = rep_suspect_weight(judged->s[most], before);
	if(weight == before && (!number->doubt || run[most] == number->doubted))
		return;
	number->doubt = REP_WEIGHT - weight;
	number->doubted = run[most];
	rep_run_weigh(pool, i, 0, run[most], weight);
}

static void take_in(rep_pool_t *pool, uint32_t i, const rep_judged_t *judged,
		const uint32_t run[REP_CHARTS], uint32_t calls)
{
	rep_number_t *number = rep_number_at(pool, i);

	number->trial = calls;
	number->verdict.score = judged->score;
	number->chart = judged->chart;
	number->s = judged->s[judged->chart];
	doubt(pool, i, judged, run);
}

void rep_verdict_judge(rep_pool_t *pool, uint32_t i, rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);
	uint32_t run[REP_CHARTS], calls;
	const rep_assessment_t *a;
	rep_judged_t judged;

	if(number->status != REP_ACTIVE || number->verdict.state == REP_BENCHED)
		return;
	if(rep_screen(pool, number, now, &judged, run, &calls)) {
		take_in(pool, i, &judged, run, calls);
		return;
	}
	a = rep_assess(pool, number, now);
	rep_screen_keep(pool, number, a, now);
	take_in(pool, i, &a->sum.judged, a->sum.run,
			rep_counts_judged(&a->sum.counts));
	if(number->verdict.state == REP_ACTIVE)
		judge_active(pool, i, a, now);
	else
		on_trial(pool, i, 0, &a->sum, now);
}

void rep_verdict_forget(rep_pool_t *pool, uint32_t i)
{
	rep_number_t *number = rep_number_at(pool, i);

	rep_evidence_forget(pool, number);
	rep_past_forget(pool, number);
	number->trial = 0;
	number->verdict.score = 0;
}
