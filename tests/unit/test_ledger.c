/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bounded table in groups: found again, written once, given way. */

#include <check.h>
#include <stdlib.h>

#include "engine/base/ledger.h"

#include "mem_test.h"
#include "suites.h"

#define MAX 8
#define GROUPS 3
#define KEYS 20

typedef struct item
{
	rep_ledger_node_t node;
	int value;
} item_t;

static rep_ledger_t *ledger;

static void setup(void)
{
	ledger = rep_ledger_create(sizeof(item_t), MAX, GROUPS);
	ck_assert_ptr_nonnull(ledger);
	rep_lock(&ledger->lock);
}

static void teardown(void)
{
	rep_unlock(&ledger->lock);
	rep_ledger_destroy(ledger);
	ck_assert_int_eq(rep_alloc_live(), 0);
}

static item_t *put(uint32_t group, uint64_t key)
{
	bool made;

	return rep_ledger_put(ledger, group, key, &made);
}

START_TEST(found_again_by_group_and_key)
{
	bool made;
	item_t *item = rep_ledger_put(ledger, 1, 7, &made);

	ck_assert(made && item->value == 0);
	item->value = 5;
	ck_assert_ptr_eq(rep_ledger_put(ledger, 1, 7, &made), item);
	ck_assert(!made);
	ck_assert_ptr_eq(rep_ledger_find(ledger, 1, 7), item);
	ck_assert_ptr_null(rep_ledger_find(ledger, 0, 7));
	ck_assert_ptr_null(rep_ledger_find(ledger, 1, 8));
	ck_assert_uint_eq(ledger->groups[1].entries, 1);
	rep_ledger_remove(ledger, &item->node);
	ck_assert_ptr_null(rep_ledger_find(ledger, 1, 7));
	ck_assert_uint_eq(ledger->n, 0);
}
END_TEST

START_TEST(touched_longest_ago_gives_way)
{
	for(uint64_t k = 0; k < MAX; k++)
		rep_ledger_due(ledger, &put(0, k)->node);
	put(0, 0);
	put(2, 99);
	ck_assert_ptr_nonnull(rep_ledger_find(ledger, 0, 0));
	ck_assert_ptr_null(rep_ledger_find(ledger, 0, 1));
	ck_assert_uint_eq(ledger->gave_way, 1);
	ck_assert_uint_eq(ledger->lost, 1);
	ck_assert_uint_eq(ledger->groups[0].due, MAX - 1);
}
END_TEST

START_TEST(taken_once_until_changed)
{
	item_t *a = put(1, 1), *b = put(1, 2);

	put(2, 1);
	ck_assert_ptr_null(rep_ledger_take(ledger, 1));
	rep_ledger_due(ledger, &a->node);
	rep_ledger_due(ledger, &a->node);
	rep_ledger_due(ledger, &b->node);
	ck_assert_ptr_null(rep_ledger_take(ledger, 2));
	ck_assert_ptr_eq(rep_ledger_take(ledger, 1), b);
	ck_assert_ptr_eq(rep_ledger_take(ledger, 1), a);
	ck_assert_ptr_null(rep_ledger_take(ledger, 1));
	ck_assert(a->node.under_way);
	rep_ledger_landed(&a->node);
	ck_assert(!a->node.under_way);
	rep_ledger_due(ledger, &a->node);
	ck_assert_ptr_eq(rep_ledger_take(ledger, 1), a);
}
END_TEST

/* seen 1 = by the reading; due and under way stay whatever it saw */
START_TEST(swept)
{
	bool lost = _i;

	put(1, 1)->node.seen = 9;
	put(1, 2)->node.seen = 8;
	rep_ledger_due(ledger, &put(1, 3)->node);
	rep_ledger_take(ledger, 1);
	rep_ledger_due(ledger, &put(1, 4)->node);
	put(2, 2);
	rep_unlock(&ledger->lock);
	rep_ledger_sweep(ledger, 1, 9, lost);
	ck_assert_uint_eq(rep_ledger_entries(ledger, 1), lost ? 4 : 3);
	rep_lock(&ledger->lock);
	ck_assert_ptr_nonnull(rep_ledger_find(ledger, 1, 1));
	ck_assert(!rep_ledger_find(ledger, 1, 2) == !lost);
	ck_assert_ptr_nonnull(rep_ledger_find(ledger, 1, 3));
	ck_assert_ptr_nonnull(rep_ledger_find(ledger, 1, 4));
	ck_assert_ptr_nonnull(rep_ledger_find(ledger, 2, 2));
	ck_assert_uint_eq(ledger->groups[1].due, lost ? 2 : 1);
}
END_TEST

