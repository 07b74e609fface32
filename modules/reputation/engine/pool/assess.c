/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings a number's cells before the judge, newest first. The charts screen;
 * what they make suspect is held against the urn. */

#include "assess.h"

#include "cells.h"
#include "past.h"
#include "rows.h"
#include "stamp.h"
#include "standing.h"
#include "strata.h"
#include "../judge/bucket.h"
#include "../judge/cusum.h"
#include "../judge/mix.h"
#include "../judge/urn.h"
#include "../judge/yardstick.h"

/* From this share of its threshold on what a chart says is held against the
 * urn. */
#define SUSPECT 0.5f
/* Runs that say less than this share of the chart's best are not looked at. */
#define WORTH 0.5f

/* How many calls a yardstick rests on besides those of its buckets. */
#define KNOWN_LEAST 16
#define KNOWN_MOST 500

/* One stratum in which the number has evidence. */
typedef struct on_stratum
{
	bool there;
	uint8_t route;	 /* place among the routes assessed */
	uint32_t bucket; /* that was looked at last; its row, if any, and the */
	const rep_row_t *row; /* number\'s own calls in it */
	shares_t in_row;
	shares_t own; /* the number's part of the window, as it weighs */
	rep_yardstick_t yardstick;
} on_stratum_t;

/* The number as a whole, or one route that it has evidence on. */
typedef struct on_route
{
	rep_stamp_t stamp; /* of this turn */
	bool in_sum;
	shares_t own;
	rep_cusum_t cusum;
	/* while the urn is asked: the run up to now, what its charts say, the calls
	 * that its yardstick rests on, and its cells */
	rep_tally_t run;
	vec_t sum, best;
	float known;
	uint32_t cells;
} on_route_t;

/* 180 KB: not on a stack that may be a SIP worker's. */
static _Thread_local struct work
{
	rep_assessment_t result;
	unsigned n_strata;
	uint16_t strata[REP_STRATA_MAX]; /* those that are there */
	on_stratum_t on[REP_STRATA_MAX];
	float known; /* calls of others in the window, as far as they count */
	uint32_t bucket, newest; /* that is looked at, and its newest cell */
	on_route_t sum, routes[REP_ROUTES_MAX];
} work;

/* ---- what there is ------------------------------------------------------ */

/* A route that has a verdict of its own speaks for itself: what it benched
 * the number for there is not held against it everywhere. */
static bool in_sum(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	const rep_verdict_t *on =
			route ? rep_verdict_of(pool, number, route) : NULL;

	return !on || on->state == REP_ACTIVE;
}

static uint8_t route_put(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	rep_assessment_t *a = &work.result;
	unsigned r = 0;

	while(r < a->n_routes && a->routes[r].route != route)
		r++;
	if(r == a->n_routes) {
		memset(&a->routes[r], 0, sizeof(a->routes[r]));
		memset(&work.routes[r], 0, sizeof(work.routes[r]));
		a->routes[r].route = route;
		work.routes[r].stamp = rep_stamp_of(pool, number, route);
		work.routes[r].in_sum = in_sum(pool, number, route);
		a->n_routes++;
	}
	return (uint8_t)r;
}

static on_stratum_t *stratum_put(
		const rep_pool_t *pool, const rep_number_t *number, uint16_t s)
{
	on_stratum_t *on = &work.on[s];

	if(!on->there) {
		memset(on, 0, sizeof(*on));
		on->there = true;
		on->route = route_put(pool, number, pool->strata[s]->route);
		work.strata[work.n_strata++] = s;
	}
	return on;
}

static void shares_add(shares_t *sum, const shares_t *v, float times)
{
	for(int i = 0; i < HALVES; i++)
		sum->h[i] += vec_all(times) * v->h[i];
}

