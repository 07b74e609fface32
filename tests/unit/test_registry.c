/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools and their numbers; what a full table and lost memory do. */

#include <stdlib.h>

#include "mem_test.h"
#include "engine/pool/exchange.h"
#include "engine/pool/index.h"

#include "pool_test.h"
#include "suites.h"

START_TEST(pools_basic)
{
	ck_assert_int_eq(rep_registry_find(registry, rep_span("sales")), pool);
	ck_assert_int_eq(
			rep_registry_find(registry, rep_span("Sales")), REP_NO_POOL);
	ck_assert_int_eq(rep_registry_put(registry, rep_span("")), REP_NO_POOL);
	ck_assert_int_eq(rep_registry_put(registry, rep_span("a b")), REP_NO_POOL);
	ck_assert_int_eq(rep_registry_put(registry, rep_span("two")), 1);
	put_numbers(3);
	rep_registry_drop(registry, pool);
	ck_assert_int_eq(
			rep_registry_find(registry, rep_span("sales")), REP_NO_POOL);
	ck_assert_str_eq(rep_registry_name(registry, pool), "");
	ck_assert_int_eq(rep_registry_put(registry, rep_span("sales")), pool);
	ck_assert_int_eq(why_not(NOW), REP_PICK_EMPTY_POOL);
}
END_TEST

START_TEST(numbers_sweep)
{
	rep_e164_t gone[64];
	uint32_t cursor = 0;
	size_t n, all = 0;
	bool more = true;

	put_numbers(1000);
	for(unsigned i = 0; i < 1000; i += 2)
		ck_assert(rep_pool_same(registry, pool, FIRST + i, 1, 2));
	ck_assert(!rep_pool_same(registry, pool, FIRST, 99, 2));
	while(more) {
		more = rep_pool_sweep(registry, pool, 2, true, &cursor, 64, gone, &n);
		for(size_t i = 0; i < n; i++)
			ck_assert_uint_eq((gone[i] - FIRST) % 2, 1);
		all += n;
	}
	ck_assert_uint_eq(all, 500);
	for(unsigned i = 0; i < 500; i++)
		ck_assert_uint_eq((pick_and_end(NOW) - FIRST) % 2, 0);
}
END_TEST

/* What a number counted is to be drained before it goes, its pool's too. */
START_TEST(counts_are_drained_first)
{
	rep_e164_t gone[4];
	uint32_t cursor = 0;
	rep_cell_t cell;
	rep_record_t verdict;
	size_t n;

	put_numbers(2);
	count(FIRST + 1, "", REP_ANSWERED, 3, NOW);
	ck_assert(rep_pool_sweep(registry, pool, 2, true, &cursor, 4, gone, &n));
	ck_assert_uint_eq(n, 1);
	ck_assert(rep_pool_sweep(registry, pool, 2, true, &cursor, 4, gone, &n));
	ck_assert_uint_eq(n, 0);
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, &cell, 1), 1);
	rep_pool_sweep(registry, pool, 2, true, &cursor, 4, gone, &n);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(gone[0], FIRST + 1);

	put_numbers(1);
	count(FIRST, "", REP_ANSWERED, 5, NOW);
	bench(FIRST);
	rep_registry_close(registry, pool);
	ck_assert_str_eq(rep_registry_name(registry, pool), "");
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, &cell, 1), 1);
	ck_assert_uint_eq(cell.counts.n[REP_ANSWERED], 5);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &verdict, 1), 1);
	rep_registry_drop(registry, pool);
	ck_assert_int_eq(rep_registry_put(registry, rep_span("sales")), pool);
	ck_assert_int_eq(why_not(NOW), REP_PICK_EMPTY_POOL);
}
END_TEST

