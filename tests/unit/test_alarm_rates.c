/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alarms over many days of simulated traffic: as often as promised when all is
 * well, in time and of the right dimension when it is not. Fixed seeds. */

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/judge/cause.h"
#include "engine/pool/recent.h"

#include "suites.h"

#define POOLS 3
#define DAY 1440
#define DAYS 4 /* of history before a shift */
#define MAX_DAYS 100
#define EVERY 120.0 /* hours, as engine/pool/alarm.c asks */
#define TO_TELL 10

typedef double mix_t[REP_JUDGED];

static uint64_t state;
static rep_charts_t charts;

/* One run: a pool is one cell. */
static struct
{
	unsigned pools;
	rep_recent_t recent[POOLS];
	rep_counts_t rows[POOLS][MAX_DAYS * 24];
	double walk; /* of the answer rate, common to all: log odds */
} world;

static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((double)(state >> 11) + 0.5) * 0x1p-53;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

static unsigned poisson(double mean)
{
	double p = uniform(), limit = exp(-mean);
	unsigned n = 0;

	if(mean > 30)
		return (unsigned)fmax(0, lround(mean + sqrt(mean) * normal()));
	for(; p > limit; n++)
		p *= uniform();
	return n;
}

static void move(mix_t mix, rep_outcome_t from, double share)
{
	mix[REP_NOANSWER] += mix[from] * share;
	mix[from] *= 1 - share;
}

static void bad_list(mix_t mix)
{
	move(mix, REP_ANSWERED, 0.5);
	move(mix, REP_DECLINED, -1.5);
	move(mix, REP_UNWANTED, -2);
}

static void outage(mix_t mix)
{
	move(mix, REP_ANSWERED, 0.9);
}

static void blocked_10(mix_t mix)
{
	move(mix, REP_BLOCKED, -24);
}

static void setup(void)
{
	rep_policy_t policy;

	rep_policy_default(&policy);
	rep_charts_init(&charts, &policy);
	memset(&world, 0, sizeof(world));
}

static void healthy_mix(mix_t mix)
{
	double answered, scale;

	for(int c = 0; c < REP_JUDGED; c++)
		mix[c] = (double)charts.prior[c];
	answered = mix[REP_ANSWERED];
	scale = 1 / (1 + exp(-log(answered / (1 - answered)) - world.walk));
	move(mix, REP_ANSWERED, 1 - scale / answered);
}

/* Pools below `shifted` are. */
static void one_minute(unsigned minute, double calls, void (*shift)(mix_t mix),
		unsigned shifted)
{
	for(unsigned p = 0; p < world.pools; p++) {
		mix_t mix;

		healthy_mix(mix);
		if(shift && p < shifted)
			shift(mix);
		for(int c = 0; c < REP_JUDGED; c++) {
			unsigned n = poisson(calls * mix[c]);

			world.rows[p][minute / 60].n[c] += n;
			rep_recent_add(&world.recent[p], minute, c, n);
		}
	}
}

static void ask(unsigned minute, double hours, rep_cause_t *cause)
{
	rep_cause_cell_t cells[POOLS] = {{.charts = &charts}};
	unsigned end = rep_recent_begin(minute) / 60, now = minute / 60;

	for(unsigned p = 0; p < world.pools; p++) {
		cells[p].charts = &charts;
		cells[p].at[REP_CAUSE_POOL] = p;
		rep_recent_sum(&world.recent[p], minute, &cells[p].recent);
		for(unsigned h = now > 72 ? now - 72 : 0; h < end; h++) {
			rep_counts_add(&cells[p].past, &world.rows[p][h]);
			if((now - h + 1) % 24 <= 2)
				rep_counts_add(&cells[p].same, &world.rows[p][h]);
		}
	}
	rep_cause_expect(cells, world.pools);
	rep_cause_find(cells, world.pools, hours / world.pools, cause);
}

/* ---- when all is well ---------------------------------------------------- */

/* How often a limit is passed that chance should pass once in 24 hours of
 * calls: the limit is too low by up to three times at most, since it counts
 * on a drift and on a past that is hardly known. Ten times either way is
 * none of these. */
static const struct
{
	double calls; /* a minute */
	unsigned days;
	double hours, walk; /* standard deviation, from hour to hour */
	unsigned least, most;
} calm[] = {
		{1.4, 60, 24, 0, 10, 75},
		{7, 60, 24, 0, 4, 50},
		{14, 60, 720, 0.15, 0, 6},
		{140, 60, 720, 0.1, 0, 4},
};