START_TEST(without_memory)
{
	put(0, 1);
	rep_alloc_fail_after(0);
	ck_assert_ptr_null(put(0, 2));
	ck_assert_ptr_nonnull(put(0, 1));
	for(long n = 0; n < 3; n++) {
		rep_alloc_fail_after(n);
		ck_assert_ptr_null(rep_ledger_create(sizeof(item_t), MAX, GROUPS));
	}
	rep_alloc_fail_after(-1);
	rep_lock_fail_after(0);
	ck_assert_ptr_null(rep_ledger_create(sizeof(item_t), MAX, GROUPS));
	rep_lock_fail_after(-1);
	ck_assert_int_eq(rep_alloc_live(), 4);
}
END_TEST

/* Without one, or such a group, nothing is locked and nothing known. */
START_TEST(no_such_group)
{
	rep_ledger_stats_t stats;

	rep_unlock(&ledger->lock);
	ck_assert_ptr_null(rep_ledger_lock(NULL, 0));
	ck_assert_ptr_null(rep_ledger_lock(ledger, -1));
	ck_assert_ptr_null(rep_ledger_lock(ledger, GROUPS));
	ck_assert_uint_eq(rep_ledger_entries(ledger, GROUPS), 0);
	rep_ledger_sweep(NULL, 0, 1, true);
	stats = rep_ledger_stats(NULL);
	ck_assert_uint_eq(stats.entries, 0);
	ck_assert_ptr_eq(rep_ledger_lock(ledger, GROUPS - 1), ledger);
	put(1, 1);
	atomic_store(&ledger->counted, 5);
	rep_unlock(&ledger->lock);
	stats = rep_ledger_stats(ledger);
	ck_assert_uint_eq(stats.entries, 1);
	ck_assert_uint_eq(stats.counted, 5);
	ck_assert_uint_eq(rep_ledger_entries(ledger, 1), 1);
	rep_lock(&ledger->lock);
}
END_TEST

/* ---- against a list that is searched ---------------------------------------- */

typedef struct naive
{
	uint32_t group;
	uint64_t key;
	bool due;
} naive_t;

static naive_t list[MAX + 1]; /* newest first */
static int n_list;

static int naive_find(uint32_t group, uint64_t key)
{
	for(int i = 0; i < n_list; i++)
		if(list[i].group == group && list[i].key == key)
			return i;
	return -1;
}

static void naive_remove(int i)
{
	memmove(&list[i], &list[i + 1], (size_t)(--n_list - i) * sizeof(*list));
}

static void naive_put(uint32_t group, uint64_t key)
{
	int i = naive_find(group, key);
	naive_t one = {group, key, false};

	if(i >= 0) {
		one = list[i];
		naive_remove(i);
	} else if(n_list == MAX) {
		n_list--;
	}
	memmove(&list[1], &list[0], (size_t)n_list++ * sizeof(*list));
	list[0] = one;
}

static void same(void)
{
	const rep_ledger_node_t *node = ledger->newest;
	uint32_t due[GROUPS] = {0}, entries[GROUPS] = {0};

	for(int i = 0; i < n_list; i++, node = node->older) {
		ck_assert_ptr_nonnull(node);
		ck_assert_uint_eq(node->group, list[i].group);
		ck_assert_uint_eq(node->key, list[i].key);
		ck_assert(node->due == list[i].due);
		due[list[i].group] += list[i].due;
		entries[list[i].group]++;
	}
	ck_assert_ptr_null(node);
	for(int g = 0; g < GROUPS; g++) {
		ck_assert_uint_eq(ledger->groups[g].due, due[g]);
		ck_assert_uint_eq(ledger->groups[g].entries, entries[g]);
	}
}

START_TEST(as_a_list_would)
{
	n_list = 0;
	srand(4711);
	for(int step = 0; step < 20000; step++) {
		uint32_t group = (uint32_t)rand() % GROUPS;
		uint64_t key = (uint64_t)rand() % KEYS;
		int i = naive_find(group, key);
		item_t *item;

		switch(rand() % 4) {
			case 0:
			case 1:
				put(group, key);
				naive_put(group, key);
				break;
			case 2:
				item = rep_ledger_find(ledger, group, key);
				ck_assert(!item == (i < 0));
				if(item && rand() % 2) {
					rep_ledger_due(ledger, &item->node);
					list[i].due = true;
				} else if(item) {
					rep_ledger_remove(ledger, &item->node);
					naive_remove(i);
				}
				break;
			default:
				item = rep_ledger_take(ledger, group);
				for(i = 0; i < n_list; i++)
					if(list[i].due && list[i].group == group)
						break;
				ck_assert(!item == (i == n_list));
				if(item)
					list[i].due = false;
		}
		same();
	}
}
END_TEST

Suite *ledger_suite(void)
{
	Suite *suite = suite_create("ledger");
	TCase *tcase = tcase_create("ledger");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, found_again_by_group_and_key);
	tcase_add_test(tcase, touched_longest_ago_gives_way);
	tcase_add_test(tcase, taken_once_until_changed);
	tcase_add_loop_test(tcase, swept, 0, 2);
	tcase_add_test(tcase, without_memory);
	tcase_add_test(tcase, no_such_group);
	tcase_add_test(tcase, as_a_list_would);
	suite_add_tcase(suite, tcase);
	return suite;
}