START_TEST(numbers_full)
{
	rep_registry_t *small = rep_registry_create(2);
	int p = rep_registry_put(small, rep_span("p"));
	rep_registry_stats_t stats;

	ck_assert_int_eq(rep_pool_put(small, p, FIRST, &plain, 0, 0, NOW), 1);
	ck_assert_int_eq(rep_pool_put(small, p, FIRST + 1, &plain, 0, 0, NOW), 1);
	ck_assert_int_eq(rep_pool_put(small, p, FIRST + 2, &plain, 0, 0, NOW), -1);
	ck_assert_int_eq(rep_pool_put(small, p, FIRST, &plain, 0, 0, NOW), 0);
	rep_registry_stats(small, &stats);
	ck_assert_uint_eq(stats.full_numbers, 1);
	ck_assert(rep_pool_remove(small, p, FIRST));
	ck_assert_int_eq(rep_pool_put(small, p, FIRST + 2, &plain, 0, 0, NOW), 1);
	rep_registry_destroy(small);
}
END_TEST

/* Also when calls go on, and the queue names those that are gone. */
START_TEST(alone_add_and_remove_take_no_more_slots)
{
	uint32_t before;

	rep_registry_alone(registry);
	put_numbers(4);
	before = rep_slab_count(&inside()->numbers);
	for(unsigned k = 0; k < 20000; k++) {
		ck_assert_int_eq(
				rep_pool_put(registry, pool, FIRST + 10, &plain, 1, 1, NOW), 1);
		ck_assert(rep_pool_remove(registry, pool, FIRST + 10));
		if(_i && k % 8 == 0)
			calls(1, REP_NOANSWER, NOW + k);
	}
	ck_assert_uint_le(
			rep_slab_count(&inside()->numbers), before + REP_SLAB_CHUNK);
}
END_TEST

/* A call outlives its number, and its slot goes to another. */
START_TEST(ticket_outlives_number)
{
	rep_ticket_t t;

	put_numbers(1);
	ck_assert_uint_eq(pick_on("", NOW, &t, NULL), FIRST);
	ck_assert(rep_pool_remove(registry, pool, FIRST));
	ck_assert_int_eq(rep_pool_put(registry, pool, FIRST, &plain, 0, 0, NOW), 1);
	ck_assert(!rep_ticket_count(registry, &t, REP_BLOCKED, NOW));
	rep_ticket_hang_up(registry, &t, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).in_flight, 0);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_BLOCKED], 0);
}
END_TEST

/* Nothing is done to a pool that was dropped; it may come back. */
START_TEST(dropped_pool)
{
	rep_ticket_t t;
	rep_policy_t policy;

	put_numbers(1);
	ck_assert_uint_eq(pick_on("", NOW, &t, NULL), FIRST);
	rep_registry_drop(registry, pool);
	for(int twice = 0; twice < 2; twice++) {
		ck_assert_int_eq(
				rep_pool_put(registry, pool, FIRST + 1, &plain, 0, 0, NOW), -1);
		ck_assert(!rep_pool_policy(registry, pool, &policy));
		ck_assert(!rep_ticket_count(registry, &t, REP_BLOCKED, NOW));
		rep_registry_tick(registry, NOW);
	}
	ck_assert_int_eq(rep_registry_put(registry, rep_span("sales")), pool);
	put_numbers(1);
	ck_assert(!rep_ticket_count(registry, &t, REP_BLOCKED, NOW));
	ck_assert_uint_eq(view(FIRST, NOW).in_flight, 0);
}
END_TEST

/* The same number again, in the very slot: still another number. */
START_TEST(ticket_does_not_fit_the_next_in_its_slot)
{
	rep_ticket_t t;

	rep_registry_alone(registry); /* slots are free at once */
	put_numbers(1);
	ck_assert(rep_pool_track(registry, pool, FIRST, rep_span(""), NOW, &t));
	ck_assert(rep_pool_remove(registry, pool, FIRST));
	put_numbers(1);
	ck_assert_uint_eq(rep_number_find(inside(), FIRST), t.index);
	ck_assert(!rep_ticket_count(registry, &t, REP_BLOCKED, NOW));
	rep_ticket_hang_up(registry, &t, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).in_flight, 0);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_BLOCKED], 0);
}
END_TEST

