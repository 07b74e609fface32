/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>
#include <stdlib.h>

#include "judgement_sim.h"

static uint64_t rotate(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

static uint64_t next(sim_random_t *random)
{
	uint64_t *s = random->s, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

void sim_random_init(sim_random_t *random, uint64_t seed)
{
	for(int i = 0; i < 4; i++) { /* splitmix64 */
		uint64_t z = seed += 0x9e3779b97f4a7c15u;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		random->s[i] = z ^ z >> 31;
	}
}

double sim_uniform(sim_random_t *random)
{
	return (double)(next(random) >> 11) * 0x1p-53;
}

void sim_policy(rep_policy_t *policy)
{
	rep_policy_default(policy);
	policy->ceiling[REP_BLOCKED] = 0.02f;
	policy->ceiling[REP_AMBIGUOUS] = 0.02f;
	policy->ceiling[REP_UNWANTED] = 0.01f;
	policy->ceiling[REP_DECLINED] = 0.25f;
}

void sim_init(sim_t *sim, const sim_world_t *world, const rep_policy_t *policy,
		uint64_t seed)
{
	const rep_counts_t none = {{0}};

	memset(sim, 0, sizeof(*sim));
	sim->world = world;
	sim->number = calloc(world->numbers, sizeof(*sim->number));
	if(!sim->number)
		abort();
	sim_random_init(&sim->random, seed);
	rep_charts_init(&sim->charts, policy);
	rep_baseline_make(&sim->baseline, &sim->charts, &none, 1);
}

void sim_destroy(sim_t *sim)
{
	free(sim->number);
}

static void expire(sim_number_t *number, unsigned slot)
{
	for(int c = 0; c < REP_JUDGED; c++)
		number->window.n[c] -= number->ring[slot].n[c];
	memset(&number->ring[slot], 0, sizeof(number->ring[slot]));
}

/* The baseline follows the pool as the module's does. */
static void follow(sim_t *sim)
{
	if(sim->blind || sim->moved <= 20 + sim->baseline.calls / 20)
		return;
	rep_baseline_make(&sim->baseline, &sim->charts, &sim->pool.window, 1);
	sim->moved = 0;
}

static void compare_numbers(sim_t *sim)
{
	double n = 0, sum = 0, squares = 0;

	for(unsigned i = 0; i < sim->world->numbers; i++) {
		const uint32_t *c = sim->number[i].recent.n;
		double good;

		if(sim->number[i].calls < SIM_LAST)
			continue;
		good = 1.0
			   - (c[REP_DECLINED] + c[REP_UNWANTED] + c[REP_BLOCKED]
						 + c[REP_AMBIGUOUS])
						 / (double)SIM_LAST;
		n++;
		sum += good;
		squares += good * good;
	}
	sim->mean = n >= 5 ? sum / n : 0;
	sim->stdev =
			n >= 5 ? sqrt(fmax(squares / n - sim->mean * sim->mean, 0)) : 0;
}

void sim_next_hour(sim_t *sim)
{
	unsigned slot = ++sim->hour % SIM_BUCKETS;
	double old = sim->sums[slot].calls;

	for(unsigned i = 0; i < sim->world->numbers; i++)
		expire(&sim->number[i], slot);
	expire(&sim->pool, slot);
	rep_sums_make(&sim->sums[slot], &sim->charts, &sim->pool.ring[slot], 1);
	compare_numbers(sim);
	sim->moved += old;
	follow(sim);
}

unsigned sim_calls_now(sim_t *sim)
{
	const sim_world_t *world = sim->world;
	double calls =
			world->numbers * world->day_calls * world->profile[sim->hour % 24];
	unsigned whole = (unsigned)calls;

	return whole + (sim_uniform(&sim->random) < calls - whole);
}

unsigned sim_pick(sim_t *sim)
{
	const sim_world_t *world = sim->world;
	unsigned shifts = world->shifts > 1 ? world->shifts : 1;
	unsigned shift = sim->hour % 24 * shifts / 24;
	unsigned each = world->numbers / shifts;

	return shift
		   + shifts * (unsigned)(sim_uniform(&sim->random) * (double)each);
}

void sim_mix_set(sim_mix_t mix, rep_outcome_t outcome, double share)
{
	double scale = (1 - share) / (1 - mix[outcome]);

	for(int c = 0; c < REP_JUDGED; c++)
		mix[c] *= scale;
	mix[outcome] = share;
}

void sim_mix_now(const sim_t *sim, sim_mix_t mix)
{
	double answered = sim->world->answered[sim->hour % 24];

	memcpy(mix, sim->world->mix, sizeof(sim_mix_t));
	if(answered > 0)
		sim_mix_set(mix, REP_ANSWERED, answered);
}

rep_outcome_t sim_draw(sim_t *sim, const sim_mix_t mix)
{
	double u = sim_uniform(&sim->random);

	/* the commonest first */
	if((u -= mix[REP_NOANSWER]) < 0)
		return REP_NOANSWER;
	for(int c = 0; c < REP_NOANSWER; c++)
		if((u -= mix[c]) < 0)
			return (rep_outcome_t)c;
	return REP_NOANSWER;
}

static void count(sim_number_t *number, unsigned slot, rep_outcome_t outcome)
{
	number->ring[slot].n[outcome]++;
	number->window.n[outcome]++;
}

void sim_count(sim_t *sim, unsigned i, rep_outcome_t outcome)
{
	sim_number_t *number = &sim->number[i];
	unsigned slot = sim->hour % SIM_BUCKETS;

	count(number, slot, outcome);
	if(number->calls >= SIM_LAST)
		number->recent.n[number->last[number->calls % SIM_LAST]]--;
	number->last[number->calls++ % SIM_LAST] = (uint8_t)outcome;
	number->recent.n[outcome]++;
	count(&sim->pool, slot, outcome);
	rep_sums_make(&sim->sums[slot], &sim->charts, &sim->pool.ring[slot], 1);
	sim->moved++;
	follow(sim);
}

void sim_forget(sim_t *sim, unsigned i, bool pool)
{
	sim_number_t *number = &sim->number[i];

	for(int b = 0; pool && b < SIM_BUCKETS; b++)
		for(int c = 0; c < REP_JUDGED; c++) {
			sim->pool.ring[b].n[c] -= number->ring[b].n[c];
			sim->pool.window.n[c] -= number->ring[b].n[c];
		}
	for(int b = 0; pool && b < SIM_BUCKETS; b++)
		rep_sums_make(&sim->sums[b], &sim->charts, &sim->pool.ring[b], 1);
	memset(number, 0, sizeof(*number));
}

void sim_judge(const sim_t *sim, unsigned i, rep_judged_t *judged)
{
	const sim_number_t *number = &sim->number[i];
	rep_cusum_t cusum;

	rep_cusum_start(&cusum, &sim->charts, &sim->baseline, &number->window);
	for(unsigned b = 1; b <= SIM_BUCKETS; b++) {
		unsigned slot = (sim->hour + b) % SIM_BUCKETS;

		rep_cusum_add_summed(&cusum, &number->ring[slot], &sim->pool.ring[slot],
				&sim->sums[slot]);
	}
	rep_cusum_end(&cusum, judged);
}

double sim_divergence(const sim_mix_t p, const sim_mix_t q)
{
	double sum = 0;

	for(int c = 0; c < REP_JUDGED; c++)
		if(p[c] > 0)
			sum += p[c] * log(p[c] / q[c]);
	return sum;
}
