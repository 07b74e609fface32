/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Items named by indices. */

#include <string.h>

#include "engine/base/slab.h"

#include "suites.h"

START_TEST(items_are_zeroed_and_stay)
{
	static const char zero[24];
	rep_slab_t slab;
	char *at[1000];

	rep_slab_init(&slab, sizeof(zero));
	for(uint32_t i = 0; i < 1000; i++) {
		uint32_t index = rep_slab_alloc(&slab);
		ck_assert_uint_eq(index, i);
		at[i] = rep_slab_at(&slab, index);
		ck_assert_mem_eq(at[i], zero, sizeof(zero));
		memset(at[i], (int)(i & 0x7f) + 1, sizeof(zero));
	}
	for(uint32_t i = 0; i < 1000; i++) {
		ck_assert_ptr_eq(rep_slab_at(&slab, i), at[i]);
		ck_assert_int_eq(at[i][23], (char)((i & 0x7f) + 1));
	}
	rep_slab_free(&slab, 17);
	rep_slab_free(&slab, 400);
	ck_assert_uint_eq(rep_slab_alloc(&slab), 400);
	ck_assert_uint_eq(rep_slab_alloc(&slab), 17);
	ck_assert_mem_eq(at[400], zero, sizeof(zero));
	rep_slab_clear(&slab);
	ck_assert_uint_eq(rep_slab_count(&slab), 0);
}
END_TEST

START_TEST(spare_is_what_is_free)
{
	rep_slab_t slab;
	uint32_t used = 0;

	rep_slab_init(&slab, 8);
	for(int i = 0; i < 100; i++, used++)
		rep_slab_alloc(&slab);
	ck_assert_uint_eq(slab.spare, rep_slab_count(&slab) - used);
	rep_slab_free(&slab, 3);
	ck_assert_uint_eq(slab.spare, rep_slab_count(&slab) - used + 1);
	ck_assert_int_eq(rep_slab_grow(&slab), 0);
	ck_assert_uint_eq(slab.spare, rep_slab_count(&slab) - used + 1);
	rep_slab_clear(&slab);
	ck_assert_uint_eq(slab.spare, 0);
}
END_TEST

Suite *slab_suite(void)
{
	Suite *suite = suite_create("slab");
	TCase *c = tcase_create("slab");

	tcase_add_test(c, items_are_zeroed_and_stay);
	tcase_add_test(c, spare_is_what_is_free);
	suite_add_tcase(suite, c);
	return suite;
}