START_TEST(memory_runs_out)
{
	for(long after = 0; after < 200; after++) {
		rep_registry_t *b;
		int p = REP_NO_POOL;
		rep_alloc_fail_after(after);
		b = rep_registry_create(1000);
		if(b)
			p = rep_registry_put(b, rep_span("p"));
		for(unsigned i = 0; p != REP_NO_POOL && i < 130; i++) {
			rep_ticket_t t;
			rep_pool_put(b, p, FIRST + i, &plain, 0, 0, NOW);
			if(rep_pool_pick(b, p, 1, rep_span("east"), NOW, false, &t).result
					== REP_PICKED) {
				for(unsigned k = 0; k < 300; k += 100)
					rep_ticket_count(b, &t, REP_BLOCKED, NOW + k * HOUR / 100);
				rep_ticket_hang_up(b, &t, NOW);
			}
		}
		if(b)
			rep_registry_tick(b, NOW);
		rep_alloc_fail_after(-1);
		rep_registry_destroy(b);
	}
}
END_TEST

/* A place that is kept is there when the edit comes, and given up is free. */
START_TEST(edits_full)
{
	rep_edit_queue_t *queue = rep_registry_edits(registry);
	rep_edit_t edit = {.number = FIRST};
	unsigned n = 0;

	ck_assert(rep_edit_keep(queue));
	for(; rep_edit_keep(queue); n++)
		rep_edit_put(queue, &edit);
	ck_assert_uint_eq(n, REP_EDITS - 1);
	edit.number = FIRST + 1;
	rep_edit_put(queue, &edit);
	ck_assert(!rep_edit_keep(queue));
	ck_assert(rep_edit_drain(queue, &edit));
	ck_assert(rep_edit_keep(queue));
	ck_assert(!rep_edit_keep(queue));
	rep_edit_give_up(queue);
	ck_assert(rep_edit_keep(queue));
	for(n = 0; rep_edit_drain(queue, &edit); n++)
		;
	ck_assert_uint_eq(n, REP_EDITS - 1);
	ck_assert_uint_eq(edit.number, FIRST + 1);
}
END_TEST

/* Outcomes, refusals and announcements are counted one by one. */
START_TEST(stats_by_name)
{
	rep_record_t r = record(FIRST + 1, "", REP_BENCHED, NOW, DAY);
	rep_registry_stats_t s;

	put_numbers(2);
	count(FIRST, "", REP_BUSY, 2, NOW);
	count(FIRST, "", REP_ANSWERED, 1, NOW);
	bench(FIRST);
	/* another node's verdict, announced here too, is not counted again */
	rep_registry_tick(registry, NOW - S);
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, false, NOW), 1);
	ck_assert_int_eq(why_not(NOW), REP_PICK_ALL_BENCHED);
	rep_registry_stats(registry, &s);
	ck_assert_uint_eq(s.counted, 3);
	ck_assert_uint_eq(s.outcomes[REP_BUSY], 2);
	ck_assert_uint_eq(s.outcomes[REP_ANSWERED], 1);
	ck_assert_uint_eq(s.refusals, 1);
	ck_assert_uint_eq(s.refused[REP_PICK_ALL_BENCHED], 1);
	ck_assert_uint_eq(events_of(REP_EVENT_BENCHED), 2);
	ck_assert_uint_eq(s.events[REP_EVENT_BENCHED], 1);
	ck_assert_uint_eq(s.by_state[REP_BENCHED], 2);
	ck_assert_uint_eq(s.by_state[REP_ACTIVE], 0);
}
END_TEST

START_TEST(routes_full)
{
	rep_registry_stats_t stats;
	char label[16];

	put_numbers(1);
	for(int i = 0; i < 100; i++) {
		snprintf(label, sizeof(label), "r%d", i);
		ck_assert_uint_eq(pick_on(label, NOW, NULL, NULL), FIRST);
	}
	rep_registry_stats(registry, &stats);
	ck_assert_uint_eq(stats.full_routes, 100 - (REP_ROUTES_MAX - 1));
}
END_TEST

START_TEST(trying_unknown_routes_makes_no_label)
{
	char label[16];

	put_numbers(2);
	for(unsigned k = 0; k < 100; k++) {
		snprintf(label, sizeof(label), "typo-%u", k);
		ck_assert_int_eq(try_on(label, NOW), REP_PICKED);
	}
	ck_assert_uint_eq(inside()->n_routes, 1);
	ck_assert_uint_eq(atomic_load(&registry->full_routes), 0);
}
END_TEST

