/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings a number's cells before the judge, oldest bucket first. */

#include "assess.h"

#include "cells.h"
#include "rows.h"
#include "stamp.h"
#include "standing.h"
#include "strata.h"
#include "../judge/bucket.h"

/* What is worked out once for each route that the number has evidence on. */
typedef struct on_route
{
	struct rep_assessed *assessed;
	rep_stamp_t stamp; /* of this turn */
	bool in_sum;
	rep_cusum_t cusum;
} on_route_t;

/* A route that has a verdict of its own speaks for itself: what it benched
 * the number for there is not held against it everywhere. */
static bool in_sum(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	const rep_verdict_t *on =
			route ? rep_verdict_of(pool, number, route) : NULL;

	return !on || on->state == REP_ACTIVE;
}

static unsigned route_of(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_assessment_t *a, on_route_t *on)
{
	unsigned r = 0;

	while(r < a->n_routes && a->routes[r].route != route)
		r++;
	if(r == a->n_routes) {
		memset(&a->routes[r], 0, sizeof(a->routes[r]));
		a->routes[r].route = route;
		on[r].assessed = &a->routes[r];
		on[r].stamp = rep_stamp_of(pool, number, route);
		on[r].in_sum = in_sum(pool, number, route);
		a->n_routes++;
	}
	return r;
}

/* Sums over the window without repeats, from the newest cell of it on. The
 * chain is turned round on the way: add_cells() meets the oldest first and
 * turns it back. Returns the oldest cell that counts; `*rest` is the chain of
 * those that do not. */
static uint32_t gather(const rep_pool_t *pool, const rep_number_t *number,
		rep_time_t now, rep_assessment_t *a, on_route_t *on, uint32_t *rest)
{
	uint32_t oldest = rep_bucket_oldest(&pool->policy, now);
	uint32_t newest = rep_bucket_newest(&pool->policy, now);
	uint32_t ref = number->cells, newer = REP_NONE;
	unsigned r = 0;

	while(ref != REP_NONE && rep_cell_at(pool, ref)->bucket > newest)
		ref = rep_cell_at(pool, ref)->next; /* of a clock that was ahead */
	while(ref != REP_NONE) {
		rep_cell_head_t *cell = rep_cell_at(pool, ref);
		const rep_stratum_t *stratum = rep_stratum_of(pool, cell);
		uint32_t older = cell->next;

		if(cell->bucket < oldest)
			break;
		if(r >= a->n_routes || a->routes[r].route != stratum->route)
			r = route_of(pool, number, stratum->route, a, on);
		if(!stratum->repeat)
			rep_cell_add(pool, ref, &a->routes[r].window);
		cell->next = newer;
		newer = ref;
		ref = older;
	}
	for(unsigned r = 0; r < a->n_routes; r++)
		rep_counts_add(&a->window, &a->routes[r].window);
	*rest = ref;
	return newer;
}

/* What the number counts in one bucket and stratum, over pieces and stamps. */
typedef struct whole
{
	uint32_t bucket;
	uint16_t stratum;
	unsigned cells;
	rep_counts_t counts;
} whole_t;

static void add_all(const rep_pool_t *pool, uint32_t ref, whole_t *whole)
{
	for(const rep_cell_head_t *cell; ref != REP_NONE; ref = cell->next) {
		cell = rep_cell_at(pool, ref);
		if(cell->bucket != whole->bucket)
			break;
		if(cell->stratum == whole->stratum) {
			rep_cell_add(pool, ref, &whole->counts);
			whole->cells++;
		}
	}
}

/* Of the cell `ref`, and those on both sides of it: it and the older ones are
 * turned back already. */
static void see_whole(const rep_pool_t *pool, uint32_t ref, uint32_t newer,
		whole_t *whole)
{
	const rep_cell_head_t *cell = rep_cell_at(pool, ref);

	if(whole->cells && whole->bucket == cell->bucket
			&& whole->stratum == cell->stratum)
		return;
	*whole = (whole_t){.bucket = cell->bucket, .stratum = cell->stratum};
	add_all(pool, ref, whole);
	add_all(pool, newer, whole);
}

static void take_out(rep_counts_t *from, const rep_counts_t *whole,
		const rep_counts_t *part, uint32_t weight)
{
	for(int o = 0; o < REP_OUTCOMES; o++) {
		uint32_t n = (whole->n[o] - part->n[o]) * weight;
		from->n[o] -= n < from->n[o] ? n : from->n[o];
	}
}