/* Sums over the window, by stratum and route. */
static void gather(const rep_pool_t *pool, const rep_number_t *number,
		uint32_t first, uint32_t oldest)
{
	rep_assessment_t *a = &work.result;
	const rep_cell_head_t *cell;

	for(unsigned k = 0; k < work.n_strata; k++)
		work.on[work.strata[k]].there = false;
	work.n_strata = 0;
	work.bucket = 0;
	memset(&work.sum, 0, sizeof(work.sum));
	memset(&a->sum, 0, sizeof(a->sum));
	a->n_routes = 0;
	for(uint32_t ref = first; ref != REP_NONE; ref = cell->next) {
		rep_counts_t counts = {{0}};
		on_stratum_t *on;
		shares_t own;

		cell = rep_cell_at(pool, ref);
		if(cell->bucket < oldest)
			break;
		on = stratum_put(pool, number, cell->stratum);
		rep_cell_add(pool, ref, &counts);
		rep_counts_add(&a->routes[on->route].window, &counts);
		if(pool->strata[cell->stratum]->repeat)
			continue;
		own = counts_of(&counts);
		shares_add(&on->own, &own, (float)cell->weight / REP_WEIGHT);
	}
	for(unsigned r = 0; r < a->n_routes; r++)
		rep_counts_add(&a->sum.window, &a->routes[r].window);
	if(pool->n_routes <= 1)
		route_put(pool, number, 0);
	for(unsigned k = 0; k < work.n_strata; k++) {
		const on_stratum_t *on = &work.on[work.strata[k]];

		shares_add(&work.routes[on->route].own, &on->own, 1);
		shares_add(&work.sum.own, &on->own, 1);
	}
}

/* ---- yardsticks --------------------------------------------------------- */

/* The mix of the others in a window, drawn to `parent`; the parent's where the
 * window holds all that the parent's does. */
static void others_mix(const rep_charts_t *charts, const rep_counts_t *window,
		const shares_t *own, const float parent[REP_JUDGED],
		float mix[REP_OUTCOMES])
{
	shares_t others = weighed_of(window);

	for(int i = 0; i < HALVES; i++)
		others.h[i] = vec_not_negative(others.h[i] - own->h[i]);
	rep_mix_draw(charts, &others, parent, mix);
}

static void make_yardsticks(const rep_pool_t *pool)
{
	const rep_charts_t *charts = &pool->charts;
	float of_pool[REP_OUTCOMES], of_route[REP_OUTCOMES];
	shares_t others;

	others = weighed_of(&pool->weighed);
	work.known =
			smaller(larger(shares_sum(&others) - shares_sum(&work.sum.own), 0)
							+ KNOWN_LEAST,
					KNOWN_MOST);
	others_mix(charts, &pool->weighed, &work.sum.own, charts->prior, of_pool);
	for(unsigned k = 0; k < work.n_strata; k++) {
		const rep_stratum_t *stratum = pool->strata[work.strata[k]];
		const rep_route_t *route = pool->routes[stratum->route];
		on_stratum_t *on = &work.on[work.strata[k]];
		const float *parent = of_pool;

		if(stratum->repeat)
			continue;
		if(pool->n_routes > 1) {
			others_mix(charts, &route->weighed, &work.routes[on->route].own,
					of_pool, of_route);
			parent = of_route;
		}
		others = (shares_t){{{0}}};
		if(pool->campaigns.n > 1 || pool->networks.n > 1) {
			others = weighed_of(&stratum->weighed);
			for(int i = 0; i < HALVES; i++)
				others.h[i] = vec_not_negative(others.h[i] - on->own.h[i]);
		}
		rep_yardstick_make(&on->yardstick, charts, &others, parent);
	}
}

/* ---- the charts --------------------------------------------------------- */

/* The number's own calls in the row of a cell: those of all its pieces and
 * turns, as they weigh. `ref` is the newest cell of the bucket. */
static shares_t own_in_row(
		const rep_pool_t *pool, uint32_t ref, const rep_cell_head_t *first)
{
	const rep_cell_head_t *cell;
	shares_t sum = {{{0}}};

	for(; ref != REP_NONE; ref = cell->next) {
		rep_counts_t counts = {{0}};
		shares_t own;

		cell = rep_cell_at(pool, ref);
		if(cell->bucket != first->bucket)
			break;
		if(cell->stratum != first->stratum)
			continue;
		rep_cell_add(pool, ref, &counts);
		own = counts_of(&counts);
		shares_add(&sum, &own, (float)cell->weight / REP_WEIGHT);
	}
	return sum;
}

