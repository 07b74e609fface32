/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sticky picks: even, the same on every node, and only the callees of a number
 * that goes are moved. */

#include <math.h>
#include <stdlib.h>

#include "engine/base/mix.h"
#include "pool_test.h"
#include "suites.h"

#define CALLEE(k) (UINT64_C(13035550000) + (k)*UINT64_C(9973))
#define CALLEES 2000u

static void sticky_setup(void)
{
	setup();
	policy_set("sticky", "1", NOW);
	policy_set("min_available", "0", NOW);
	policy_set("max_benched_share", "1", NOW);
}

static rep_picked_t try_for(
		rep_registry_t *on, rep_e164_t callee, rep_e164_t *number)
{
	rep_ticket_t t = {0};
	rep_picked_t picked =
			rep_pool_pick(on, 0, callee, rep_span(""), NOW, true, &t);

	*number = picked.result == REP_PICKED ? t.number : 0;
	return picked;
}

static rep_e164_t own_of(rep_e164_t callee)
{
	rep_e164_t number;

	ck_assert_int_eq(try_for(registry, callee, &number).how, REP_HOW_STICKY);
	return number;
}

static void owns(rep_e164_t *out, unsigned n)
{
	for(unsigned k = 0; k < n; k++)
		out[k] = own_of(CALLEE(k));
}

/* Numbers as owners hold them: blocks, at some distance. */
static rep_e164_t number_at(unsigned i)
{
	return UINT64_C(12020000000) + i / 100 * UINT64_C(1013000) + i % 100;
}

static void put_at(rep_registry_t *on, unsigned i, float weight)
{
	rep_attrs_t attrs = plain;

	attrs.weight = weight;
	rep_pool_put(on, 0, number_at(i), &attrs, 1, 1, NOW);
}

/* ---- evenness ------------------------------------------------------------ */

static const struct
{
	unsigned numbers, callees;
} sizes[] = {{2, 2000}, {3, 3000}, {10, 8000}, {50, 25000}, {96, 40000},
		{1000, 40000}};

static int by_number(const void *a, const void *b)
{
	rep_e164_t x = *(const rep_e164_t *)a, y = *(const rep_e164_t *)b;

	return (x > y) - (x < y);
}

/* The most that one number has of `callees`, in means. */
static double most_of(unsigned numbers, unsigned callees)
{
	rep_e164_t *of = malloc(callees * sizeof(*of));
	unsigned most = 0, run = 0;

	for(unsigned k = 0; k < callees; k++)
		of[k] = own_of(CALLEE(k));
	qsort(of, callees, sizeof(*of), by_number);
	for(unsigned k = 0; k < callees; k++) {
		run = k && of[k] == of[k - 1] ? run + 1 : 1;
		most = run > most ? run : most;
	}
	free(of);
	return (double)most * numbers / callees;
}

/* What chance adds to an even share is taken off: five deviations, where they
 * are much. */
static void is_even(unsigned numbers, unsigned callees)
{
	double mean = (double)callees / numbers;
	double most = most_of(numbers, callees);

	ck_assert_msg(most <= 1.25 + 5 / sqrt(mean) * (mean < 1000),
			"%u numbers: %.3f of the mean", numbers, most);
}

START_TEST(even)
{
	for(unsigned i = 0; i < sizes[_i].numbers; i++)
		put_at(registry, i, 1);
	is_even(sizes[_i].numbers, sizes[_i].callees);
}
END_TEST

START_TEST(even_with_half_of_it_benched)
{
	unsigned n = sizes[_i].numbers;

	for(unsigned i = 0; i < n; i++) {
		put_at(registry, i, 1);
		if(i % 2)
			bench(number_at(i));
	}
	is_even((n + 1) / 2, sizes[_i].callees / 2);
}
END_TEST

