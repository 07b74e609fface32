/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the benchmark in which a whole pool is new, shifts or burns,
 * and the trial of a number that comes back. */

#ifndef REP_JUDGEMENT_SHARED_H
#define REP_JUDGEMENT_SHARED_H

#include <stdio.h>

#include "judgement_sim.h"

void shared_cold_start(
		FILE *json, const sim_world_t *world, unsigned runs, uint64_t seed);
void shared_shifts(
		FILE *json, const sim_world_t *world, unsigned runs, uint64_t seed);
/* Healthy numbers whose calls go over two routes. */
void shared_routes(
		FILE *json, const sim_world_t *world, double calls, uint64_t seed);
void shared_trials(
		FILE *json, const sim_world_t *world, unsigned runs, uint64_t seed);

#endif