static void add_cell(const rep_pool_t *pool, uint32_t ref, uint32_t newer,
		whole_t *whole, on_route_t *on)
{
	const rep_cell_head_t *cell = rep_cell_at(pool, ref);
	const rep_row_t *row = rep_row_of(pool, cell->stratum, cell->bucket);
	rep_counts_t counts = {{0}}, rest, weighed;
	bool known = whole->cells && whole->bucket == cell->bucket
				 && whole->stratum == cell->stratum;
	rep_sums_t sums;

	rep_cell_add(pool, ref, &counts);
	rep_counts_add(&on->assessed->counts, &counts);
	if(!row) {
		rep_sums_make(&sums, &pool->charts, &counts, 1);
		rep_cusum_find(&on->cusum, &counts, &counts, &sums);
		return;
	}
	if(!known)
		rep_counts_add(&on->assessed->pool, &row->counts);
	see_whole(pool, ref, newer, whole);
	if(whole->cells == 1) {
		rep_cusum_find(&on->cusum, &counts, &row->counts, &row->sums);
		return;
	}
	/* the number's other pieces are no yardstick of this one */
	rest = row->counts;
	weighed = row->weighed;
	take_out(&rest, &whole->counts, &counts, 1);
	take_out(&weighed, &whole->counts, &counts, cell->weight);
	rep_sums_make(&sums, &pool->charts, &weighed, REP_WEIGHT);
	rep_cusum_find(&on->cusum, &counts, &rest, &sums);
}

/* A repeat is counted and judges nobody. */
static void add_repeat(const rep_pool_t *pool, uint32_t ref,
		rep_assessment_t *a, struct rep_assessed *on)
{
	rep_cell_add(pool, ref, &on->window);
	rep_cell_add(pool, ref, &a->window);
}

/* All cells of a piece were added, of whichever stratum and route. */
static void end_piece(rep_assessment_t *a, on_route_t *on, rep_cusum_t *sum)
{
	for(unsigned r = 0; r < a->n_routes; r++) {
		if(sum && on[r].in_sum)
			rep_cusum_merge(sum, &on[r].cusum);
		rep_cusum_step(&on[r].cusum);
	}
	if(sum)
		rep_cusum_step(sum);
}

/* The cells of this turn, oldest first, to the charts of their routes and
 * (`sum` not NULL) of the number as a whole. */
static void add_cells(const rep_pool_t *pool, const rep_number_t *number,
		uint32_t ref, uint32_t rest, rep_assessment_t *a, on_route_t *on,
		rep_cusum_t *sum)
{
	const rep_cell_head_t *before = NULL;
	uint32_t older = rest;
	on_route_t *at = on;
	whole_t whole = {0};

	while(ref != REP_NONE) {
		rep_cell_head_t *cell = rep_cell_at(pool, ref);
		const rep_stratum_t *stratum = rep_stratum_of(pool, cell);
		uint32_t newer = cell->next;

		if(at->assessed->route != stratum->route)
			at = &on[route_of(pool, number, stratum->route, a, on)];
		cell->next = older;
		older = ref;
		if(stratum->repeat) {
			add_repeat(pool, ref, a, at->assessed);
		} else if(cell->stamp == at->stamp) {
			if(before
					&& (before->bucket != cell->bucket
							|| before->piece != cell->piece))
				end_piece(a, on, sum);
			before = cell;
			add_cell(pool, ref, newer, &whole, at);
		}
		ref = newer;
	}
	end_piece(a, on, sum);
}

void rep_assess(const rep_pool_t *pool, const rep_number_t *number,
		rep_time_t now, rep_assessment_t *a)
{
	on_route_t on[REP_ROUTES_MAX];
	bool routes = pool->n_routes > 1;
	uint32_t first, rest;
	rep_cusum_t sum;

	a->counts = a->window = a->pool = (rep_counts_t){{0}};
	a->n_routes = 0;
	first = gather(pool, number, now, a, on, &rest);
	if(!routes)
		route_of(pool, number, 0, a, on);
	rep_cusum_start(&sum, &pool->charts, &pool->baseline, &a->window);
	for(unsigned r = 0; r < a->n_routes; r++)
		rep_cusum_start(&on[r].cusum, &pool->charts,
				routes ? &pool->routes[a->routes[r].route]->baseline
					   : &pool->baseline,
				&a->routes[r].window);
	add_cells(pool, number, first, rest, a, on, routes ? &sum : NULL);
	for(unsigned r = 0; r < a->n_routes; r++) {
		rep_cusum_end(&on[r].cusum, &a->routes[r].judged);
		rep_counts_add(&a->counts, &a->routes[r].counts);
		rep_counts_add(&a->pool, &a->routes[r].pool);
	}
	if(routes)
		rep_cusum_end(&sum, &a->sum);
	else
		a->sum = a->routes[0].judged;
}