START_TEST(callees_by_weight)
{
	enum
	{
		WEIGHED = 10000
	};
	static const unsigned counts[] = {10, 100, 600};
	static const float weights[] = {0.5, 1, 1, 2, 5};
	unsigned n = counts[_i], got[5] = {0};
	double sum = 9.5 * (n / 5);

	policy_set("order", "weighted", NOW);
	for(unsigned i = 0; i < n; i++)
		put_at(registry, i, weights[i % 5]);
	for(unsigned k = 0; k < WEIGHED; k++) {
		rep_e164_t own = own_of(CALLEE(k));
		for(unsigned i = 0; i < n; i++)
			if(number_at(i) == own)
				got[i % 5]++;
	}
	for(unsigned w = 0; w < 5; w++) {
		double want = WEIGHED * weights[w] * (n / 5) / sum;
		ck_assert_msg(fabs(got[w] - want) < 0.1 * want,
				"%u numbers, weight %g: %u callees, not %.0f", n,
				(double)weights[w], got[w], want);
	}
}
END_TEST

/* ---- who is moved -------------------------------------------------------- */

typedef void change_t(rep_e164_t number, bool back);

static void benched(rep_e164_t number, bool back)
{
	if(back)
		ck_assert_int_eq(
				rep_pool_release(registry, pool, number, rep_span(""), NOW),
				REP_DONE);
	else
		bench(number);
}

static void capped(rep_e164_t number, bool back)
{
	static rep_ticket_t t;
	rep_attrs_t attrs = plain;

	if(back) {
		rep_ticket_cancel(registry, &t, NOW);
		return;
	}
	attrs.cap_day = 1;
	rep_pool_put(registry, pool, number, &attrs, 2, 1, NOW);
	for(unsigned k = 0; k < CALLEES; k++)
		if(own_of(CALLEE(k)) == number) {
			ck_assert_int_eq(rep_pool_pick(registry, pool, CALLEE(k),
									 rep_span(""), NOW, false, &t)
									 .result,
					REP_PICKED);
			break;
		}
	ck_assert_uint_eq(t.number, number);
}

static void paused(rep_e164_t number, bool back)
{
	rep_attrs_t attrs = plain;

	attrs.status = back ? REP_ACTIVE : REP_PAUSED;
	rep_pool_put(registry, pool, number, &attrs, 2, 1, NOW);
}

static void removed(rep_e164_t number, bool back)
{
	if(back)
		rep_pool_put(registry, pool, number, &plain, 1, 1, NOW);
	else
		ck_assert(rep_pool_remove(registry, pool, number));
}

static change_t *const changes[] = {benched, capped, paused, removed};
static const unsigned moved_of[] = {10, 50, 600};

static void only_its_callees(change_t *change, unsigned n)
{
	static rep_e164_t before[CALLEES], after[CALLEES];
	rep_e164_t number;
	unsigned moved = 0, left = 0;

	for(unsigned i = 0; i < n; i++)
		put_at(registry, i, 1);
	owns(before, CALLEES);
	number = before[17];
	change(number, false);
	owns(after, CALLEES);
	for(unsigned k = 0; k < CALLEES; k++) {
		left += after[k] == number;
		moved += after[k] != before[k];
		ck_assert(after[k] == before[k] || before[k] == number);
	}
	ck_assert_uint_eq(left, 0);
	ck_assert_uint_gt(moved, 0);
	ck_assert_msg(
			moved <= CALLEES * 1.25 / n + 12, "%u of %u moved", moved, CALLEES);
	change(number, true);
	owns(after, CALLEES);
	ck_assert_mem_eq(after, before, sizeof(before));
}

START_TEST(only_its_callees_are_moved)
{
	only_its_callees(changes[_i % 4], moved_of[_i / 4]);
}
END_TEST

/* They go to many others, not all to one. */
START_TEST(its_callees_are_spread)
{
	static rep_e164_t before[CALLEES];
	unsigned to[10] = {0}, all = 0;

	for(unsigned i = 0; i < 10; i++)
		put_at(registry, i, 1);
	owns(before, CALLEES);
	bench(number_at(3));
	for(unsigned k = 0; k < CALLEES; k++)
		if(before[k] == number_at(3)) {
			to[own_of(CALLEE(k)) - number_at(0)]++;
			all++;
		}
	for(unsigned i = 0; i < 10; i++)
		ck_assert(i == 3 ? to[i] == 0 : to[i] > all / 18 && to[i] < all / 5);
}
END_TEST

