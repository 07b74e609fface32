/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>

#include "engine/judge/cause.h"
#include "engine/judge/trial.h"

#include "judgement_shared.h"

#define POOLS 3
#define ROUTES 3
#define DAY 24

typedef void (*turn_t)(sim_mix_t mix);

static void move(sim_mix_t mix, rep_outcome_t from, double share)
{
	mix[REP_NOANSWER] += mix[from] * share;
	mix[from] *= 1 - share;
}

static void bad_list(sim_mix_t mix)
{
	move(mix, REP_ANSWERED, 0.5);
	move(mix, REP_DECLINED, -1.5);
	move(mix, REP_UNWANTED, -2);
}

static void outage(sim_mix_t mix)
{
	move(mix, REP_ANSWERED, 0.9);
}

static void labels(sim_mix_t mix)
{
	move(mix, REP_ANSWERED, 0.6);
}

static void blocked_10(sim_mix_t mix)
{
	sim_mix_set(mix, REP_BLOCKED, 0.1);
}

static void blocked_30(sim_mix_t mix)
{
	sim_mix_set(mix, REP_BLOCKED, 0.3);
}

static void blocked_100(sim_mix_t mix)
{
	sim_mix_set(mix, REP_BLOCKED, 0.9999);
}

static void unwanted_10(sim_mix_t mix)
{
	sim_mix_set(mix, REP_UNWANTED, 0.1);
}

static void declined_50(sim_mix_t mix)
{
	sim_mix_set(mix, REP_DECLINED, 0.5);
}

static void start(sim_t *sim, const sim_world_t *world, uint64_t seed)
{
	rep_policy_t policy;

	sim_policy(&policy);
	sim_init(sim, world, &policy, seed);
}

/* ---- fresh pools --------------------------------------------------------- */

typedef struct fresh
{
	double calls[3], benches[3]; /* on the first, second, third day */
	double delay, found;		 /* of the bad number */
} fresh_t;

/* Three days of a new pool; with `turn`, number 0 is bad from the start. */
static void fresh_pool(
		const sim_world_t *world, turn_t turn, uint64_t seed, fresh_t *fresh)
{
	unsigned bad_calls = 0;
	bool bad = turn != NULL;
	sim_t sim;

	start(&sim, world, seed);
	while(sim.hour < 3 * DAY - 1) {
		sim_mix_t healthy, mix;

		sim_next_hour(&sim);
		sim_mix_now(&sim, healthy);
		for(unsigned k = sim_calls_now(&sim); k > 0; k--) {
			unsigned i = sim_pick(&sim);
			rep_judged_t judged;

			memcpy(mix, healthy, sizeof(mix));
			if(bad && i == 0) {
				turn(mix);
				bad_calls++;
			}
			sim_count(&sim, i, sim_draw(&sim, mix));
			sim_judge(&sim, i, &judged);
			fresh->calls[sim.hour / DAY] += !(bad && i == 0);
			if(!judged.crossed)
				continue;
			if(bad && i == 0) {
				fresh->delay += bad_calls;
				fresh->found++;
				bad = false;
			} else {
				fresh->benches[sim.hour / DAY]++;
			}
			sim_forget(&sim, i, false);
		}
	}
	sim_destroy(&sim);
}

static void corner(FILE *json, sim_world_t world, double answered,
		double declined, unsigned runs, uint64_t seed)
{
	fresh_t fresh = {0};

	sim_mix_set(world.mix, REP_DECLINED, declined);
	sim_mix_set(world.mix, REP_ANSWERED, answered);
	for(unsigned run = 0; run < runs; run++)
		fresh_pool(&world, NULL, seed + run, &fresh);
	printf("%3u numbers, answered %2.0f%%, declined %2.0f%%", world.numbers,
			100 * answered, 100 * declined);
	fprintf(json,
			"{\"numbers\": %u, \"answered\": %.2f, \"declined\": %.2f, "
			"\"per_10000\": [",
			world.numbers, answered, declined);
	for(int day = 0; day < 3; day++) {
		double rate = 1e4 * fresh.benches[day] / fresh.calls[day];

		printf(" %8.2f", rate);
		fprintf(json, "%s%.3f", day ? ", " : "", rate);
	}
	printf("\n");
	fprintf(json, "]},\n");
}

