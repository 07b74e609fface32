/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Evidence between nodes. */

#include <stdlib.h>

#include "engine/judge/bucket.h"
#include "engine/pool/by_hand.h"
#include "engine/pool/evidence.h"
#include "engine/pool/exchange.h"
#include "engine/pool/index.h"
#include "engine/pool/records.h"
#include "engine/pool/slot.h"
#include "engine/pool/stamp.h"
#include "engine/pool/strata.h"

#include "pool_test.h"
#include "suites.h"

START_TEST(cells_between_nodes)
{
	rep_registry_t *other = rep_registry_create(10);
	int there = rep_registry_put(other, rep_span("sales"));
	rep_number_view_t v;
	rep_cell_t cells[8];
	size_t n;

	put_numbers(1);
	rep_pool_put(other, there, FIRST, &plain, 0, 0, NOW);
	count(FIRST, "east", REP_ANSWERED, 3, NOW);
	count(FIRST, "", REP_BUSY, 2, NOW + 2 * HOUR);
	n = rep_pool_drain_cells(registry, pool, cells, 8);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(
			rep_pool_drain_cells(registry, pool, cells + n, 8 - n), 0);
	for(int again = 0; again < 2; again++) /* repeating is harmless */
		ck_assert_uint_eq(
				rep_pool_put_others(other, there, cells, n, NOW + 2 * HOUR), n);
	ck_assert(rep_view_number(
			other, there, FIRST, NOW + 2 * HOUR, &v, NULL, 0, NULL));
	ck_assert_uint_eq(v.counts.n[REP_ANSWERED], 3);
	ck_assert_uint_eq(v.counts.n[REP_BUSY], 2);
	/* others' counts are not this node's to give */
	ck_assert_uint_eq(rep_pool_drain_cells(other, there, cells, 8), 0);
	rep_pool_requeue_all(other, there);
	ck_assert_uint_eq(rep_pool_drain_cells(other, there, cells, 8), 0);
	rep_pool_requeue_all(registry, pool);
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, cells, 1), 1);
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, cells + 1, 7), 1);
	rep_pool_requeue_cells(registry, pool, cells, 1);
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, cells, 8), 1);
	rep_registry_destroy(other);
}
END_TEST

static void count_as(const char *campaign, const char *network,
		rep_outcome_t outcome, unsigned n)
{
	rep_ticket_t t;

	while(n-- > 0) {
		ck_assert(rep_pool_ticket(registry, pool, FIRST, rep_span("east"), &t));
		rep_ticket_label(registry, &t, rep_span(campaign), rep_span(network));
		ck_assert(rep_ticket_count(registry, &t, outcome, NOW));
	}
}

