/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts by hand, everywhere and on one route, and how a number stands
 * there. */

#include "engine/pool/route_state.h"
#include "pool_test.h"
#include "suites.h"

#define L64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static rep_by_hand_t bench_for(
		rep_e164_t number, const char *route, uint32_t seconds)
{
	return rep_pool_bench(registry, pool, number, rep_span(route), seconds,
			REP_REASON_MANUAL, NOW);
}

static rep_by_hand_t release(rep_e164_t number, const char *route)
{
	return rep_pool_release(registry, pool, number, rep_span(route), NOW);
}

static rep_standing_view_t state_on(
		rep_e164_t number, const char *route, rep_time_t now)
{
	rep_standing_view_t v;

	ck_assert(rep_pool_state(registry, pool, number, rep_span(route), now, &v));
	return v;
}

START_TEST(one_route_alone)
{
	rep_standing_view_t v;

	put_numbers(3);
	ck_assert_int_eq(bench_for(FIRST, "a", 600), REP_DONE);
	v = state_on(FIRST, "a", NOW);
	ck_assert_int_eq(v.state, REP_BENCHED);
	ck_assert_int_eq(v.reason, REP_REASON_MANUAL);
	ck_assert_int_eq(v.until, NOW + 600 * S);
	ck_assert(!v.usable);
	ck_assert(state_on(FIRST, "b", NOW).usable);
	ck_assert(state_on(FIRST, "", NOW).usable);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	ck_assert(view(FIRST, NOW).usable);
	ck_assert_uint_eq(pick_on("a", NOW, NULL, NULL), FIRST + 1);
	ck_assert_uint_eq(pick_on("b", NOW, NULL, NULL), FIRST);
	ck_assert_int_eq(release(FIRST, "a"), REP_DONE);
	ck_assert(state_on(FIRST, "a", NOW).usable);
	ck_assert_int_eq(state_on(FIRST, "a", NOW).state, REP_ACTIVE);
	ck_assert_int_eq(state_on(FIRST, "a", NOW).until, 0);
}
END_TEST

/* It shows, with evidence on that route, on another, and on none. */
START_TEST(shows)
{
	static const char *const used[] = {"", "b", "a"};
	rep_route_view_t routes[4];
	rep_number_view_t v;
	size_t n;

	put_numbers(3);
	if(_i)
		count(FIRST, used[_i], REP_BUSY, 1, NOW);
	ck_assert_int_eq(bench_for(FIRST, "a", 600), REP_DONE);
	ck_assert(rep_view_number(registry, pool, FIRST, NOW, &v, routes, 4, &n));
	ck_assert_str_eq(v.benched_on, "a");
	/* where it is used on no other route, it rests as a whole */
	ck_assert_int_eq(v.state, _i == 2 ? REP_BENCHED : REP_ACTIVE);
	ck_assert_uint_eq(n, _i == 1 ? 2 : 1);
	ck_assert_str_eq(routes[n - 1].route, "a");
	ck_assert_int_eq(routes[n - 1].state, REP_BENCHED);
	ck_assert_int_eq(routes[n - 1].reason, REP_REASON_MANUAL);
	ck_assert_int_eq(release(FIRST, "a"), REP_DONE);
	ck_assert(rep_view_number(registry, pool, FIRST, NOW, &v, routes, 4, &n));
	ck_assert_str_eq(v.benched_on, "");
	ck_assert_uint_eq(n, _i == 0 ? 0 : 1);
}
END_TEST

/* Released on one route it still rests on the others, and everywhere. */
START_TEST(release_of_one_route)
{
	put_numbers(1);
	ck_assert_int_eq(bench_for(FIRST, "a", 600), REP_DONE);
	ck_assert_int_eq(bench_for(FIRST, "b", 600), REP_DONE);
	ck_assert_int_eq(bench_for(FIRST, "", 600), REP_DONE);
	ck_assert_int_eq(release(FIRST, "a"), REP_DONE);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_BENCHED);
	ck_assert_int_eq(state_on(FIRST, "a", NOW).state, REP_BENCHED);
	ck_assert_int_eq(release(FIRST, ""), REP_DONE); /* of all */
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	ck_assert(state_on(FIRST, "a", NOW).usable);
	ck_assert(state_on(FIRST, "b", NOW).usable);
}
END_TEST

