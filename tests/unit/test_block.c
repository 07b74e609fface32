/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks of numbers that go bad together, without a pool around them. */

#include <check.h>
#include <math.h>

#include "engine/judge/block.h"

#include "suites.h"

#define NUMBERS 20

static uint64_t state;

static double uniform(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (double)(state >> 11) * 0x1p-53;
}

static void add(rep_block_t *block, unsigned n, float s)
{
	const float all[REP_CHARTS] = {s, 0, 0};

	while(n-- > 0)
		rep_block_add(block, all);
}

START_TEST(small_evidence_adds_up)
{
	static const struct
	{
		unsigned n; /* members that show `s` nats, */
		float s;
		unsigned silent; /* and that show nothing */
		bool suspect;
	} cases[] = {
			{0, 0, 20, false},
			/* a number by itself, whatever it shows, is no block */
			{1, 7, 19, false},
			{1, 100, 4, false},
			{4, 7, 16, false},
			{5, 7, 15, true},
			{7, 5, 13, false},
			{8, 5, 12, true},
			{20, 1.9f, 0, false},
			{20, 2.1f, 0, true},
			{15, 2.5f, 5, false},
			{15, 2.7f, 5, true},
			{5, 3.5f, 0, false},
			{5, 4, 0, true},
			{4, 8, 0, false}, /* too few */
			{100, 5, 900, false},
			{150, 5, 850, true},
	};
	rep_block_t block = {0};

	add(&block, cases[_i].n, cases[_i].s);
	add(&block, cases[_i].silent, 0);
	ck_assert_uint_eq(block.numbers, cases[_i].n + cases[_i].silent);
	ck_assert_msg(
			rep_block_suspect(&block, REP_CHART_BLOCKED) == cases[_i].suspect,
			"%f", (double)rep_block_evidence(&block, REP_CHART_BLOCKED));
	ck_assert(!rep_block_suspect(&block, REP_CHART_LABELLED));
}
END_TEST

/* The likelihood of a share, by its definition. */
static double likelihood(const float *s, unsigned n, double share)
{
	double sum = 0;

	for(unsigned i = 0; i < n; i++)
		sum += log(1 - share + share * exp(fmin((double)s[i], 8) / 2) / 2);
	return sum;
}

START_TEST(evidence_is_nearly_that_of_the_best_share)
{
	state = 1;
	for(unsigned round = 0; round < 300; round++) {
		rep_block_t block = {0};
		float s[NUMBERS];
		unsigned n = 5 + round % (NUMBERS - 4);
		double bad = uniform(), best = -INFINITY, found;
		for(unsigned i = 0; i < n; i++) {
			float all[REP_CHARTS] = {0};
			s[i] = uniform() < bad ? (float)(10 * uniform()) : 0;
			all[REP_CHART_REJECTED] = s[i];
			rep_block_add(&block, all);
		}
		for(double share = 0.1; share < 0.9; share += 0.01)
			best = fmax(best, likelihood(s, n, share));
		found = (double)rep_block_evidence(&block, REP_CHART_REJECTED);
		ck_assert_double_lt(found, best + 0.001);
		ck_assert_double_gt(found, best - 0.1 - 0.1 * fabs(best));
	}
}
END_TEST

START_TEST(pool_as_a_whole_is_no_block)
{
	static const struct
	{
		unsigned bad, well; /* numbers of the rest */
		bool apart;
	} cases[] = {
			{0, 20, true},
			{2, 18, true},
			{20, 0, false},
			{8, 12, false},
			{0, 4, false}, /* hardly anybody to compare with */
			{0, 5, true},
	};
	rep_block_t block = {0}, rest = {0};

	add(&block, 15, 4);
	add(&block, 5, 0);
	add(&rest, cases[_i].bad, 4);
	add(&rest, cases[_i].well, 0);
	ck_assert(rep_block_suspect(&block, REP_CHART_BLOCKED));
	ck_assert(rep_block_apart(&block, &rest, REP_CHART_BLOCKED)
			  == cases[_i].apart);
	add(&block, 1000, 4);
	ck_assert(!rep_block_apart(&block, &rest, REP_CHART_BLOCKED));
}
END_TEST

START_TEST(member_needs_less)
{
	static const float cases[][2] = {
			{10, 7.6f}, {7.2f, 4.8f}, {5, 2.6f}, {4, 2.5f}, {2, 2}};

	ck_assert_float_eq_tol(
			rep_block_threshold(cases[_i][0]), cases[_i][1], 1e-4f);
}
END_TEST

/* ---- simulation ---------------------------------------------------------- */

/* Charts of a pool that knows its mix, thresholds for one false bench in
 * 10,000 calls. */
static const double thresholds[REP_CHARTS] = {7.2, 6.9, 7.6};
static const double healthy[REP_JUDGED] = {[REP_ANSWERED] = 0.25,
		[REP_SHORT] = 0.02,
		[REP_DECLINED] = 0.08,
		[REP_UNWANTED] = 0.003,
		[REP_BLOCKED] = 0.004,
		[REP_AMBIGUOUS] = 0.005,
		[REP_BUSY] = 0.08,
		[REP_NOANSWER] = 0.558};

