/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The benchmark of the core: ns for what a call needs, by size of the pool;
 * memory; and the longest hold of a pool's lock. Prints tables, and writes
 * JSON to the file that is named. CPU time of one thread, medians. */

#include <stdio.h>
#include <stdlib.h>

#include "engine/pool/count.h"
#include "engine/pool/exchange.h"
#include "engine/pool/numbers.h"
#include "engine/pool/pick.h"
#include "engine/pool/pool_policy.h"
#include "engine/pool/registry.h"
#include "engine/pool/tick.h"
#include "engine/pool/view.h"

#include "core_dnc.h"
#include "core_mem.h"
#include "core_picks.h"
#include "core_world.h"

#define RUNS 5
#define BATCH 256
#define MILLION 1000000u
#define DEEP 50000u /* numbers with a full window, at most */
#define WINDOW 72	/* hours = buckets */

static FILE *json;
static const char *separator = "";

static void report(const char *what, uint32_t numbers, unsigned routes,
		const char *unit, double value)
{
	if(!json)
		return;
	fprintf(json,
			"%s\n  {\"what\": \"%s\", \"numbers\": %u, \"routes\": %u, "
			"\"unit\": \"%s\", \"value\": %.1f}",
			separator, what, numbers, routes, unit, value);
	separator = ",";
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* ---- what a call needs ------------------------------------------------- */

/* ns of BATCH operations; anything else that needs doing stays outside. */
typedef uint64_t batch_t(world_t *world);

static rep_ticket_t *tickets; /* of the numbers with deep evidence */

static uint64_t pick(world_t *world)
{
	static rep_ticket_t held[BATCH];
	uint64_t ns = cpu_ns();

	for(uint32_t k = 0; k < BATCH; k++)
		rep_pool_pick(world->registry, world->pool, 0, world_route(world, k),
				world->now, false, &held[k]);
	ns = cpu_ns() - ns;
	for(uint32_t k = 0; k < BATCH; k++)
		rep_ticket_hang_up(world->registry, &held[k], world->now);
	return ns;
}

static uint64_t record(world_t *world)
{
	static rep_ticket_t chosen[BATCH];
	static rep_outcome_t outcome[BATCH];
	uint64_t ns;

	for(uint32_t k = 0; k < BATCH; k++) {
		chosen[k] = tickets[world_random(world, world->deep) * 2 + k % 2];
		outcome[k] = world_outcome(world);
	}
	ns = cpu_ns();
	for(uint32_t k = 0; k < BATCH; k++)
		rep_ticket_count(world->registry, &chosen[k], outcome[k], world->now);
	return cpu_ns() - ns;
}

static uint64_t whole(world_t *world)
{
	static rep_outcome_t outcome[BATCH];
	rep_ticket_t ticket;
	uint64_t ns;

	for(uint32_t k = 0; k < BATCH; k++)
		outcome[k] = world_outcome(world);
	ns = cpu_ns();
	for(uint32_t k = 0; k < BATCH; k++) {
		rep_pool_pick(world->registry, world->pool, 0, world_route(world, k),
				world->now, false, &ticket);
		rep_ticket_count(world->registry, &ticket, outcome[k], world->now);
		rep_ticket_hang_up(world->registry, &ticket, world->now);
	}
	return cpu_ns() - ns;
}

/* Calls come at 1,000 a second. */
static double measure(world_t *world, batch_t *batch)
{
	enum
	{
		BATCHES = 50
	};
	double runs[RUNS], times[BATCHES];

	for(int r = 0; r < RUNS; r++) {
		for(int b = 0; b < BATCHES; b++) {
			world_tick(world, BATCH);
			times[b] = (double)batch(world) / BATCH;
		}
		runs[r] = median(times, BATCHES);
	}
	return median(runs, RUNS);
}

static void tickets_make(const world_t *world)
{
	free(tickets);
	tickets = calloc((size_t)world->deep * 2, sizeof(*tickets));
	if(!tickets)
		exit(1);
	for(uint32_t i = 0; i < world->deep * 2; i++)
		rep_pool_ticket(world->registry, world->pool, world_deep(world, i / 2),
				world_route(world, i % 2), &tickets[i]);
}

static void call_row(uint32_t numbers, unsigned routes)
{
	past_t past = {.hours = 6,
			.deep = DEEP,
			.deep_hours = WINDOW,
			.routes = routes,
			.shuffled = true};
	double ns_pick, ns_record, ns_whole;
	world_t world;

	world_make(&world, numbers, &past);
	tickets_make(&world);
	ns_pick = measure(&world, pick);
	ns_whole = measure(&world, whole);
	ns_record = measure(&world, record);
	printf("%9u %7u %10.0f %16.0f %12.0f\n", numbers, routes, ns_pick,
			ns_record, ns_whole);
	report("pick", numbers, routes, "ns", ns_pick);
	report("count and judge, 72 buckets", numbers, routes, "ns", ns_record);
	report("pick, count, judge, hang up", numbers, routes, "ns", ns_whole);
	fflush(stdout);
	world_destroy(&world);
}

static void call_table(uint32_t most)
{
	printf("\nns of CPU, median; up to %u numbers with %u buckets of evidence"
		   " (count+judge is\nmeasured on these), the rest with 6\n",
			DEEP, WINDOW);
	printf("%9s %7s %10s %16s %12s\n", "numbers", "routes", "pick",
			"count+judge", "whole call");
	for(unsigned routes = 0; routes <= 2; routes++)
		for(uint32_t n = 10; n <= most; n = n < 1000 ? 1000 : n * 10)
			if(n != 10000)
				call_row(n, routes);
}

/* ---- classifying ------------------------------------------------------- */

static const struct reply
{
	const char *name;
	int status;
	const char *phrase, *reason, *call_info;
} replies[] = {
		{"486, no header", 486, "Busy Here", NULL, NULL},
		{"480, Reason Q.850", 480, "Temporarily Unavailable",
				"Q.850;cause=19;text=\"No answer from user\"", NULL},
		{"607, Reason SIP", 607, "Unwanted", "SIP;cause=607;text=\"Unwanted\"",
				NULL},
		{"603+, analytics", 603, "Network Blocked",
				"SIP;cause=603;text=\"v=analytics1;url=https://block.example."
				"net/redress;id=12345\";location=LN",
				NULL},
		{"608, jwscard", 608, "Rejected", NULL,
				"<https://block.example.net/complaint-jws>;purpose=jwscard"},
};

static double classify(const struct reply *reply)
{
	enum
	{
		TIMES = 20000
	};
	double runs[RUNS];
	volatile unsigned sink = 0;

	for(int r = 0; r < RUNS; r++) {
		uint64_t ns = cpu_ns();

		for(int k = 0; k < TIMES; k++) {
			rep_signs_t signs = {0};
			rep_redress_t redress;

			redress.url[0] = redress.tel[0] = '\0';
			redress.email[0] = redress.id[0] = '\0';
			if(reply->reason)
				rep_signs_reason(&signs, &redress, rep_span(reply->reason));
			if(reply->call_info)
				rep_signs_call_info(
						&signs, &redress, rep_span(reply->call_info));
			sink += rep_classify(
					&signs, reply->status, rep_span(reply->phrase), 0)
							.outcome;
		}
		runs[r] = (double)(cpu_ns() - ns) / TIMES;
	}
	(void)sink;
	return median(runs, RUNS);
}

static void classify_table(void)
{
	char what[80];

	printf("\n%-20s %10s\n", "classify a reply", "ns");
	for(size_t i = 0; i < sizeof(replies) / sizeof(*replies); i++) {
		double ns = classify(&replies[i]);

		printf("%-20s %10.0f\n", replies[i].name, ns);
		snprintf(what, sizeof(what), "classify: %s", replies[i].name);
		report(what, 0, 0, "ns", ns);
	}
}

/* ---- memory ------------------------------------------------------------ */

static double bytes_a_number(uint32_t numbers, uint32_t hours)
{
	past_t past = {.hours = hours};
	size_t before = mem_bytes();
	world_t world, empty;
	double bytes;

	world_make(&empty, 1, &past);
	before = mem_bytes() - before;
	world_destroy(&empty);
	bytes = (double)mem_bytes() + (double)before;
	world_make(&world, numbers, &past);
	bytes = ((double)mem_bytes() - bytes) / numbers;
	world_destroy(&world);
	return bytes;
}

static void memory_table(uint32_t most)
{
	printf("\n%-9s %14s %22s\n", "numbers", "bytes, idle", "with 24 buckets");
	for(uint32_t n = 1000; n <= most; n *= 10) {
		double idle, day;

		if(n == 10000)
			continue;
		idle = bytes_a_number(n, 0);
		day = bytes_a_number(n, 24);
		printf("%-9u %14.0f %22.0f\n", n, idle, day);
		report("bytes a number, idle", n, 0, "bytes", idle);
		report("bytes a number, 24 buckets", n, 0, "bytes", day);
	}
}

/* ---- loads and holds --------------------------------------------------- */

static void line(const char *what, uint32_t numbers, uint64_t ns, uint64_t hold)
{
	char text[80];

	printf("%-36s %12.3f %16.3f\n", what, (double)ns / 1e6, (double)hold / 1e6);
	report(what, numbers, 0, "ms", (double)ns / 1e6);
	snprintf(text, sizeof(text), "%s: longest hold", what);
	report(text, numbers, 0, "us", (double)hold / 1e3);
}

#define TIMED(what, numbers, ...)                        \
	do {                                                 \
		uint64_t begun = cpu_ns(), held;                 \
		hold_start();                                    \
		__VA_ARGS__;                                     \
		held = hold_end();                               \
		line((what), (numbers), cpu_ns() - begun, held); \
	} while(0)

static void put_all(world_t *world, uint32_t load)
{
	rep_attrs_t attrs = {.weight = 1, .status = REP_ACTIVE};

	for(uint32_t i = 0; i < world->numbers; i++)
		if(!rep_pool_same(
				   world->registry, world->pool, world_number(i), 1, load))
			rep_pool_put(world->registry, world->pool, world_number(i), &attrs,
					1, load, world->now);
}

static void sweep_all(world_t *world, uint32_t load)
{
	static rep_e164_t gone[256];
	uint32_t cursor = 0;
	size_t n;

	while(rep_pool_sweep(
			world->registry, world->pool, load, false, &cursor, 256, gone, &n))
		;
}

/* What happens seldom, but must not keep calls waiting. */
static void hold_table(uint32_t numbers)
{
	static rep_cell_t cells[512];
	static rep_number_view_t views[64];
	past_t past = {.hours = 6};
	rep_policy_t policy;
	rep_ticket_t ticket;
	world_t world;

	printf("\n%u numbers, 6 buckets\n%-36s %12s %16s\n", numbers, "", "ms",
			"longest hold, ms");
	world_make(&world, 1, &past);
	world.numbers = numbers;
	rep_registry_destroy(world.registry);
	world.registry = rep_registry_create(numbers);
	world.pool = rep_registry_put(world.registry, rep_span("bench"));
	TIMED("load of an empty pool", numbers, put_all(&world, 1));
	TIMED("load again, nothing new", numbers, put_all(&world, 2));
	TIMED("sweep after a load", numbers, sweep_all(&world, 2));
	world_destroy(&world);

	world_make(&world, numbers, &past);
	TIMED("first pick on a new route", numbers,
			rep_pool_pick(world.registry, world.pool, 0, rep_span("new"),
					world.now, false, &ticket));
	TIMED("another pick", numbers,
			rep_pool_pick(world.registry, world.pool, 0, rep_span("new"),
					world.now, false, &ticket));
	TIMED("100 ticks", numbers,
			for(int k = 0; k < 100; k++)
					rep_registry_tick(world.registry, world.now += 100));
	TIMED("cells for the store, 512", numbers,
			rep_pool_drain_cells(world.registry, world.pool, cells, 512));
	TIMED("health for the store, 64", numbers,
			rep_pool_drain_health(
					world.registry, world.pool, world.now, views, 64));
	TIMED("edit of the policy", numbers,
			rep_pool_policy(world.registry, world.pool, &policy);
			rep_pool_set_policy(
					world.registry, world.pool, &policy, world.now));
	policy.bucket_minutes = 30;
	TIMED("edit of bucket_minutes", numbers,
			rep_pool_set_policy(
					world.registry, world.pool, &policy, world.now));
	TIMED("all counts as changed again", numbers,
			rep_pool_requeue_all(world.registry, world.pool));
	world.now += 73 * 3600000;
	TIMED("all evidence grows too old", numbers,
			for(uint32_t k = 0; k < numbers / 128 + 2; k++)
					rep_registry_tick(world.registry, world.now += 100));
	TIMED("the pool is dropped", numbers,
			rep_registry_drop(world.registry, world.pool));
	world_destroy(&world);
}

/* For instructions.py: calls of numbers with a full window, in a pool of a
 * thousand, at the pace at which the window was filled, and nothing else. */
static int judge_only(unsigned calls)
{
	past_t past = {.hours = WINDOW};
	rep_policy_t policy, usual;
	world_t world;

	world_make(&world, 1000, &past);
	rep_policy_default(&usual);
	rep_pool_policy(world.registry, world.pool, &policy);
	policy.false_bench_every = usual.false_bench_every;
	rep_pool_set_policy(world.registry, world.pool, &policy, world.now);
	for(unsigned k = 0; k < calls; k++) {
		rep_ticket_t ticket;

		if(k % 100 == 0)
			world_tick(&world, 100 * 3600000 / (CALLS_AN_HOUR * world.numbers));
		rep_pool_ticket(world.registry, world.pool,
				world_number(world_random(&world, world.numbers)),
				world_route(&world, 0), &ticket);
		rep_ticket_count(
				world.registry, &ticket, world_outcome(&world), world.now);
	}
	world_destroy(&world);
	return 0;
}

int main(int argc, char **argv)
{
	uint32_t most = MILLION;

	for(int a = 1; a < argc; a++) {
		if(strcmp(argv[a], "--judge-only") == 0 && a + 1 < argc)
			return judge_only((unsigned)atoi(argv[a + 1]));
		if(strcmp(argv[a], "--picks-only") == 0 && a + 3 < argc)
			return picks_only(argv[a + 1], (uint32_t)atoi(argv[a + 2]),
					(unsigned)atoi(argv[a + 3]));
		if(strcmp(argv[a], "--dnc-only") == 0 && a + 2 < argc)
			return dnc_only(
					(uint32_t)atoi(argv[a + 1]), (unsigned)atoi(argv[a + 2]));
		if(strcmp(argv[a], "--dnc") == 0)
			return dnc_table(MILLION, report), 0;
		if(strcmp(argv[a], "--picks") == 0)
			return picks_table(MILLION, report), 0;
		if(strcmp(argv[a], "--quick") == 0)
			most = 100000;
		else if(!json && argv[a][0] != '-')
			json = fopen(argv[a], "w");
		else
			return fprintf(stderr,
						   "core [--quick] [--picks] [--judge-only CALLS]"
						   " [--picks-only WAY NUMBERS CALLS] [--dnc]"
						   " [--dnc-only ENTRIES CALLS] [FILE.json]\n"),
				   2;
	}
	if(json)
		fputs("[", json);
	call_table(most);
	picks_table(most, report);
	dnc_table(most, report);
	classify_table();
	memory_table(most);
	hold_table(most);
	free(tickets);
	if(json) {
		fputs("\n]\n", json);
		fclose(json);
	}
	return 0;
}
