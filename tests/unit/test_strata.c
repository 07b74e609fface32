/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strata: what calls are counted in and held against. */

#include <stdlib.h>

#include "engine/judge/bucket.h"
#include "engine/pool/by_label.h"
#include "engine/pool/cells.h"
#include "engine/pool/evidence.h"
#include "engine/pool/exchange.h"
#include "engine/pool/routes.h"
#include "engine/pool/rows.h"
#include "engine/pool/slot.h"
#include "engine/pool/strata.h"
#include "pool_test.h"
#include "suites.h"

#define NUMBERS 5
#define STRATA 7

static rep_span_t numbered(const char *what, unsigned n)
{
	static char name[32];

	snprintf(name, sizeof(name), "%s%u", what, n);
	return rep_span(name);
}

/* ---- rows against the cells that they are made of ---------------------- */

typedef struct both
{
	rep_counts_t counts, weighed;
} both_t;

static void add(both_t *sum, const rep_counts_t *counts, unsigned weight)
{
	rep_counts_add(&sum->counts, counts);
	for(int o = 0; o < REP_OUTCOMES; o++)
		sum->weighed.n[o] += counts->n[o] * weight;
}

/* What the cells of all numbers say of a row. */
static both_t naive(const rep_pool_t *p, uint32_t stratum, uint32_t bucket)
{
	both_t sum = {0};

	for(uint32_t i = 0; i < NUMBERS; i++) {
		uint32_t ref = rep_number_at(p, i)->cells;
		for(; ref != REP_NONE; ref = rep_cell_at(p, ref)->next) {
			const rep_cell_head_t *cell = rep_cell_at(p, ref);
			rep_counts_t counts = {{0}};
			if(cell->stratum != stratum
					|| rep_bucket_at(&p->policy, cell->bucket) != bucket)
				continue;
			rep_cell_add(p, ref, &counts);
			add(&sum, &counts, cell->weight);
		}
	}
	return sum;
}

/* Each stratum knows how many cells count in it. */
static void check_cells(const rep_pool_t *p)
{
	uint32_t cells[STRATA] = {0};

	for(uint32_t i = 0; i < NUMBERS; i++) {
		uint32_t ref = rep_number_at(p, i)->cells;
		for(; ref != REP_NONE; ref = rep_cell_at(p, ref)->next)
			cells[rep_cell_at(p, ref)->stratum]++;
	}
	for(uint32_t s = 0; s < p->n_strata; s++)
		ck_assert_uint_eq(p->strata[s]->cells, cells[s]);
}

static void check_rows(const rep_pool_t *p, rep_time_t now)
{
	uint32_t last = rep_bucket_of(&p->policy, now) + p->policy.bucket_minutes;

	for(uint32_t s = 0; s < p->n_strata; s++)
		for(uint32_t b = rep_bucket_oldest(&p->policy, now); b <= last;
				b += p->policy.bucket_minutes) {
			static const rep_row_t none;
			const rep_row_t *row = rep_row_of(p, (uint16_t)s, b);
			both_t sum = naive(p, s, b);
			if(!row)
				row = &none;
			ck_assert_mem_eq(&row->counts, &sum.counts, sizeof(sum.counts));
			ck_assert_mem_eq(&row->weighed, &sum.weighed, sizeof(sum.weighed));
			rep_sums_t sums;
			if(row == &none)
				continue;
			rep_sums_make(&sums, &p->charts, &sum.weighed, REP_WEIGHT);
			ck_assert_mem_eq(&row->sums, &sums, sizeof(sums));
		}
}