START_TEST(false_alarms)
{
	unsigned alarms = 0, last = 0;

	state = 88172645463325252u;
	world.pools = 1;
	for(unsigned m = 0; m < calm[_i].days * DAY; m++) {
		rep_cause_t cause;

		if(m % 60 == 0)
			world.walk = 0.9 * world.walk
						 + calm[_i].walk * sqrt(1 - 0.81) * normal();
		one_minute(m, calm[_i].calls, NULL, 0);
		if(m < DAY || m % 2)
			continue;
		ask(m, calm[_i].hours, &cause);
		if(cause.score < 1)
			continue;
		alarms += m - last > 120;
		last = m;
	}
	if(getenv("REPUTATION_FIGURES"))
		printf("%.0f calls an hour, drift %.2f: %u false alarms in %u days, "
			   "one "
			   "allowed in %.0f hours\n",
				60 * calm[_i].calls, calm[_i].walk, alarms, calm[_i].days,
				calm[_i].hours);
	ck_assert_msg(alarms >= calm[_i].least && alarms <= calm[_i].most,
			"%u alarms", alarms);
}
END_TEST

/* ---- when it is not ------------------------------------------------------ */

static const struct
{
	const char *name;
	void (*shift)(mix_t mix);
	double calls; /* a minute and pool */
	unsigned pools, shifted;
	unsigned found, right; /* at least, of 100 */
} shifts[] = {
		/* ten numbers at 100 calls a day, within twelve hours */
		{"outage", outage, 1.4, 1, 1, 95, 95},
		{"blocked 10%", blocked_10, 1.4, 1, 1, 95, 95},
		{"list", bad_list, 1.4, 1, 1, 55, 55},
		{"outage", outage, 1.4, 3, 3, 95, 95},
		{"blocked 10%", blocked_10, 1.4, 3, 3, 95, 85},
		{"list", bad_list, 1.4, 3, 3, 95, 85},
		/* fifty */
		{"outage", outage, 7, 1, 1, 95, 95},
		{"blocked 10%", blocked_10, 7, 1, 1, 95, 95},
		{"list", bad_list, 7, 1, 1, 95, 95},
		{"outage", outage, 7, 3, 3, 95, 95},
		{"blocked 10%", blocked_10, 7, 3, 3, 95, 95},
		{"list", bad_list, 7, 3, 3, 95, 95},
		{"outage", outage, 7, 3, 1, 95, 95},
};

/* In any minute of the day; after how many it is announced: 90 or more, never
 * in time. */
static unsigned delay_of(unsigned i, rep_cause_t *cause)
{
	unsigned onset = DAYS * DAY + (unsigned)(uniform() * DAY), looming = 0;

	setup();
	world.pools = shifts[i].pools;
	for(unsigned m = 0; m < onset + 90; m++) {
		bool now = m >= onset;

		one_minute(m, shifts[i].calls, now ? shifts[i].shift : NULL,
				shifts[i].shifted);
		if(!now || m % 2)
			continue;
		ask(m, EVERY, cause);
		if(cause->score < (looming ? REP_CAUSE_NEARLY : 1))
			looming = 0;
		else if(!looming)
			looming = m;
		else if(m - looming >= TO_TELL)
			return m - onset;
	}
	return 90;
}

/* REPUTATION_FIGURES: how many runs, for the figures of docs/judge.md. */
START_TEST(shifts_are_found)
{
	const char *figures = getenv("REPUTATION_FIGURES");
	unsigned runs = figures ? (unsigned)atoi(figures) : 100;
	unsigned found = 0, right = 0, delays = 0;

	state = 88172645463325252u;
	for(unsigned run = 0; run < runs; run++) {
		rep_cause_t cause;
		unsigned delay = delay_of((unsigned)_i, &cause);

		if(delay >= 90)
			continue;
		found++;
		delays += delay;
		right += cause.kind
				 == (shifts[_i].shifted == 1 ? REP_CAUSE_POOL
											 : REP_CAUSE_SEVERAL);
	}
	if(figures)
		printf("%s, %.0f calls an hour, %u of %u pools: alarm %.1f%%, right "
			   "dimension %.1f%% of them, after %.0f minutes\n",
				shifts[_i].name, 60 * shifts[_i].calls, shifts[_i].shifted,
				shifts[_i].pools, 100.0 * found / runs,
				100.0 * right / (found ? found : 1),
				(double)delays / (found ? found : 1));
	ck_assert_msg(100 * found >= shifts[_i].found * runs
						  && 100 * right >= shifts[_i].right * runs,
			"found %u, right %u", found, right);
}
END_TEST

Suite *alarm_rates_suite(void)
{
	Suite *suite = suite_create("alarm_rates");
	TCase *tc = tcase_create("rates");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(
			tc, false_alarms, 0, (int)(sizeof(calm) / sizeof(*calm)));
	tcase_add_loop_test(
			tc, shifts_are_found, 0, (int)(sizeof(shifts) / sizeof(*shifts)));
	suite_add_tcase(suite, tc);
	return suite;
}