void shared_cold_start(
		FILE *json, const sim_world_t *base, unsigned runs, uint64_t seed)
{
	static const double answered[] = {0.05, 0.25, 0.7};
	static const double declined[] = {0.01, 0.08, 0.15};
	static const struct
	{
		const char *name;
		turn_t turn;
	} bad[] = {{"blocked 100%", blocked_100}, {"blocked 30%", blocked_30},
			{"declined 50%", declined_50}, {"unwanted 10%", unwanted_10}};
	static const unsigned sizes[] = {50, 3, 1};
	sim_world_t world = *base;

	printf("\nNew pools: false benches per 10,000 calls on days 1, 2, 3\n");
	fprintf(json, "\"cold_start\": [");
	for(int s = 0; s < 3; s++) {
		world.numbers = sizes[s];
		for(int a = 0; a < 3; a++)
			for(int d = 0; d < 3; d++)
				corner(json, world, answered[a], declined[d],
						s ? runs * 5 : runs / 2 + 1, seed);
	}
	fprintf(json, "null],\n");
	printf("\nNew pools, one number bad from its first call: calls to bench, "
		   "share found in 3 days\n");
	fprintf(json, "\"cold_bad\": [");
	for(int s = 0; s < 3; s++)
		for(int b = 0; b < 4; b++) {
			unsigned n = s ? runs * 4 : runs / 2 + 1;
			fresh_t fresh = {0};

			world.numbers = sizes[s];
			for(unsigned run = 0; run < n; run++)
				fresh_pool(&world, bad[b].turn, seed + run, &fresh);
			printf("%3u numbers, %-20s %6.1f %4.0f%%\n", sizes[s], bad[b].name,
					fresh.delay / fmax(fresh.found, 1), 100 * fresh.found / n);
			fprintf(json,
					"{\"numbers\": %u, \"bad\": \"%s\", \"calls\": %.1f, "
					"\"found\": %.3f},\n",
					sizes[s], bad[b].name, fresh.delay / fmax(fresh.found, 1),
					fresh.found / n);
		}
	fprintf(json, "null],\n");
}

/* ---- shared shifts ------------------------------------------------------- */

typedef struct shift
{
	const char *name;
	turn_t turn;
	int pool, route; /* -1 = all */
	unsigned hours;
	rep_cause_kind_t kind;
} shift_t;

typedef struct shifted
{
	double alarmed, right;		 /* runs */
	double during, after, calls; /* benches; healthy calls after */
	double benched, bench_calls; /* numbers at least once, their calls */
} shifted_t;

typedef struct network
{
	rep_cause_cell_t cells[POOLS * ROUTES];
} network_t;

static void hour_ends(network_t *network)
{
	for(int i = 0; i < POOLS * ROUTES; i++) {
		rep_cause_cell_t *cell = &network->cells[i];

		cell->pool = (uint32_t)(i / ROUTES);
		cell->route = (uint32_t)(i % ROUTES);
		for(int c = 0; c < REP_OUTCOMES; c++)
			cell->past.n[c] += cell->recent.n[c];
		memset(&cell->recent, 0, sizeof(cell->recent));
	}
}

static rep_outcome_t call(sim_t *sim, network_t *network, const sim_mix_t base,
		const shift_t *shift, int pool)
{
	int route = (int)(sim_uniform(&sim->random) * ROUTES);
	rep_outcome_t outcome;
	sim_mix_t mix;

	memcpy(mix, base, sizeof(mix));
	if(shift && (shift->pool < 0 || shift->pool == pool)
			&& (shift->route < 0 || shift->route == route))
		shift->turn(mix);
	outcome = sim_draw(sim, mix);
	network->cells[pool * ROUTES + route].recent.n[outcome]++;
	return outcome;
}

/* An hour of all three pools; the first one's numbers are judged. */
static void one_hour(sim_t *sim, network_t *network, const shift_t *shift,
		bool judge, double *benches, double *calls, unsigned *made)
{
	sim_mix_t mix;
	unsigned n;

	sim_next_hour(sim);
	hour_ends(network);
	sim_mix_now(sim, mix);
	n = sim_calls_now(sim);
	for(unsigned k = 0; k < n; k++) {
		unsigned i = sim_pick(sim);
		rep_judged_t judged;

		for(int pool = 1; pool < POOLS; pool++)
			call(sim, network, mix, shift, pool);
		sim_count(sim, i, call(sim, network, mix, shift, 0));
		if(!judge)
			continue;
		sim_judge(sim, i, &judged);
		++*calls;
		if(made)
			made[i] += made[i] < 1u << 30;
		if(!judged.crossed)
			continue;
		++*benches;
		if(made && made[i] < 1u << 30)
			made[i] |= 1u << 30;
		sim_forget(sim, i, false);
	}
}

static void shift_run(const sim_world_t *world, const shift_t *shift,
		uint64_t seed, shifted_t *out)
{
	network_t network = {0};
	unsigned made[64] = {0};
	double ignored = 0;
	rep_cause_t cause = {0};
	bool alarmed = false, right = false;
	sim_t sim;

	start(&sim, world, seed);
	while(sim.hour < 96 + 11)
		one_hour(&sim, &network, NULL, false, &ignored, &ignored, NULL);
	for(unsigned h = 0; h < shift->hours; h++) {
		one_hour(&sim, &network, shift, true, &out->during, &ignored, made);
		if(alarmed)
			continue;
		rep_cause_find(
				&sim.charts, network.cells, POOLS * ROUTES, 1000, &cause);
		alarmed = cause.kind != REP_CAUSE_NONE;
		right = cause.kind == shift->kind
				&& (shift->route < 0 || (int)cause.route == shift->route)
				&& (shift->pool < 0 || (int)cause.pool == shift->pool);
	}
	if(shift->hours == 1)
		for(int h = 0; h < DAY; h++)
			one_hour(
					&sim, &network, NULL, true, &out->after, &out->calls, NULL);
	out->alarmed += alarmed;
	out->right += right;
	for(unsigned i = 0; i < world->numbers; i++)
		if(made[i] >> 30) {
			out->benched++;
			out->bench_calls += made[i] & ((1u << 30) - 1);
		}
	sim_destroy(&sim);
}

