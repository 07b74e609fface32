/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The benchmark of judgement: how often the charts bench a healthy number,
 * how soon a bad one, for which cause; next to rules in use elsewhere. Prints
 * tables and writes JSON; tests/bench/plot_judgement.py draws it. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judgement_rivals.h"
#include "judgement_shared.h"

#define EVERY 10000.0
#define PI 3.14159265358979

static struct options
{
	unsigned runs;
	double calls;
	uint64_t seed;
	const char *json;
} options = {300, 500000, 1, NULL};

static FILE *json;

/* ---- worlds ------------------------------------------------------------ */

static sim_world_t world_of(const char *name, unsigned numbers, double calls)
{
	sim_world_t world = {.name = name, .numbers = numbers, .day_calls = calls};
	rep_policy_t policy;
	double sum = 0;

	sim_policy(&policy);
	for(int c = 0; c < REP_JUDGED; c++)
		sum += policy.healthy[c];
	for(int c = 0; c < REP_JUDGED; c++)
		world.mix[c] = policy.healthy[c] / sum;
	for(int h = 8; h < 20; h++)
		world.profile[h] = 1.0 / 12;
	return world;
}

static void round_the_clock(sim_world_t *world)
{
	for(int h = 0; h < 24; h++)
		world->profile[h] = 1.0 / 24;
}

/* The answer rate swings from 15% to 40% and back within a day. */
static void swing(sim_world_t *world)
{
	for(int h = 0; h < 24; h++)
		world->answered[h] = 0.275 + 0.125 * cos((h - 12) * PI / 12);
}

enum
{
	BASE,
	CLOCK,
	BUSY,
	LOW,
	HIGH,
	SWING,
	SHIFTS,
	THREE,
	MANY,
	NIGHT,
	WORLDS
};

static void worlds_make(sim_world_t *w)
{
	w[BASE] = world_of("50 numbers, 100 calls a day", 50, 100);
	w[CLOCK] = world_of("the same, round the clock", 50, 100);
	round_the_clock(&w[CLOCK]);
	w[BUSY] = world_of("50 numbers, 1,000 calls a day", 50, 1000);
	w[LOW] = world_of("answered 5%, declined 15%", 50, 100);
	sim_mix_set(w[LOW].mix, REP_ANSWERED, 0.05);
	sim_mix_set(w[LOW].mix, REP_DECLINED, 0.15);
	w[HIGH] = world_of("answered 70%, declined 1%", 50, 100);
	sim_mix_set(w[HIGH].mix, REP_ANSWERED, 0.7);
	sim_mix_set(w[HIGH].mix, REP_DECLINED, 0.01);
	w[SWING] = world_of("answered 15% to 40% by the hour", 50, 100);
	round_the_clock(&w[SWING]);
	swing(&w[SWING]);
	w[SHIFTS] = world_of("the same, numbers in 4 shifts", 52, 100);
	round_the_clock(&w[SHIFTS]);
	swing(&w[SHIFTS]);
	w[SHIFTS].shifts = 4;
	w[THREE] = world_of("3 numbers, 100 calls a day", 3, 100);
	w[MANY] = world_of("2,000 numbers, 10 calls a day", 2000, 10);
	w[NIGHT] = world_of("nights with few calls", 50, 100);
	for(int h = 0; h < 24; h++)
		w[NIGHT].profile[h] = h >= 8 && h < 20 ? 0.078 : 0.0053;
	for(int h = 0; h < 24; h++)
		w[NIGHT].answered[h] = h >= 8 && h < 20 ? 0.27 : 0.12;
}

static void false_benches(const sim_world_t *w)
{
	printf("\nHealthy numbers: calls between false benches (asked: %.0f)\n",
			EVERY);
	printf("%-34s %8s %8s", "", "charts", "+-");
	for(int d = FIXED; d < DETECTORS; d++)
		printf(" %16s", detectors[d].name);
	printf("\n");
	fprintf(json, "\"healthy\": [");
	for(int i = 0; i < WORLDS; i++) {
		unsigned benches;
		double calls = options.calls * (i == BASE ? 4 : 2);
		double interval = judgement_interval(
				&w[i], &detectors[CHARTS], calls, options.seed + i, &benches);

		printf("%-34s %8.0f %8.0f", w[i].name, interval,
				interval / sqrt(fmax(benches, 1)));
		fprintf(json, "%s{\"world\": \"%s\", \"charts\": %.0f", i ? ", " : "",
				w[i].name, interval);
		for(int d = FIXED; d < DETECTORS; d++) {
			interval = judgement_interval(&w[i], &detectors[d], options.calls,
					options.seed + i, &benches);
			printf(" %16.0f", interval);
			fprintf(json, ", \"%s\": %.0f", detectors[d].name, interval);
		}
		fprintf(json, "}");
		printf("\n");
		fflush(stdout);
	}
	fprintf(json, "],\n");
}

