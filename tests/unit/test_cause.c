/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "engine/judge/cause.h"

#include "suites.h"

#define POOLS 3
#define ROUTES 3

static rep_policy_t policy;
static rep_charts_t charts;
static rep_cause_cell_t cells[POOLS * ROUTES];
static uint64_t state;

static double uniform(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (double)(state >> 11) * 0x1p-53;
}

static void setup(void)
{
	rep_policy_default(&policy);
	rep_charts_init(&charts, &policy);
	state = 11;
}

typedef void (*shift_t)(double mix[REP_JUDGED]);

static void draw(rep_counts_t *counts, unsigned calls, shift_t shift)
{
	double mix[REP_JUDGED];

	for(int c = 0; c < REP_JUDGED; c++)
		mix[c] = charts.prior[c];
	if(shift)
		shift(mix);
	memset(counts, 0, sizeof(*counts));
	while(calls--) {
		double u = uniform();
		int c = 0;

		while(c < REP_JUDGED - 1 && (u -= mix[c]) >= 0)
			c++;
		counts->n[c]++;
	}
}

static void bad_list(double mix[REP_JUDGED])
{
	double moved = mix[REP_ANSWERED] * 0.5 - mix[REP_DECLINED] * 1.5;

	mix[REP_ANSWERED] *= 0.5;
	mix[REP_DECLINED] *= 2.5;
	mix[REP_NOANSWER] += moved;
}

static void outage(double mix[REP_JUDGED])
{
	mix[REP_NOANSWER] += mix[REP_ANSWERED] * 0.95;
	mix[REP_ANSWERED] *= 0.05;
}

static void blocked(double mix[REP_JUDGED])
{
	mix[REP_NOANSWER] -= 0.15;
	mix[REP_BLOCKED] += 0.15;
}

/* Cells in which `pool` and `route` match are shifted; -1 matches any. */
static void fill(int pool, int route, unsigned calls, shift_t shift)
{
	for(int i = 0; i < POOLS * ROUTES; i++) {
		rep_cause_cell_t *cell = &cells[i];
		bool hit;

		cell->pool = (uint32_t)(i / ROUTES + 10);
		cell->route = (uint32_t)(i % ROUTES + 20);
		hit = (pool < 0 || cell->pool == (uint32_t)pool)
			  && (route < 0 || cell->route == (uint32_t)route);
		draw(&cell->past, 3000, NULL);
		draw(&cell->recent, calls, hit ? shift : NULL);
	}
}

START_TEST(basic_dimensions)
{
	static const struct
	{
		shift_t shift;
		int pool, route;
		rep_cause_kind_t kind;
		rep_chart_t chart;
	} t[] = {
			{NULL, -1, -1, REP_CAUSE_NONE, 0},
			{bad_list, 11, -1, REP_CAUSE_POOL, REP_CHARTS},
			{outage, -1, 21, REP_CAUSE_ROUTE, REP_CHART_LABELLED},
			{bad_list, -1, -1, REP_CAUSE_SEVERAL, REP_CHARTS},
			{blocked, -1, -1, REP_CAUSE_SEVERAL, REP_CHART_BLOCKED},
			{blocked, 12, -1, REP_CAUSE_POOL, REP_CHART_BLOCKED},
			{blocked, -1, 20, REP_CAUSE_ROUTE, REP_CHART_BLOCKED},
	};
	rep_cause_t cause;

	for(size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		fill(t[i].pool, t[i].route, 130, t[i].shift);
		rep_cause_find(&charts, cells, POOLS * ROUTES, 1000, &cause);
		ck_assert_msg(cause.kind == t[i].kind, "case %zu: kind %d", i,
				(int)cause.kind);
		ck_assert((cause.score >= 1) == (cause.kind != REP_CAUSE_NONE));
		if(cause.kind == REP_CAUSE_POOL)
			ck_assert_int_eq((int)cause.pool, t[i].pool);
		if(cause.kind == REP_CAUSE_ROUTE)
			ck_assert_int_eq((int)cause.route, t[i].route);
		if(cause.kind && t[i].chart != REP_CHARTS)
			ck_assert_int_eq(cause.chart, t[i].chart);
	}
}
END_TEST

/* With one pool on one route there is nothing to tell them apart by. */
START_TEST(basic_one_cell)
{
	rep_cause_t cause;

	fill(10, -1, 400, bad_list);
	rep_cause_find(&charts, cells, 1, 1000, &cause);
	ck_assert_int_eq(cause.kind, REP_CAUSE_POOL);
	ck_assert_int_eq((int)cause.pool, 10);
	ck_assert(
			memcmp(&cause.recent, &cells[0].recent, sizeof(rep_counts_t)) == 0);
}
END_TEST