/* What is no route is an error: nothing is benched, least of all everywhere. */
static const struct
{
	const char *route;
	rep_by_hand_t bench, release;
} wrong[] = {
		{L64, REP_BAD_ROUTE, REP_BAD_ROUTE},
		{"a,b", REP_BAD_ROUTE, REP_BAD_ROUTE},
		{",", REP_BAD_ROUTE, REP_BAD_ROUTE},
		{"one more", REP_ROUTES_FULL, REP_NO_SUCH_ROUTE},
};

#define WRONG (int)(sizeof(wrong) / sizeof(wrong[0]))

START_TEST(no_route_is_not_everywhere)
{
	char label[32];
	rep_ticket_t t;

	put_numbers(1);
	for(unsigned k = 1; k < REP_ROUTES_MAX; k++) {
		snprintf(label, sizeof(label), "r%u", k);
		ck_assert(rep_pool_ticket(registry, pool, FIRST, rep_span(label), &t));
	}
	ck_assert_int_eq(bench_for(FIRST, wrong[_i].route, 60), wrong[_i].bench);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
	bench(FIRST);
	ck_assert_int_eq(release(FIRST, wrong[_i].route), wrong[_i].release);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_BENCHED);
}
END_TEST

START_TEST(unknown)
{
	rep_standing_view_t v;

	put_numbers(1);
	ck_assert_int_eq(bench_for(FIRST + 1, "a", 60), REP_NO_SUCH_NUMBER);
	ck_assert_int_eq(release(FIRST + 1, ""), REP_NO_SUCH_NUMBER);
	ck_assert_int_eq(release(FIRST, "a"), REP_NO_SUCH_ROUTE);
	ck_assert_uint_eq(inside()->n_routes, 1); /* nor was one made */
	pool = REP_NO_POOL;
	ck_assert_int_eq(bench_for(FIRST, "", 60), REP_NO_SUCH_NUMBER);
	ck_assert_int_eq(release(FIRST, ""), REP_NO_SUCH_NUMBER);
	ck_assert(!rep_pool_state(registry, pool, FIRST, rep_span("a"), NOW, &v));
	ck_assert(!rep_pool_state(registry, pool, FIRST, rep_span(""), NOW, &v));
}
END_TEST

/* White space around a label is none of it. */
START_TEST(spaces)
{
	put_numbers(1);
	ck_assert_int_eq(bench_for(FIRST, " a ", 60), REP_DONE);
	ck_assert(!state_on(FIRST, "a", NOW).usable);
	ck_assert(!state_on(FIRST, "a ", NOW).usable);
	ck_assert_int_eq(release(FIRST, "\ta"), REP_DONE);
	ck_assert(state_on(FIRST, "a", NOW).usable);
	ck_assert_int_eq(bench_for(FIRST, "  ", 60), REP_DONE); /* no route */
	ck_assert_int_eq(view(FIRST, NOW).state, REP_BENCHED);
}
END_TEST

/* A rest on a route ends as any other, and is shared as a record of it. */
START_TEST(rest_on_a_route)
{
	rep_record_t r[4];

	put_numbers(1);
	ck_assert_int_eq(bench_for(FIRST, "a", 60), REP_DONE);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, r, 4), 1);
	ck_assert_str_eq(r[0].route, "a");
	ck_assert_int_eq(r[0].state, REP_BENCHED);
	ck_assert_int_eq(r[0].reason, REP_REASON_MANUAL);
	rep_registry_tick(registry, NOW + 61 * S);
	ck_assert_int_eq(state_on(FIRST, "a", NOW + 61 * S).state, REP_PROBATION);
	ck_assert(state_on(FIRST, "a", NOW + 61 * S).usable);
	ck_assert_int_eq(state_on(FIRST, "b", NOW + 61 * S).state, REP_ACTIVE);
}
END_TEST

/* A bench by hand on one route is no evidence against the number: going bad on
 * a second, it rests there alone. */
START_TEST(no_evidence_against_the_number)
{
	put_numbers(10);
	healthy(10, "a", NOW);
	healthy(10, "b", NOW + 5 * S);
	ck_assert_int_eq(bench_for(FIRST, "a", 6000), REP_DONE);
	for(unsigned k = 0; k < 40 && state_on(FIRST, "b", NOW).usable; k++)
		count(FIRST, "b", REP_BLOCKED, 1, NOW);
	ck_assert_int_eq(state_on(FIRST, "b", NOW).state, REP_BENCHED);
	ck_assert_int_eq(state_on(FIRST, "b", NOW).reason, REP_REASON_BLOCKED);
	ck_assert(state_on(FIRST, "c", NOW).usable);
}
END_TEST