/* Windows are the sums of the rows, without repeats above the strata. */
static void check_windows(const rep_pool_t *p)
{
	both_t whole = {0}, on[REP_ROUTES_MAX] = {0};
	rep_counts_t all = {{0}}, told;

	for(uint32_t s = 0; s < p->n_strata; s++) {
		const rep_stratum_t *stratum = p->strata[s];
		both_t sum = {0};
		for(uint32_t k = 0; stratum->rows && k < p->n_rows; k++) {
			rep_counts_add(&sum.counts, &stratum->rows[k].counts);
			rep_counts_add(&sum.weighed, &stratum->rows[k].weighed);
		}
		ck_assert_mem_eq(&stratum->window, &sum.counts, sizeof(sum.counts));
		ck_assert_mem_eq(&stratum->weighed, &sum.weighed, sizeof(sum.weighed));
		rep_counts_add(&all, &sum.counts);
		if(stratum->repeat)
			continue;
		rep_counts_add(&on[stratum->route].counts, &sum.counts);
		rep_counts_add(&on[stratum->route].weighed, &sum.weighed);
		rep_counts_add(&whole.counts, &sum.counts);
		rep_counts_add(&whole.weighed, &sum.weighed);
	}
	for(uint32_t r = 0; r < p->n_routes; r++) {
		ck_assert_mem_eq(&p->routes[r]->window, &on[r].counts, sizeof(all));
		ck_assert_mem_eq(&p->routes[r]->weighed, &on[r].weighed, sizeof(all));
	}
	ck_assert_mem_eq(&p->window, &whole.counts, sizeof(all));
	ck_assert_mem_eq(&p->weighed, &whole.weighed, sizeof(all));
	rep_strata_window(p, &told);
	ck_assert_mem_eq(&told, &all, sizeof(all));
}

static uint32_t stratum_of(rep_pool_t *p, unsigned k)
{
	return rep_stratum_put(p, rep_route_put(p, rep_span(k & 1 ? "a" : "")),
			rep_campaign_put(p, rep_span(k & 2 ? "spring" : "")),
			rep_network_put(p, rep_span(k == 4 ? "x" : "")), k > 4);
}

/* Another node's counts, any; less than before too. */
static void put_others(rep_pool_t *p, uint32_t i, uint32_t s, rep_time_t now)
{
	uint32_t bucket = rep_bucket_of(&p->policy, now);
	rep_counts_t others = {{0}};

	bucket -= (uint32_t)(rand() % 3) * p->policy.bucket_minutes;
	if(bucket < rep_bucket_oldest(&p->policy, now))
		return;
	for(int k = 0; k < 3; k++)
		others.n[rand() % REP_OUTCOMES] = (uint32_t)(rand() % 400);
	ck_assert(rep_evidence_put_others(
			p, i, bucket, 0, (uint16_t)s, &others, now));
}

static void weigh_any(rep_pool_t *p, uint32_t i)
{
	uint32_t ref = rep_number_at(p, i)->cells;

	for(int k = rand() % 6; k > 0 && ref != REP_NONE; k--)
		ref = rep_cell_at(p, ref)->next;
	if(ref != REP_NONE)
		rep_cell_weigh(p, i, ref, (uint8_t)(rand() % (REP_WEIGHT + 1)));
}

static void change_policy(rep_pool_t *p, rep_time_t now)
{
	static const char *const hours[] = {"4", "8", "12"};
	static const char *const minutes[] = {"30", "60", "120"};

	if(rand() % 2)
		policy_set("window_hours", hours[rand() % 3], now);
	else
		policy_set("bucket_minutes", minutes[rand() % 3], now);
	ck_assert_uint_eq(p->refill, REP_NONE);
}

