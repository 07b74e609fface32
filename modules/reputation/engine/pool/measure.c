/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Baselines made anew. */

#include "measure.h"

#include "spreads.h"
#include "strata.h"
#include "../judge/bucket.h"

#define MEASURE_EVERY REP_MINUTE
#define MEASURE_LEAST REP_MS

static uint32_t moved_since(
		const rep_counts_t *made_of, const rep_counts_t *now)
{
	uint32_t moved = 0; /* in sixteenths */

	for(int o = 0; o < REP_JUDGED; o++)
		moved += now->n[o] > made_of->n[o] ? now->n[o] - made_of->n[o]
										   : made_of->n[o] - now->n[o];
	return moved / REP_WEIGHT;
}

static bool out_of_date(const rep_baseline_t *baseline,
		const rep_counts_t *window, bool long_ago)
{
	uint32_t moved = moved_since(&baseline->window, window);

	return rep_baseline_due(
				   rep_counts_judged(&baseline->window) / REP_WEIGHT, moved)
		   || (long_ago && moved);
}

/* Which share of the judged calls is no repeat. Repeats can bench nobody, and
 * calls between false benches are counted with them. */
static double share_new(const rep_pool_t *pool)
{
	rep_counts_t all;

	rep_strata_window(pool, &all);
	return (double)(rep_counts_judged(&pool->window) + 1)
		   / (double)(rep_counts_judged(&all) + 1);
}

/* `r` REP_ROUTES_MAX: the pool as a whole. */
static void measure_one(rep_pool_t *pool, uint32_t r, bool force, bool long_ago)
{
	rep_baseline_t fresh, *kept;
	rep_counts_t window;
	rep_charts_t charts;
	uint32_t made;
	unsigned runs;
	bool due;

	rep_lock(&pool->lock);
	kept = r == REP_ROUTES_MAX ? &pool->baseline : &pool->routes[r]->baseline;
	window = r == REP_ROUTES_MAX ? pool->weighed : pool->routes[r]->weighed;
	charts = pool->charts;
	made = pool->charts_made;
	runs = pool->n_routes > 1 ? 2 : 1;
	due = force || out_of_date(kept, &window, long_ago);
	if(due)
		charts.arl0 *= share_new(pool);
	rep_unlock(&pool->lock);
	if(!due)
		return;
	rep_baseline_make(&fresh, &charts, &window, runs);
	rep_lock(&pool->lock);
	if(made == pool->charts_made) /* else another policy came meanwhile */
		*kept = fresh;
	rep_unlock(&pool->lock);
}

/* Is it time to look? Then how many baselines there are besides the pool's
 * own: one for each route, where there are routes. */
static bool is_due(rep_pool_t *pool, bool force, rep_time_t now, bool *long_ago,
		uint32_t *routes)
{
	bool due;

	rep_lock(&pool->lock);
	*long_ago = force || now - pool->baseline_at >= MEASURE_EVERY
				|| now < pool->baseline_at;
	due = *long_ago || now - pool->measured_at >= MEASURE_LEAST
		  || now < pool->measured_at;
	if(due)
		pool->measured_at = now;
	if(*long_ago)
		pool->baseline_at = now;
	*routes = pool->n_routes > 1 ? pool->n_routes : 0;
	rep_unlock(&pool->lock);
	return due;
}

void rep_pool_measure(rep_pool_t *pool, bool force, rep_time_t now)
{
	uint32_t routes;
	bool long_ago;

	if(!is_due(pool, force, now, &long_ago, &routes))
		return;
	measure_one(pool, REP_ROUTES_MAX, force, long_ago);
	for(uint32_t r = 0; r < routes; r++)
		measure_one(pool, r, force, long_ago);
	rep_pool_find_spread(pool, now);
}