/* ---- how a number stands on a route ---------------------------------- */

START_TEST(state_by_attestation)
{
	rep_attrs_t attrs = plain;

	attrs.attest = rep_span("a=A,b=C");
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
	policy_set("require_attest", "A", NOW);
	ck_assert(state_on(FIRST, "a", NOW).usable);
	ck_assert(!state_on(FIRST, "b", NOW).usable);
	ck_assert(!state_on(FIRST, "c", NOW).usable);
	ck_assert_int_eq(state_on(FIRST, "c", NOW).state, REP_ACTIVE);
	ck_assert_uint_eq(inside()->n_routes, 1); /* asked of none, made none */
}
END_TEST

START_TEST(state_of_an_operator)
{
	rep_attrs_t attrs = plain;

	put_numbers(1);
	ck_assert_int_eq(bench_for(FIRST, "a", 60), REP_DONE);
	attrs.status = REP_PAUSED;
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
	ck_assert_int_eq(state_on(FIRST, "a", NOW).state, REP_PAUSED);
	ck_assert(!state_on(FIRST, "b", NOW).usable);
	attrs.status = REP_ACTIVE;
	attrs.since_day = (int32_t)(NOW / DAY);
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
	ck_assert_int_eq(state_on(FIRST, "a", NOW).state, REP_BENCHED);
	ck_assert_int_eq(state_on(FIRST, "b", NOW).state, REP_WARMING);
}
END_TEST

/* The number's own rest comes first, then that on the route. */
START_TEST(state_of_both)
{
	put_numbers(1);
	ck_assert_int_eq(bench_for(FIRST, "", 60), REP_DONE);
	ck_assert_int_eq(bench_for(FIRST, "a", 600), REP_DONE);
	ck_assert_int_eq(state_on(FIRST, "a", NOW).until, NOW + 60 * S);
	ck_assert_int_eq(state_on(FIRST, "b", NOW).state, REP_BENCHED);
	rep_registry_tick(registry, NOW + 61 * S);
	ck_assert_int_eq(state_on(FIRST, "a", NOW + 61 * S).state, REP_BENCHED);
	ck_assert_int_eq(state_on(FIRST, "a", NOW + 61 * S).until, NOW + 600 * S);
	ck_assert_int_eq(state_on(FIRST, "b", NOW + 61 * S).state, REP_PROBATION);
}
END_TEST

START_TEST(state_in_observe_mode)
{
	put_numbers(1);
	rep_registry_observe(registry, true);
	ck_assert_int_eq(bench_for(FIRST, "a", 60), REP_DONE);
	ck_assert_int_eq(state_on(FIRST, "a", NOW).state, REP_BENCHED);
	ck_assert(state_on(FIRST, "a", NOW).usable);
}
END_TEST

/* The score is that of the route where that is the worse one. */
START_TEST(score_on_a_route)
{
	put_numbers(10);
	healthy(10, "a", NOW);
	healthy(10, "b", NOW + 5 * S);
	count(FIRST, "b", REP_BLOCKED, 3, NOW);
	ck_assert_float_gt(state_on(FIRST, "b", NOW).score, 0);
	ck_assert_float_ge(
			state_on(FIRST, "b", NOW).score, state_on(FIRST, "a", NOW).score);
	ck_assert_float_eq(
			state_on(FIRST, "", NOW).score, view(FIRST, NOW).judged.score);
}
END_TEST

Suite *by_hand_suite(void)
{
	Suite *suite = suite_create("by_hand");
	TCase *tc = tcase_create("by_hand");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, one_route_alone);
	tcase_add_loop_test(tc, shows, 0, 3);
	tcase_add_test(tc, release_of_one_route);
	tcase_add_loop_test(tc, no_route_is_not_everywhere, 0, WRONG);
	tcase_add_test(tc, unknown);
	tcase_add_test(tc, spaces);
	tcase_add_test(tc, rest_on_a_route);
	tcase_add_test(tc, no_evidence_against_the_number);
	tcase_add_test(tc, state_by_attestation);
	tcase_add_test(tc, state_of_an_operator);
	tcase_add_test(tc, state_of_both);
	tcase_add_test(tc, state_in_observe_mode);
	tcase_add_test(tc, score_on_a_route);
	suite_add_tcase(suite, tc);
	return suite;
}
