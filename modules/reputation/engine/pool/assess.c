/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The charts screen; what they make suspect is held against the urn. */

#include "assess.h"

#include "past.h"
#include "reading.h"
#include "../judge/cusum.h"

/* From this share of its threshold on what a chart says is held against the
 * urn. */
#define SUSPECT 0.5f
/* Runs that say less than this share of the chart's best are not looked at. */
#define WORTH 0.5f

/* The number as a whole, or one route that it has evidence on. */
typedef struct course
{
	rep_cusum_t cusum;
	/* while the urn is asked: the run up to now, what its charts say, the calls
	 * that its yardstick rests on, and its cells */
	rep_tally_t run;
	vec_t sum, best;
	rep_known_t known;
	uint32_t cells;
} course_t;

/* 190 KB: not on a stack that may be a SIP worker's. */
static _Thread_local struct
{
	rep_assessment_t result;
	course_t sum, routes[REP_ROUTES_MAX];
	/* of the cells, once they are added up: what was seen and expected, and the
	 * calls that the latter rests on */
	rep_tally_t tally[REP_READ_CELLS];
	float known[REP_READ_CELLS];
} work;

/* ---- the charts --------------------------------------------------------- */

static void begin(const rep_reading_t *reading)
{
	rep_assessment_t *a = &work.result;

	memset(&a->sum, 0, sizeof(a->sum));
	memset(&work.sum, 0, sizeof(work.sum));
	a->reading = reading;
	a->n_routes = reading->n_routes;
	for(unsigned r = 0; r < reading->n_routes; r++) {
		const rep_read_route_t *route = &reading->routes[r];

		memset(&a->routes[r], 0, sizeof(a->routes[r]));
		memset(&work.routes[r], 0, sizeof(work.routes[r]));
		a->routes[r].route = route->route;
		a->routes[r].counts = route->counts;
		a->routes[r].window = route->window;
		rep_counts_add(&a->sum.counts, &route->counts);
		rep_counts_add(&a->sum.window, &route->window);
	}
}

static void settle(const course_t *course, const rep_baseline_t *baseline,
		struct rep_assessed *a)
{
	memcpy(a->judged.s, course->cusum.s, sizeof(a->judged.s));
	memcpy(a->judged.threshold, baseline->threshold,
			sizeof(a->judged.threshold));
	memcpy(a->run, course->cusum.run, sizeof(a->run));
	a->judged.calls = (uint32_t)smaller(course->cusum.calls, 4e9f);
	rep_judged_settle(&a->judged);
}

/* Without, what is said of a number on its one route is what is said of it as a
 * whole. */
static bool has_routes(const rep_pool_t *pool)
{
	return pool->n_routes > 1;
}

