/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings a number's cells before the judge, oldest bucket first. */

#include "assess.h"

#include "cells.h"
#include "rows.h"
#include "stamp.h"
#include "standing.h"
#include "../judge/bucket.h"

#define CELLS_MAX 4096 /* newest cells that are judged */

/* What is worked out once for each route that the number has evidence on. */
typedef struct on_route
{
	struct rep_assessed *assessed;
	rep_stamp_t stamp; /* of this turn */
	bool in_sum;
	rep_cusum_t cusum;
} on_route_t;

typedef struct seen
{ /* a cell of this turn */
	uint32_t bucket;
	uint32_t on; /* index into the routes */
	rep_counts_t counts;
} seen_t;

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

/* The cell's counts, own and others' together. */
static void read_cell(
		const rep_cell_head_t *cell, bool wide, rep_counts_t *counts)
{
	if(wide) {
		const rep_wide_t *w = (const rep_wide_t *)cell;
		for(int o = 0; o < REP_OUTCOMES; o++)
			counts->n[o] = w->own[o] + w->others[o];
	} else {
		const rep_narrow_t *n = (const rep_narrow_t *)cell;
		for(int o = 0; o < REP_OUTCOMES; o++)
			counts->n[o] = (uint32_t)n->own[o] + n->others[o];
	}
}

/* Sums over the window; the cells of this turn, newest first. */
static unsigned gather(const rep_pool_t *pool, const rep_number_t *number,
		uint32_t oldest, rep_assessment_t *a, on_route_t *on,
		seen_t seen[CELLS_MAX])
{
	const rep_cell_head_t *cell;
	rep_counts_t older = {{0}};
	unsigned n = 0;

	for(uint32_t ref = number->cells; ref != REP_NONE; ref = cell->next) {
		rep_counts_t *counts = n < CELLS_MAX ? &seen[n].counts : &older;
		unsigned r;

		cell = rep_cell_at(pool, ref);
		if(cell->bucket < oldest)
			break;
		r = route_of(pool, number, cell->route, a, on);
		read_cell(cell, ref & REP_WIDE, counts);
		rep_counts_add(&a->routes[r].window, counts);
		if(cell->stamp != on[r].stamp || n == CELLS_MAX)
			continue;
		seen[n].bucket = cell->bucket;
		seen[n++].on = r;
	}
	for(unsigned r = 0; r < a->n_routes; r++)
		rep_counts_add(&a->window, &a->routes[r].window);
	return n;
}

static void add_cell(const rep_pool_t *pool, const seen_t *seen, on_route_t *on)
{
	const rep_row_t *row = rep_row_of(pool, on->assessed->route, seen->bucket);

	rep_counts_add(&on->assessed->counts, &seen->counts);
	if(row) {
		rep_counts_add(&on->assessed->pool, &row->counts);
		rep_cusum_add_summed(
				&on->cusum, &seen->counts, &row->counts, &row->sums);
	} else {
		rep_cusum_add(&on->cusum, &seen->counts, &seen->counts);
	}
}

void rep_assess(const rep_pool_t *pool, const rep_number_t *number,
		rep_time_t now, rep_assessment_t *a)
{
	uint32_t oldest = rep_bucket_oldest(&pool->policy, now);
	on_route_t on[REP_ROUTES_MAX];
	seen_t seen[CELLS_MAX];
	bool routes = pool->n_routes > 1;
	rep_cusum_t sum;
	unsigned n;

	a->counts = a->window = a->pool = (rep_counts_t){{0}};
	a->n_routes = 0;
	n = gather(pool, number, oldest, a, on, seen);
	if(!routes)
		route_of(pool, number, 0, a, on);
	rep_cusum_start(&sum, &pool->charts, &pool->baseline, &a->window);
	for(unsigned r = 0; r < a->n_routes; r++)
		rep_cusum_start(&on[r].cusum, &pool->charts,
				routes ? &pool->routes[a->routes[r].route]->baseline
					   : &pool->baseline,
				&a->routes[r].window);
	while(n-- > 0) {
		on_route_t *at = &on[seen[n].on];
		add_cell(pool, &seen[n], at);
		if(!routes)
			continue;
		if(at->in_sum)
			rep_cusum_merge(&sum, &at->cusum);
		if(n == 0 || seen[n - 1].bucket != seen[n].bucket)
			rep_cusum_step(&sum);
	}
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
