/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What users are shown of pools and numbers. */

#include "pool_test.h"
#include "suites.h"

static rep_pool_view_t whole(void)
{
	rep_pool_view_t v;

	ck_assert(rep_view_pool(registry, pool, NOW, &v));
	return v;
}

/* Usable is what a pick would find. */
START_TEST(pool_that_stops)
{
	put_numbers(4);
	ck_assert_int_eq(view(FIRST + 3, NOW).refused, REP_PICKED);
	for(unsigned i = 0; i < 3; i++)
		bench(FIRST + i);
	ck_assert_int_eq(view(FIRST + 3, NOW).refused, REP_PICK_SHARE_BENCHED);
	ck_assert_int_eq(whole().refused, REP_PICK_SHARE_BENCHED);
	ck_assert_int_eq(whole().stop_reason, REP_PICK_SHARE_BENCHED);
	policy_set("on_exhausted", "least_bad", NOW);
	ck_assert_int_eq(view(FIRST + 3, NOW).refused, REP_PICKED);
	ck_assert_int_eq(whole().stop_reason, REP_PICK_SHARE_BENCHED);
	policy_set("on_exhausted", "reject", NOW);
	rep_registry_observe(registry, true);
	ck_assert_int_eq(view(FIRST + 3, NOW).refused, REP_PICKED);
	rep_registry_observe(registry, false);
	policy_set("max_benched_share", "1", NOW);
	policy_set("min_available", "0", NOW);
	ck_assert_int_eq(view(FIRST + 3, NOW).refused, REP_PICKED);
	policy_set("pool_cap_day", "1", NOW);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST + 3);
	ck_assert_int_eq(view(FIRST + 3, NOW).refused, REP_PICK_ALL_CAPPED);
}
END_TEST

/* Calls go by the labels: "" alone does not keep the pool going. */
START_TEST(pool_that_stops_on_every_label)
{
	char labels[REP_ROUTES_MAX][REP_ROUTE_MAX + 1];

	put_numbers(4);
	bench_on("east", 0, 3, DAY);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
	ck_assert_int_eq(try_on("east", NOW), REP_PICK_SHARE_BENCHED);
	ck_assert_int_eq(whole().refused, REP_PICK_SHARE_BENCHED);
	ck_assert_int_eq(view(FIRST + 3, NOW).refused, REP_PICK_SHARE_BENCHED);
	ck_assert_uint_eq(
			rep_view_labels(registry, pool, labels, REP_ROUTES_MAX), 1);
	ck_assert_str_eq(labels[0], "east");
	ck_assert_int_ne(pick_on("west", NOW, NULL, NULL), 0);
	ck_assert_int_eq(whole().refused, REP_PICKED);
	ck_assert_uint_eq(
			rep_view_labels(registry, pool, labels, REP_ROUTES_MAX), 2);
	ck_assert_uint_eq(rep_view_labels(registry, pool, labels, 1), 1);
}
END_TEST

START_TEST(no_match_is_not_capped)
{
	rep_attrs_t tagged = plain, paused = plain;

	tagged.tags = rep_span("gold");
	paused.status = REP_PAUSED;
	put_numbers(6);
	rep_pool_put(registry, pool, FIRST, &tagged, 2, 2, NOW);
	rep_pool_put(registry, pool, FIRST + 1, &tagged, 2, 2, NOW);
	rep_pool_put(registry, pool, FIRST + 2, &paused, 2, 2, NOW);
	bench(FIRST + 3);
	policy_set("require_tags", "gold", NOW);
	ck_assert_uint_eq(whole().no_match, 2);
	ck_assert_uint_eq(whole().capped, 0);
	ck_assert_uint_eq(whole().usable, 2);
	policy_set("cap_day", "1", NOW);
	ck_assert_uint_ne(pick_and_end(NOW), 0);
	ck_assert_uint_eq(whole().no_match, 2);
	ck_assert_uint_eq(whole().capped, 1);
	ck_assert_uint_eq(whole().usable, 1);
	/* with a verdict on a route it is looked at more closely */
	bench_on("east", 5, 1, DAY);
	ck_assert_uint_eq(whole().no_match + whole().by_state[REP_BENCHED], 3);
	ck_assert_uint_eq(whole().capped, 1);
}
END_TEST

/* A chart over its threshold that benched nobody. */
START_TEST(over_but_not_benched)
{
	rep_number_view_t v;

	put_numbers(10);
	healthy(10, "", NOW);
	ck_assert_int_eq(view(FIRST, NOW).over, REP_CHARTS);
	inside()->held_until[REP_CHART_BLOCKED] = NOW + HOUR;
	count(FIRST, "", REP_BLOCKED, 15, NOW);
	v = view(FIRST, NOW);
	ck_assert_int_eq(v.state, REP_ACTIVE);
	ck_assert_int_eq(v.over, REP_CHART_BLOCKED);
	ck_assert_int_eq(v.held_until, NOW + HOUR);
	/* nothing came since */
	inside()->held_until[REP_CHART_BLOCKED] = 0;
	v = view(FIRST, NOW);
	ck_assert_int_eq(v.state, REP_ACTIVE);
	ck_assert_int_eq(v.over, REP_CHART_BLOCKED);
	ck_assert_int_eq(v.held_until, 0);
	count(FIRST, "", REP_BLOCKED, 1, NOW);
	v = view(FIRST, NOW);
	ck_assert_int_eq(v.state, REP_BENCHED);
	ck_assert_int_eq(v.over, REP_CHARTS);
}
END_TEST

/* The same on a route. */
START_TEST(over_on_a_route)
{
	rep_number_view_t v;

	put_numbers(10);
	healthy(10, "east", NOW);
	inside()->held_until[REP_CHART_BLOCKED] = NOW + HOUR;
	count(FIRST, "east", REP_BLOCKED, 15, NOW);
	v = view(FIRST, NOW);
	ck_assert_int_eq(v.over, REP_CHART_BLOCKED);
	ck_assert_int_eq(v.held_until, NOW + HOUR);
	inside()->held_until[REP_CHART_BLOCKED] = 0;
	count(FIRST, "east", REP_BLOCKED, 1, NOW);
	v = view(FIRST, NOW);
	ck_assert_str_eq(v.benched_on, "east");
}
END_TEST

Suite *view_suite(void)
{
	Suite *suite = suite_create("view");
	TCase *tc = tcase_create("view");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, pool_that_stops);
	tcase_add_test(tc, pool_that_stops_on_every_label);
	tcase_add_test(tc, no_match_is_not_capped);
	tcase_add_test(tc, over_but_not_benched);
	tcase_add_test(tc, over_on_a_route);
	suite_add_tcase(suite, tc);
	return suite;
}
