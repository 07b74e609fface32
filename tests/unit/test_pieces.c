/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buckets cut into pieces by calls. */

#include <stdlib.h>

#include "engine/judge/bucket.h"
#include "engine/pool/evidence.h"
#include "engine/pool/exchange.h"
#include "engine/pool/index.h"
#include "engine/pool/pieces.h"
#include "engine/pool/routes.h"
#include "engine/pool/rows.h"
#include "engine/pool/slot.h"
#include "engine/pool/strata.h"

#include "pool_test.h"
#include "suites.h"

static rep_number_t *number_of(rep_e164_t number)
{
	return rep_number_at(inside(), rep_number_find(inside(), number));
}

/* Pieces of one bucket; asserts that the chain is in order, and no key stands
 * twice in a piece. */
static unsigned pieces_in(rep_e164_t number, uint32_t bucket)
{
	const rep_pool_t *p = inside();
	const rep_cell_head_t *cell, *before = NULL, *first = NULL, *fellow;
	unsigned n = 0;

	for(uint32_t ref = number_of(number)->cells; ref != REP_NONE;
			ref = cell->next) {
		cell = rep_cell_at(p, ref);
		ck_assert(!before || before->bucket >= cell->bucket);
		if(!before || before->bucket != cell->bucket
				|| before->piece != cell->piece) {
			n += cell->bucket == bucket;
			first = cell;
		}
		for(fellow = first; fellow != cell;
				fellow = rep_cell_at(p, fellow->next))
			ck_assert(fellow->stamp != cell->stamp
					  || fellow->stratum != cell->stratum);
		before = cell;
	}
	return n;
}

/* Calls by piece of the newest bucket, newest first. */
static unsigned sizes(rep_e164_t number, uint32_t out[32])
{
	const rep_pool_t *p = inside();
	const rep_cell_head_t *cell;
	unsigned n = 0;
	int piece = -1;

	for(uint32_t ref = number_of(number)->cells; ref != REP_NONE && n < 32;
			ref = cell->next) {
		rep_counts_t sum = {{0}};
		cell = rep_cell_at(p, ref);
		rep_cell_add(p, ref, &sum);
		if(piece != cell->piece)
			out[n++] = 0;
		piece = cell->piece;
		out[n - 1] += rep_counts_judged(&sum);
	}
	return n;
}

/* A dozen calls a piece; the oldest become one. */
START_TEST(a_dozen_calls_a_piece)
{
	uint32_t got[32];
	unsigned n;

	put_numbers(1);
	for(unsigned k = 1; k <= 600; k++) {
		count(FIRST, "", REP_NOANSWER, 1, NOW);
		n = sizes(FIRST, got);
		ck_assert_uint_eq(n, k > 16 * 12 ? 16 : (k + 11) / 12);
		ck_assert_uint_eq(got[0], (k - 1) % 12 + 1);
		for(unsigned i = 1; i + 1 < n; i++)
			ck_assert_uint_eq(got[i], 12);
		if(n == 16)
			ck_assert_uint_eq(got[15], k - got[0] - 14 * 12);
	}
	/* what nobody is judged by begins none */
	count(FIRST, "", REP_CANCELLED, 100, NOW);
	ck_assert_uint_eq(sizes(FIRST, got), 16);
}
END_TEST

/* The bucket before the present one keeps its pieces, older ones do not. */
START_TEST(old_buckets_are_one_piece)
{
	rep_time_t now = NOW / HOUR * HOUR;
	uint32_t bucket = rep_bucket_of(&inside()->policy, now);

	put_numbers(1);
	for(unsigned hour = 0; hour < 4; hour++, now += HOUR) {
		rep_registry_tick(registry, now);
		rep_registry_tick(registry, now + HOUR / 5);
		count(FIRST, "", REP_NOANSWER, 120, now + HOUR / 5);
		for(unsigned ago = 0; ago <= hour; ago++)
			ck_assert_uint_eq(pieces_in(FIRST, bucket + (hour - ago) * 60),
					ago < 2 ? 10 : 1);
	}
}
END_TEST

/* Explained, and sent, as one. */
START_TEST(pieces_go_as_one)
{
	rep_bucket_view_t seen[8];
	rep_cell_t sent[8];

	put_numbers(1);
	count(FIRST, "east", REP_ANSWERED, 70, NOW);
	count(FIRST, "", REP_BUSY, 30, NOW);
	ck_assert_uint_gt(
			pieces_in(FIRST, rep_bucket_of(&inside()->policy, NOW)), 5);
	for(unsigned again = 0; again < 2; again++) {
		ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, sent, 8), 2);
		ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, sent + 2, 6), 0);
		for(unsigned k = 0; k < 2; k++)
			ck_assert_uint_eq(sent[k].dims.route[0]
									  ? sent[k].counts.n[REP_ANSWERED]
									  : sent[k].counts.n[REP_BUSY],
					sent[k].dims.route[0] ? 70 : 30);
		rep_pool_requeue_cells(registry, pool, sent, 2);
	}
	ck_assert_uint_eq(rep_view_buckets(registry, pool, FIRST, seen, 8), 2);
	ck_assert_uint_eq(
			rep_counts_judged(&seen[0].own) + rep_counts_judged(&seen[1].own),
			100);
}
END_TEST

#define KEYS 4 /* route, and present bucket or the one before */
#define NUMBERS 3

static rep_counts_t own[NUMBERS][KEYS], others[NUMBERS][KEYS];