/* Cells come newest first: is this one the first of its bucket? */
static void see_bucket(const rep_pool_t *pool, uint32_t ref)
{
	if(work.bucket == rep_cell_at(pool, ref)->bucket)
		return;
	work.bucket = rep_cell_at(pool, ref)->bucket;
	work.newest = ref;
}

/* The calls of a cell, and the row that they stand in: on->row. Cells are to
 * come newest first. */
static rep_seen_t seen_in(const rep_pool_t *pool, uint32_t ref,
		on_stratum_t *on, rep_counts_t *counts)
{
	static const rep_counts_t nothing = {{0}};
	static const rep_sums_t no_sums = {.calls = 0};
	const rep_cell_head_t *cell = rep_cell_at(pool, ref);
	rep_seen_t seen = {.row = &nothing, .sums = &no_sums};

	see_bucket(pool, ref);
	if(on->bucket != cell->bucket) {
		on->bucket = cell->bucket;
		on->row = rep_row_of(pool, cell->stratum, cell->bucket);
		on->in_row = on->row ? own_in_row(pool, work.newest, cell)
							 : (shares_t){{{0}}};
	}
	*counts = (rep_counts_t){{0}};
	rep_cell_add(pool, ref, counts);
	seen.own = counts_of(counts);
	seen.in_row = on->in_row;
	if(on->row) {
		seen.row = &on->row->weighed;
		seen.sums = &on->row->sums;
	}
	return seen;
}

/* What a cell says, by chart. */
static vec_t evidence_of(
		const rep_pool_t *pool, const on_stratum_t *on, const rep_seen_t *seen)
{
	vec_t log_z = rep_yardstick_log_z(&on->yardstick, &pool->charts, seen);

	return rep_evidence_of(&pool->charts, &seen->own)
		   - vec_all(shares_sum(&seen->own)) * log_z;
}

static void chart_cell(const rep_pool_t *pool, uint32_t ref, on_stratum_t *on,
		on_route_t *route, struct rep_assessed *a)
{
	bool fresh = on->bucket != rep_cell_at(pool, ref)->bucket;
	rep_counts_t counts;
	rep_seen_t seen = seen_in(pool, ref, on, &counts);
	float n = shares_sum(&seen.own);
	vec_t x;

	rep_counts_add(&a->counts, &counts);
	if(fresh && on->row)
		rep_counts_add(&a->pool, &on->row->counts);
	if(n <= 0)
		return;
	x = evidence_of(pool, on, &seen);
	rep_cusum_add(&route->cusum, x, n);
	if(route->in_sum)
		rep_cusum_add(&work.sum.cusum, x, n);
}

static void settle(const on_route_t *on, const rep_baseline_t *baseline,
		struct rep_assessed *a)
{
	memcpy(a->judged.s, on->cusum.s, sizeof(a->judged.s));
	memcpy(a->judged.threshold, baseline->threshold,
			sizeof(a->judged.threshold));
	memcpy(a->run, on->cusum.run, sizeof(a->run));
	a->judged.calls = (uint32_t)smaller(on->cusum.calls, 4e9f);
	rep_judged_settle(&a->judged);
}

static const rep_baseline_t *baseline_of(
		const rep_pool_t *pool, const struct rep_assessed *a)
{
	return pool->n_routes > 1 ? &pool->routes[a->route]->baseline
							  : &pool->baseline;
}

