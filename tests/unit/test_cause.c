/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "engine/judge/cause.h"

#include "suites.h"

#define POOLS 3
#define WAYS 3 /* routes, campaigns and networks each */
#define N(table) ((int)(sizeof(table) / sizeof(*(table))))
#define CELLS (POOLS * WAYS * WAYS)

static rep_policy_t policy;
static rep_charts_t charts;
static rep_cause_cell_t cells[CELLS];
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
	memset(cells, 0, sizeof(cells));
	state = 11;
}

typedef void (*shift_t)(double mix[REP_JUDGED]);

static void draw(rep_counts_t *counts, unsigned calls, shift_t shift)
{
	double mix[REP_JUDGED];

	for(int c = 0; c < REP_JUDGED; c++)
		mix[c] = (double)charts.prior[c];
	if(shift)
		shift(mix);
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

/* A cell of every pool, route and campaign; the network goes with both. */
static void fill(unsigned past, unsigned calls)
{
	memset(cells, 0, sizeof(cells));
	for(uint32_t i = 0; i < CELLS; i++) {
		rep_cause_cell_t *cell = &cells[i];
		uint32_t pool = i / (WAYS * WAYS), route = i / WAYS % WAYS;

		cell->charts = &charts;
		cell->at[REP_CAUSE_POOL] = 10 + pool;
		cell->at[REP_CAUSE_ROUTE] = 20 + route;
		cell->at[REP_CAUSE_CAMPAIGN] = 30 + i % WAYS;
		cell->at[REP_CAUSE_NETWORK] = 40 + (pool + route + i) % WAYS;
		draw(&cell->past, past, NULL);
		draw(&cell->recent, calls, NULL);
	}
}

/* The cells with this value are shifted. */
static void hit(int kind, uint32_t id, unsigned calls, shift_t shift)
{
	for(unsigned i = 0; i < CELLS; i++)
		if(cells[i].at[kind] == id) {
			cells[i].recent = (rep_counts_t){{0}};
			draw(&cells[i].recent, calls, shift);
		}
	rep_cause_expect(cells, CELLS);
}

static const struct
{
	shift_t shift;
	rep_cause_kind_t kind;
	uint32_t id;
	rep_chart_t chart; /* REP_CHARTS: one or the other */
} dimensions[] = {
		{bad_list, REP_CAUSE_POOL, 11, REP_CHARTS},
		{outage, REP_CAUSE_ROUTE, 21, REP_CHART_LABELLED},
		{bad_list, REP_CAUSE_SEVERAL, 0, REP_CHARTS},
		{blocked, REP_CAUSE_SEVERAL, 0, REP_CHART_BLOCKED},
		{blocked, REP_CAUSE_POOL, 12, REP_CHART_BLOCKED},
		{blocked, REP_CAUSE_ROUTE, 20, REP_CHART_BLOCKED},
		{bad_list, REP_CAUSE_CAMPAIGN, 32, REP_CHARTS},
		{blocked, REP_CAUSE_NETWORK, 40, REP_CHART_BLOCKED},
		{outage, REP_CAUSE_NETWORK, 42, REP_CHART_LABELLED},
};

START_TEST(basic_dimensions)
{
	rep_cause_t cause;

	fill(1000, 40);
	hit(dimensions[_i].kind, dimensions[_i].id, 40, dimensions[_i].shift);
	rep_cause_find(cells, CELLS, 100, &cause);
	ck_assert_int_eq(cause.kind, dimensions[_i].kind);
	ck_assert_uint_eq(cause.id, dimensions[_i].id);
	if(dimensions[_i].chart != REP_CHARTS)
		ck_assert_int_eq(cause.chart, dimensions[_i].chart);
	ck_assert(cause.score >= 1);
	/* and with that known there is nothing else */
	rep_cause_explain(cells, CELLS, &cause);
	rep_cause_find(cells, CELLS, 100, &cause);
	ck_assert_int_eq(cause.kind, REP_CAUSE_NONE);
	ck_assert(cause.score < 1);
}
END_TEST

/* A second cause during a first: of other cells, or of the same ones on
 * another chart. */
static const struct
{
	rep_cause_kind_t kind;
	uint32_t id;
	rep_chart_t chart;
} seconds[] = {
		{REP_CAUSE_POOL, 10, REP_CHART_BLOCKED},
		{REP_CAUSE_POOL, 11, REP_CHART_BLOCKED},
		{REP_CAUSE_ROUTE, 22, REP_CHART_BLOCKED},
		{REP_CAUSE_CAMPAIGN, 31, REP_CHART_BLOCKED},
};

START_TEST(basic_second_cause)
{
	rep_cause_t cause;

	fill(2000, 200);
	hit(REP_CAUSE_POOL, 10, 200, bad_list);
	for(unsigned i = 0; i < CELLS; i++)
		if(cells[i].at[seconds[_i].kind] == seconds[_i].id) {
			rep_counts_t *counts = &cells[i].recent;
			uint32_t moved = counts->n[REP_NOANSWER] / 5;
			counts->n[REP_BLOCKED] += moved;
			counts->n[REP_NOANSWER] -= moved;
		}
	rep_cause_find(cells, CELLS, 100, &cause);
	for(int found = 0; cause.chart != seconds[_i].chart; found++) {
		ck_assert_int_lt(found, 2);
		ck_assert_int_ne(cause.kind, REP_CAUSE_NONE);
		rep_cause_explain(cells, CELLS, &cause);
		rep_cause_find(cells, CELLS, 100, &cause);
	}
	ck_assert_int_eq(cause.kind, seconds[_i].kind);
	ck_assert_uint_eq(cause.id, seconds[_i].id);
}
END_TEST

/* A call of another pool, that explains nothing, does not make it the matter
 * of several. */
START_TEST(basic_smaller_set)
{
	rep_cause_t cause;

	fill(3000, 1);
	hit(REP_CAUSE_POOL, 10, 40, blocked);
	rep_cause_find(cells, WAYS * WAYS + 1, 100, &cause);
	ck_assert_int_eq(cause.kind, REP_CAUSE_POOL);
	ck_assert_uint_eq(cause.id, 10);
}
END_TEST

/* With one pool on one route there is nothing to tell them apart by. */
START_TEST(basic_one_cell)
{
	rep_cause_t cause;

	fill(3000, 400);
	hit(REP_CAUSE_POOL, 10, 400, bad_list);
	rep_cause_find(cells, 1, 100, &cause);
	ck_assert_int_eq(cause.kind, REP_CAUSE_POOL);
	ck_assert_uint_eq(cause.id, 10);
	ck_assert(
			memcmp(&cause.recent, &cells[0].recent, sizeof(rep_counts_t)) == 0);
}
END_TEST

/* A pool that has long been burnt: its past is no excuse. */
START_TEST(basic_ceiling)
{
	rep_cause_t cause;

	cells[0].charts = &charts;
	draw(&cells[0].past, 30000, blocked);
	draw(&cells[0].recent, 400, blocked);
	rep_cause_expect(cells, 1);
	rep_cause_find(cells, 1, 100, &cause);
	ck_assert_int_eq(cause.kind, REP_CAUSE_POOL);
	ck_assert_int_eq(cause.chart, REP_CHART_BLOCKED);
	ck_assert(cause.beyond);
}
END_TEST

/* A ceiling is passed by more than chance. */
static const struct
{
	uint32_t calls, unwanted;
	bool beyond;
} margins[] = {
		{60, 1, false},
		{60, 3, false},
		{60, 6, true},
		{100000, 1010, false},
		{100000, 1200, true},
		{0, 0, false},
};

START_TEST(basic_margin)
{
	rep_cause_t cause = {.kind = REP_CAUSE_POOL, .chart = REP_CHART_REJECTED};

	cells[0].charts = &charts;
	draw(&cells[0].past, 3000, NULL);
	cells[0].recent.n[REP_NOANSWER] = margins[_i].calls - margins[_i].unwanted;
	cells[0].recent.n[REP_UNWANTED] = margins[_i].unwanted;
	rep_cause_expect(cells, 1);
	rep_cause_measure(cells, 1, 100, &cause);
	ck_assert(cause.beyond == margins[_i].beyond);
}
END_TEST

/* Each pool is asked with its own policy: one whose chart takes no notice of
 * declines does not alarm of them, wherever it stands. */
START_TEST(basic_policies)
{
	rep_policy_t deaf = policy;
	rep_charts_t other;
	rep_cause_t cause;
	char why[160];

	ck_assert_ptr_null(rep_policy_set(&deaf, rep_span("weights_rejected"),
			rep_span("unwanted:2.5"), why, sizeof(why)));
	ck_assert_ptr_null(rep_policy_set(&deaf, rep_span("weights_labelled"),
			rep_span("answered:-0.9"), why, sizeof(why)));
	rep_charts_init(&other, &deaf);
	for(unsigned deaf_one = 0; deaf_one < 2; deaf_one++) {
		memset(cells, 0, sizeof(cells));
		for(uint32_t i = 0; i < 2; i++) {
			cells[i].charts = i == deaf_one ? &other : &charts;
			cells[i].at[REP_CAUSE_POOL] = i;
			draw(&cells[i].past, 3000, NULL);
			draw(&cells[i].recent, 400, NULL);
			cells[i].recent.n[REP_DECLINED] += 80;
		}
		rep_cause_expect(cells, 2);
		rep_cause_find(cells, 2, 100, &cause);
		ck_assert_int_eq(cause.kind, REP_CAUSE_POOL);
		ck_assert_uint_eq(cause.id, !deaf_one);
	}
}
END_TEST

/* The exact counts of `calls` calls, the mix tilted along a chart's weights. */
static void tilted(rep_counts_t *counts, double calls, int chart, double tilt)
{
	double z = 0, p[REP_JUDGED];

	for(int c = 0; c < REP_JUDGED; c++) {
		p[c] = (double)charts.prior[c] * exp(tilt * (double)charts.w[c][chart]);
		z += p[c];
	}
	memset(counts, 0, sizeof(*counts));
	for(int c = 0; c < REP_JUDGED; c++)
		counts->n[c] = (uint32_t)lround(calls * p[c] / z);
}

/* A mix drifts by itself: no number of calls makes an alarm of a small shift,
 * whichever the chart. */
static const struct
{
	double tilt;
	bool alarm;
} drifts[] = {{0.1, false}, {0.2, false}, {0.6, true}, {1, true}};

START_TEST(basic_drift)
{
	rep_cause_cell_t cell = {.charts = &charts};
	rep_cause_t cause;

	for(int chart = 0; chart < REP_CHARTS; chart++) {
		tilted(&cell.past, 1e9, chart, 0);
		tilted(&cell.recent, 1e7, chart, drifts[_i].tilt);
		rep_cause_expect(&cell, 1);
		rep_cause_find(&cell, 1, 720, &cause);
		ck_assert_msg((cause.kind != REP_CAUSE_NONE) == drifts[_i].alarm,
				"chart %d, tilt %g: score %g", chart, drifts[_i].tilt,
				(double)cause.score);
	}
}
END_TEST

/* The tilt that is found is the one that was made. */
START_TEST(basic_tilt)
{
	rep_cause_cell_t cell = {.charts = &charts};

	for(double tilt = 0.1; tilt < 3.5; tilt *= 1.5)
		for(int chart = 0; chart < REP_CHARTS; chart++) {
			rep_cause_t cause = {
					.kind = REP_CAUSE_POOL, .chart = (rep_chart_t)chart};
			tilted(&cell.past, 1e9, chart, 0);
			tilted(&cell.recent, 1e7, chart, tilt);
			rep_cause_expect(&cell, 1);
			rep_cause_measure(&cell, 1, 720, &cause);
			ck_assert_msg(fabs((double)cause.shift - tilt) < 0.02,
					"chart %d, tilt %g: %g", chart, tilt, (double)cause.shift);
		}
}
END_TEST

START_TEST(robust_sizes)
{
	static const uint32_t sizes[] = {0, 1, 1000, 4000000000u};
	static rep_cause_cell_t many[REP_CAUSE_CELLS + 10];
	rep_cause_t cause;

	rep_cause_expect(NULL, 0);
	rep_cause_find(NULL, 0, 1000, &cause);
	ck_assert_int_eq(cause.kind, REP_CAUSE_NONE);
	cells[0].charts = &charts;
	for(int a = 0; a < 4; a++)
		for(int b = 0; b < 4; b++) {
			for(int c = 0; c < REP_OUTCOMES; c++) {
				cells[0].recent.n[c] = sizes[a];
				cells[0].past.n[c] = sizes[b];
			}
			rep_cause_expect(cells, 1);
			rep_cause_find(cells, 1, 0, &cause);
			ck_assert(isfinite(cause.score));
			rep_cause_explain(cells, 1, &cause);
			rep_cause_find(cells, 1, 0, &cause);
			ck_assert(isfinite(cause.score));
		}
	for(unsigned i = 0; i < REP_CAUSE_CELLS + 10; i++) {
		many[i].charts = &charts;
		for(int d = 0; d < REP_CAUSE_DIMENSIONS; d++)
			many[i].at[d] = i;
	}
	rep_cause_expect(many, REP_CAUSE_CELLS + 10);
	rep_cause_find(many, REP_CAUSE_CELLS + 10, 1000, &cause);
	ck_assert_int_eq(cause.kind, REP_CAUSE_NONE);
}
END_TEST

Suite *cause_suite(void)
{
	Suite *suite = suite_create("cause");
	TCase *basic = tcase_create("basic"), *robust = tcase_create("robust");

	tcase_add_checked_fixture(basic, setup, NULL);
	tcase_add_checked_fixture(robust, setup, NULL);
	tcase_set_timeout(basic, 60);
	tcase_set_timeout(robust, 60);
	tcase_add_loop_test(basic, basic_dimensions, 0, N(dimensions));
	tcase_add_loop_test(basic, basic_second_cause, 0, N(seconds));
	tcase_add_test(basic, basic_one_cell);
	tcase_add_test(basic, basic_smaller_set);
	tcase_add_test(basic, basic_ceiling);
	tcase_add_loop_test(basic, basic_margin, 0, N(margins));
	tcase_add_test(basic, basic_policies);
	tcase_add_loop_test(basic, basic_drift, 0, N(drifts));
	tcase_add_test(basic, basic_tilt);
	tcase_add_test(robust, robust_sizes);
	suite_add_tcase(suite, basic);
	suite_add_tcase(suite, robust);
	return suite;
}
