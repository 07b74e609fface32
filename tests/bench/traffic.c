/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call logs of made-up pools, as CSV for reputation-replay.
 *
 *   traffic [--OPTION [VALUE]]... >log.csv
 *
 * Numbers that differ, lists that differ, redials, effects of the hour, numbers
 * that go bad and causes that all share: each by its option, listed below. It
 * shares no code with the judge. `--truth FILE` gets what was put in, as JSON
 * lines. */

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START 1700006400.0 /* a midnight, UTC */
#define DAY 86400.0
#define HOUR 3600.0
#define TAIL 20000	  /* calls of a bad number whose times are told */
#define REMEMBERED 32 /* callees of a number that may be called again */
#define LABELS "label"

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

typedef double mix_t[OUTCOMES];

static mix_t healthy = {.25, .02, .08, .003, .004, .005, .08, .558};

/* Share of a day's calls in each hour. */
static const double office[24] = {0, 0, 0, 0, 0, 0, 0, 0, .04, .08, .11, .11,
		.09, .06, .08, .10, .11, .10, .08, .04};

/* ---- options ------------------------------------------------------------- */

static struct
{
	double pools, numbers, day_calls, days, seed, around;
	double routes, campaigns, networks;
	double answered, declined;
	double spread, lists, burst, shared, redials, repeats;
	double hours, week, walk;
	const char *bad, *cause, *truth;
	double bad_numbers, bad_share, bad_pools;
	double onset, every, scattered;
	double cause_every, cause_hours, cause_from;
} o = {.pools = 1,
		.numbers = 50,
		.day_calls = 100,
		.days = 30,
		.seed = 1,
		.repeats = .6,
		.onset = 6,
		.every = 0,
		.bad_numbers = 1,
		.cause_every = 2,
		.cause_hours = 1,
		.cause_from = 5};

typedef struct option
{
	const char *name;
	double *number; /* or: */
	const char **text;
	double alone; /* the value of an option without one; 0 = it has one */
	const char *meaning;
} option_t;

static const option_t options[] = {
		{"pools", &o.pools, NULL, 0, "pools, alike and independent"},
		{"numbers", &o.numbers, NULL, 0, "in each pool"},
		{"day-calls", &o.day_calls, NULL, 0, "calls a day of each number"},
		{"days", &o.days, NULL, 0, "length of the log"},
		{"seed", &o.seed, NULL, 0, ""},
		{"around-the-clock", &o.around, NULL, 1, "else office hours"},
		{"routes", &o.routes, NULL, 0, "a call takes any of these"},
		{"campaigns", &o.campaigns, NULL, 0, "the same"},
		{"networks", &o.networks, NULL, 0, "the same"},
		{"answered", &o.answered, NULL, 0, "share of the healthy mix (.25)"},
		{"declined", &o.declined, NULL, 0, "the same (.08)"},
		{"spread", &o.spread, NULL, 0,
				"concentration of the numbers' own healthy mixes"},
		{"lists", &o.lists, NULL, 0,
				"concentration of the mixes of a number's bursts"},
		{"burst", &o.burst, NULL, 0,
				"calls that a dialer makes in a row; 30 with --lists"},
		{"shared-half", &o.shared, NULL, 0,
				"sd of the log odds that half of the numbers share for hours"},
		{"redials", &o.redials, NULL, 0, "share of calls to a known callee"},
		{"repeats", &o.repeats, NULL, 0, "share of those that end as before"},
		{"hours", &o.hours, NULL, 0, "swing of the answer rate by the hour"},
		{"week", &o.week, NULL, 1, "weekends are quiet and answer more"},
		{"walk", &o.walk, NULL, 0,
				"step an hour of a random walk of the answer rate"},
		{"bad", NULL, &o.bad, 0,
				"OUTCOME:SHARE, OUTCOME:xFACTOR, " LABELS
				" or ramp (blocked to 20% over 400 calls)"},
		{"bad-numbers", &o.bad_numbers, NULL, 0, "of each pool go bad"},
		{"bad-share", &o.bad_share, NULL, 0, "the same, as a share"},
		{"bad-pools", &o.bad_pools, NULL, 0, "in so many pools; 0 = all"},
		{"onset", &o.onset, NULL, 0, "the day of it"},
		{"every", &o.every, NULL, 0,
				"days from one bad number to the next, at a random time in "
				"them; 0 = all at once"},
		{"scattered", &o.scattered, NULL, 1, "the bad numbers share no prefix"},
		{"cause", NULL, &o.cause, 0,
				"list (pool 0), outage (route 0), network (network 0) or "
				"labels (all)"},
		{"cause-every", &o.cause_every, NULL, 0, "days from cause to cause"},
		{"cause-hours", &o.cause_hours, NULL, 0, "length of a cause"},
		{"cause-from", &o.cause_from, NULL, 0, "day of the first"},
		{"truth", NULL, &o.truth, 0, "FILE: what was put in"},
};

