/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stamps: eight bits of a turn, and back. */

#include "engine/pool/index.h"
#include "engine/pool/slot.h"
#include "engine/pool/routes.h"
#include "engine/pool/stamp.h"
#include "engine/pool/strata.h"
#include "engine/pool/standing.h"

#include "pool_test.h"
#include "suites.h"

static const struct
{
	uint32_t turn; /* of the verdict here */
	uint32_t was;  /* when the call was counted */
} turns[] = {
		{0, 0},
		{1, 0},
		{5, 5},
		{5, 2},
		{5, 6}, /* one ahead */
		{5, 60},
		{0, 63}, /* far ahead */
		{255, 255},
		{256, 255},
		{256, 256},
		{255, 256}, /* over the wrap */
		{300, 299},
		{300, 109}, /* 191 turns ago */
		{300, 363}, /* 63 ahead */
		{100, 0},
		{191, 0},
		{1000, 850},
		{1000, 1040},
		{70000, 69990},
		{70000, 70001},
};

START_TEST(turn_and_back)
{
	uint32_t was = turns[_i].was;

	ck_assert_uint_eq(rep_stamp_turn(turns[_i].turn, was & 0xff), was);
}
END_TEST

START_TEST(of_number_and_route)
{
	rep_cell_head_t cell = {0};
	uint32_t i, turn, on_route;
	rep_number_t *number;

	put_numbers(1);
	bench_on("a", 0, 1, DAY);
	i = rep_number_find(inside(), FIRST);
	number = rep_number_at(inside(), i);
	number->verdict.turn = 0x1234;
	rep_verdict_of(inside(), number, 1)->turn = 0x5678;
	ck_assert_uint_eq(rep_stamp_of(inside(), number, 0), 0x3400);
	ck_assert_uint_eq(rep_stamp_of(inside(), number, 1), 0x3478);
	ck_assert_uint_eq(rep_stamp_of(inside(), number, 2), 0x3400);
	cell.stamp = 0x3377;
	cell.stratum = (uint16_t)rep_stratum_put(inside(), 1, 0, 0, false);
	rep_stamp_read(inside(), number, &cell, &turn, &on_route);
	ck_assert_uint_eq(turn, 0x1233);
	ck_assert_uint_eq(on_route, 0x5677);
	cell.stamp = 0x3300;
	cell.stratum = (uint16_t)rep_stratum_put(
			inside(), rep_route_put(inside(), rep_span("b")), 0, 0, false);
	rep_stamp_read(inside(), number, &cell, &turn, &on_route);
	ck_assert_uint_eq(on_route, 0);
}
END_TEST

Suite *stamp_suite(void)
{
	Suite *suite = suite_create("stamp");
	TCase *c = tcase_create("stamp");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(
			c, turn_and_back, 0, (int)(sizeof(turns) / sizeof(turns[0])));
	tcase_add_test(c, of_number_and_route);
	suite_add_tcase(suite, c);
	return suite;
}