START_TEST(rows_sweep)
{
	rep_pool_t *p = inside();
	rep_time_t t = NOW;

	srand((unsigned)_i + 1);
	policy_set("false_bench_every", "1000000000", NOW);
	put_numbers(NUMBERS);
	for(unsigned k = 0; k < 4000; k++) {
		uint32_t i = (uint32_t)(rand() % NUMBERS);
		uint32_t s = stratum_of(p, (unsigned)(rand() % STRATA));
		int dice = rand() % 1000;
		t += rand() % (40 * S);
		if(dice < 600)
			rep_evidence_count(p, i, 0, (uint16_t)s,
					(rep_outcome_t)(rand() % REP_OUTCOMES), t);
		else if(dice < 800)
			put_others(p, i, s, t);
		else if(dice < 985)
			weigh_any(p, i);
		else if(dice < 990)
			rep_rows_rebuild(p, rep_bucket_newest(&p->policy, t));
		else if(dice < 994)
			change_policy(p, t);
		else
			t += rand() % (3 * HOUR); /* rows come round */
		rep_rows_refill(p, 1);
		if(k % 50)
			continue;
		rep_rows_refill(p, UINT32_MAX);
		rep_registry_tick(registry, t);
		check_rows(p, t);
		check_windows(p);
		check_cells(p);
	}
	ck_assert_uint_eq(p->n_strata, STRATA);
}
END_TEST

/* ---- judging ------------------------------------------------------------ */

static void count_in(uint32_t i, unsigned route, unsigned campaign, bool repeat,
		rep_outcome_t outcome, unsigned n, rep_time_t now)
{
	rep_pool_t *p = inside();
	uint32_t s = rep_stratum_put(p, route, campaign, 0, repeat);

	while(n-- > 0)
		ck_assert(rep_evidence_count(p, i, 0, (uint16_t)s, outcome, now));
}

/* Repeats show in the counts; no chart moves, and no yardstick. */
START_TEST(repeats_judge_nobody)
{
	rep_baseline_t before;
	rep_pool_view_t whole;
	rep_number_view_t v;

	put_numbers(10);
	healthy(10, "", NOW);
	before = inside()->baseline;
	v = view(FIRST, NOW);
	for(unsigned k = 0; k < 200; k++)
		count_in(0, 0, 0, true, REP_BLOCKED, 1, NOW);
	rep_registry_tick(registry, NOW + 2 * MINUTE);
	ck_assert_mem_eq(&inside()->baseline, &before, sizeof(before));
	ck_assert_float_eq(view(FIRST, NOW).judged.score, v.judged.score);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_BLOCKED],
			v.counts.n[REP_BLOCKED] + 200);
	ck_assert(rep_view_pool(registry, pool, NOW, &whole));
	ck_assert_uint_eq(
			whole.counts.n[REP_BLOCKED], v.counts.n[REP_BLOCKED] + 200);
	count_in(0, 0, 0, false, REP_BLOCKED, 20, NOW);
	ck_assert_float_gt(view(FIRST, NOW).judged.score, 1);
}
END_TEST

static void count_mix(uint32_t i, unsigned campaign, unsigned answered)
{
	for(unsigned k = 0; k < 100; k++)
		count_in(i, 0, campaign, false,
				k * 37 % 100 < answered ? REP_ANSWERED : REP_NOANSWER, 1, NOW);
}

/* A call is held against its own campaign: what all numbers show on one is no
 * mark of the number that works on nothing else. */
START_TEST(held_against_the_campaign)
{
	unsigned spring = _i ? rep_campaign_put(inside(), rep_span("spring")) : 0;
	rep_judged_t judged;

	put_numbers(10);
	healthy(10, "", NOW);
	for(uint32_t k = 0; k < 90; k++) {
		count_mix(1 + k % 9, 0, 40);
		count_mix(1 + k % 9, spring, 10);
	}
	for(unsigned k = 0; k < 4; k++)
		count_mix(0, spring, 10);
	rep_registry_tick(registry, NOW + 2 * MINUTE);
	judged = view(FIRST, NOW).judged;
	if(spring)
		ck_assert_float_lt(judged.s[REP_CHART_LABELLED], 2);
	else
		ck_assert_float_gt(judged.s[REP_CHART_LABELLED], 6);
}
END_TEST

