/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a number's evidence. */

#include "reading.h"

#include "cells.h"
#include "rows.h"
#include "stamp.h"
#include "standing.h"
#include "strata.h"
#include "../judge/bucket.h"
#include "../judge/cusum.h"
#include "../judge/mix.h"

/* One stratum in which the number has evidence. */
typedef struct on_stratum
{
	bool there;
	uint8_t route; /* place among the routes */
	shares_t own;  /* the number's part of the window, as it weighs */
	rep_yardstick_t yardstick;
} on_stratum_t;

/* 400 KB: not on a stack that may be a SIP worker's. Only what is used of it
 * takes memory. */
static _Thread_local struct
{
	rep_reading_t reading;
	shares_t own;
	unsigned n_strata;
	uint16_t strata[REP_STRATA_MAX]; /* those that are there */
	on_stratum_t on[REP_STRATA_MAX];
} work;

/* ---- cells -------------------------------------------------------------- */

static uint8_t route_put(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	rep_reading_t *reading = &work.reading;
	const rep_verdict_t *on;
	unsigned r = 0;

	while(r < reading->n_routes && reading->routes[r].route != route)
		r++;
	if(r == reading->n_routes) {
		on = route ? rep_verdict_of(pool, number, route) : NULL;
		reading->routes[r] = (rep_read_route_t){.route = route,
				.stamp = rep_stamp_of(pool, number, route),
				.in_sum = !on || on->state == REP_ACTIVE};
		reading->n_routes++;
	}
	return (uint8_t)r;
}

static on_stratum_t *stratum_put(
		const rep_pool_t *pool, const rep_number_t *number, uint16_t s)
{
	on_stratum_t *on = &work.on[s];

	if(!on->there) {
		*on = (on_stratum_t){.there = true,
				.route = route_put(pool, number, pool->strata[s]->route)};
		work.strata[work.n_strata++] = s;
	}
	return on;
}

static void shares_add(shares_t *sum, const shares_t *v, float times)
{
	for(int i = 0; i < HALVES; i++)
		sum->h[i] += vec_all(times) * v->h[i];
}

static void read_cell(
		const rep_pool_t *pool, const rep_number_t *number, uint32_t ref)
{
	const rep_cell_head_t *head = rep_cell_at(pool, ref);
	on_stratum_t *on = stratum_put(pool, number, head->stratum);
	rep_reading_t *reading = &work.reading;
	rep_read_route_t *route = &reading->routes[on->route];
	rep_read_cell_t *cell = &reading->cells[reading->n_cells];
	rep_counts_t counts = {{0}};

	rep_cell_add(pool, ref, &counts);
	rep_counts_add(&route->window, &counts);
	if(pool->strata[head->stratum]->repeat)
		return;
	if(head->stamp == route->stamp)
		rep_counts_add(&route->counts, &counts);
	if(reading->n_cells == REP_READ_CELLS)
		return;
	cell->seen = counts_of(&counts);
	cell->calls = shares_sum(&cell->seen);
	if(cell->calls <= 0)
		return;
	reading->n_cells++;
	cell->bucket = head->bucket;
	cell->stratum = head->stratum;
	cell->route = on->route;
	cell->turn = head->stamp == route->stamp;
	cell->weight = (float)head->weight / REP_WEIGHT;
	cell->row = NULL;
	shares_add(&on->own, &cell->seen, cell->weight);
}

/* The rows of the cells from `from` up to `to`, which are of one bucket, and
 * the number's own calls in them: those of all its pieces and turns. */
static void find_rows(
		const rep_pool_t *pool, rep_read_cell_t *from, rep_read_cell_t *to)
{
	for(rep_read_cell_t *cell = from; cell < to; cell++) {
		if(cell->row)
			continue; /* with a newer one of its stratum */
		cell->row = rep_row_of(pool, cell->stratum, cell->bucket);
		cell->in_row = (shares_t){{{0}}};
		for(rep_read_cell_t *other = cell; other < to; other++)
			if(other->stratum == cell->stratum)
				shares_add(&cell->in_row, &other->seen, other->weight);
		for(rep_read_cell_t *other = cell + 1; other < to; other++)
			if(other->stratum == cell->stratum) {
				other->row = cell->row;
				other->in_row = cell->in_row;
			}
	}
}

static void find_all_rows(const rep_pool_t *pool)
{
	rep_read_cell_t *cell = work.reading.cells, *from = cell;
	rep_read_cell_t *end = cell + work.reading.n_cells;

	for(; cell < end; cell++)
		if(cell + 1 == end || cell[1].bucket != cell->bucket) {
			find_rows(pool, from, cell + 1);
			from = cell + 1;
		}
}

/* ---- yardsticks --------------------------------------------------------- */

/* What the others did in a window. */
static shares_t others_of(const rep_counts_t *weighed, const shares_t *own)
{
	shares_t others = weighed_of(weighed);

	for(int i = 0; i < HALVES; i++)
		others.h[i] = vec_not_negative(others.h[i] - own->h[i]);
	return others;
}

/* The pool's mix without the number, the route's drawn to that, and the
 * stratum's to the route's, as far as there is more than one. */