static void die(const char *what, const char *about)
{
	fprintf(stderr, "traffic: %s: %s\n", what, about);
	exit(2);
}

static void help(void)
{
	for(size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		printf("--%-18s %s\n", options[i].name, options[i].meaning);
	exit(0);
}

static const option_t *option_of(const char *name)
{
	for(size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if(strncmp(name, "--", 2) == 0
				&& strcmp(name + 2, options[i].name) == 0)
			return &options[i];
	die("no such option", name);
	return NULL;
}

static void read_options(char **arg)
{
	while(*++arg) {
		const option_t *option;
		char *end = "";

		if(strcmp(*arg, "--help") == 0)
			help();
		option = option_of(*arg);
		if(option->alone > 0)
			*option->number = option->alone;
		else if(!arg[1])
			die("a value is missing", *arg);
		else if(option->text)
			*option->text = *++arg;
		else
			*option->number = strtod(*++arg, &end);
		if(*end)
			die("not a number", *arg);
	}
	if(o.lists > 0 && o.burst < 1)
		o.burst = 30;
	if(o.bad_share > 0)
		o.bad_numbers = round(o.bad_share * o.numbers);
}

/* ---- chance -------------------------------------------------------------- */

static uint64_t state;

/* In (0, 1). */
static double uniform(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u; /* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return ((double)((z ^ z >> 31) >> 11) + .5) * 0x1p-53;
}

static unsigned below(double n)
{
	return (unsigned)(uniform() * n);
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

static double exponential(double mean)
{
	return -mean * log(uniform());
}

static unsigned poisson(double mean)
{
	unsigned n = 0;

	if(mean > 50)
		return (unsigned)fmax(0, round(mean + sqrt(mean) * normal()));
	for(double t = exponential(1); t < mean; t += exponential(1))
		n++;
	return n;
}

/* Marsaglia and Tsang 2000. */
static double gamma_of(double shape)
{
	double d = shape - 1. / 3, c = 1 / sqrt(9 * d), x, v;

	if(shape < 1)
		return gamma_of(shape + 1) * pow(uniform(), 1 / shape);
	do {
		x = normal();
		v = 1 + c * x;
		v = v * v * v;
	} while(v <= 0 || log(uniform()) >= x * x / 2 + d - d * v + d * log(v));
	return d * v;
}

static void scale(mix_t mix)
{
	double sum = 0;

	for(int c = 0; c < OUTCOMES; c++)
		sum += mix[c];
	for(int c = 0; c < OUTCOMES; c++)
		mix[c] /= sum;
}

/* A mix around another; concentration 0 = the same. */
static void dirichlet(mix_t out, const mix_t around, double concentration)
{
	for(int c = 0; c < OUTCOMES; c++)
		out[c] = concentration > 0 ? gamma_of(concentration * around[c]) + 1e-12
								   : around[c];
	scale(out);
}

static int draw(const mix_t mix)
{
	double u = uniform() - mix[NOANSWER];

	for(int c = 0; u >= 0 && c < NOANSWER; c++)
		if((u -= mix[c]) < 0)
			return c;
	return NOANSWER;
}

/* ---- what changes a mix -------------------------------------------------- */

/* The others keep their proportions. */
static void set(mix_t mix, int outcome, double share)
{
	double rest = (1 - share) / (1 - mix[outcome]);

	for(int c = 0; c < OUTCOMES; c++)
		mix[c] *= rest;
	mix[outcome] = share;
}

/* What leaves `from` is not answered. */
static void move(mix_t mix, int from, double share)
{
	mix[NOANSWER] += mix[from] * share;
	mix[from] *= 1 - share;
}

static void make_bad(mix_t mix, unsigned calls)
{
	const char *value = strchr(o.bad, ':');

	if(strcmp(o.bad, "ramp") == 0) {
		set(mix, BLOCKED, fmax(mix[BLOCKED], fmin(.2, .2 * calls / 400)));
		return;
	}
	if(strcmp(o.bad, LABELS) == 0) {
		double answered = mix[ANSWERED] / 2, declined = mix[DECLINED] * 2.5;

		set(mix, ANSWERED, answered);
		set(mix, DECLINED, fmin(declined, .9));
		return;
	}
	for(int c = 0; value && c < OUTCOMES; c++)
		if(strncmp(o.bad, outcome_name[c], (size_t)(value - o.bad)) == 0) {
			set(mix, c,
					value[1] == 'x' ? mix[c] * atof(value + 2)
									: atof(value + 1));
			return;
		}
	die("no such way of going bad", o.bad);
}

static void caused(mix_t mix, unsigned pool, unsigned route, unsigned network)
{
	if(strcmp(o.cause, "list") == 0 && pool == 0) {
		move(mix, ANSWERED, .5);
		move(mix, DECLINED, -1.5);
		move(mix, UNWANTED, -2);
	} else if((strcmp(o.cause, "outage") == 0 && route == 0)
			  || (strcmp(o.cause, "network") == 0 && network == 0)) {
		move(mix, ANSWERED, .9);
	} else if(strcmp(o.cause, "labels") == 0) {
		move(mix, ANSWERED, .6);
	}
}

static void shift_answered(mix_t mix, double log_odds)
{
	mix[ANSWERED] *= exp(log_odds);
	scale(mix);
}

/* ---- the world ----------------------------------------------------------- */

typedef struct callee
{
	unsigned id, outcome;
} callee_t;

typedef struct number
{
	char name[16];
	mix_t mix;
	callee_t callee[REMEMBERED];
	unsigned callees;
	double onset; /* INFINITY: stays healthy */
	unsigned bad_calls;
	double *bad_call; /* when */
} number_t;

typedef struct pool
{
	number_t *number;
	mix_t shared; /* log odds, of every other number */
	double shared_until;
	double walk;
	unsigned long *day; /* calls of the healthy, by day */
} pool_t;

typedef struct call
{
	double at;
	unsigned pool, number, list;
} call_t;

static pool_t *pools;
static call_t *calls;
static size_t n_calls, room;
static mix_t *list_mix; /* of the lists that are in use, a ring */
#define LISTS (1u << 20)
static unsigned lists;

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if(!p)
		die("no memory", "");
	return p;
}

static void make_pool(unsigned p)
{
	pool_t *pool = &pools[p];
	unsigned numbers = (unsigned)o.numbers, bad = (unsigned)o.bad_numbers;
	unsigned block = bad > 10 && !o.scattered ? bad : 10, k = 0;

	pool->number = zeroed(numbers, sizeof(*pool->number));
	pool->day = zeroed((size_t)o.days + 2, sizeof(*pool->day));
	for(unsigned i = 0; i < numbers; i++) {
		number_t *number = &pool->number[i];
		bool turns = o.bad && k < bad && (!o.bad_pools || p < o.bad_pools)
					 && (!o.scattered || below(numbers - i) < bad - k);

		snprintf(number->name, sizeof(number->name), "+155%02u%02u%04u",
				p % 100, i / block % 100, i % 10000);
		dirichlet(number->mix, healthy, o.spread);
		number->onset = INFINITY;
		if(!turns)
			continue;
		number->onset = START + DAY * (o.onset + o.every * (k + uniform()));
		number->bad_call = zeroed(TAIL, sizeof(double));
		k++;
	}
}

static void make_world(void)
{
	if(o.declined > 0)
		set(healthy, DECLINED, o.declined);
	if(o.answered > 0)
		set(healthy, ANSWERED, o.answered);
	pools = zeroed((size_t)o.pools, sizeof(*pools));
	list_mix = zeroed(LISTS, sizeof(*list_mix));
	for(unsigned p = 0; p < o.pools; p++)
		make_pool(p);
}

/* ---- when ---------------------------------------------------------------- */

static double time_of_day(void)
{
	double u = uniform();

	if(o.around > 0)
		return u * DAY;
	for(int h = 0; h < 24; h++) {
		if(u < office[h])
			return (h + u / office[h]) * HOUR;
		u -= office[h];
	}
	return DAY - 1;
}

static bool weekend(double at)
{
	return (int)((at - START) / DAY) % 7 >= 5;
}

static void put(double at, unsigned pool, unsigned number, unsigned list)
{
	if(n_calls == room) {
		room = room ? 2 * room : 4096;
		calls = realloc(calls, room * sizeof(*calls));
		if(!calls)
			die("no memory", "");
	}
	calls[n_calls++] = (call_t){at, pool, number, list};
}

static unsigned new_list(const number_t *number)
{
	unsigned list = lists++ % LISTS;

	if(o.lists > 0)
		dirichlet(list_mix[list], number->mix, o.lists);
	return list;
}

/* A day's calls of a pool, in any order. A dialer's burst takes a third of the
 * time in which a number makes as many calls by itself, or a call a minute. */
static void make_day(unsigned p, double midnight)
{
	double quiet = o.week > 0 && weekend(midnight) ? .2 : 1;
	double in_burst = fmax(o.burst, 1);
	double gap = fmin(60, DAY / 2 / o.day_calls / 3);
	unsigned n = poisson(o.numbers * o.day_calls * quiet / in_burst);

	for(unsigned k = 0; k < n; k++) {
		unsigned i = below(o.numbers);
		double at = midnight + time_of_day();
		unsigned list = o.burst > 0 ? new_list(&pools[p].number[i]) : 0;

		put(at, p, i, list);
		for(unsigned b = 1; b < in_burst; b++)
			put(at += exponential(gap), p, i, list);
	}
}

static int by_time(const void *a, const void *b)
{
	double x = ((const call_t *)a)->at, y = ((const call_t *)b)->at;

	return x < y ? -1 : x > y;
}

/* ---- calls --------------------------------------------------------------- */

/* Each some hours another effect for half of the numbers. */
static void share_effect(pool_t *pool, double at)
{
	if(at < pool->shared_until)
		return;
	pool->shared_until = at + HOUR * (2 + 4 * uniform());
	for(int c = 0; c < OUTCOMES; c++)
		pool->shared[c] = o.shared * normal();
}

static bool in_cause(double at)
{
	double day = (at - START) / DAY - o.cause_from;
	double which = floor(day / o.cause_every), start;
	uint64_t before = state;

	if(!o.cause || day < 0)
		return false;
	/* any minute from 9 to 17 o'clock */
	state = (uint64_t)o.seed * 1000003 + (uint64_t)which;
	start = START + DAY * (o.cause_from + floor(which * o.cause_every))
			+ 60 * floor(60 * (9 + 8 * uniform()));
	state = before;
	return at >= start && at < start + HOUR * o.cause_hours;
}

static void mix_of(
		const call_t *call, unsigned route, unsigned network, mix_t mix)
{
	pool_t *pool = &pools[call->pool];
	number_t *number = &pool->number[call->number];
	double hour = fmod(call->at - START, DAY) / HOUR;

	memcpy(mix, o.lists > 0 ? list_mix[call->list] : number->mix,
			sizeof(mix_t));
	if(o.shared > 0 && call->number % 2) {
		share_effect(pool, call->at);
		for(int c = 0; c < OUTCOMES; c++)
			mix[c] *= exp(pool->shared[c]);
		scale(mix);
	}
	if(o.hours > 0)
		shift_answered(mix, o.hours * sin(2 * M_PI * hour / 12));
	if(o.week > 0 && weekend(call->at))
		shift_answered(mix, .4);
	if(o.walk > 0)
		shift_answered(mix, pool->walk);
	if(in_cause(call->at))
		caused(mix, call->pool, route, network);
	if(call->at >= number->onset)
		make_bad(mix, number->bad_calls);
}

/* Who is called, and how it ends. */
static callee_t call_one(number_t *number, const mix_t mix)
{
	callee_t *known;

	if(o.redials > 0 && number->callees && uniform() < o.redials) {
		known = &number->callee[below(
				number->callees < REMEMBERED ? number->callees : REMEMBERED)];
		if(uniform() >= o.repeats)
			known->outcome = (unsigned)draw(mix);
		return *known;
	}
	known = &number->callee[number->callees++ % REMEMBERED];
	known->id = below(1e9);
	known->outcome = (unsigned)draw(mix);
	return *known;
}

static void print_head(void)
{
	printf("time,pool,number,outcome,callee%s%s%s\n",
			o.routes > 0 ? ",route" : "", o.campaigns > 0 ? ",campaign" : "",
			o.networks > 0 ? ",network" : "");
}

static void print_call(const call_t *call)
{
	pool_t *pool = &pools[call->pool];
	number_t *number = &pool->number[call->number];
	unsigned route = below(o.routes), network = below(o.networks);
	callee_t callee;
	mix_t mix;

	mix_of(call, route, network, mix);
	callee = call_one(number, mix);
	printf("%.0f,p%u,%s,%s,+49%09u", call->at * 1000, call->pool, number->name,
			outcome_name[callee.outcome], callee.id);
	if(o.routes > 0)
		printf(",r%u", route);
	if(o.campaigns > 0)
		printf(",c%u", below(o.campaigns));
	if(o.networks > 0)
		printf(",n%u", network);
	putchar('\n');
	if(isfinite(number->onset)) {
		if(call->at >= number->onset && number->bad_calls < TAIL)
			number->bad_call[number->bad_calls++] = call->at;
	} else {
		pool->day[(unsigned)((call->at - START) / DAY)]++;
	}
}

static void run(void)
{
	size_t done = 0, left;

	print_head();
	for(unsigned day = 0; day < o.days; day++) {
		double midnight = START + day * DAY, hour = midnight;

		for(unsigned p = 0; p < o.pools; p++)
			make_day(p, midnight);
		qsort(calls, n_calls, sizeof(*calls), by_time);
		for(done = 0; done < n_calls && calls[done].at < midnight + DAY;
				done++) {
			for(; o.walk > 0 && hour <= calls[done].at; hour += HOUR)
				for(unsigned p = 0; p < o.pools; p++)
					pools[p].walk = .98 * pools[p].walk + o.walk * normal();
			print_call(&calls[done]);
		}
		left = n_calls - done;
		memmove(calls, calls + done, left * sizeof(*calls));
		n_calls = left;
	}
}

/* ---- what was put in ----------------------------------------------------- */

static void tell_truth(FILE *f)
{
	fprintf(f,
			"{\"type\":\"world\",\"start\":%.0f,\"days\":%.0f,"
			"\"pools\":%.0f,\"numbers\":%.0f}\n",
			START, o.days, o.pools, o.numbers);
	for(unsigned p = 0; p < o.pools; p++) {
		fprintf(f, "{\"type\":\"healthy\",\"pool\":\"p%u\",\"days\":[", p);
		for(unsigned d = 0; d < o.days; d++)
			fprintf(f, "%s%lu", d ? "," : "", pools[p].day[d]);
		fprintf(f, "]}\n");
		for(unsigned i = 0; i < o.numbers; i++) {
			const number_t *number = &pools[p].number[i];

			if(!isfinite(number->onset))
				continue;
			fprintf(f,
					"{\"type\":\"bad\",\"pool\":\"p%u\",\"number\":\"%s\","
					"\"onset\":%.3f,\"calls\":[",
					p, number->name, number->onset);
			for(unsigned k = 0; k < number->bad_calls; k++)
				fprintf(f, "%s%.3f", k ? "," : "", number->bad_call[k]);
			fprintf(f, "]}\n");
		}
	}
	for(double at = START; o.cause && at < START + o.days * DAY; at += 60)
		if(in_cause(at) && !in_cause(at - 60))
			fprintf(f, "{\"type\":\"cause\",\"at\":%.0f,\"hours\":%g}\n", at,
					o.cause_hours);
}

int main(int argc, char **argv)
{
	static char buffer[1 << 20];

	(void)argc;
	read_options(argv);
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	state = (uint64_t)o.seed * 0x2545F4914F6CDD1Du + 1;
	make_world();
	run();
	if(o.truth) {
		FILE *f = fopen(o.truth, "w");

		if(!f)
			die("cannot write", o.truth);
		tell_truth(f);
		fclose(f);
	}
	return 0;
}
