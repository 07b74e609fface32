/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rests.h"

#include <math.h>
#include <stdlib.h>

#define SURE 2.9957 /* log 20 */

bool replay_rests_init(replay_rests_t *rests, uint32_t numbers)
{
	*rests = (replay_rests_t){.n_numbers = numbers};
	rests->number = calloc(numbers ? numbers : 1, sizeof(*rests->number));
	return rests->number != NULL;
}

void replay_rests_free(replay_rests_t *rests)
{
	free(rests->number);
	free(rests->routed);
	free(rests->bench);
	rep_heap_clear(&rests->due);
	*rests = (replay_rests_t){0};
}

/* Room for one more: arrays grow at powers of two. */
static bool room(void **array, uint32_t n, size_t size)
{
	void *grown;

	if(n & (n - 1) || n == UINT32_MAX)
		return true;
	grown = realloc(*array, (n ? (size_t)n * 2 : 1) * size);
	if(!grown)
		return false;
	*array = grown;
	return true;
}

static replay_rest_t *find(
		const replay_rests_t *rests, uint32_t number, uint16_t route)
{
	replay_rest_t *rest = &rests->number[number];

	if(route == REPLAY_EVERYWHERE)
		return rest;
	while(rest->next) {
		rest = &rests->routed[rest->next - 1];
		if(rest->route == route)
			return rest;
	}
	return NULL;
}

static replay_rest_t *find_or_make(
		replay_rests_t *rests, uint32_t number, uint16_t route)
{
	replay_rest_t *rest = find(rests, number, route);

	if(rest || !room((void **)&rests->routed, rests->n_routed, sizeof(*rest)))
		return rest;
	rest = &rests->routed[rests->n_routed++];
	*rest = (replay_rest_t){.route = route, .next = rests->number[number].next};
	rests->number[number].next = rests->n_routed;
	return rest;
}

/* A chart tests the mix against the same mix tilted by its weights: what a
 * call says for the latter. */
static void steps_of(const rep_policy_t *policy, int chart,
		const float mix[REP_OUTCOMES], float step[REP_JUDGED])
{
	double z = 0;

	for(int o = 0; o < REP_JUDGED; o++)
		z += mix[o] * exp(policy->weights[chart][o]);
	for(int o = 0; o < REP_JUDGED; o++)
		step[o] = z > 0 ? (float)(policy->weights[chart][o] - log(z)) : 0;
}

bool replay_rests_begin(replay_rests_t *rests, uint32_t number, uint16_t route,
		rep_time_t until, int32_t pool, const rep_policy_t *policy, int chart,
		const float mix[REP_OUTCOMES])
{
	replay_rest_t *rest = find_or_make(rests, number, route);
	replay_bench_t *bench;

	if(!rest || !room((void **)&rests->bench, rests->n_benches, sizeof(*bench))
			|| rep_heap_push(&rests->due, (uint64_t)(until + 999) / 1000, 0)
					   < 0)
		return false;
	bench = &rests->bench[rests->n_benches];
	*bench = (replay_bench_t){.number = number, .pool = pool};
	if(chart < REP_CHARTS)
		steps_of(policy, chart, mix, bench->step);
	rest->until = until;
	rest->bench = rests->n_benches++;
	return true;
}

void replay_rests_end(replay_rests_t *rests, uint32_t number, uint16_t route)
{
	replay_rest_t *rest = find(rests, number, route);

	if(rest)
		rest->until = 0;
}

const replay_rest_t *replay_rests_at(const replay_rests_t *rests,
		uint32_t number, uint16_t route, rep_time_t at)
{
	const replay_rest_t *rest = &rests->number[number];

	if(rest->until > at)
		return rest;
	rest = rest->next ? find(rests, number, route) : NULL;
	return rest && rest->until > at ? rest : NULL;
}

void replay_rests_saw(
		replay_rests_t *rests, const replay_rest_t *rest, unsigned outcome)
{
	if(outcome < REP_JUDGED)
		rests->bench[rest->bench].after +=
				rests->bench[rest->bench].step[outcome];
}

replay_truth_t replay_bench_truth(const replay_bench_t *bench)
{
	return bench->after >= SURE	   ? REPLAY_TRUE
		   : bench->after <= -SURE ? REPLAY_FALSE
								   : REPLAY_UNKNOWN;
}
