/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>

#include "engine/pool/by_hand.h"
#include "engine/pool/count.h"
#include "engine/pool/pick.h"
#include "engine/pool/pool_policy.h"

#include "core_mem.h"
#include "core_picks.h"
#include "core_world.h"

#define BATCH 256
#define BATCHES 100

static const struct way
{
	const char *name;
	uint32_t sticky, local_digits;
	bool weighted, half_benched;
} ways[] = {
		{"order", 0, 0, false, false},
		{"sticky", 1, 0, false, false},
		{"sticky, half benched", 1, 0, false, true},
		{"sticky, weighted", 1, 0, true, false},
		{"local", 0, 3, false, false},
		{"local, sticky", 1, 3, false, false},
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static void set(world_t *world, const struct way *way)
{
	rep_policy_t policy;

	rep_pool_policy(world->registry, world->pool, &policy);
	policy.sticky = way->sticky;
	policy.local_digits = way->local_digits;
	policy.order = way->weighted ? REP_WEIGHTED : REP_LEAST_RECENT;
	rep_pool_set_policy(world->registry, world->pool, &policy, world->now);
	for(uint32_t i = 1; i < world->numbers; i += 2) {
		if(way->half_benched)
			rep_pool_bench(world->registry, world->pool, world_number(i),
					rep_span(""), 864000, REP_REASON_MANUAL, world->now);
		else
			rep_pool_release(world->registry, world->pool, world_number(i),
					rep_span(""), world->now);
	}
}

/* Numbers are +1 200 000 0000 and those after it. */
static rep_e164_t callee(world_t *world)
{
	return UINT64_C(12000000000) + world_random(world, 20000000);
}

static uint64_t batch(world_t *world)
{
	static rep_ticket_t tickets[BATCH];
	static rep_e164_t callees[BATCH];
	uint64_t ns;

	for(unsigned k = 0; k < BATCH; k++)
		callees[k] = callee(world);
	ns = cpu_ns();
	for(unsigned k = 0; k < BATCH; k++)
		rep_pool_pick(world->registry, world->pool, callees[k], rep_span(""),
				world->now, false, &tickets[k]);
	ns = cpu_ns() - ns;
	for(unsigned k = 0; k < BATCH; k++)
		rep_ticket_hang_up(world->registry, &tickets[k], world->now);
	world_tick(world, BATCH);
	return ns;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double measure(world_t *world, const struct way *way)
{
	uint64_t times[BATCHES];

	set(world, way);
	for(unsigned b = 0; b < 20; b++)
		batch(world);
	for(unsigned b = 0; b < BATCHES; b++)
		times[b] = batch(world);
	qsort(times, BATCHES, sizeof(*times), by_value);
	return (double)times[BATCHES / 2] / BATCH;
}

void picks_table(uint32_t most, report_t *report)
{
	static const uint32_t sizes[] = {10, 64, 96, 1000, 100000, 1000000};
	past_t past = {.hours = 0};

	printf("\n%-24s", "ns a pick, by numbers");
	for(size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++)
		printf(" %8u", sizes[s]);
	for(size_t w = 0; w < WAYS; w++) {
		printf("\n%-24s", ways[w].name);
		for(size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
			char what[80];
			world_t world;
			double ns;

			if(sizes[s] > most)
				continue;
			world_make(&world, sizes[s], &past);
			ns = measure(&world, &ways[w]);
			world_destroy(&world);
			printf(" %8.0f", ns);
			fflush(stdout);
			snprintf(what, sizeof(what), "pick: %s", ways[w].name);
			report(what, sizes[s], 0, "ns", ns);
		}
	}
	printf("\n");
}

int picks_only(const char *name, uint32_t numbers, unsigned calls)
{
	past_t past = {.hours = 0};
	rep_ticket_t ticket;
	world_t world;
	size_t w = 0;

	while(w < WAYS && strcmp(ways[w].name, name) != 0)
		w++;
	if(w == WAYS)
		return 2;
	world_make(&world, numbers, &past);
	set(&world, &ways[w]);
	while(calls-- > 0) {
		rep_pool_pick(world.registry, world.pool, callee(&world), rep_span(""),
				world.now, false, &ticket);
		rep_ticket_hang_up(world.registry, &ticket, world.now);
	}
	world_destroy(&world);
	return 0;
}
