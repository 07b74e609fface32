/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>

#include "engine/pool/count.h"
#include "engine/pool/evidence.h"
#include "engine/pool/exchange.h"
#include "engine/pool/index.h"
#include "engine/pool/lock.h"
#include "engine/pool/measure.h"
#include "engine/pool/numbers.h"
#include "engine/pool/pick.h"
#include "engine/pool/pool_policy.h"
#include "engine/pool/registry.h"
#include "engine/pool/routes.h"
#include "engine/pool/strata.h"
#include "engine/pool/tick.h"
#include "engine/pool/view.h"

#include "core_world.h"

#define START INT64_C(1767283200000) /* 2026-01-01, at 16:00 */
#define HOUR 3600000
#define STRIDE 2654435761u

static const char *const labels[] = {"carrier-a", "carrier-b"};

static rep_e164_t base = WORLD_BASE;

void world_from(rep_e164_t number)
{
	base = number;
}

rep_e164_t world_number(uint32_t i)
{
	return base + i;
}

static uint32_t deep_index(const world_t *world, uint32_t i)
{
	return i * (world->numbers / world->deep);
}

rep_e164_t world_deep(const world_t *world, uint32_t i)
{
	return world_number(deep_index(world, i));
}

rep_span_t world_route(const world_t *world, uint32_t call)
{
	return rep_span(world->routes ? labels[call % world->routes] : "");
}

uint32_t world_random(world_t *world, uint32_t below)
{
	uint64_t x = world->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	world->random = x;
	return (uint32_t)((x >> 32) * below >> 32);
}

rep_outcome_t world_outcome(world_t *world)
{
	static rep_policy_t policy;
	float sum = 0, at;

	if(!policy.window_hours)
		rep_policy_default(&policy);
	for(int c = 0; c < REP_JUDGED; c++)
		sum += policy.healthy[c];
	at = sum * (float)world_random(world, 1 << 20) / (1 << 20);
	for(int c = 0; c < REP_JUDGED; c++) {
		at -= policy.healthy[c];
		if(at < 0)
			return (rep_outcome_t)c;
	}
	return REP_NOANSWER;
}

/* As calls of that hour had left it: numbers one after the other, so that the
 * cells of one number lie far apart. */
static void fill_hour(
		world_t *world, rep_pool_t *pool, const past_t *past, uint32_t ago)
{
	rep_time_t at = world->now - (rep_time_t)ago * HOUR;
	uint32_t every = world->deep ? world->numbers / world->deep : 0;

	for(uint32_t k = 0; k < world->numbers; k++) {
		uint32_t n = (uint32_t)((uint64_t)k * STRIDE % world->numbers);
		uint32_t i = rep_number_find(pool, world_number(n));
		bool deep = every && n % every == 0;

		if(ago >= (deep ? past->deep_hours : past->hours))
			continue;
		for(unsigned c = 0; c < CALLS_AN_HOUR; c++)
			rep_evidence_count(pool, i, 0,
					(uint16_t)rep_stratum_put(pool,
							rep_route_put(pool, world_route(world, c)), 0, 0,
							false),
					world_outcome(world), at);
	}
}

static void load(world_t *world)
{
	rep_attrs_t attrs = {.weight = 1, .status = REP_ACTIVE};

	for(uint32_t i = 0; i < world->numbers; i++)
		if(rep_pool_put(world->registry, world->pool, world_number(i), &attrs,
				   1, 1, world->now)
				!= 1) {
			fprintf(stderr, "no memory for number %u\n", i);
			exit(1);
		}
}

static void shuffle(world_t *world)
{
	for(uint32_t k = 0; k < world->numbers; k++) {
		uint32_t i = world_random(world, world->numbers);
		rep_ticket_t ticket;

		rep_pool_track(world->registry, world->pool, world_number(i),
				world_route(world, k), world->now, &ticket);
		rep_ticket_hang_up(world->registry, &ticket, world->now);
	}
}

/* As far as possible the defaults; yet the pool is to stay as it is while it
 * is measured, so nothing is benched by chance. */
static void set_policy(world_t *world)
{
	rep_policy_t policy;

	rep_policy_default(&policy);
	policy.false_bench_every = 1e9;
	policy.max_benched_share = 1;
	policy.min_available = 0;
	policy.cap_day = 1000000;
	rep_pool_set_policy(world->registry, world->pool, &policy, world->now);
}

void world_make(world_t *world, uint32_t numbers, const past_t *past)
{
	rep_pool_t *pool;
	rep_ticket_t ticket;
	uint32_t hours =
			past->hours > past->deep_hours ? past->hours : past->deep_hours;

	*world = (world_t){.numbers = numbers,
			.deep = past->deep < numbers ? past->deep : numbers,
			.routes = past->routes,
			.now = START + HOUR / 2,
			.random = UINT64_C(88172645463325252)};
	world->registry = rep_registry_create(numbers);
	if(!world->registry)
		exit(1);
	world->pool = rep_registry_put(world->registry, rep_span("bench"));
	set_policy(world);
	load(world);
	pool = rep_pool_lock(world->registry, world->pool);
	for(uint32_t ago = hours; ago-- > 0;)
		fill_hour(world, pool, past, ago);
	rep_pool_unlock(pool);
	rep_pool_measure(pool, true, world->now);
	if(past->shuffled)
		shuffle(world);
	/* queues are made by the first pick */
	for(unsigned r = 0; r < (world->routes ? world->routes : 1); r++)
		rep_pool_pick(world->registry, world->pool, 0, world_route(world, r),
				world->now, true, &ticket);
	world_tick(world, 0);
}

void world_destroy(world_t *world)
{
	rep_registry_destroy(world->registry);
	world->registry = NULL;
}

/* The store's part is done too: lists of what changed do not stay full. */
static void take(world_t *world)
{
	static rep_cell_t cells[512];
	static rep_number_view_t views[64];

	rep_pool_drain_cells(world->registry, world->pool, cells, 512);
	rep_pool_drain_health(world->registry, world->pool, world->now, views, 64);
}

void world_tick(world_t *world, uint32_t ms)
{
	world->now += ms;
	while(rep_registry_tick(world->registry, world->now))
		;
	take(world);
}