static void run_charts(const rep_pool_t *pool, uint32_t first, uint32_t oldest)
{
	rep_assessment_t *a = &work.result;
	const rep_cell_head_t *cell;

	for(uint32_t ref = first; ref != REP_NONE; ref = cell->next) {
		on_stratum_t *on;

		cell = rep_cell_at(pool, ref);
		if(cell->bucket < oldest)
			break;
		see_bucket(pool, ref);
		on = &work.on[cell->stratum];
		if(!pool->strata[cell->stratum]->repeat
				&& cell->stamp == work.routes[on->route].stamp)
			chart_cell(pool, ref, on, &work.routes[on->route],
					&a->routes[on->route]);
	}
	for(unsigned r = 0; r < a->n_routes; r++) {
		rep_counts_add(&a->sum.counts, &a->routes[r].counts);
		rep_counts_add(&a->sum.pool, &a->routes[r].pool);
		settle(&work.routes[r], baseline_of(pool, &a->routes[r]),
				&a->routes[r]);
	}
	settle(&work.sum, &pool->baseline, &a->sum);
}

/* ---- the urn ------------------------------------------------------------ */

static bool suspect(const struct rep_assessed *a)
{
	return a->judged.score >= SUSPECT;
}

static bool on_probation(const rep_pool_t *pool, const rep_number_t *number)
{
	const rep_routed_t *routed;

	if(number->verdict.state == REP_PROBATION)
		return true;
	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		if(routed->verdict.state == REP_PROBATION)
			return true;
	}
	return false;
}

/* What was seen and expected in a cell, of how many calls of others. */
static rep_tally_t tally_of(const rep_pool_t *pool, const on_stratum_t *on,
		const rep_seen_t *seen, float *known)
{
	rep_tally_t tally = {.seen = seen->own};
	float mix[REP_JUDGED];

	*known = rep_yardstick_expect(&on->yardstick, &pool->charts, seen, mix);
	tally.expected = shares_load(mix);
	for(int i = 0; i < HALVES; i++)
		tally.expected.h[i] *= vec_all(shares_sum(&seen->own));
	return tally;
}

rep_tally_t rep_assess_cell(const rep_pool_t *pool, uint32_t ref)
{
	on_stratum_t *on = &work.on[rep_cell_at(pool, ref)->stratum];
	rep_counts_t counts;
	rep_seen_t seen = seen_in(pool, ref, on, &counts);
	float known;

	return tally_of(pool, on, &seen, &known);
}

/* A number in good standing was, to all appearance, benched before for its own
 * healthy mix, or has recovered. */
static void recall(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	rep_assessment_t *a = &work.result;

	rep_past_get(pool, number, now, &a->sum.earlier);
	for(unsigned r = 0; r < a->n_routes; r++)
		rep_past_get(pool, number, now, &a->routes[r].earlier);
}

/* This turn, and what was before it. */
static void add_up(const rep_pool_t *pool, const rep_number_t *number,
		uint32_t first, uint32_t oldest, rep_time_t now)
{
	rep_assessment_t *a = &work.result;
	const rep_cell_head_t *cell;

	for(uint32_t ref = first; ref != REP_NONE; ref = cell->next) {
		rep_counts_t counts;
		rep_tally_t tally;
		rep_seen_t seen;
		float known;
		unsigned r;

		cell = rep_cell_at(pool, ref);
		if(cell->bucket < oldest)
			break;
		see_bucket(pool, ref);
		if(pool->strata[cell->stratum]->repeat)
			continue;
		r = work.on[cell->stratum].route;
		seen = seen_in(pool, ref, &work.on[cell->stratum], &counts);
		tally = tally_of(pool, &work.on[cell->stratum], &seen, &known);
		if(cell->stamp != work.routes[r].stamp) {
			float weight = (float)cell->weight / REP_WEIGHT;

			rep_tally_add(&a->routes[r].earlier, &tally, weight);
			rep_tally_add(&a->sum.earlier, &tally, weight);
			continue;
		}
		rep_tally_add(&a->routes[r].turn, &tally, 1);
		a->routes[r].known += known;
		if(work.routes[r].in_sum) {
			rep_tally_add(&a->sum.turn, &tally, 1);
			a->sum.known += known;
		}
	}
	a->sum.known += work.known;
	for(unsigned r = 0; r < a->n_routes; r++)
		a->routes[r].known += work.known;
	if(number->verdict.state == REP_ACTIVE)
		recall(pool, number, now);
}

