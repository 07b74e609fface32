/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool with a past, for the benchmark of the core. */

#ifndef CORE_WORLD_H
#define CORE_WORLD_H

#include "engine/pool/handle.h"
#include "engine/reply/outcome.h"

#define CALLS_AN_HOUR 4 /* of a number */

typedef struct world
{
	rep_registry_t *registry;
	int pool;
	uint32_t numbers;
	uint32_t deep; /* numbers with evidence in each bucket of the window */
	unsigned routes;
	rep_time_t now;
	uint64_t random;
} world_t;

/* What a world is made with. Buckets are hours, as by default. */
typedef struct past
{
	uint32_t hours;		 /* with evidence, of each number */
	uint32_t deep;		 /* numbers with more of it: */
	uint32_t deep_hours; /* so many hours */
	unsigned routes;	 /* labels; 0 = calls have no route */
	bool shuffled;		 /* the order of picks is not the one of memory */
} past_t;

/* Ends the program where there is no memory. */
void world_make(world_t *world, uint32_t numbers, const past_t *past);
void world_destroy(world_t *world);

/* Numbers are this one, WORLD_BASE at first, and those after it: New York. */
#define WORLD_BASE UINT64_C(12120000000)
void world_from(rep_e164_t number);
rep_e164_t world_number(uint32_t i);
/* Number `i` of those with deep evidence. */
rep_e164_t world_deep(const world_t *world, uint32_t i);
rep_span_t world_route(const world_t *world, uint32_t call);
uint32_t world_random(world_t *world, uint32_t below);
rep_outcome_t world_outcome(world_t *world); /* of a healthy number */

/* Time goes on, and what it brings is done. */
void world_tick(world_t *world, uint32_t ms);

#endif