/* Each set of labels is a cell of its own, on both nodes. */
START_TEST(labels_between_nodes)
{
	rep_registry_t *other = rep_registry_create(10);
	int there = rep_registry_put(other, rep_span("sales"));
	const rep_pool_t *p = other->pools[there];
	rep_number_view_t v;
	rep_cell_t cells[8];

	put_numbers(1);
	rep_pool_put(other, there, FIRST, &plain, 0, 0, NOW);
	count_as("spring", "x", REP_BUSY, 1);
	count_as("spring", "y", REP_BUSY, 2);
	count_as("", "y", REP_BUSY, 4);
	count_as("", "", REP_BUSY, 8);
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, cells, 8), 4);
	for(int i = 0; i < 4; i++) {
		ck_assert_str_eq(cells[i].dims.route, "east");
		ck_assert(rep_pool_put_others(other, there, &cells[i], 1, NOW));
	}
	ck_assert(rep_view_number(other, there, FIRST, NOW, &v, NULL, 0, NULL));
	ck_assert_uint_eq(v.counts.n[REP_BUSY], 15);
	ck_assert_uint_eq(p->n_strata, 4);
	/* one that was not delivered is one to be taken again */
	rep_pool_requeue_cells(registry, pool, &cells[2], 1);
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, cells, 8), 1);
	rep_evidence_count(inside(), 0, 0,
			(uint16_t)rep_stratum_put(inside(), 0, 0, 0, true), REP_BUSY, NOW);
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, cells + 4, 4), 1);
	ck_assert(cells[4].repeat);
	cells[4].repeat = false;
	rep_pool_requeue_cells(registry, pool, &cells[4], 1); /* another cell */
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, cells + 5, 3), 0);
	/* where there is no room for its labels it would take another's place */
	for(unsigned c = 0; c < REP_ROUTES_MAX; c++) {
		snprintf(cells[0].dims.campaign, sizeof(cells[0].dims.campaign), "%u",
				c);
		ck_assert(rep_pool_put_others(other, there, &cells[0], 1, NOW)
				  == (c < REP_ROUTES_MAX - 2));
	}
	/* repeats are cells of their own, and show in the counts alone */
	cells[0].dims.campaign[0] = '\0';
	cells[0].counts = (rep_counts_t){.n[REP_BUSY] = 100};
	cells[0].repeat = true;
	ck_assert(rep_view_number(other, there, FIRST, NOW, &v, NULL, 0, NULL));
	ck_assert(rep_pool_put_others(other, there, &cells[0], 1, NOW));
	ck_assert_uint_eq(p->window.n[REP_BUSY], v.counts.n[REP_BUSY]);
	rep_registry_destroy(other);
}
END_TEST

static bool others(rep_time_t now, int64_t ahead)
{
	const rep_pool_t *p = inside();
	uint32_t i = rep_number_find(p, FIRST);
	rep_cell_t cell = {.number = FIRST,
			.bucket = (uint32_t)(rep_bucket_of(&p->policy, now) + ahead),
			.stamp = rep_stamp_of(p, rep_number_at(p, i), 0)};

	cell.counts.n[REP_ANSWERED] = 1;
	return rep_pool_put_others(registry, pool, &cell, 1, now);
}

START_TEST(others_cells_are_taken_long_after_a_reset)
{
	rep_time_t now = NOW;

	put_numbers(2);
	rep_pool_reset(registry, pool, FIRST, now);
	for(unsigned k = 0; k < 400; k++) {
		ck_assert_msg(
				others(now, 0), "refused in turn %u", view(FIRST, now).turn);
		rep_pool_bench(
				registry, pool, FIRST, rep_span(""), 1, REP_REASON_MANUAL, now);
		rep_pool_release(registry, pool, FIRST, rep_span(""), now);
		now += 5 * DAY;
	}
}
END_TEST

/* Others' counts bench nobody by themselves: numbers are judged afterwards, each
 * once, those that went not at all, and 32 each time. */
START_TEST(others_are_judged_afterwards)
{
	rep_cell_t cell = {.counts.n[REP_BLOCKED] = 200};
	unsigned rounds = 1;

	put_numbers(100);
	cell.bucket = rep_bucket_of(&inside()->policy, NOW);
	count(FIRST + 99, "", REP_ANSWERED, 200, NOW);
	for(unsigned i = 0; i < 70; i++)
		for(unsigned again = 0; again < 3; again++) {
			cell.number = FIRST + i;
			cell.counts.n[REP_ANSWERED] += 1;
			ck_assert(rep_pool_put_others(registry, pool, &cell, 1, NOW));
		}
	ck_assert_uint_eq(inside()->unjudged.count, 70);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	rep_pool_remove(registry, pool, FIRST + 1);
	while(rep_pool_judge_others(registry, pool, NOW))
		rounds++;
	ck_assert_uint_eq(rounds, 3);
	ck_assert_uint_eq(inside()->unjudged.count, 0);
	rep_pool_put(registry, pool, FIRST + 1, &plain, 0, 0, NOW);
	ck_assert_int_eq(view(FIRST + 1, NOW).state, REP_ACTIVE);
}
END_TEST

