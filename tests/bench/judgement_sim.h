/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Simulated traffic of one pool, for the benchmark of judgement. */

#ifndef REP_JUDGEMENT_SIM_H
#define REP_JUDGEMENT_SIM_H

#include "engine/judge/cusum.h"

#define SIM_BUCKETS 72 /* of an hour */
#define SIM_LAST 100   /* calls that a rival looks back on */

typedef struct sim_random
{
	uint64_t s[4]; /* xoshiro256** */
} sim_random_t;

void sim_random_init(sim_random_t *random, uint64_t seed);
double sim_uniform(sim_random_t *random);

typedef double sim_mix_t[REP_JUDGED];

/* How healthy traffic looks. */
typedef struct sim_world
{
	const char *name;
	unsigned numbers;
	double day_calls;	/* per number */
	double profile[24]; /* share of the day's calls in each hour */
	sim_mix_t mix;
	double answered[24]; /* share answered by hour; 0: that of `mix` */
	unsigned shifts;	 /* numbers are used in one of so many parts of the
							 day; 0 or 1: all day */
} sim_world_t;

typedef struct sim_number
{
	rep_counts_t ring[SIM_BUCKETS];
	rep_counts_t window;
	uint8_t last[SIM_LAST]; /* outcomes, a ring */
	rep_counts_t recent;	/* the same, counted */
	uint32_t calls;			/* since its history began */
} sim_number_t;

typedef struct sim
{
	const sim_world_t *world;
	rep_charts_t charts;
	rep_baseline_t baseline;
	sim_random_t random;
	uint32_t hour;
	double moved; /* calls since the baseline was made */
	bool blind;	  /* no baseline is needed */
	sim_number_t *number;
	sim_number_t pool;	/* `last` unused */
	double mean, stdev; /* of the numbers' good shares, at the hour's start */
	rep_sums_t sums[SIM_BUCKETS];
} sim_t;

/* The defaults, with the ceilings of docs/judge.md. */
void sim_policy(rep_policy_t *policy);
void sim_init(sim_t *sim, const sim_world_t *world, const rep_policy_t *policy,
		uint64_t seed);
void sim_destroy(sim_t *sim);

/* The next hour begins; the oldest bucket is forgotten. */
void sim_next_hour(sim_t *sim);

/* How many calls the pool makes in this hour. */
unsigned sim_calls_now(sim_t *sim);
/* Which number makes the next one. */
unsigned sim_pick(sim_t *sim);
/* The healthy mix in this hour. */
void sim_mix_now(const sim_t *sim, sim_mix_t mix);
rep_outcome_t sim_draw(sim_t *sim, const sim_mix_t mix);
void sim_count(sim_t *sim, unsigned number, rep_outcome_t outcome);
/* Forget a number's history; `pool` too: also what it added to the pool's. */
void sim_forget(sim_t *sim, unsigned number, bool pool);
void sim_judge(const sim_t *sim, unsigned number, rep_judged_t *judged);

/* `mix` with one outcome's share set and the others scaled. */
void sim_mix_set(sim_mix_t mix, rep_outcome_t outcome, double share);
double sim_divergence(const sim_mix_t p, const sim_mix_t q);

#endif
