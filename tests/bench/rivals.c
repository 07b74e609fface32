/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules in use elsewhere, on the logs of traffic.c.
 *
 *   rivals every CALLS <log.csv     the limits with which each benches a
 *                                   healthy number once in so many calls
 *   rivals limits L1 L2 ... <log.csv  who is benched with these, and when:
 *                                   "rule number time"
 *
 * Limits stand in the order of `rules`. The first four days are left out. */

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAST 100 /* calls that a rule looks back on */
#define DAY_HOURS 24
#define LEARNED (4 * DAY_HOURS)
#define NUMBERS 4096
#define COUNTS 4

enum
{
	ANSWERED,
	SHORT,
	DECLINED,
	UNWANTED,
	BLOCKED,
	AMBIGUOUS,
	BUSY,
	NOANSWER,
	OUTCOMES
};

static const char *const outcome_name[OUTCOMES] = {"answered", "short",
		"declined", "unwanted", "blocked", "ambiguous", "busy", "noanswer"};

typedef struct call
{
	double at;
	uint16_t number;
	uint8_t outcome;
} call_t;

typedef struct number
{
	uint32_t calls;
	uint8_t last[LAST];
	uint16_t n[OUTCOMES]; /* of the last */
	uint32_t hour[DAY_HOURS], bad_in[DAY_HOURS], of_hour[DAY_HOURS];
	bool gone;
} number_t;

static call_t *calls;
static size_t n_calls, room;
static char name[NUMBERS][16];
static unsigned n_names;
static number_t number[NUMBERS];
static uint32_t hour_now;
static double mean, stdev; /* of the numbers' shares of calls not bad */

/* ---- the log ------------------------------------------------------------- */

static uint16_t number_of(const char *text)
{
	static uint16_t table[2 * NUMBERS];
	uint32_t hash = 0;

	for(const char *c = text; *c; c++)
		hash = hash * 31 + (unsigned char)*c;
	for(hash %= 2 * NUMBERS; table[hash]; hash = (hash + 1) % (2 * NUMBERS))
		if(strcmp(name[table[hash] - 1], text) == 0)
			return (uint16_t)(table[hash] - 1);
	if(n_names == NUMBERS)
		abort();
	snprintf(name[n_names], sizeof(*name), "%s", text);
	table[hash] = (uint16_t)++n_names;
	return (uint16_t)(n_names - 1);
}

static void read_log(void)
{
	char line[256], caller[16], outcome[16];
	double ms;

	if(!fgets(line, sizeof(line), stdin))
		return;
	while(fgets(line, sizeof(line), stdin)) {
		uint8_t c = 0;

		if(sscanf(line, "%lf,%*[^,],%15[^,],%15[^,]", &ms, caller, outcome)
				!= 3)
			continue;
		while(c < OUTCOMES - 1 && strcmp(outcome, outcome_name[c]))
			c++;
		if(n_calls == room) {
			room = room ? 2 * room : 65536;
			calls = realloc(calls, room * sizeof(*calls));
			if(!calls)
				abort();
		}
		calls[n_calls++] = (call_t){ms / 1000, number_of(caller), c};
	}
}

/* ---- the rules ----------------------------------------------------------- */

static double bad(const uint16_t *n)
{
	return n[DECLINED] + n[UNWANTED] + n[BLOCKED] + n[AMBIGUOUS];
}

/* In 0 to 1; breaks ties, so that limits on counts can be set finely. */
static double jitter(const number_t *x)
{
	return (x->calls * 2654435761u >> 8 & 0xffff) / 65536.0;
}

static double blocks(const number_t *x)
{
	return x->n[BLOCKED] + x->n[AMBIGUOUS] + jitter(x);
}

static double unwanted(const number_t *x)
{
	return x->n[UNWANTED] + jitter(x);
}

static double not_answered(const number_t *x)
{
	uint32_t n = x->calls < LAST ? x->calls : LAST;

	return n - x->n[ANSWERED] + jitter(x);
}

static double bad_share(const number_t *x)
{
	return bad(x->n) + jitter(x);
}