typedef struct sim
{
	double x[REP_CHARTS][REP_JUDGED]; /* what a call adds */
	double s[NUMBERS][REP_CHARTS];
	unsigned by_itself, by_block;
} sim_t;

static void sim_start(sim_t *sim)
{
	rep_policy_t policy;
	rep_charts_t charts;

	memset(sim, 0, sizeof(*sim));
	rep_policy_default(&policy);
	rep_charts_init(&charts, &policy);
	for(int c = 0; c < REP_CHARTS; c++) {
		double z = 0;
		for(int o = 0; o < REP_JUDGED; o++)
			z += healthy[o] * exp((double)charts.w[o][c]);
		for(int o = 0; o < REP_JUDGED; o++)
			sim->x[c][o] = (double)charts.w[o][c] - log(z);
	}
}

static void sim_call(sim_t *sim, unsigned i, const double *mix)
{
	double u = uniform();
	int o = 0;

	while(o < REP_JUDGED - 1 && (u -= mix[o]) >= 0)
		o++;
	for(int c = 0; c < REP_CHARTS; c++)
		sim->s[i][c] = fmax(0, sim->s[i][c] + sim->x[c][o]);
}

/* Bench those of the `n` members from `first` on that are to be benched; they
 * start anew at once, or (`stay`) stay away, with a statistic below 0. */
static void sim_bench(sim_t *sim, unsigned first, unsigned n, bool stay)
{
	rep_block_t block = {0};

	for(unsigned i = first; i < first + n; i++) {
		float s[REP_CHARTS];
		for(int c = 0; c < REP_CHARTS; c++)
			s[c] = (float)sim->s[i][c];
		if(s[0] >= 0)
			rep_block_add(&block, s);
	}
	for(unsigned i = first; i < first + n; i++) {
		bool itself = false, with_block = false;
		for(int c = 0; c < REP_CHARTS; c++) {
			itself |= sim->s[i][c] >= thresholds[c];
			with_block |= rep_block_suspect(&block, (rep_chart_t)c)
						  && (float)sim->s[i][c] >= rep_block_threshold(
									 (float)thresholds[c]);
		}
		sim->by_itself += itself;
		sim->by_block += with_block && !itself;
		for(int c = 0; (itself || with_block) && c < REP_CHARTS; c++)
			sim->s[i][c] = stay ? -1 : 0;
	}
}

START_TEST(healthy_blocks_cost_few_benches)
{
	const unsigned size = (unsigned)_i;
	sim_t sim;

	state = 7;
	sim_start(&sim);
	for(unsigned round = 0; round < 60000; round++) {
		for(unsigned i = 0; i < NUMBERS; i++)
			sim_call(&sim, i, healthy);
		for(unsigned first = 0; first < NUMBERS; first += size)
			sim_bench(&sim, first, size, false);
	}
	ck_assert_uint_gt(sim.by_itself, 60);
	ck_assert_uint_le(sim.by_block * 20, sim.by_itself);
}
END_TEST

/* Calls of each of 20 numbers until 14 are benched, when all go bad. */
static unsigned until_benched(bool as_block, rep_outcome_t o, double share)
{
	double bad[REP_JUDGED];
	unsigned calls = 0;
	sim_t sim;

	sim_start(&sim);
	for(int k = 0; k < REP_JUDGED; k++)
		bad[k] = healthy[k] * (1 - share) / (1 - healthy[o]);
	bad[o] = share;
	for(; sim.by_itself + sim.by_block < 14; calls++) {
		for(unsigned i = 0; i < NUMBERS; i++)
			if(sim.s[i][0] >= 0)
				sim_call(&sim, i, bad);
		if(as_block)
			sim_bench(&sim, 0, NUMBERS, true);
		else
			for(unsigned i = 0; i < NUMBERS; i++)
				sim_bench(&sim, i, 1, true);
	}
	return calls;
}

START_TEST(bad_block_is_benched_sooner)
{
	static const struct
	{
		rep_outcome_t outcome;
		double share;
	} cases[] = {{REP_BLOCKED, 0.05}, {REP_UNWANTED, 0.05}, {REP_BLOCKED, 0.1},
			{REP_DECLINED, 0.3}};
	unsigned alone = 0, together = 0;

	state = 3;
	for(unsigned run = 0; run < 40; run++) {
		alone += until_benched(false, cases[_i].outcome, cases[_i].share);
		together += until_benched(true, cases[_i].outcome, cases[_i].share);
	}
	ck_assert_msg(together * 100 < alone * 80, "%u of %u", together, alone);
}
END_TEST

Suite *block_suite(void)
{
	Suite *suite = suite_create("block");
	TCase *tcase = tcase_create("block");

	tcase_add_loop_test(tcase, small_evidence_adds_up, 0, 16);
	tcase_add_test(tcase, evidence_is_nearly_that_of_the_best_share);
	tcase_add_loop_test(tcase, pool_as_a_whole_is_no_block, 0, 6);
	tcase_add_loop_test(tcase, member_needs_less, 0, 5);
	tcase_add_loop_test(tcase, healthy_blocks_cost_few_benches, 5, 6);
	tcase_add_loop_test(tcase, healthy_blocks_cost_few_benches, 20, 21);
	tcase_add_loop_test(tcase, bad_block_is_benched_sooner, 0, 4);
	suite_add_tcase(suite, tcase);
	return suite;
}