static void check_sums(uint32_t bucket)
{
	for(unsigned n = 0; n < NUMBERS; n++) {
		ck_assert_uint_le(pieces_in(FIRST + n, bucket), REP_PIECES_MAX);
		for(unsigned k = 0; k < KEYS; k++) {
			rep_cell_key_t key = {bucket - (k / 2) * 60, 0,
					(uint16_t)rep_stratum_put(inside(),
							rep_route_put(inside(), rep_span(k & 1 ? "a" : "")),
							0, 0, false)};
			rep_counts_t is =
					rep_pieces_sum(inside(), number_of(FIRST + n), &key, true);
			ck_assert_mem_eq(&is, &own[n][k], sizeof(is));
			is = rep_pieces_sum(inside(), number_of(FIRST + n), &key, false);
			ck_assert_mem_eq(&is, &others[n][k], sizeof(is));
		}
	}
}

static void put_any(unsigned n, unsigned k, uint32_t bucket, rep_time_t now)
{
	rep_cell_t cell = {.number = FIRST + n, .bucket = bucket - (k / 2) * 60};
	int o = rand() % REP_OUTCOMES;

	if(k & 1)
		strcpy(cell.dims.route, "a");
	others[n][k].n[o] += (uint32_t)(rand() % (rand() % 10 ? 8 : 300));
	if(rand() % 20 == 0) /* another node's counts began anew */
		others[n][k].n[o] /= 2;
	cell.counts = others[n][k];
	ck_assert(rep_pool_put_others(registry, pool, &cell, 1, now));
}

/* What comes out of Redis' total and what this node sends, against a model. */
START_TEST(sums_sweep)
{
	rep_time_t now = NOW / HOUR * HOUR;
	rep_cell_t sent[NUMBERS * KEYS];
	uint32_t bucket = rep_bucket_of(&inside()->policy, now);

	srand((unsigned)_i + 1);
	memset(own, 0, sizeof(own));
	memset(others, 0, sizeof(others));
	put_numbers(NUMBERS);
	for(int c = 0; c < REP_CHARTS; c++) /* benches nobody */
		inside()->held_until[c] = INT64_MAX;
	for(unsigned step = 0; step < 4000; step++) {
		unsigned n = (unsigned)rand() % NUMBERS, k = (unsigned)rand() % KEYS;
		int dice = rand() % 1000, o = rand() % REP_OUTCOMES;
		if(dice < 700) {
			count(FIRST + n, k & 1 ? "a" : "", (rep_outcome_t)o, 1, now);
			own[n][k & 1].n[o]++;
		} else if(dice < 950) {
			put_any(n, k, bucket, now);
		} else if(dice < 960) {
			rep_pieces_fold(inside(), rep_number_find(inside(), FIRST + n),
					bucket + 1 - (uint32_t)(rand() % 2) * 60);
		} else if(dice < 970) {
			rep_pool_requeue_all(registry, pool);
		} else if(dice < 972) { /* the next bucket */
			now += HOUR;
			bucket += 60;
			registry->asked_at = now;
			rep_registry_tick(registry, now);
			for(n = 0; n < NUMBERS; n++)
				for(k = KEYS; k-- > 0;) {
					own[n][k] = k < 2 ? (rep_counts_t){{0}} : own[n][k - 2];
					others[n][k] =
							k < 2 ? (rep_counts_t){{0}} : others[n][k - 2];
				}
		} else {
			size_t got = rep_pool_drain_cells(
					registry, pool, sent, (size_t)rand() % (NUMBERS * KEYS));
			for(size_t c = 0; c < got; c++) {
				n = (unsigned)(sent[c].number - FIRST);
				k = sent[c].dims.route[0] == 'a';
				if(sent[c].bucket + 60 == bucket)
					k += 2;
				else if(sent[c].bucket != bucket)
					continue;
				ck_assert_mem_eq(
						&sent[c].counts, &own[n][k], sizeof(own[n][k]));
			}
		}
		if(step % 20 == 0)
			check_sums(bucket);
	}
}
END_TEST

/* Calls of a piece weigh what those before them of the same cell do, and what
 * is folded weighs the least of its parts. (An answered call judges nobody.) */
START_TEST(weights_of_pieces)
{
	uint32_t i, bucket = rep_bucket_of(&inside()->policy, NOW);
	const rep_pool_t *p = inside();

	put_numbers(1);
	i = rep_number_find(p, FIRST);
	count(FIRST, "", REP_ANSWERED, 12, NOW);
	rep_cell_weigh(inside(), i, number_of(FIRST)->cells, 8);
	count(FIRST, "", REP_ANSWERED, 12, NOW);
	ck_assert_uint_eq(pieces_in(FIRST, bucket), 2);
	ck_assert_uint_eq(p->weighed.n[REP_ANSWERED], 24 * 8);
	rep_cell_weigh(inside(), i, number_of(FIRST)->cells, 3);
	ck_assert_uint_eq(p->weighed.n[REP_ANSWERED], 12 * 8 + 12 * 3);
	rep_pieces_fold(inside(), i, bucket + 1);
	ck_assert_uint_eq(pieces_in(FIRST, bucket), 1);
	ck_assert_uint_eq(p->weighed.n[REP_ANSWERED], 24 * 3);
	ck_assert_uint_eq(p->window.n[REP_ANSWERED], 24);
}
END_TEST

Suite *pieces_suite(void)
{
	Suite *suite = suite_create("pieces");
	TCase *tc = tcase_create("pieces");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_dozen_calls_a_piece);
	tcase_add_test(tc, old_buckets_are_one_piece);
	tcase_add_test(tc, pieces_go_as_one);
	tcase_add_loop_test(tc, sums_sweep, 0, 3);
	tcase_add_test(tc, weights_of_pieces);
	suite_add_tcase(suite, tc);
	return suite;
}