/* Lower end of Wilson's 95% interval for the bad share of the last day. */
static double wilson(const number_t *x)
{
	const double z = 1.645;
	double n = 0, b = 0, p;

	for(int h = 0; h < DAY_HOURS; h++) {
		if(x->of_hour[h] + DAY_HOURS <= hour_now)
			continue;
		n += x->hour[h];
		b += x->bad_in[h];
	}
	p = b / n;
	return (p + z * z / (2 * n)
				   - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
		   / (1 + z * z / n);
}

/* Envoy: success rate below mean - factor * stdev of all with enough calls. */
static double envoy(const number_t *x)
{
	if(x->calls < LAST || !(stdev > 0))
		return 0;
	return (mean - (1 - bad(x->n) / LAST)) / stdev;
}

/* OpenSIPS qrouting: answer-seizure ratio and call duration (120 s, a short
 * call 3 s) against a warning and a critical limit; each passed limit
 * multiplies the traffic by a penalty (0.5, 0.25). Benched at a quarter. The
 * score is how far below the healthy figures the critical limit would have to
 * lie to be passed. */
static double qrouting(const number_t *x)
{
	double answered = x->n[ANSWERED] + x->n[SHORT], asr, acd, two;

	if(x->calls < LAST)
		return 0;
	asr = 1 - answered / LAST / .27;
	acd = answered > 0 ? 1
								 - (x->n[ANSWERED] * 120.0 + x->n[SHORT] * 3.0)
										   / answered / 111.3
					   : 1;
	two = fmin(asr, acd) / .6; /* both warned, at 60% of critical */
	return fmax(fmax(asr, acd), two);
}

typedef struct rule
{
	const char *name;
	double (*score)(const number_t *x);
	double from, to; /* of its limit */
	double limit;
} rule_t;

/* The first COUNTS are one rule: the first that is passed benches. */
static rule_t rules[] = {
		{"blocks", blocks, 0, LAST, 0},
		{"unwanted", unwanted, 0, LAST, 0},
		{"not answered", not_answered, 0, LAST + 1, 0},
		{"bad share", bad_share, 0, LAST, 0},
		{"fixed threshold", bad_share, 0, LAST, 0},
		{"Wilson bound", wilson, 0, 1, 0},
		{"Envoy outlier", envoy, 0, 20, 0},
		{"qrouting penalty", qrouting, 0, 1.7, 0},
};
#define RULES (sizeof(rules) / sizeof(*rules))

/* ---- a run --------------------------------------------------------------- */

static void compare_numbers(void)
{
	double n = 0, sum = 0, squares = 0;

	for(unsigned i = 0; i < n_names; i++) {
		double good = 1 - bad(number[i].n) / LAST;

		if(number[i].calls < LAST)
			continue;
		n++;
		sum += good;
		squares += good * good;
	}
	mean = n >= 5 ? sum / n : 0;
	stdev = n >= 5 ? sqrt(fmax(squares / n - mean * mean, 0)) : 0;
}

static void count(number_t *x, uint8_t outcome)
{
	uint8_t *oldest = &x->last[x->calls++ % LAST];
	unsigned h = hour_now % DAY_HOURS;

	if(x->calls > LAST)
		x->n[*oldest]--;
	*oldest = outcome;
	x->n[outcome]++;
	if(x->of_hour[h] != hour_now) {
		x->of_hour[h] = hour_now;
		x->hour[h] = x->bad_in[h] = 0;
	}
	x->hour[h]++;
	x->bad_in[h] += outcome >= DECLINED && outcome <= AMBIGUOUS;
}

static bool passes(const number_t *x, const rule_t *rule, size_t n)
{
	for(size_t k = 0; k < n; k++)
		if(rule[k].score(x) >= rule[k].limit)
			return true;
	return false;
}

/* Calls between benches by these rules together. With `tell` each is told,
 * and the number is gone; else it begins anew. */
static double run(const rule_t *rule, size_t n, const char *tell)
{
	double judged = 0, benches = 0;
	uint32_t first = (uint32_t)(calls[0].at / 3600);

	first -= first % DAY_HOURS;
	memset(number, 0, sizeof(number));
	hour_now = 0;
	mean = stdev = 0;
	for(size_t i = 0; i < n_calls; i++) {
		number_t *x = &number[calls[i].number];
		uint32_t hour = (uint32_t)(calls[i].at / 3600);

		if(x->gone)
			continue;
		if(hour != hour_now && rule->score == envoy)
			compare_numbers();
		hour_now = hour;
		count(x, calls[i].outcome);
		if(hour < first + LEARNED)
			continue;
		judged++;
		if(!passes(x, rule, n))
			continue;
		benches++;
		memset(x, 0, sizeof(*x));
		x->gone = tell != NULL;
		if(tell)
			printf("%s,%s,%.3f\n", tell, name[calls[i].number], calls[i].at);
	}
	return judged / fmax(benches, .7);
}

/* The least limit that benches as rarely as once in `every` calls. */
static void calibrate(rule_t *rule, double every)
{
	double low = rule->from, high = rule->to;

	for(int i = 0; i < 14; i++) {
		rule->limit = (low + high) / 2;
		if(run(rule, 1, NULL) < every)
			low = rule->limit;
		else
			high = rule->limit;
	}
	rule->limit = high;
}

int main(int argc, char **argv)
{
	if(argc < 3)
		return 2;
	read_log();
	if(!n_calls)
		return 1;
	if(strcmp(argv[1], "every") == 0) {
		double every = strtod(argv[2], NULL);

		for(size_t r = 0; r < RULES; r++) {
			calibrate(&rules[r], r < COUNTS ? COUNTS * every : every);
			printf("%s%.6f", r ? " " : "", rules[r].limit);
		}
		printf("\n");
		return 0;
	}
	for(size_t r = 0; r < RULES && argv[2 + r]; r++)
		rules[r].limit = strtod(argv[2 + r], NULL);
	run(rules, COUNTS, "four counts");
	for(size_t r = COUNTS; r < RULES; r++)
		run(&rules[r], 1, rules[r].name);
	return 0;
}
