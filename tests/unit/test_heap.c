/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heaps, against a search through a plain array. */

#include "engine/base/heap.h"

#include "suites.h"

#define MOST 300

static rep_heap_entry_t model[MOST];
static uint32_t n_model;

/* Where the smallest stands: by key, then by item. */
static uint32_t smallest(void)
{
	uint32_t best = 0;

	for(uint32_t i = 1; i < n_model; i++)
		if(model[i].key < model[best].key
				|| (model[i].key == model[best].key
						&& model[i].item < model[best].item))
			best = i;
	return best;
}

static void check_top(const rep_heap_t *heap)
{
	ck_assert_uint_eq(heap->count, n_model);
	if(n_model == 0)
		return;
	ck_assert_uint_eq(heap->entries[0].key, model[smallest()].key);
	ck_assert_uint_eq(heap->entries[0].item, model[smallest()].item);
}

START_TEST(sweep_naive)
{
	rep_heap_t heap = {0};
	uint32_t random = 1;

	n_model = 0;
	for(uint32_t step = 0; step < 20000; step++) {
		random = random * 1664525u + 1013904223u;
		if(random >> 16 & 1 && n_model < MOST) {
			uint64_t key = random >> 20 & 63; /* many ties */
			ck_assert_int_eq(rep_heap_push(&heap, key, step), 0);
			model[n_model++] = (rep_heap_entry_t){key, step};
		} else if(n_model && random >> 17 & 1) {
			uint32_t at = smallest();
			model[at] = model[--n_model];
			rep_heap_pop(&heap);
		} else if(n_model) {
			uint64_t key = heap.entries[0].key + (random >> 20 & 15);
			model[smallest()].key = key;
			rep_heap_retop(&heap, key);
		}
		check_top(&heap);
	}
	rep_heap_clear(&heap);
	ck_assert_uint_eq(heap.room, 0);
}
END_TEST

Suite *heap_suite(void)
{
	Suite *suite = suite_create("heap");
	TCase *c = tcase_create("heap");

	tcase_add_test(c, sweep_naive);
	suite_add_tcase(suite, c);
	return suite;
}