/* Two strata of a route in one bucket are one step of its chart. */
START_TEST(strata_of_a_bucket_are_one_step)
{
	unsigned spring = rep_campaign_put(inside(), rep_span("spring"));
	rep_judged_t one, two;

	put_numbers(10);
	healthy(10, "", NOW);
	for(uint32_t i = 1; i < 10; i++) {
		count_in(i, 0, spring, false, REP_ANSWERED, 250, NOW);
		count_in(i, 0, spring, false, REP_NOANSWER, 560, NOW);
		count_in(i, 0, spring, false, REP_DECLINED, 90, NOW);
	}
	rep_registry_tick(registry, NOW + 2 * MINUTE);
	count_in(0, 0, 0, false, REP_BLOCKED, 4, NOW + HOUR);
	one = view(FIRST, NOW + HOUR).judged;
	count_in(0, 0, spring, false, REP_ANSWERED, 40, NOW + HOUR);
	two = view(FIRST, NOW + HOUR).judged;
	/* what speaks for it weighs against what speaks against it */
	ck_assert_float_gt(one.s[REP_CHART_BLOCKED], 1);
	ck_assert_float_lt(two.s[REP_CHART_BLOCKED], one.s[REP_CHART_BLOCKED]);
}
END_TEST

/* ---- counts by label ---------------------------------------------------- */

static void call_as(
		rep_e164_t number, const char *campaign, unsigned n, rep_time_t at)
{
	rep_ticket_t t;

	while(n-- > 0) {
		ck_assert(rep_pool_ticket(registry, pool, number, rep_span(""), &t));
		rep_ticket_label(registry, &t, rep_span(campaign), rep_span(""));
		ck_assert(rep_ticket_count(registry, &t, REP_BUSY, at));
	}
}

static void shows(rep_e164_t number, rep_dim_t dim, rep_time_t now,
		const char *label, unsigned n, size_t at, size_t of)
{
	rep_label_view_t views[4];

	ck_assert_uint_eq(
			rep_view_by_label(registry, pool, number, dim, now, views, 4), of);
	if(!of)
		return;
	ck_assert_str_eq(views[at].label, label);
	ck_assert_uint_eq(views[at].counts.n[REP_BUSY], n);
}

START_TEST(counts_by_label)
{
	rep_time_t later = NOW + 3 * HOUR;

	policy_set("window_hours", "3", NOW);
	put_numbers(2);
	call_as(FIRST, "", 3, NOW);
	shows(FIRST, REP_DIM_CAMPAIGN, NOW, "", 0, 0, 0); /* no label known */
	call_as(FIRST, "spring", 2, NOW + HOUR);
	call_as(FIRST, "autumn", 5, NOW + HOUR);
	shows(FIRST, REP_DIM_CAMPAIGN, NOW, "autumn", 5, 0, 3);
	shows(FIRST, REP_DIM_CAMPAIGN, NOW, "", 3, 1, 3);
	shows(FIRST, REP_DIM_NETWORK, NOW, "", 0, 0, 0);
	shows(FIRST + 1, REP_DIM_CAMPAIGN, NOW, "", 0, 0, 0);
	call_as(FIRST + 1, "", 1, NOW + HOUR);
	shows(FIRST + 1, REP_DIM_CAMPAIGN, NOW, "", 0, 0, 0); /* all without */
	shows(0, REP_DIM_CAMPAIGN, NOW, "", 4, 1, 3);
	shows(FIRST, REP_DIM_CAMPAIGN, later, "spring", 2, 1, 2); /* aged */
	rep_registry_tick(registry, later);
	shows(0, REP_DIM_CAMPAIGN, later, "", 1, 2, 3);
}
END_TEST

START_TEST(what_a_ticket_is_counted_under)
{
	rep_dims_t dims, known;
	unsigned found = 0;
	rep_ticket_t t;

	put_numbers(2);
	ck_assert(rep_pool_ticket(registry, pool, FIRST, rep_span("east"), &t));
	rep_ticket_label(registry, &t, rep_span("spring"), rep_span("x"));
	ck_assert_int_eq(rep_ticket_reroute(registry, &t, rep_span("west"), NOW),
			REP_PICKED); /* keeps them */
	rep_ticket_dims(registry, &t, &dims);
	ck_assert_str_eq(dims.route, "west");
	ck_assert_str_eq(dims.campaign, "spring");
	ck_assert_str_eq(dims.network, "x");
	rep_ticket_count(registry, &t, REP_BUSY, NOW);
	for(uint32_t n = 0; rep_view_dims(registry, pool, n, &known); n++)
		found += memcmp(&known, &dims, sizeof(dims)) == 0;
	ck_assert_uint_eq(found, 1);
	rep_ticket_label(registry, &t, rep_span(""), rep_span(""));
	rep_ticket_dims(registry, &t, &dims);
	ck_assert_str_eq(dims.campaign, "");
}
END_TEST