/* A cell more in the run: does the urn think more of it than of any before? */
static void ask_urn(const rep_pool_t *pool, on_route_t *on,
		struct rep_assessed *a, const rep_tally_t *cell, vec_t x, float known)
{
	rep_tally_t past;
	bool worth = false;
	vec_t l;

	rep_tally_add(&on->run, cell, 1);
	on->sum += x;
	on->known += known;
	on->cells++;
	for(int j = 0; j < REP_CHARTS; j++)
		worth = worth
				|| (on->sum[j] > 0 && on->sum[j] >= WORTH * on->cusum.s[j]);
	if(!worth)
		return;
	past = rep_tally_without(&a->turn, &on->run);
	rep_tally_add(&past, &a->earlier, 1);
	l = rep_urn_ratio(&pool->charts, &pool->spread, &on->run, &past,
			on->known + work.known);
	for(int j = 0; j < REP_CHARTS; j++)
		if(l[j] > on->best[j]) {
			on->best[j] = l[j];
			a->run[j] = on->cells;
		}
}

/* What the urn says in place of what the charts do. */
static void take_urn(const on_route_t *on, struct rep_assessed *a)
{
	if(!suspect(a))
		return;
	memcpy(a->judged.s, &on->best, sizeof(a->judged.s));
	rep_judged_settle(&a->judged);
}

static void run_urn(const rep_pool_t *pool, uint32_t first, uint32_t oldest)
{
	rep_assessment_t *a = &work.result;
	bool sum = suspect(&a->sum);
	const rep_cell_head_t *cell;

	for(uint32_t ref = first; ref != REP_NONE; ref = cell->next) {
		on_stratum_t *on;
		rep_counts_t counts;
		rep_tally_t tally;
		rep_seen_t seen;
		float known;
		vec_t x;

		cell = rep_cell_at(pool, ref);
		if(cell->bucket < oldest)
			break;
		see_bucket(pool, ref);
		on = &work.on[cell->stratum];
		if(pool->strata[cell->stratum]->repeat
				|| cell->stamp != work.routes[on->route].stamp)
			continue;
		seen = seen_in(pool, ref, on, &counts);
		if(shares_sum(&seen.own) <= 0)
			continue;
		tally = tally_of(pool, on, &seen, &known);
		x = evidence_of(pool, on, &seen);
		if(suspect(&a->routes[on->route]))
			ask_urn(pool, &work.routes[on->route], &a->routes[on->route],
					&tally, x, known);
		if(sum && work.routes[on->route].in_sum)
			ask_urn(pool, &work.sum, &a->sum, &tally, x, known);
	}
	for(unsigned r = 0; r < a->n_routes; r++)
		take_urn(&work.routes[r], &a->routes[r]);
	take_urn(&work.sum, &a->sum);
}

/* Past what a clock that was ahead has left. */
static uint32_t newest_that_counts(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	uint32_t newest = rep_bucket_newest(&pool->policy, now);
	uint32_t ref = number->cells;

	while(ref != REP_NONE && rep_cell_at(pool, ref)->bucket > newest)
		ref = rep_cell_at(pool, ref)->next;
	return ref;
}

const rep_assessment_t *rep_assess(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	uint32_t oldest = rep_bucket_oldest(&pool->policy, now);
	uint32_t first = newest_that_counts(pool, number, now);
	rep_assessment_t *a = &work.result;
	bool ask;

	gather(pool, number, first, oldest);
	make_yardsticks(pool);
	run_charts(pool, first, oldest);
	ask = suspect(&a->sum);
	for(unsigned r = 0; r < a->n_routes; r++)
		ask = ask || suspect(&a->routes[r]);
	if(ask || on_probation(pool, number))
		add_up(pool, number, first, oldest, now);
	if(ask)
		run_urn(pool, first, oldest);
	return a;
}
