/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often numbers came back. */

#include "store/incarnations.h"

#include "suites.h"

START_TEST(incarnations)
{
	rep_incarnations_t incarnations = {0};

	ck_assert_uint_eq(rep_incarnations_get(&incarnations, 0, 15551230001), 0);
	for(int round = 1; round <= 3; round++)
		for(rep_e164_t i = 0; i < 1000; i++)
			ck_assert(rep_incarnations_add(
					&incarnations, (int)(i % 3), 15551230000 + i));
	for(rep_e164_t i = 0; i < 1000; i++) {
		ck_assert_uint_eq(rep_incarnations_get(
								  &incarnations, (int)(i % 3), 15551230000 + i),
				3);
		ck_assert_uint_eq(
				rep_incarnations_get(&incarnations, 5, 15551230000 + i), 0);
	}
	rep_incarnations_free(&incarnations);
	ck_assert_uint_eq(rep_incarnations_get(&incarnations, 0, 15551230000), 0);
}
END_TEST

Suite *incarnations_suite(void)
{
	Suite *suite = suite_create("incarnations");
	TCase *c = tcase_create("incarnations");

	tcase_add_test(c, incarnations);
	suite_add_tcase(suite, c);
	return suite;
}