/* ---- limits ------------------------------------------------------------- */

static void count_one(uint32_t stratum, rep_time_t now)
{
	ck_assert(rep_evidence_count(
			inside(), 0, 0, (uint16_t)stratum, REP_BUSY, now));
}

START_TEST(names_and_their_limit)
{
	rep_pool_t *p = inside();

	ck_assert_uint_eq(rep_campaign_put(p, rep_span("")), 0);
	ck_assert_uint_eq(rep_campaign_put(p, rep_span(" spring ")), 1);
	ck_assert_uint_eq(rep_campaign_put(p, rep_span("spring")), 1);
	ck_assert_uint_eq(rep_network_put(p, rep_span("spring")), 1);
	ck_assert_uint_eq(rep_campaign_put(p, (rep_span_t){"a\0b", 3}), 0);
	ck_assert_uint_eq(atomic_load(&registry->full_strata), 1);
	put_numbers(1);
	for(unsigned n = 1; n < REP_ROUTES_MAX; n++) {
		if(n > 1)
			ck_assert_uint_eq(rep_campaign_put(p, numbered("c", n)), n);
		count_one(rep_stratum_put(p, 0, n, 0, false), NOW);
	}
	ck_assert_uint_eq(rep_campaign_put(p, rep_span("one more")), 0);
	ck_assert_uint_eq(rep_campaign_put(p, rep_span("c63")), 63);
	ck_assert_uint_eq(rep_network_put(p, rep_span("x")), 2);
	ck_assert_uint_eq(atomic_load(&registry->full_strata), 2);
}
END_TEST

/* A name or a stratum whose calls have aged makes room; who still holds the
 * old name counts under none. */
START_TEST(names_make_room)
{
	rep_pool_t *p = inside();
	rep_time_t later = NOW + 80 * HOUR;
	uint16_t old = 0, fresh;
	rep_dims_t dims;

	put_numbers(1);
	for(unsigned n = 1; n < REP_ROUTES_MAX; n++) {
		uint16_t name = rep_campaign_put(p, numbered("c", n));
		count_one(rep_stratum_put(p, 0, name, 0, n % 2), n == 7 ? NOW : later);
		if(n == 7)
			old = name;
	}
	ck_assert_uint_eq(rep_campaign_put(p, rep_span("late")), 0);
	for(rep_time_t t = later; t < later + 2 * HOUR; t += MINUTE)
		rep_registry_tick(registry, t); /* what is old goes */
	fresh = rep_campaign_put(p, rep_span("late"));
	ck_assert_uint_eq(fresh & 0xff, 7);
	ck_assert_uint_ne(fresh, old);
	ck_assert_uint_eq(rep_campaign_put(p, rep_span("late")), fresh);
	ck_assert_uint_eq(rep_stratum_put(p, 0, old, 0, false),
			rep_stratum_put(p, 0, 0, 0, false));
	rep_dims_of(p, 0, old, 0, &dims);
	ck_assert_str_eq(dims.campaign, "");
	rep_dims_of(p, 0, fresh, 0, &dims);
	ck_assert_str_eq(dims.campaign, "late");
}
END_TEST

