/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers whose calls go over several routes: each call is judged for its
 * route and for the number as a whole. */

#include <math.h>

#include "judgement_shared.h"

#define NUMBERS 50
#define ROUTES 2
#define HOUR_CALLS 417 /* of the pool, in 12 hours of the day */
#define WARM_HOURS 96

typedef struct rings
{
	rep_counts_t ring[SIM_BUCKETS], window;
} rings_t;

typedef struct pool
{
	sim_t sim; /* random numbers and charts */
	rings_t number[NUMBERS][ROUTES], route[ROUTES], all;
	rep_baseline_t baseline[ROUTES + 1]; /* the last: of all routes */
} pool_t;

static void clear(rings_t *rings, unsigned slot)
{
	for(int c = 0; c < REP_JUDGED; c++)
		rings->window.n[c] -= rings->ring[slot].n[c];
	memset(&rings->ring[slot], 0, sizeof(rings->ring[slot]));
}

static void count(rings_t *rings, unsigned slot, rep_outcome_t outcome)
{
	rings->ring[slot].n[outcome]++;
	rings->window.n[outcome]++;
}

static void next_hour(pool_t *pool)
{
	unsigned slot = ++pool->sim.hour % SIM_BUCKETS;

	for(int r = 0; r < ROUTES; r++) {
		for(int i = 0; i < NUMBERS; i++)
			clear(&pool->number[i][r], slot);
		clear(&pool->route[r], slot);
		rep_baseline_make(&pool->baseline[r], &pool->sim.charts,
				&pool->route[r].window, 2);
	}
	clear(&pool->all, slot);
	rep_baseline_make(
			&pool->baseline[ROUTES], &pool->sim.charts, &pool->all.window, 2);
}

/* 0 = not benched, 1 = everywhere, 2 = on a route. */
static int judge(const pool_t *pool, int i)
{
	const rep_charts_t *charts = &pool->sim.charts;
	rep_cusum_t on[ROUTES], sum;
	rep_counts_t whole = {{0}};
	rep_judged_t judged;
	rep_sums_t sums;

	for(int r = 0; r < ROUTES; r++) {
		const rep_counts_t *window = &pool->number[i][r].window;

		rep_cusum_start(&on[r], charts, &pool->baseline[r], window);
		for(int c = 0; c < REP_JUDGED; c++)
			whole.n[c] += window->n[c];
	}
	rep_cusum_start(&sum, charts, &pool->baseline[ROUTES], &whole);
	for(unsigned b = 1; b <= SIM_BUCKETS; b++) {
		unsigned slot = (pool->sim.hour + b) % SIM_BUCKETS;

		for(int r = 0; r < ROUTES; r++) {
			rep_sums_make(&sums, charts, &pool->route[r].ring[slot], 1);
			rep_cusum_find(&on[r], &pool->number[i][r].ring[slot],
					&pool->route[r].ring[slot], &sums);
			rep_cusum_merge(&sum, &on[r]);
			rep_cusum_step(&on[r]);
		}
		rep_cusum_step(&sum);
	}
	rep_cusum_end(&sum, &judged);
	if(judged.crossed)
		return 1;
	for(int r = 0; r < ROUTES; r++) {
		rep_cusum_end(&on[r], &judged);
		if(judged.crossed)
			return 2;
	}
	return 0;
}

static int one_call(pool_t *pool, const sim_mix_t mix)
{
	unsigned slot = pool->sim.hour % SIM_BUCKETS;
	int i = (int)(sim_uniform(&pool->sim.random) * NUMBERS);
	int r = (int)(sim_uniform(&pool->sim.random) * ROUTES);
	rep_outcome_t outcome = sim_draw(&pool->sim, mix);
	int benched;

	count(&pool->number[i][r], slot, outcome);
	count(&pool->route[r], slot, outcome);
	count(&pool->all, slot, outcome);
	if(pool->sim.hour < WARM_HOURS
			|| !rep_baseline_against(&pool->baseline[ROUTES], outcome))
		return 0;
	benched = judge(pool, i);
	if(benched)
		memset(pool->number[i], 0, sizeof(pool->number[i]));
	return benched;
}

void shared_routes(
		FILE *json, const sim_world_t *world, double calls, uint64_t seed)
{
	static pool_t pool;
	double made = 0, benches[3] = {0};
	rep_policy_t policy;
	sim_mix_t mix;

	memset(&pool, 0, sizeof(pool));
	sim_policy(&policy);
	rep_charts_init(&pool.sim.charts, &policy);
	sim_random_init(&pool.sim.random, seed);
	memcpy(mix, world->mix, sizeof(mix));
	while(made < calls) {
		next_hour(&pool);
		for(int k = 0; k < HOUR_CALLS && pool.sim.hour % 24 >= 12; k++) {
			benches[one_call(&pool, mix)]++;
			made += pool.sim.hour >= WARM_HOURS;
		}
	}
	printf("\n50 healthy numbers on %d routes: %.0f calls between false "
		   "benches, %.0f everywhere, %.0f on a route\n",
			ROUTES, made / fmax(benches[1] + benches[2], 0.7), benches[1],
			benches[2]);
	fprintf(json,
			"\"routes\": {\"interval\": %.0f, \"everywhere\": %.0f, "
			"\"route\": %.0f},\n",
			made / fmax(benches[1] + benches[2], 0.7), benches[1], benches[2]);
}