/* One more number takes callees from the others, and none of the others takes
 * any: in pools of few, of many, and where one becomes the other. */
START_TEST(a_new_one_takes_its_callees_alone)
{
	static const struct
	{
		unsigned from, to;
	} grows[] = {{1, 100}, {505, 520}};
	static rep_e164_t before[CALLEES], after[CALLEES];
	unsigned n = CALLEES / 2, moved;

	for(unsigned i = 0; i < grows[_i].from; i++)
		put_at(registry, i, 1);
	owns(before, n);
	for(unsigned i = grows[_i].from; i < grows[_i].to; i++) {
		put_at(registry, i, 1);
		owns(after, n);
		moved = 0;
		for(unsigned k = 0; k < n; k++) {
			moved += after[k] != before[k];
			ck_assert(after[k] == before[k] || after[k] == number_at(i));
		}
		ck_assert_msg(
				moved <= n * 1.25 / (i + 1) + 12, "%u numbers: %u", i, moved);
		memcpy(before, after, sizeof(before));
	}
}
END_TEST

/* On the route where the number rests, and nowhere else. */
START_TEST(route_by_route)
{
	rep_record_t r;
	rep_ticket_t t = {0}, other = {0};
	rep_e164_t own;

	for(unsigned i = 0; i < 10; i++)
		put_at(registry, i, 1);
	own = own_of(CALLEE(1));
	r = record(own, "a", REP_BENCHED, NOW, DAY);
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, false, NOW), 1);
	ck_assert_int_eq(rep_pool_pick(registry, pool, CALLEE(1), rep_span("a"),
							 NOW, true, &t)
							 .how,
			REP_HOW_STICKY);
	ck_assert_uint_ne(t.number, own);
	rep_pool_pick(registry, pool, CALLEE(1), rep_span("b"), NOW, true, &other);
	ck_assert_uint_eq(other.number, own);
	ck_assert_uint_eq(own_of(CALLEE(1)), own);
}
END_TEST

/* ---- the same on every node ---------------------------------------------- */

/* Three nodes come to the same numbers and benches by different ways. */
START_TEST(the_same_on_three_nodes)
{
	rep_registry_t *nodes[3];
	unsigned n = _i ? 700 : 90;

	for(unsigned r = 0; r < 3; r++) {
		uint64_t random = r + 1;
		nodes[r] = rep_registry_create(100000);
		rep_registry_put(nodes[r], rep_span("sales"));
		for(unsigned k = 0; k < n * 3 * r; k++) {
			rep_ticket_t t;
			random = rep_mix(random);
			if(random % 3)
				put_at(nodes[r], (unsigned)(random >> 8) % (2 * n), 1);
			else
				rep_pool_remove(nodes[r], 0,
						number_at((unsigned)(random >> 8) % (2 * n)));
			if(rep_pool_pick(nodes[r], 0, random, rep_span(""), NOW, false, &t)
							.result
					== REP_PICKED)
				rep_ticket_hang_up(nodes[r], &t, NOW);
		}
		for(unsigned k = 0; k < n; k++)
			put_at(nodes[r], r == 1 ? n - 1 - k : k, 1);
		for(unsigned k = n; k < 2 * n; k++)
			rep_pool_remove(nodes[r], 0, number_at(k));
		for(unsigned k = 0; k < n; k += 7)
			rep_pool_bench(nodes[r], 0, number_at(k), rep_span(""), 3600,
					REP_REASON_MANUAL, NOW);
	}
	for(unsigned k = 0; k < CALLEES; k++) {
		rep_e164_t on[3];
		for(unsigned r = 0; r < 3; r++)
			ck_assert_int_eq(
					try_for(nodes[r], CALLEE(k), &on[r]).result, REP_PICKED);
		ck_assert_uint_eq(on[0], on[1]);
		ck_assert_uint_eq(on[0], on[2]);
	}
	for(unsigned r = 0; r < 3; r++)
		rep_registry_destroy(nodes[r]);
}
END_TEST

