/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bench_truth.h"

#include <math.h>
#include <stdlib.h>

#define SURE 2.9957 /* log 20 */

bool replay_benches_init(replay_benches_t *benches, uint32_t numbers)
{
	*benches = (replay_benches_t){.n_numbers = numbers};
	benches->number = calloc(numbers ? numbers : 1, sizeof(*benches->number));
	return benches->number != NULL;
}

void replay_benches_free(replay_benches_t *benches)
{
	free(benches->number);
	free(benches->routed);
	free(benches->bench);
	rep_heap_clear(&benches->due);
	*benches = (replay_benches_t){0};
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
		const replay_benches_t *benches, uint32_t number, uint16_t route)
{
	replay_rest_t *rest = &benches->number[number];

	if(route == REPLAY_EVERYWHERE)
		return rest;
	while(rest->next) {
		rest = &benches->routed[rest->next - 1];
		if(rest->route == route)
			return rest;
	}
	return NULL;
}

static replay_rest_t *find_or_make(
		replay_benches_t *benches, uint32_t number, uint16_t route)
{
	replay_rest_t *rest = find(benches, number, route);

	if(rest
			|| !room((void **)&benches->routed, benches->n_routed,
					sizeof(*rest)))
		return rest;
	rest = &benches->routed[benches->n_routed++];
	*rest = (replay_rest_t){
			.route = route, .next = benches->number[number].next};
	benches->number[number].next = benches->n_routed;
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

bool replay_benches_begin(replay_benches_t *benches, uint32_t number,
		uint16_t route, rep_time_t until, int32_t pool,
		const rep_policy_t *policy, int chart, const float mix[REP_OUTCOMES])
{
	replay_rest_t *rest = find_or_make(benches, number, route);
	replay_bench_t *bench;

	if(!rest
			|| !room((void **)&benches->bench, benches->n_benches,
					sizeof(*bench))
			|| rep_heap_push(&benches->due, (uint64_t)(until + 999) / 1000, 0)
					   < 0)
		return false;
	bench = &benches->bench[benches->n_benches];
	*bench = (replay_bench_t){.number = number, .pool = pool};
	if(chart < REP_CHARTS)
		steps_of(policy, chart, mix, bench->step);
	rest->until = until;
	rest->bench = benches->n_benches++;
	return true;
}

void replay_benches_end(
		replay_benches_t *benches, uint32_t number, uint16_t route)
{
	replay_rest_t *rest = find(benches, number, route);

	if(rest)
		rest->until = 0;
}

rep_time_t replay_benches_due(replay_benches_t *benches, rep_time_t at)
{
	rep_time_t when;

	if(!benches->due.count)
		return 0;
	when = (rep_time_t)benches->due.entries[0].key * 1000;
	if(when > at)
		return 0;
	rep_heap_pop(&benches->due);
	return when;
}

const replay_rest_t *replay_benches_at(const replay_benches_t *benches,
		uint32_t number, uint16_t route, rep_time_t at)
{
	const replay_rest_t *rest = &benches->number[number];

	if(rest->until > at)
		return rest;
	rest = rest->next ? find(benches, number, route) : NULL;
	return rest && rest->until > at ? rest : NULL;
}

void replay_benches_saw(
		replay_benches_t *benches, const replay_rest_t *rest, unsigned outcome)
{
	if(outcome < REP_JUDGED)
		benches->bench[rest->bench].after +=
				benches->bench[rest->bench].step[outcome];
}

replay_truth_t replay_bench_truth(const replay_bench_t *bench)
{
	return bench->after >= SURE	   ? REPLAY_TRUE
		   : bench->after <= -SURE ? REPLAY_FALSE
								   : REPLAY_UNKNOWN;
}
