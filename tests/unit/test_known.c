/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers wait for their verdicts. */

#include "engine/pool/known.h"
#include "pool_test.h"
#include "suites.h"

static void all_read(void)
{
	uint32_t mark = rep_pool_unknown(registry, pool);

	ck_assert_uint_ne(mark, 0);
	rep_pool_known(registry, pool, mark, NOW);
	ck_assert_uint_eq(rep_pool_unknown(registry, pool), 0);
}

START_TEST(out_of_reach_is_no_reason_to_wait)
{
	put_numbers(3);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
	rep_registry_reach(registry, true, NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_LOADING);
	rep_registry_reach(registry, false, NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
}
END_TEST

START_TEST(picked_once_read)
{
	rep_registry_reach(registry, true, NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_LOADING); /* no number yet */
	put_numbers(2);
	ck_assert_int_eq(why_not(NOW), REP_PICK_LOADING);
	all_read();
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
	/* a number that comes later waits alone, and keeps its place */
	ck_assert_int_eq(
			rep_pool_put(registry, pool, FIRST + 7, &plain, 1, 1, NOW), 1);
	for(int i = 0; i < 4; i++)
		ck_assert_uint_le(pick_and_end(NOW), FIRST + 1);
	all_read();
	ck_assert_uint_eq(pick_and_end(NOW), FIRST + 7);
	/* what is known stays so when the link is lost */
	rep_registry_reach(registry, false, NOW);
	rep_registry_reach(registry, true, NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
}
END_TEST

START_TEST(numbers_that_come_while_others_are_read)
{
	uint32_t mark;

	rep_registry_reach(registry, true, NOW);
	put_numbers(1);
	mark = rep_pool_unknown(registry, pool);
	ck_assert_int_eq(
			rep_pool_put(registry, pool, FIRST + 1, &plain, 1, 1, NOW), 1);
	rep_pool_known(registry, pool, mark, NOW);
	for(int i = 0; i < 3; i++)
		ck_assert_uint_eq(pick_and_end(NOW), FIRST);
	all_read();
	ck_assert_uint_eq(pick_and_end(NOW), FIRST + 1);
	/* removed and added again: others may have moved it meanwhile */
	rep_pool_remove(registry, pool, FIRST);
	rep_pool_put(registry, pool, FIRST, &plain, 1, 1, NOW);
	for(int i = 0; i < 3; i++)
		ck_assert_uint_eq(pick_and_end(NOW), FIRST + 1);
}
END_TEST

START_TEST(an_empty_pool_that_was_read)
{
	rep_registry_reach(registry, true, NOW);
	all_read();
	ck_assert_int_eq(why_not(NOW), REP_PICK_EMPTY_POOL);
}
END_TEST

START_TEST(not_withheld)
{
	rep_registry_reach(registry, true, NOW);
	put_numbers(1);
	ck_assert_int_eq(why_not(NOW), REP_PICK_LOADING);
	policy_set("on_unknown", "use", NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
	policy_set("on_unknown", "wait", NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_LOADING);
	rep_registry_observe(registry, true);
	rep_registry_tick(registry, NOW);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
}
END_TEST

/* More numbers than are woken under one hold of the lock. */
START_TEST(many)
{
	rep_registry_reach(registry, true, NOW);
	put_numbers(3000);
	ck_assert_int_eq(why_not(NOW), REP_PICK_LOADING);
	all_read();
	for(unsigned i = 0; i < 3000; i++)
		ck_assert_uint_eq(pick_and_end(NOW), FIRST + i);
}
END_TEST

Suite *known_suite(void)
{
	Suite *s = suite_create("known");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, out_of_reach_is_no_reason_to_wait);
	tcase_add_test(tc, picked_once_read);
	tcase_add_test(tc, numbers_that_come_while_others_are_read);
	tcase_add_test(tc, an_empty_pool_that_was_read);
	tcase_add_test(tc, not_withheld);
	tcase_add_test(tc, many);
	suite_add_tcase(s, tc);
	return s;
}
