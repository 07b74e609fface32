/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings a number's cells before the judge, oldest bucket first. */

#include "inside.h"

#define CELLS_MAX 4096 /* newest cells that are judged */

void rep_counts_add(rep_counts_t *sum, const rep_counts_t *counts)
{
	for(int o = 0; o < REP_OUTCOMES; o++)
		sum->n[o] += counts->n[o];
}

uint32_t rep_counts_judged(const rep_counts_t *counts)
{
	uint32_t n = 0;

	for(int o = 0; o < REP_JUDGED; o++)
		n += counts->n[o];
	return n;
}

static struct rep_assessed *on_route(rep_assessment_t *a, uint8_t route)
{
	unsigned r = 0;

	while(r < a->n_routes && a->routes[r].route != route)
		r++;
	if(r == a->n_routes) {
		memset(&a->routes[r], 0, sizeof(a->routes[r]));
		a->routes[r].route = route;
		a->n_routes++;
	}
	return &a->routes[r];
}

/* Sums over the window; references to the cells of this turn, newest first. */
static unsigned gather(const rep_pool_t *pool, const rep_number_t *number,
		uint32_t oldest, rep_assessment_t *a, uint32_t refs[CELLS_MAX])
{
	const rep_cell_head_t *cell;
	unsigned n = 0;

	for(uint32_t ref = number->cells; ref != REP_NONE; ref = cell->next) {
		cell = rep_cell_at(pool, ref);
		if(cell->bucket < oldest)
			break;
		rep_cell_add(pool, ref, &on_route(a, cell->route)->window);
		if(cell->stamp == rep_stamp_of(pool, number, cell->route)
				&& n < CELLS_MAX)
			refs[n++] = ref;
	}
	for(unsigned r = 0; r < a->n_routes; r++)
		rep_counts_add(&a->window, &a->routes[r].window);
	return n;
}

static void add_cell(const rep_pool_t *pool, uint32_t ref,
		struct rep_assessed *on, rep_judging_t *judging)
{
	const rep_cell_head_t *cell = rep_cell_at(pool, ref);
	const rep_counts_t *row = rep_row_counts(pool, cell->route, cell->bucket);
	rep_counts_t counts = {{0}};

	rep_cell_add(pool, ref, &counts);
	rep_counts_add(&on->counts, &counts);
	rep_counts_add(&on->pool, row);
	rep_judging_add(judging, &counts, row);
}

/* A route that has a verdict of its own speaks for itself: what it benched
 * the number for there is not held against it everywhere. */
static bool in_sum(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	const rep_verdict_t *on =
			route ? rep_verdict_of(pool, number, route) : NULL;

	return !on || on->state == REP_ACTIVE;
}

void rep_assess(const rep_pool_t *pool, const rep_number_t *number,
		rep_time_t now, rep_assessment_t *a)
{
	uint32_t oldest = rep_bucket_oldest(&pool->policy, now);
	uint32_t refs[CELLS_MAX];
	rep_judging_t sum, on[REP_ROUTES_MAX];
	bool routes = pool->n_routes > 1;
	unsigned n;

	a->counts = a->window = a->pool = (rep_counts_t){{0}};
	a->n_routes = 0;
	n = gather(pool, number, oldest, a, refs);
	if(!routes)
		on_route(a, 0);
	rep_judging_start(&sum, &pool->charts, &pool->yardstick, &a->window);
	for(unsigned r = 0; r < a->n_routes; r++)
		rep_judging_start(&on[r], &pool->charts,
				routes ? &pool->routes[a->routes[r].route]->yardstick
					   : &pool->yardstick,
				&a->routes[r].window);
	while(n-- > 0) {
		const rep_cell_head_t *cell = rep_cell_at(pool, refs[n]);
		struct rep_assessed *at = on_route(a, cell->route);
		rep_judging_t *judging = &on[at - a->routes];
		add_cell(pool, refs[n], at, judging);
		if(!routes)
			continue;
		if(in_sum(pool, number, cell->route))
			rep_judging_merge(&sum, judging);
		if(n == 0 || rep_cell_at(pool, refs[n - 1])->bucket != cell->bucket)
			rep_judging_step(&sum);
	}
	for(unsigned r = 0; r < a->n_routes; r++) {
		rep_judging_end(&on[r], &a->routes[r].judged);
		rep_counts_add(&a->counts, &a->routes[r].counts);
		rep_counts_add(&a->pool, &a->routes[r].pool);
	}
	if(routes)
		rep_judging_end(&sum, &a->sum);
	else
		a->sum = a->routes[0].judged;
}