/* For ever: a proxy of a later version stands beside one of this. */
START_TEST(the_same_in_all_versions)
{
	static const rep_e164_t few[] = {12020000019, 12020000018, 12020000014,
			12020000011},
							many[] = {12020000059, 12022026024, 12020000036,
									12023039059};

	for(unsigned i = 0; i < 20; i++)
		put_at(registry, i, 1);
	for(unsigned k = 0; k < 4; k++)
		ck_assert_uint_eq(own_of(CALLEE(k)), few[k]);
	for(unsigned i = 20; i < 500; i++)
		put_at(registry, i, 1);
	for(unsigned k = 0; k < 4; k++)
		ck_assert_uint_eq(own_of(CALLEE(k)), many[k]);
}
END_TEST

/* ---- when almost nothing may be used -------------------------------------- */

START_TEST(the_order_when_too_few_are_left)
{
	rep_e164_t number;

	for(unsigned i = 0; i < 3000; i++) {
		put_at(registry, i, 1);
		if(i != 1234)
			bench(number_at(i));
	}
	for(unsigned k = 0; k < 50; k++) {
		ck_assert_int_eq(
				try_for(registry, CALLEE(k), &number).result, REP_PICKED);
		ck_assert_uint_eq(number, number_at(1234));
	}
}
END_TEST

START_TEST(with_tags_and_attestation)
{
	rep_attrs_t attrs = plain;
	rep_ticket_t t = {0};

	policy_set("require_tags", "gold", NOW);
	policy_set("require_attest", "B", NOW);
	for(unsigned i = 0; i < 900; i++) {
		attrs.tags = rep_span(i % 300 ? "silver" : "gold");
		attrs.attest = rep_span(i % 600 ? "a=A" : "a=C,b=B");
		rep_pool_put(registry, pool, number_at(i), &attrs, 1, 1, NOW);
	}
	ck_assert_uint_eq(inside()->candidates.count, 3);
	for(unsigned k = 0; k < 50; k++) {
		rep_picked_t picked = rep_pool_pick(
				registry, pool, CALLEE(k), rep_span("a"), NOW, true, &t);
		ck_assert_int_eq(picked.how, REP_HOW_STICKY);
		ck_assert_uint_eq(t.number, number_at(300));
	}
	policy_set("require_tags", "", NOW);
	ck_assert_uint_eq(inside()->candidates.count, 900);
}
END_TEST

START_TEST(without_memory_by_the_order)
{
	rep_e164_t number;

	put_at(registry, 0, 1);
	rep_ring_clear(&inside()->candidates);
	ck_assert_int_eq(try_for(registry, CALLEE(0), &number).how, REP_HOW_ORDER);
	ck_assert_uint_eq(number, number_at(0));
}
END_TEST

Suite *sticky_suite(void)
{
	Suite *suite = suite_create("sticky");
	TCase *tc = tcase_create("sticky");

	tcase_add_checked_fixture(tc, sticky_setup, teardown);
	tcase_set_timeout(tc, 240);
	tcase_add_loop_test(tc, even, 0, (int)(sizeof(sizes) / sizeof(sizes[0])));
	tcase_add_loop_test(tc, even_with_half_of_it_benched, 2,
			(int)(sizeof(sizes) / sizeof(sizes[0])) - 1);
	tcase_add_loop_test(tc, callees_by_weight, 0, 3);
	tcase_add_loop_test(tc, only_its_callees_are_moved, 0, 12);
	tcase_add_test(tc, its_callees_are_spread);
	tcase_add_loop_test(tc, a_new_one_takes_its_callees_alone, 0, 2);
	tcase_add_test(tc, route_by_route);
	tcase_add_loop_test(tc, the_same_on_three_nodes, 0, 2);
	tcase_add_test(tc, the_same_in_all_versions);
	tcase_add_test(tc, the_order_when_too_few_are_left);
	tcase_add_test(tc, with_tags_and_attestation);
	tcase_add_test(tc, without_memory_by_the_order);
	suite_add_tcase(suite, tc);
	return suite;
}