/* ---- numbers that go bad ------------------------------------------------ */

/* `t`: calls since the onset. */
typedef void (*turn_t)(sim_mix_t mix, double t);

static void blocked_30(sim_mix_t mix, double t)
{
	(void)t;
	sim_mix_set(mix, REP_BLOCKED, 0.3);
}

static void blocked_10(sim_mix_t mix, double t)
{
	(void)t;
	sim_mix_set(mix, REP_BLOCKED, 0.1);
}

static void blocked_5(sim_mix_t mix, double t)
{
	(void)t;
	sim_mix_set(mix, REP_BLOCKED, 0.05);
}

static void declined_30(sim_mix_t mix, double t)
{
	(void)t;
	sim_mix_set(mix, REP_DECLINED, 0.3);
}

static void unwanted_5(sim_mix_t mix, double t)
{
	(void)t;
	sim_mix_set(mix, REP_UNWANTED, 0.05);
}

static void move(sim_mix_t mix, rep_outcome_t from, double share)
{
	mix[REP_NOANSWER] += mix[from] * share;
	mix[from] *= 1 - share;
}

static void answered_10(sim_mix_t mix, double t)
{
	(void)t;
	move(mix, REP_ANSWERED, 0.6);
}

static void label(sim_mix_t mix, double t)
{
	(void)t;
	move(mix, REP_ANSWERED, 0.5);
	move(mix, REP_DECLINED, -1.5);
}

static void drift(sim_mix_t mix, double t)
{
	sim_mix_set(mix, REP_BLOCKED, 0.004 + 0.196 * fmin(t / 400, 1));
}

static const struct turn
{
	const char *name;
	turn_t turn;
	rep_chart_t chart;
	bool steady;
} turns[] = {
		{"blocked 30%", blocked_30, REP_CHART_BLOCKED, true},
		{"blocked 10%", blocked_10, REP_CHART_BLOCKED, true},
		{"blocked 5%", blocked_5, REP_CHART_BLOCKED, true},
		{"declined 30%", declined_30, REP_CHART_REJECTED, true},
		{"unwanted 5%", unwanted_5, REP_CHART_REJECTED, true},
		{"answered 25% to 10%", answered_10, REP_CHART_LABELLED, true},
		{"label: answers / 2, declines x 2.5", label, REP_CHART_LABELLED, true},
		{"blocked to 20% over 400 calls", drift, REP_CHART_BLOCKED, false},
};
#define TURNS (sizeof(turns) / sizeof(*turns))
#define MOST_CALLS 5000.0 /* of one run; then it counts as not benched */

typedef struct delays
{
	double mean, median, p90, right;
} delays_t;

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void summarize(double *delay, unsigned runs, unsigned missed,
		unsigned right, delays_t *out)
{
	double sum = 0;

	qsort(delay, runs, sizeof(*delay), by_size);
	for(unsigned i = 0; i < runs; i++)
		sum += delay[i];
	out->mean = sum / fmax(runs - missed, 1);
	out->median = delay[runs / 2];
	out->p90 = delay[runs * 9 / 10];
	out->right = right / fmax(runs - missed, 1);
}

/* One number of a known pool goes bad, is benched, is healthy again with its
 * past forgotten; a day later the next run begins, at any moment. */
static void measure(const sim_world_t *base, const struct turn *turn,
		const detector_t *detector, unsigned runs, delays_t *out)
{
	sim_world_t world = *base;
	double *delay = calloc(runs, sizeof(*delay)), t = -1;
	unsigned done = 0, right = 0, missed = 0, onset = 120;
	rep_policy_t policy;
	sim_t sim;

	if(!delay)
		abort();
	if(!detector->whole_pool)
		world.numbers = 1;
	sim_policy(&policy);
	sim_init(&sim, &world, &policy, options.seed + (uint64_t)(turn - turns));
	sim.blind = detector != &detectors[CHARTS];
	while(done < runs) {
		unsigned calls, at;
		sim_mix_t healthy, mix;

		sim_next_hour(&sim);
		sim_mix_now(&sim, healthy);
		calls = sim_calls_now(&sim);
		at = (unsigned)(sim_uniform(&sim.random) * calls);
		for(unsigned k = 0; k < calls && done < runs; k++) {
			unsigned i = sim_pick(&sim);
			rep_chart_t chart = REP_CHARTS;

			if(t < 0 && sim.hour >= onset && k >= at)
				t = 0;
			memcpy(mix, healthy, sizeof(mix));
			if(i == 0 && t >= 0)
				turn->turn(mix, t++);
			sim_count(&sim, i, sim_draw(&sim, mix));
			if(i != 0 || sim.hour + 12 < onset)
				continue;
			if(detector->score(&sim, 0, &chart) < detector->threshold
					&& t < MOST_CALLS)
				continue;
			if(t > 0) {
				missed += t >= MOST_CALLS;
				right += chart == turn->chart;
				delay[done++] = t;
			}
			sim_forget(&sim, 0, true);
			t = -1;
			/* a look back of 100 calls must be full again */
			onset = sim.hour + 36;
		}
	}
	sim_destroy(&sim);
	summarize(delay, runs, missed, right, out);
	free(delay);
}