/* What was counted before a reset, and comes after it, is forgotten. */
START_TEST(others_cells_of_before_a_reset_are_refused)
{
	rep_cell_t cell = {.number = FIRST};

	put_numbers(2);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 1, REP_REASON_MANUAL, NOW);
	cell.bucket = rep_bucket_of(&inside()->policy, NOW);
	cell.counts.n[REP_ANSWERED] = 1;
	for(uint32_t turn = 0; turn < 2; turn++) {
		cell.stamp = turn << 8;
		ck_assert(rep_pool_put_others(registry, pool, &cell, 1, NOW));
	}
	rep_pool_reset(registry, pool, FIRST, NOW);
	for(uint32_t turn = 0; turn < view(FIRST, NOW).turn; turn++) {
		cell.stamp = turn << 8;
		ck_assert_msg(!rep_pool_put_others(registry, pool, &cell, 1, NOW),
				"turn %u", turn);
	}
	cell.stamp = view(FIRST, NOW).turn << 8;
	ck_assert(rep_pool_put_others(registry, pool, &cell, 1, NOW));
}
END_TEST

/* Many at once are taken as one after the other; of a cell that comes twice the
 * later one stands. */
START_TEST(others_cells_come_in_hundreds)
{
	static rep_cell_t cells[5 * REP_HEARD + 7];
	const size_t n = sizeof(cells) / sizeof(*cells);
	rep_registry_t *other = rep_registry_create(100);
	int there = rep_registry_put(other, rep_span("sales"));
	rep_number_view_t v;
	size_t taken = 0;

	srand(1);
	put_numbers(40);
	for(unsigned i = 0; i < 40; i++)
		rep_pool_put(other, there, FIRST + i, &plain, 0, 0, NOW);
	for(size_t i = 0; i < n; i++) {
		unsigned hour = (unsigned)rand() % 80; /* the window is 72 */
		cells[i] = (rep_cell_t){.number = FIRST + (unsigned)rand() % 50,
				.bucket = rep_bucket_of(
						&inside()->policy, NOW - hour * (rep_time_t)HOUR),
				.repeat = rand() % 4 == 0};
		cells[i].counts.n[rand() % REP_OUTCOMES] = (uint32_t)rand() % 300;
		strcpy(cells[i].dims.route, rand() % 3 ? "" : "east");
		strcpy(cells[i].dims.campaign, rand() % 3 ? "" : "spring");
		taken += rep_pool_put_others(other, there, &cells[i], 1, NOW);
	}
	ck_assert_uint_lt(taken, n);
	ck_assert_uint_eq(
			rep_pool_put_others(registry, pool, cells, n, NOW), taken);
	for(unsigned i = 0; i < 40; i++) {
		ck_assert(rep_view_number(
				other, there, FIRST + i, NOW, &v, NULL, 0, NULL));
		ck_assert_mem_eq(
				view(FIRST + i, NOW).counts.n, v.counts.n, sizeof(v.counts.n));
	}
	ck_assert_uint_eq(inside()->unjudged.count, 40);
	rep_registry_destroy(other);
}
END_TEST

/* Another proxy's clock is ahead: what it counts waits for its time, however
 * long that proxy has been silent by then. */
START_TEST(cells_of_future_buckets_wait)
{
	put_numbers(2);
	ck_assert(!others(NOW, 74 * 60));
	ck_assert(others(NOW, 73 * 60));
	ck_assert(others(NOW, 2 * 60));
	rep_registry_tick(registry, NOW);
	count(FIRST + 1, "", REP_NOANSWER, 100, NOW);
	ck_assert_uint_eq(inside()->window.n[REP_NOANSWER], 100);
	for(unsigned hour = 0; hour < 150; hour++) {
		rep_time_t now = NOW + hour * (rep_time_t)HOUR;
		uint32_t due = (hour >= 1 && hour < 74) + (hour >= 72 && hour < 145);
		rep_registry_tick(registry, now);
		ck_assert_uint_eq(view(FIRST, now).counts.n[REP_ANSWERED], due);
		ck_assert_uint_eq(inside()->window.n[REP_ANSWERED], due);
	}
}
END_TEST

