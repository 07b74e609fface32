/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the policy promises of healthy numbers, by the whole path of a pool, with
 * fixed seeds: how often they are benched, by which chart, for how long. Bounds
 * are so narrow that a constant which is off is noticed. */

#include <math.h>
#include <string.h>

#include "pool_test.h"
#include "suites.h"

#define NUMBERS 30
#define DAY_CALLS 100
#define EVERY 1000 /* so that there are benches enough to count */
#define LIST 30	   /* calls of a number to one list */
#define LEARNED (4 * NUMBERS * DAY_CALLS)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- traffic -------------------------------------------------------------- */

static uint64_t state;

static double uniform(void)
{
	uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return ((double)((z ^ z >> 31) >> 11) + 0.5) * 0x1p-53;
}

/* Marsaglia and Tsang, ACM TOMS 26 (2000) 363. */
static double gamma_of(double shape)
{
	double lift = 1, d, x, v;

	if(shape < 1)
		lift = pow(uniform(), 1 / shape++);
	d = shape - 1.0 / 3;
	do {
		x = sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
		v = pow(1 + x / sqrt(9 * d), 3);
	} while(!(v > 0) || log(uniform()) >= x * x / 2 + d - d * v + d * log(v));
	return lift * d * v;
}

typedef double mix_t[REP_JUDGED];

static const mix_t usual = {[REP_ANSWERED] = .25,
		[REP_SHORT] = .02,
		[REP_DECLINED] = .08,
		[REP_UNWANTED] = .003,
		[REP_BLOCKED] = .004,
		[REP_AMBIGUOUS] = .005,
		[REP_BUSY] = .08,
		[REP_NOANSWER] = .558};

/* Dirichlet; concentration 0: the same. */
static void differ(mix_t out, const mix_t mean, double concentration)
{
	double sum = 0;

	for(int o = 0; o < REP_JUDGED; o++)
		sum += out[o] =
				concentration > 0 ? gamma_of(concentration * mean[o]) : mean[o];
	for(int o = 0; o < REP_JUDGED; o++)
		out[o] /= sum;
}

static rep_outcome_t draw(const mix_t mix)
{
	double u = uniform();
	int o = 0;

	while(o < REP_JUDGED - 1 && (u -= mix[o]) >= 0)
		o++;
	return (rep_outcome_t)o;
}

/* ---- a pool of healthy numbers -------------------------------------------- */

typedef struct promise
{
	const char *name;
	double numbers, lists; /* concentrations; 0 = alike */
	unsigned calls;
	double least, most; /* of the interval, in units of EVERY */
} promise_t;

static const promise_t promises[] = {
		{"alike", 0, 0, 150000, .9, 2},
		{"numbers differ", 200, 0, 150000, .9, 2.5},
		/* a list takes seven hours here: the judge falls short */
		{"lists differ", 0, 200, 150000, .6, 2},
		{"lists differ much", 0, 50, 150000, .6, 2},
};

static unsigned benches[REP_CHARTS];
static rep_time_t rests_until[NUMBERS];
static uint64_t cursor; /* of the events */

static void read_events(bool learned)
{
	static rep_event_t events[64];
	size_t n =
			rep_events_read(rep_registry_events(registry), &cursor, events, 64);

	for(size_t i = 0; i < n; i++) {
		const rep_event_t *event = &events[i];

		if(event->kind != REP_EVENT_BENCHED)
			continue;
		ck_assert_int_lt(event->reason, REP_CHARTS);
		benches[event->reason] += learned;
		rests_until[event->number - FIRST] = event->until;
	}
}

/* Calls that were judged after the pool was learned. */
static double make_calls(const promise_t *promise)
{
	static mix_t own[NUMBERS], list[NUMBERS];
	unsigned left[NUMBERS] = {0};
	rep_time_t now = NOW;
	double judged = 0;

	for(unsigned i = 0; i < NUMBERS; i++)
		differ(own[i], usual, promise->numbers);
	for(unsigned k = 0; k < LEARNED + promise->calls; k++) {
		unsigned i = (unsigned)(uniform() * NUMBERS);

		now += DAY / (NUMBERS * DAY_CALLS);
		if(!left[i]) {
			differ(list[i], own[i], promise->lists);
			left[i] = LIST;
		}
		left[i]--;
		if(k % 20 == 0)
			rep_registry_tick(registry, now);
		if(rests_until[i] > now)
			continue;
		count(FIRST + i, "", draw(list[i]), 1, now);
		read_events(k >= LEARNED);
		judged += k >= LEARNED;
	}
	return judged;
}

START_TEST(interval_table)
{
	const promise_t *promise = &promises[_i];
	double judged, interval, all;

	state = 20;
	cursor = 0;
	memset(benches, 0, sizeof(benches));
	memset(rests_until, 0, sizeof(rests_until));
	put_numbers(NUMBERS);
	policy_set("false_bench_every", "1000", NOW);
	policy_set("rest_seconds", "7200", NOW);
	policy_set("rest_factor", "1", NOW);
	policy_set("rest_jitter", "0.1", NOW);
	policy_set("probation_calls", "0", NOW);
	judged = make_calls(promise);
	all = benches[0] + benches[1] + benches[2];
	interval = judged / all / EVERY;
	ck_assert_msg(interval >= promise->least && interval <= promise->most,
			"%s: an interval of %.3f", promise->name, interval);
	/* each chart has its part of them, none has them all */
	for(int c = 0; c < REP_CHARTS; c++)
		ck_assert_msg(benches[c] > .15 * all && benches[c] < .6 * all,
				"%s: %u of %.0f by chart %d", promise->name, benches[c], all,
				c);
}
END_TEST

/* Rests differ by up to a tenth either way, and evenly. */
START_TEST(rests_differ_by_a_tenth)
{
	double sum = 0, squares = 0, n;

	put_numbers(NUMBERS);
	policy_set("rest_jitter", "0.1", NOW);
	for(unsigned i = 0; i < NUMBERS; i++)
		rep_pool_bench(registry, pool, FIRST + i, rep_span(""), 0,
				REP_REASON_MANUAL, NOW);
	for(unsigned i = 0; i < NUMBERS; i++) {
		rep_number_view_t v = view(FIRST + i, NOW);
		double rest = (double)(v.until - v.since) / S / 86400 - 1;

		ck_assert_int_eq(v.state, REP_BENCHED);
		ck_assert_double_le(fabs(rest), .1001);
		sum += rest;
		squares += rest * rest;
	}
	n = NUMBERS;
	ck_assert_double_lt(fabs(sum / n), .03);
	ck_assert_double_eq_tol(sqrt(squares / n), .1 / sqrt(3), .015);
}
END_TEST

Suite *promise_suite(void)
{
	Suite *suite = suite_create("promise");
	TCase *t = tcase_create("promise");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, interval_table, 0, COUNT(promises));
	tcase_add_test(t, rests_differ_by_a_tenth);
	suite_add_tcase(suite, t);
	return suite;
}