static void make_yardsticks(const rep_pool_t *pool)
{
	bool labels = pool->campaigns.n > 1 || pool->networks.n > 1;
	const rep_charts_t *charts = &pool->charts;
	float of_pool[REP_OUTCOMES], of_route[REP_OUTCOMES];
	shares_t others = others_of(&pool->weighed, &work.own);

	work.reading.others = shares_sum(&others);
	rep_mix_draw(charts, &others, charts->prior, of_pool);
	for(unsigned k = 0; k < work.n_strata; k++) {
		const rep_stratum_t *stratum = pool->strata[work.strata[k]];
		const rep_route_t *route = pool->routes[stratum->route];
		on_stratum_t *on = &work.on[work.strata[k]];
		const float *parent = of_pool;

		if(stratum->repeat)
			continue;
		if(pool->n_routes > 1) {
			others = others_of(
					&route->weighed, &work.reading.routes[on->route].own);
			rep_mix_draw(charts, &others, of_pool, of_route);
			parent = of_route;
		}
		others = (shares_t){{{0}}};
		if(labels)
			others = others_of(&stratum->weighed, &on->own);
		rep_yardstick_make(&on->yardstick, charts, &others, parent);
	}
}

rep_seen_t rep_read_seen(const rep_read_cell_t *cell)
{
	static const rep_counts_t nothing = {{0}};
	static const rep_sums_t no_sums = {.calls = 0};

	if(!cell->row)
		return (rep_seen_t){
				.own = cell->seen, .row = &nothing, .sums = &no_sums};
	return (rep_seen_t){
			cell->seen, cell->in_row, &cell->row->weighed, &cell->row->sums};
}

static vec_t says(const rep_pool_t *pool, const rep_read_cell_t *cell)
{
	rep_seen_t seen = rep_read_seen(cell);
	vec_t log_z = rep_yardstick_log_z(
			&work.on[cell->stratum].yardstick, &pool->charts, &seen);

	return rep_evidence_of(&pool->charts, &cell->seen)
		   - vec_all(cell->calls) * log_z;
}

/* ---- the whole ---------------------------------------------------------- */

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

/* Cells of the bucket `from` and newer. */
static void read_cells(const rep_pool_t *pool, const rep_number_t *number,
		uint32_t from, rep_time_t now)
{
	uint32_t ref = newest_that_counts(pool, number, now);
	rep_reading_t *reading = &work.reading;

	for(unsigned k = 0; k < work.n_strata; k++)
		work.on[work.strata[k]].there = false;
	work.n_strata = 0;
	reading->n_cells = reading->n_routes = 0;
	for(; ref != REP_NONE && rep_cell_at(pool, ref)->bucket >= from;
			ref = rep_cell_at(pool, ref)->next)
		read_cell(pool, number, ref);
	if(pool->n_routes <= 1)
		route_put(pool, number, 0);
	find_all_rows(pool);
}

/* Of this turn. */
static void let_cells_say(const rep_pool_t *pool)
{
	rep_reading_t *reading = &work.reading;

	for(unsigned k = 0; k < reading->n_cells; k++)
		if(reading->cells[k].turn)
			reading->cells[k].says = says(pool, &reading->cells[k]);
}

const rep_reading_t *rep_read(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	rep_reading_t *reading = &work.reading;

	read_cells(pool, number, rep_bucket_oldest(&pool->policy, now), now);
	work.own = (shares_t){{{0}}};
	for(unsigned k = 0; k < work.n_strata; k++) {
		const on_stratum_t *on = &work.on[work.strata[k]];

		shares_add(&reading->routes[on->route].own, &on->own, 1);
		shares_add(&work.own, &on->own, 1);
	}
	make_yardsticks(pool);
	let_cells_say(pool);
	return reading;
}

const rep_reading_t *rep_read_newer(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	const rep_screen_t *first = rep_slab_at(&pool->screens, number->screen);

	read_cells(pool, number, first->from, now);
	for(unsigned k = 0; k < work.n_strata; k++) {
		uint16_t s = work.strata[k];
		const rep_screen_t *screen = first;

		if(pool->strata[s]->repeat)
			continue;
		while(screen->stratum != s) {
			if(screen->next == REP_NONE)
				return NULL;
			screen = rep_slab_at(&pool->screens, screen->next);
		}
		memcpy(work.on[s].yardstick.mix, screen->mix, sizeof(screen->mix));
		rep_yardstick_of(&work.on[s].yardstick, &pool->charts);
	}
	let_cells_say(pool);
	return &work.reading;
}

const rep_yardstick_t *rep_read_yardstick(uint16_t stratum)
{
	return &work.on[stratum].yardstick;
}

rep_tally_t rep_read_tally(
		const rep_pool_t *pool, const rep_read_cell_t *cell, float *known)
{
	rep_seen_t seen = rep_read_seen(cell);
	rep_tally_t tally = {.seen = cell->seen};
	float mix[REP_JUDGED], others;

	others = rep_yardstick_expect(
			rep_read_yardstick(cell->stratum), &pool->charts, &seen, mix);
	if(known)
		*known = others;
	tally.expected = shares_load(mix);
	for(int i = 0; i < HALVES; i++)
		tally.expected.h[i] *= vec_all(cell->calls);
	return tally;
}
