/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queues of small numbers, against a plain array. */

#include "engine/base/fifo.h"

#include "suites.h"

START_TEST(sweep_naive)
{
	uint32_t model[20000], first = 0, last = 0, random = 1;
	rep_fifo_t fifo = {0};

	while(last < 20000) {
		random = random * 1664525u + 1013904223u;
		if(random >> 16 & 3 && last - first < 5000) {
			ck_assert_int_eq(rep_fifo_reserve(&fifo, last - first + 1), 0);
			rep_fifo_push(&fifo, random);
			model[last++] = random;
		} else if(first < last) {
			ck_assert_uint_eq(rep_fifo_pop(&fifo), model[first++]);
		}
		ck_assert_uint_eq(fifo.count, last - first);
	}
	while(first < last)
		ck_assert_uint_eq(rep_fifo_pop(&fifo), model[first++]);
	rep_fifo_clear(&fifo);
	ck_assert_uint_eq(fifo.room, 0);
}
END_TEST

/* Its head in the middle of the ring as it grows: the order stays. */
START_TEST(grows_around_its_head)
{
	rep_fifo_t fifo = {0};
	uint32_t room;

	ck_assert_int_eq(rep_fifo_reserve(&fifo, 1), 0);
	room = fifo.room;
	for(uint32_t i = 0; i < room; i++)
		rep_fifo_push(&fifo, i);
	for(uint32_t i = 0; i < room / 2; i++)
		ck_assert_uint_eq(rep_fifo_pop(&fifo), i);
	for(uint32_t i = room; i < room + room / 2; i++)
		rep_fifo_push(&fifo, i);
	ck_assert_int_eq(rep_fifo_reserve(&fifo, room + 1), 0);
	for(uint32_t i = room / 2; i < room + room / 2; i++)
		ck_assert_uint_eq(rep_fifo_pop(&fifo), i);
	rep_fifo_clear(&fifo);
}
END_TEST

START_TEST(robust_full)
{
	rep_fifo_t fifo = {0};

	rep_fifo_push(&fifo, 1); /* no room at all */
	ck_assert_uint_eq(fifo.count, 0);
	ck_assert_int_eq(rep_fifo_reserve(&fifo, 1), 0);
	while(fifo.count < fifo.room)
		rep_fifo_push(&fifo, fifo.count);
	rep_fifo_push(&fifo, 77);
	ck_assert_uint_eq(fifo.count, fifo.room);
	ck_assert_uint_eq(rep_fifo_pop(&fifo), 0);
	rep_fifo_clear(&fifo);
}
END_TEST

Suite *fifo_suite(void)
{
	Suite *suite = suite_create("fifo");
	TCase *c = tcase_create("fifo");

	tcase_add_test(c, sweep_naive);
	tcase_add_test(c, grows_around_its_head);
	tcase_add_test(c, robust_full);
	suite_add_tcase(suite, c);
	return suite;
}