/* A clock that is a little ahead says the next bucket: the present one still
 * counts, however few buckets the window has. */
START_TEST(next_bucket_leaves_room_for_this_one)
{
	static const char *const span[] = {"60", "1440"};
	int64_t minutes = _i ? 1440 : 60;

	put_numbers(2);
	policy_set("window_hours", "1", NOW);
	policy_set("bucket_minutes", span[_i], NOW);
	ck_assert(others(NOW, minutes));
	count(FIRST + 1, "", REP_NOANSWER, 10, NOW);
	ck_assert_uint_eq(inside()->window.n[REP_NOANSWER], 10);
}
END_TEST

static uint32_t waiting(void)
{
	return rep_pool_health_waits(registry, pool);
}

/* What a node has counted or moved itself it tells of, once others can know;
 * what it has heard of only if it has told of that number meanwhile. */
START_TEST(health_is_told_by_who_changed_it)
{
	rep_number_view_t views[4];
	rep_cell_t cells[8], heard = {.number = FIRST + 1};
	rep_record_t moved = {.number = FIRST + 1,
			.turn = 1,
			.state = REP_BENCHED,
			.reason = REP_REASON_MANUAL,
			.since = NOW,
			.until = NOW + HOUR};

	put_numbers(2);
	ck_assert_uint_eq(rep_pool_drain_health(registry, pool, NOW, views, 4), 2);
	count(FIRST, "", REP_BUSY, 2, NOW);
	ck_assert_uint_eq(waiting(), 0);
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, cells, 8), 1);
	ck_assert_uint_eq(rep_pool_drain_health(registry, pool, NOW, views, 4), 1);
	ck_assert_uint_eq(views[0].number, FIRST);

	heard.bucket = cells[0].bucket;
	heard.counts.n[REP_BUSY] = 7;
	ck_assert(rep_pool_put_others(registry, pool, &heard, 1, NOW));
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &moved, true, NOW), 1);
	rep_pool_requeue_health(registry, pool, views, 1, NOW);
	ck_assert_uint_eq(waiting(), 0);

	heard.number = FIRST;
	ck_assert(rep_pool_put_others(registry, pool, &heard, 1, NOW));
	ck_assert_uint_eq(waiting(), 0);
	rep_pool_requeue_health(registry, pool, views, 1, NOW);
	ck_assert_uint_eq(waiting(), 1);
	ck_assert_uint_eq(rep_pool_drain_health(registry, pool, NOW, views, 4), 1);
	ck_assert_uint_eq(views[0].counts.n[REP_BUSY], 9);
	rep_pool_requeue_health(registry, pool, views, 1, 0); /* not delivered */
	ck_assert_uint_eq(waiting(), 1);
	ck_assert_uint_eq(rep_pool_drain_health(registry, pool, NOW, views, 4), 1);

	ck_assert_int_eq(rep_pool_bench(registry, pool, FIRST, rep_span(""), 60,
							 REP_REASON_MANUAL, NOW),
			REP_DONE);
	ck_assert_uint_eq(waiting(), 0);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &moved, 1), 1);
	ck_assert_uint_eq(waiting(), 1);
}
END_TEST

Suite *exchange_suite(void)
{
	Suite *suite = suite_create("exchange");
	TCase *tc = tcase_create("exchange");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, cells_between_nodes);
	tcase_add_test(tc, labels_between_nodes);
	tcase_add_test(tc, others_cells_are_taken_long_after_a_reset);
	tcase_add_test(tc, others_cells_of_before_a_reset_are_refused);
	tcase_add_test(tc, others_are_judged_afterwards);
	tcase_add_test(tc, others_cells_come_in_hundreds);
	tcase_add_test(tc, health_is_told_by_who_changed_it);
	tcase_add_test(tc, cells_of_future_buckets_wait);
	tcase_add_loop_test(tc, next_bucket_leaves_room_for_this_one, 0, 2);
	suite_add_tcase(suite, tc);
	return suite;
}