static double bound(const sim_world_t *world, const struct turn *turn)
{
	sim_mix_t mix;

	memcpy(mix, world->mix, sizeof(mix));
	turn->turn(mix, 0);
	return log(EVERY) / sim_divergence(mix, world->mix);
}

static void delays_of(const sim_world_t *world, const struct turn *turn)
{
	delays_t found;

	printf("%-34s", turn->name);
	fprintf(json, "%s{\"turn\": \"%s\"", turn == turns ? "" : ", ", turn->name);
	for(int d = 0; d < DETECTORS; d++) {
		unsigned runs = d == CHARTS	 ? options.runs * 5
						: d == ENVOY ? options.runs / 8 + 1
									 : options.runs;

		measure(world, turn, &detectors[d], runs, &found);
		if(d == CHARTS) {
			printf(" %6.1f %6.0f %6.0f %4.0f%%", found.mean, found.median,
					found.p90, 100 * found.right);
			if(turn->steady)
				printf(" %6.1f %5.2f", bound(world, turn),
						found.mean / bound(world, turn));
			else
				printf(" %6s %5s", "-", "-");
			fprintf(json, ", \"median\": %.0f, \"p90\": %.0f, \"right\": %.3f",
					found.median, found.p90, found.right);
			if(turn->steady)
				fprintf(json, ", \"bound\": %.2f", bound(world, turn));
		} else {
			printf(" %16.0f", found.mean);
		}
		fprintf(json, ", \"%s\": %.1f", detectors[d].name, found.mean);
		fflush(stdout);
	}
	fprintf(json, "}");
	printf("\n");
}

static void delays(const sim_world_t *world)
{
	printf("\nOne number of 50 goes bad: calls from onset to bench\n");
	printf("%-34s %6s %6s %6s %5s %6s %5s", "", "mean", "median", "p90",
			"right", "log/KL", "ratio");
	for(int d = FIXED; d < DETECTORS; d++)
		printf(" %16s", detectors[d].name);
	printf("\n");
	fprintf(json, "\"delays\": [");
	for(size_t i = 0; i < TURNS; i++)
		delays_of(world, &turns[i]);
	fprintf(json, "],\n");
}

/* ---- running ------------------------------------------------------------ */

static void parse(int argc, char **argv)
{
	for(int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if(strcmp(argv[i], "--quick") == 0) {
			options.runs = 30;
			options.calls = 40000;
			continue;
		}
		if(value && strcmp(argv[i], "--runs") == 0)
			options.runs = (unsigned)strtoul(value, NULL, 10);
		else if(value && strcmp(argv[i], "--calls") == 0)
			options.calls = strtod(value, NULL);
		else if(value && strcmp(argv[i], "--seed") == 0)
			options.seed = strtoull(value, NULL, 10);
		else if(value && strcmp(argv[i], "--json") == 0)
			options.json = value;
		else
			options.runs = 0;
		i++;
	}
	if(options.runs < 1 || options.calls < 1) {
		fprintf(stderr,
				"usage: %s [--quick] [--runs N] [--calls N] [--seed N] "
				"[--json FILE]\n",
				argv[0]);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	sim_world_t worlds[WORLDS];

	parse(argc, argv);
	json = fopen(options.json ? options.json : "/dev/null", "w");
	if(!json) {
		perror(options.json);
		return 1;
	}
	worlds_make(worlds);
	fprintf(json, "{\"every\": %.0f, \"seed\": %llu, \"runs\": %u,\n", EVERY,
			(unsigned long long)options.seed, options.runs);
	rivals_calibrate(&worlds[BASE], EVERY, options.calls, options.seed + 99);
	delays(&worlds[BASE]);
	false_benches(worlds);
	shared_routes(json, &worlds[BASE], options.calls * 2, options.seed);
	shared_cold_start(json, &worlds[BASE], options.runs / 8 + 1, options.seed);
	shared_shifts(json, &worlds[BASE], options.runs / 8 + 1, options.seed);
	shared_trials(json, &worlds[BASE], options.runs * 20, options.seed);
	fprintf(json, "\"end\": true}\n");
	return fclose(json) == 0 ? 0 : 1;
}