/* A pool that has long been burnt: its past is no excuse. */
START_TEST(basic_ceiling)
{
	rep_cause_t cause;

	draw(&cells[0].past, 30000, blocked);
	draw(&cells[0].recent, 400, blocked);
	cells[0].pool = 1;
	rep_cause_find(&charts, cells, 1, 1000, &cause);
	ck_assert_int_eq(cause.kind, REP_CAUSE_POOL);
	ck_assert_int_eq(cause.chart, REP_CHART_BLOCKED);
	ck_assert(cause.beyond);
}
END_TEST

/* The exact counts of `calls` calls, the mix tilted along a chart's weights. */
static void tilted(rep_counts_t *counts, double calls, int chart, double tilt)
{
	double z = 0;

	memset(counts, 0, sizeof(*counts));
	for(int c = 0; c < REP_JUDGED; c++)
		z += charts.prior[c] * exp(tilt * charts.w[c][chart]);
	for(int c = 0; c < REP_JUDGED; c++)
		counts->n[c] = (uint32_t)lround(
				calls * charts.prior[c] * exp(tilt * charts.w[c][chart]) / z);
}

/* A mix drifts by itself: no number of calls makes an alarm of a small shift,
 * whichever the chart. */
static const struct
{
	double tilt;
	bool alarm;
} drifts[] = {{0.1, false}, {0.3, false}, {0.8, true}, {1, true}};

START_TEST(basic_drift)
{
	rep_cause_cell_t cell = {.pool = 1};
	rep_cause_t cause;

	for(int chart = 0; chart < REP_CHARTS; chart++) {
		tilted(&cell.past, 1e9, chart, 0);
		tilted(&cell.recent, 1e7, chart, drifts[_i].tilt);
		rep_cause_find(&charts, &cell, 1, 100000, &cause);
		ck_assert_msg((cause.kind != REP_CAUSE_NONE) == drifts[_i].alarm,
				"chart %d, tilt %g: score %g", chart, drifts[_i].tilt,
				(double)cause.score);
	}
}
END_TEST

START_TEST(robust_sizes)
{
	static const uint32_t sizes[] = {0, 1, 1000, 4000000000u};
	static rep_cause_cell_t many[REP_CAUSE_CELLS + 10];
	rep_cause_t cause;

	rep_cause_find(&charts, NULL, 0, 1000, &cause);
	ck_assert_int_eq(cause.kind, REP_CAUSE_NONE);
	for(int a = 0; a < 4; a++)
		for(int b = 0; b < 4; b++) {
			for(int c = 0; c < REP_OUTCOMES; c++) {
				cells[0].recent.n[c] = sizes[a];
				cells[0].past.n[c] = sizes[b];
			}
			rep_cause_find(&charts, cells, 1, 0, &cause);
			ck_assert(isfinite(cause.score));
		}
	for(unsigned i = 0; i < REP_CAUSE_CELLS + 10; i++)
		many[i].pool = many[i].route = i;
	rep_cause_find(&charts, many, REP_CAUSE_CELLS + 10, 1000, &cause);
	ck_assert_int_eq(cause.kind, REP_CAUSE_NONE);
}
END_TEST

/* Asked 2,000 times when all is well, with one alarm in 200 allowed. */
START_TEST(sweep_false_alarms)
{
	rep_cause_t cause;
	unsigned alarms = 0;

	for(int round = 0; round < 2000; round++) {
		fill(-1, -1, 10 + (unsigned)(uniform() * 60), NULL);
		rep_cause_find(&charts, cells, POOLS * ROUTES, 200, &cause);
		alarms += cause.kind != REP_CAUSE_NONE;
	}
	ck_assert_msg(alarms <= 15, "%u", alarms);
}
END_TEST

Suite *cause_suite(void)
{
	Suite *suite = suite_create("cause");
	TCase *basic = tcase_create("basic"), *robust = tcase_create("robust"),
		  *sweep = tcase_create("sweep");

	tcase_add_checked_fixture(basic, setup, NULL);
	tcase_add_checked_fixture(robust, setup, NULL);
	tcase_add_checked_fixture(sweep, setup, NULL);
	tcase_set_timeout(robust, 60);
	tcase_set_timeout(sweep, 60);
	tcase_add_test(basic, basic_dimensions);
	tcase_add_test(basic, basic_one_cell);
	tcase_add_test(basic, basic_ceiling);
	tcase_add_loop_test(
			basic, basic_drift, 0, (int)(sizeof(drifts) / sizeof(drifts[0])));
	tcase_add_test(robust, robust_sizes);
	tcase_add_test(sweep, sweep_false_alarms);
	suite_add_tcase(suite, basic);
	suite_add_tcase(suite, robust);
	suite_add_tcase(suite, sweep);
	return suite;
}