void shared_shifts(
		FILE *json, const sim_world_t *world, unsigned runs, uint64_t seed)
{
	static const shift_t shifts[] = {
			{"bad list for an hour", bad_list, 0, -1, 1, REP_CAUSE_POOL},
			{"carrier outage for an hour", outage, -1, 1, 1, REP_CAUSE_ROUTE},
			{"all pools labelled for an hour", labels, -1, -1, 1,
					REP_CAUSE_SEVERAL},
			{"pool burnt: answered / 2.5", labels, 0, -1, 72, REP_CAUSE_POOL},
			{"pool burnt: blocked 10%", blocked_10, 0, -1, 72, REP_CAUSE_POOL},
			{"pool burnt: blocked 30%", blocked_30, 0, -1, 72, REP_CAUSE_POOL},
			{"pool burnt: unwanted 10%", unwanted_10, 0, -1, 72,
					REP_CAUSE_POOL},
			{"pool burnt: declined 50%", declined_50, 0, -1, 72,
					REP_CAUSE_POOL},
	};

	printf("\nA whole pool of 50 shifts (3 pools, 3 routes)\n");
	printf("%-34s %7s %7s %10s %10s %8s %8s\n", "", "alarm", "right",
			"benched in", "per 10,000", "numbers", "after");
	printf("%-34s %7s %7s %10s %10s %8s %8s\n", "", "", "", "the hour",
			"the day after", "benched", "calls");
	fprintf(json, "\"shifts\": [");
	for(size_t i = 0; i < sizeof(shifts) / sizeof(*shifts); i++) {
		shifted_t out = {0};

		for(unsigned run = 0; run < runs; run++)
			shift_run(world, &shifts[i], seed + run, &out);
		printf("%-34s %6.0f%% %6.0f%% %10.2f %10.2f %7.0f%% %8.1f\n",
				shifts[i].name, 100 * out.alarmed / runs,
				100 * out.right / runs, out.during / runs,
				1e4 * out.after / fmax(out.calls, 1),
				100 * out.benched / runs / world->numbers,
				out.bench_calls / fmax(out.benched, 1));
		fprintf(json,
				"{\"shift\": \"%s\", \"alarm\": %.3f, \"right\": %.3f, "
				"\"benched\": %.3f, \"numbers\": %.3f, \"calls\": %.1f},\n",
				shifts[i].name, out.alarmed / runs, out.right / runs,
				out.during / runs, out.benched / runs / world->numbers,
				out.bench_calls / fmax(out.benched, 1));
		fflush(stdout);
	}
	fprintf(json, "null],\n");
}

/* ---- trials -------------------------------------------------------------- */

static rep_trial_t trial(sim_t *sim, const sim_mix_t mix, double *calls)
{
	rep_counts_t pool = sim->pool.ring[sim->hour % SIM_BUCKETS];
	rep_counts_t counts = {{0}};
	rep_trial_t result = REP_TRIAL_GOES_ON;
	rep_chart_t chart;
	float score;

	while(result == REP_TRIAL_GOES_ON) {
		rep_outcome_t outcome = sim_draw(sim, mix);

		counts.n[outcome]++;
		pool.n[outcome]++;
		++*calls;
		result = rep_judge_trial(
				&sim->charts, &sim->baseline, &counts, &pool, &chart, &score);
	}
	return result;
}

void shared_trials(
		FILE *json, const sim_world_t *world, unsigned runs, uint64_t seed)
{
	static const struct
	{
		const char *name;
		turn_t turn;
	} rows[] = {{"healthy", NULL}, {"blocked 100%", blocked_100},
			{"blocked 30%", blocked_30}, {"blocked 10%", blocked_10},
			{"unwanted 10%", unwanted_10}, {"declined 50%", declined_50},
			{"answered / 2.5", labels}};
	double ignored = 0;
	network_t network = {0};
	sim_t sim;

	start(&sim, world, seed);
	while(sim.hour < 96)
		one_hour(&sim, &network, NULL, false, &ignored, &ignored, NULL);
	printf("\nProbation of %u calls: share failed, mean calls\n",
			sim.charts.probation_calls);
	fprintf(json, "\"trials\": [");
	for(size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		double calls = 0, failed = 0;
		sim_mix_t mix;

		memcpy(mix, world->mix, sizeof(mix));
		if(rows[i].turn)
			rows[i].turn(mix);
		for(unsigned run = 0; run < runs; run++)
			failed += trial(&sim, mix, &calls) == REP_TRIAL_FAILED;
		printf("%-34s %6.1f%% %6.1f\n", rows[i].name, 100 * failed / runs,
				calls / runs);
		fprintf(json,
				"{\"number\": \"%s\", \"failed\": %.4f, \"calls\": %.1f},\n",
				rows[i].name, failed / runs, calls / runs);
	}
	fprintf(json, "null],\n");
	sim_destroy(&sim);
}
