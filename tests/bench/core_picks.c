/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>

#include "engine/pool/by_hand.h"
#include "engine/pool/count.h"
#include "engine/pool/guards.h"
#include "engine/pool/pick.h"
#include "engine/pool/pool_policy.h"
#include "engine/pool/pools.h"
#include "engine/reply/zones.h"

#include "core_mem.h"
#include "core_picks.h"
#include "core_world.h"

#define BATCH 256
#define BATCHES 100

#define GUARDED 1000000u
#define LISTED 10000000u
#define CALLEES 10000000u
#define ATTEMPTS 3 /* a day; who was called once may be called again */

#define NEW_YORK WORLD_BASE
#define TOLL_FREE UINT64_C(18000000000) /* of many zones */

static const struct way
{
	const char *name;
	uint32_t sticky, local_digits;
	bool weighted, half_benched;
	bool guarded; /* with both lists full */
	rep_e164_t
			quiet; /* quiet hours are kept, and numbers begin there; 0 = not */
} ways[] = {
		{"order", 0, 0, false, false, false, 0},
		{"sticky", 1, 0, false, false, false, 0},
		{"sticky, half benched", 1, 0, false, true, false, 0},
		{"sticky, weighted", 1, 0, true, false, false, 0},
		{"local", 0, 3, false, false, false, 0},
		{"local, sticky", 1, 3, false, false, false, 0},
		{"all, guarded", 1, 3, false, false, true, 0},
		{"all, quiet hours", 1, 3, false, false, true, NEW_YORK},
		{"all, 42 zones", 1, 3, false, false, true, TOLL_FREE},
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static void set(world_t *world, const struct way *way)
{
	rep_policy_t policy;

	rep_pool_policy(world->registry, world->pool, &policy);
	policy.sticky = way->sticky;
	policy.local_digits = way->local_digits;
	policy.order = way->weighted ? REP_WEIGHTED : REP_LEAST_RECENT;
	policy.callee_attempts_day = way->guarded ? ATTEMPTS : 0;
	if(way->quiet) { /* it is nowhere that late */
		policy.quiet_hours.from = 0;
		policy.quiet_hours.to = 15;
	}
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

static rep_e164_t callee(world_t *world)
{
	return world_number(0) + world_random(world, CALLEES);
}

/* Each has been called an hour ago, so that a call has facts to look at. */
static void fill_guard(world_t *world, uint32_t guarded)
{
	uint32_t now = (uint32_t)(world->now / 1000);

	for(uint32_t k = 0; k < guarded; k++) {
		rep_guard_fact_t fact = {.callee = callee(world),
				.pool = world->pool,
				.at = now - 3600,
				.until = now + 82800,
				.kind = REP_GUARD_TRIED,
				.n = 1};

		rep_guard_take(rep_registry_guard(world->registry), &fact, now);
	}
}

/* Nobody who is called here is on it. */
static void fill_list(world_t *world, uint32_t listed)
{
	for(uint32_t k = 0; k < listed; k++)
		if(rep_dnc_put(rep_registry_dnc(world->registry), 0,
				   UINT64_C(14000000000) + k * UINT64_C(37))
				== REP_DNC_FULL)
			exit(1);
}

/* Standard time everywhere: what an hour is matters less than that they are
 * many. */
static void fill_clocks(world_t *world)
{
	for(unsigned zone = 0; rep_zone_name(zone); zone++)
		rep_clocks_set(rep_registry_clocks(world->registry), zone,
				(rep_clock_t){.offset = (int16_t)(60 * ((int)zone % 11) - 600),
						.after = 0,
						.change = REP_NO_CHANGE});
}

static void make(world_t *world, const struct way *way, uint32_t numbers,
		uint32_t guarded, uint32_t listed)
{
	past_t past = {.hours = 0};

	world_from(way->quiet ? way->quiet : NEW_YORK);
	world_make(world, numbers, &past);
	if(way->guarded) {
		if(!rep_guarded_create(world->registry, guarded + guarded / 4, 1))
			exit(1);
		fill_guard(world, guarded);
		fill_list(world, listed);
	}
	fill_clocks(world);
	set(world, way);
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

static double measure(world_t *world)
{
	uint64_t times[BATCHES];

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
			make(&world, &ways[w], sizes[s], GUARDED, LISTED);
			ns = measure(&world);
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
	rep_ticket_t ticket;
	world_t world;
	size_t w = 0;

	while(w < WAYS && strcmp(ways[w].name, name) != 0)
		w++;
	if(w == WAYS)
		return 2;
	make(&world, &ways[w], numbers, 20000, 100000);
	while(calls-- > 0) {
		rep_pool_pick(world.registry, world.pool, callee(&world), rep_span(""),
				world.now, false, &ticket);
		rep_ticket_hang_up(world.registry, &ticket, world.now);
	}
	world_destroy(&world);
	return 0;
}