static void run_charts(const rep_pool_t *pool, const rep_reading_t *reading)
{
	rep_assessment_t *a = &work.result;

	for(unsigned k = 0; k < reading->n_cells; k++) {
		const rep_read_cell_t *cell = &reading->cells[k];

		if(!cell->turn)
			continue;
		if(has_routes(pool))
			rep_cusum_add(
					&work.routes[cell->route].cusum, cell->says, cell->calls);
		if(reading->routes[cell->route].in_sum)
			rep_cusum_add(&work.sum.cusum, cell->says, cell->calls);
	}
	for(unsigned r = 0; has_routes(pool) && r < a->n_routes; r++)
		settle(&work.routes[r], &pool->routes[a->routes[r].route]->baseline,
				&a->routes[r]);
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

static void add_turn(
		struct rep_assessed *a, const rep_tally_t *tally, float known)
{
	rep_tally_add(&a->turn, tally, 1);
	a->known.buckets += known;
}

/* The pool's calls in the buckets of this turn. */
static void add_up_pool(const rep_reading_t *reading)
{
	rep_assessment_t *a = &work.result;
	const rep_row_t *row = NULL;

	for(unsigned k = 0; k < reading->n_cells; k++) {
		const rep_read_cell_t *cell = &reading->cells[k];

		if(cell->turn && cell->row && cell->row != row) {
			rep_counts_add(&a->routes[cell->route].pool, &cell->row->counts);
			rep_counts_add(&a->sum.pool, &cell->row->counts);
			row = cell->row;
		}
	}
}

/* This turn, and what was before it. A number in good standing was, to all
 * appearance, benched before for its own healthy mix, or has recovered. */
static void add_up(const rep_pool_t *pool, const rep_number_t *number,
		const rep_reading_t *reading, rep_time_t now)
{
	rep_assessment_t *a = &work.result;

	add_up_pool(reading);
	for(unsigned k = 0; k < reading->n_cells; k++) {
		const rep_read_cell_t *cell = &reading->cells[k];
		struct rep_assessed *on = &a->routes[cell->route];
		rep_tally_t *tally = &work.tally[k];

		*tally = rep_read_tally(pool, cell, &work.known[k]);
		if(cell->turn) {
			add_turn(on, tally, work.known[k]);
			if(reading->routes[cell->route].in_sum)
				add_turn(&a->sum, tally, work.known[k]);
		} else {
			rep_tally_add(&on->earlier, tally, cell->weight);
			rep_tally_add(&a->sum.earlier, tally, cell->weight);
		}
	}
	a->sum.known.window = reading->others;
	for(unsigned r = 0; r < a->n_routes; r++)
		a->routes[r].known.window = reading->others;
	if(number->verdict.state != REP_ACTIVE)
		return;
	rep_past_get(pool, number, now, &a->sum.earlier);
	for(unsigned r = 0; r < a->n_routes; r++)
		rep_past_get(pool, number, now, &a->routes[r].earlier);
}

/* Cell `k` more in the run: does the urn think more of it than of any before? */
static void ask_urn(const rep_pool_t *pool, course_t *course,
		struct rep_assessed *a, unsigned k)
{
	rep_tally_t past;
	bool worth = false;
	vec_t l;

	rep_tally_add(&course->run, &work.tally[k], 1);
	course->sum += work.result.reading->cells[k].says;
	course->known.buckets += work.known[k];
	course->known.window = a->known.window;
	course->cells++;
	for(int j = 0; j < REP_CHARTS; j++)
		worth = worth
				|| (course->sum[j] > 0
						&& course->sum[j] >= WORTH * course->cusum.s[j]);
	if(!worth)
		return;
	/* what it did on other routes is its past, too */
	past = rep_tally_without(&work.result.sum.turn, &course->run);
	rep_tally_add(&past, &work.result.sum.earlier, 1);
	l = rep_urn_ratio(
			&pool->charts, &pool->spread, &course->run, &past, &course->known);
	for(int j = 0; j < REP_CHARTS; j++)
		if(l[j] > course->best[j]) {
			course->best[j] = l[j];
			a->run[j] = course->cells;
		}
}

/* What the urn says in place of what the charts do. */
static void take_urn(const course_t *course, struct rep_assessed *a)
{
	if(!suspect(a))
		return;
	memcpy(a->judged.s, &course->best, sizeof(a->judged.s));
	rep_judged_settle(&a->judged);
}

static void run_urn(const rep_pool_t *pool, const rep_reading_t *reading)
{
	rep_assessment_t *a = &work.result;

	for(unsigned k = 0; k < reading->n_cells; k++) {
		const rep_read_cell_t *cell = &reading->cells[k];
		struct rep_assessed *on = &a->routes[cell->route];

		if(!cell->turn)
			continue;
		if(has_routes(pool) && suspect(on))
			ask_urn(pool, &work.routes[cell->route], on, k);
		if(suspect(&a->sum) && reading->routes[cell->route].in_sum)
			ask_urn(pool, &work.sum, &a->sum, k);
	}
	for(unsigned r = 0; r < a->n_routes; r++)
		take_urn(&work.routes[r], &a->routes[r]);
	take_urn(&work.sum, &a->sum);
}

static const rep_assessment_t *assess(const rep_pool_t *pool,
		const rep_number_t *number, bool whole, rep_time_t now)
{
	const rep_reading_t *reading = rep_read(pool, number, now);
	rep_assessment_t *a = &work.result;

	begin(reading);
	run_charts(pool, reading);
	a->suspect = suspect(&a->sum);
	for(unsigned r = 0; r < a->n_routes; r++)
		a->suspect = a->suspect || suspect(&a->routes[r]);
	a->on_trial = on_probation(pool, number);
	if(a->suspect || whole || a->on_trial)
		add_up(pool, number, reading, now);
	if(a->suspect)
		run_urn(pool, reading);
	if(!has_routes(pool))
		a->routes[0] = a->sum;
	return a;
}

const rep_assessment_t *rep_assess(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	return assess(pool, number, false, now);
}

const rep_assessment_t *rep_assess_whole(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	return assess(pool, number, true, now);
}