/* Numbers come, go, are called, benched and released at random: nothing that
 * may not be used is ever picked, and nothing that may is starved. */
START_TEST(random_sweep)
{
	enum
	{
		N = 40
	};
	bool there[N] = {false};
	rep_time_t t = NOW, benched_until[N] = {0};

	srand(7);
	policy_set("max_benched_share", "1", NOW);
	policy_set("min_available", "0", NOW);
	policy_set("probation_calls", "0", NOW);
	for(unsigned k = 0; k < 20000; k++) {
		unsigned i = (unsigned)rand() % N;
		rep_e164_t number = FIRST + i, picked;
		bool any = false;
		t += rand() % (2 * S);
		switch(rand() % 8) {
			case 0:
				rep_pool_put(registry, pool, number, &plain, 0, 0, t);
				if(!there[i])
					benched_until[i] = 0;
				there[i] = true;
				break;
			case 1:
				ck_assert(rep_pool_remove(registry, pool, number) == there[i]);
				there[i] = false;
				break;
			case 2:
				if(rep_pool_bench(registry, pool, number, rep_span(""), 30,
						   REP_REASON_MANUAL, t)
						== REP_DONE)
					benched_until[i] = t + 30 * S;
				break;
			case 3:
				if(rep_pool_release(registry, pool, number, rep_span(""), t)
						== REP_DONE)
					benched_until[i] = 0;
				break;
			default:
				picked = pick_and_end(t);
				for(unsigned j = 0; j < N; j++)
					any |= there[j] && benched_until[j] + S <= t;
				if(!picked) {
					ck_assert(!any);
					break;
				}
				i = (unsigned)(picked - FIRST);
				ck_assert(there[i] && benched_until[i] <= t);
		}
		if(k % 50 == 0)
			rep_registry_tick(registry, t);
	}
}
END_TEST

START_TEST(display_name)
{
	rep_attrs_t attrs = plain;
	char name[REP_NAME_MAX + 1] = "?";

	attrs.note = rep_span("a note");
	attrs.name = rep_span("Acme, Inc");
	rep_pool_put(registry, pool, FIRST, &attrs, 1, 1, NOW);
	ck_assert(rep_pool_text(
			registry, pool, FIRST, REP_TEXT_NAME, name, sizeof(name)));
	ck_assert_str_eq(name, "Acme, Inc");
	rep_pool_put(registry, pool, FIRST, &plain, 2, 1, NOW);
	ck_assert(!rep_pool_text(
			registry, pool, FIRST, REP_TEXT_NAME, name, sizeof(name)));
	ck_assert_str_eq(name, "");
	ck_assert(!rep_pool_text(
			registry, pool, FIRST + 1, REP_TEXT_NAME, name, sizeof(name)));
	ck_assert(!rep_pool_text(
			registry, pool + 1, FIRST, REP_TEXT_NAME, name, sizeof(name)));
}
END_TEST

Suite *registry_suite(void)
{
	Suite *suite = suite_create("registry");
	TCase *tc = tcase_create("registry");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, pools_basic);
	tcase_add_test(tc, numbers_sweep);
	tcase_add_test(tc, counts_are_drained_first);
	tcase_add_test(tc, numbers_full);
	tcase_add_loop_test(tc, alone_add_and_remove_take_no_more_slots, 0, 2);
	tcase_add_test(tc, ticket_outlives_number);
	tcase_add_test(tc, dropped_pool);
	tcase_add_test(tc, ticket_does_not_fit_the_next_in_its_slot);
	tcase_add_test(tc, memory_runs_out);
	tcase_add_test(tc, routes_full);
	tcase_add_test(tc, edits_full);
	tcase_add_test(tc, stats_by_name);
	tcase_add_test(tc, trying_unknown_routes_makes_no_label);
	tcase_add_test(tc, random_sweep);
	tcase_add_test(tc, display_name);
	suite_add_tcase(suite, tc);
	return suite;
}