START_TEST(strata_make_room)
{
	rep_pool_t *p = inside();
	uint16_t campaign[32], network[32];
	rep_time_t later = NOW + 80 * HOUR;
	uint32_t kept, again, alone;

	put_numbers(1);
	for(unsigned n = 1; n < 32; n++) {
		campaign[n] = rep_campaign_put(p, numbered("c", n));
		network[n] = rep_network_put(p, numbered("n", n));
	}
	for(unsigned c = 1; c < 32; c++)
		for(unsigned n = 1; n < 32; n++)
			if(p->n_strata < REP_STRATA_MAX - 2 * REP_ROUTES_MAX)
				count_one(rep_stratum_put(p, 0, campaign[c], network[n], false),
						c == 3 && n == 3 ? later : NOW);
	kept = rep_stratum_put(p, 0, campaign[3], network[3], false);
	alone = rep_stratum_put(p, 0, 0, 0, false);
	ck_assert(rep_stratum_put(p, 0, campaign[31], 0, false)
			  == rep_stratum_put(p, 0, 0, 0, false));
	for(rep_time_t t = later; t < later + 2 * HOUR; t += MINUTE)
		rep_registry_tick(registry, t);
	again = rep_stratum_put(p, 0, campaign[31], 0, false);
	ck_assert_uint_ne(again, kept);
	ck_assert_uint_ne(again, alone); /* that of a route stays */
	ck_assert_uint_eq(p->strata[again]->campaign, 31);
	ck_assert_uint_eq(p->strata[again]->network, 0);
	ck_assert_uint_eq(
			rep_stratum_put(p, 0, campaign[3], network[3], false), kept);
	ck_assert_uint_le(p->n_strata, REP_STRATA_MAX);
}
END_TEST

START_TEST(strata_and_their_limit)
{
	rep_pool_t *p = inside();
	uint32_t first, s;

	put_numbers(1);
	for(unsigned n = 1; n < REP_ROUTES_MAX; n++) {
		rep_campaign_put(p, numbered("c", n));
		rep_network_put(p, numbered("n", n));
	}
	first = rep_stratum_put(p, 0, 1, 1, false);
	count_one(first, NOW);
	ck_assert_uint_eq(rep_stratum_put(p, 0, 1, 1, false), first);
	ck_assert_uint_ne(rep_stratum_put(p, 0, 1, 1, true), first);
	for(unsigned c = 0; c < 64; c++)
		for(unsigned n = 0; n < 64; n++) {
			s = rep_stratum_put(p, 0, c, n, false);
			count_one(s, NOW);
			if(s >= p->n_strata || p->strata[s]->campaign != c)
				ck_assert(!p->strata[s]->campaign && !p->strata[s]->network);
		}
	ck_assert_uint_gt(atomic_load(&registry->full_strata), 3000);
	/* those of a route alone find room, whatever else came before */
	for(unsigned r = 0; r < 64; r++)
		rep_route_put(p, numbered("r", r));
	for(unsigned r = 0; r < 128; r++) {
		s = rep_stratum_put(p, r / 2, 5, 5, r % 2);
		ck_assert_uint_eq(p->strata[s]->route, r / 2);
		ck_assert_uint_eq(p->strata[s]->repeat, r % 2);
	}
	ck_assert_uint_le(p->n_strata, REP_STRATA_MAX);
	ck_assert_uint_eq(rep_stratum_put(p, 0, 1, 1, false), first);
}
END_TEST

Suite *strata_suite(void)
{
	Suite *suite = suite_create("strata");
	TCase *tc = tcase_create("strata");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, rows_sweep, 0, 4);
	tcase_add_test(tc, repeats_judge_nobody);
	tcase_add_loop_test(tc, held_against_the_campaign, 0, 2);
	tcase_add_test(tc, strata_of_a_bucket_are_one_step);
	tcase_add_test(tc, counts_by_label);
	tcase_add_test(tc, what_a_ticket_is_counted_under);
	tcase_add_test(tc, names_and_their_limit);
	tcase_add_test(tc, names_make_room);
	tcase_add_test(tc, strata_make_room);
	tcase_add_test(tc, strata_and_their_limit);
	suite_add_tcase(suite, tc);
	return suite;
}
