/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Number and route together: lists of routes, and a failover that keeps the
 * number. */

#include "pool_test.h"
#include "suites.h"

static rep_picked_t pick_of(
		const char *routes, rep_time_t now, bool dry, rep_ticket_t *t)
{
	*t = (rep_ticket_t){0};
	return rep_pool_pick(
			registry, pool, 15557770000, rep_span(routes), now, dry, t);
}

/* Pick on a list: the label that was taken, or why nothing was. */
static const char *taken(const char *routes, bool dry)
{
	static char label[REP_ROUTE_MAX + 1];
	rep_ticket_t t;
	rep_picked_t picked = pick_of(routes, NOW, dry, &t);

	if(picked.result != REP_PICKED)
		return rep_pick_name(picked.result);
	snprintf(label, sizeof(label), "%.*s", (int)picked.route.len,
			picked.route.s);
	if(!dry) {
		char of_ticket[REP_ROUTE_MAX + 1];
		rep_ticket_route(registry, &t, of_ticket);
		ck_assert_str_eq(of_ticket, label);
		rep_ticket_hang_up(registry, &t, NOW);
	}
	return label;
}

static void put(unsigned i, const char *attest, const char *tags)
{
	rep_attrs_t attrs = plain;

	attrs.attest = rep_span(attest);
	attrs.tags = rep_span(tags);
	rep_pool_put(registry, pool, FIRST + i, &attrs, 0, 0, NOW);
}

/* Two numbers, both attested on a, one on b, none on c. The first rests on a,
 * and both rest on d. */
static const struct
{
	const char *attest, *routes, *takes;
} lists[] = {
		{"", "a", "a"},
		{"", "a,b", "a"},
		{"", "b,a", "b"},
		{"", "", ""},
		{"", "d", "all-benched"},
		{"", "d,a", "a"},
		{"", " d ,\tb", "b"},
		{"", "d,d", "all-benched"},
		{"", "d,never seen", "never seen"},
		{"A", "a", "a"},
		{"A", "b", "b"},
		{"A", "c", "no-match"},
		{"A", "c,d", "no-match"},
		{"A", "d,c", "all-benched"},
		{"A", "c,a,b", "a"},
		{"A", "never seen,b", "b"},
		{"A", "never seen", "no-match"},
		{"A", "attested,b", "attested"},
		{"A", "", ""},
		/* not well formed */
		{"", "a,", "no-match"},
		{"", ",a", "no-match"},
};

#define LISTS (int)(sizeof(lists) / sizeof(lists[0]))

static void make_two(const char *attest)
{
	put(0, "a=A,b=A,d=A,attested=A", "");
	put(1, "a=A,d=A", "");
	policy_set("require_attest", attest, NOW);
	policy_set("min_available", "1", NOW);
	bench_on("a", 0, 1, DAY);
	bench_on("d", 0, 2, DAY);
}

START_TEST(first_route_that_will_do)
{
	make_two(lists[_i].attest);
	for(int dry = 1; dry >= 0; dry--)
		ck_assert_str_eq(taken(lists[_i].routes, dry), lists[_i].takes);
}
END_TEST

/* The reason is that of the first label, and one refusal is counted. */
START_TEST(reason_of_the_first)
{
	rep_pool_view_t before, after;

	make_two("A");
	ck_assert(rep_view_pool(registry, pool, NOW, &before));
	ck_assert_str_eq(taken("c,d", false), "no-match");
	ck_assert_str_eq(taken("d,c", true), "all-benched");
	ck_assert(rep_view_pool(registry, pool, NOW, &after));
	ck_assert_uint_eq(after.refusals, before.refusals + 1);
	ck_assert_uint_eq(after.picks, before.picks);
}
END_TEST

/* A route by number: one rests on a, the other on b. */
START_TEST(picks_fit_the_route)
{
	rep_ticket_t t;

	put_numbers(2);
	policy_set("min_available", "1", NOW);
	bench_on("a", 0, 1, DAY);
	bench_on("b", 1, 1, DAY);
	for(unsigned k = 0; k < 4; k++) {
		ck_assert_int_eq(pick_of("a,b", NOW, false, &t).result, REP_PICKED);
		ck_assert_uint_eq(t.number, FIRST + 1);
		ck_assert_int_eq(pick_of("b,a", NOW, false, &t).result, REP_PICKED);
		ck_assert_uint_eq(t.number, FIRST);
	}
}
END_TEST

/* Only what is taken is made: a misspelt list fills no table. */
START_TEST(labels_not_taken_are_not_made)
{
	char list[64];

	make_two("A");
	for(unsigned k = 0; k < 200; k++) {
		snprintf(list, sizeof(list), "misspelt%u,b,unseen%u", k, k);
		ck_assert_str_eq(taken(list, true), "b");
		ck_assert_str_eq(taken(list, false), "b");
		snprintf(list, sizeof(list), "misspelt%u", k);
		ck_assert_str_eq(taken(list, false), "no-match");
	}
	ck_assert_uint_eq(inside()->n_routes, 4); /* "", a, d, b */
	policy_set("require_attest", "", NOW);
	ck_assert_str_eq(taken("b,unseen,other", false), "b");
	ck_assert_str_eq(taken("d,new", true), "new");
	ck_assert_uint_eq(inside()->n_routes, 4);
	ck_assert_str_eq(taken("d,new", false), "new");
	ck_assert_uint_eq(inside()->n_routes, 5);
	/* a pool that stops makes none either */
	for(unsigned i = 0; i < 2; i++)
		bench(FIRST + i);
	ck_assert_str_eq(taken("other", false), "all-benched");
	ck_assert_uint_eq(inside()->n_routes, 5);
}
END_TEST

/* 63 labels are known: one that stands alone goes as no route, one in a list
 * is passed over. */
START_TEST(table_of_labels_full)
{
	rep_registry_stats_t stats;
	rep_ticket_t t;
	char label[REP_ROUTE_MAX + 1];

	put_numbers(3);
	for(unsigned k = 1; k < REP_ROUTES_MAX; k++) {
		snprintf(label, sizeof(label), "r%u", k);
		ck_assert_str_eq(taken(label, false), label);
	}
	ck_assert_str_eq(taken("one more", false), "");
	ck_assert_str_eq(taken("one more,r7", true), "r7");
	ck_assert_str_eq(taken("one more,r7", false), "r7");
	ck_assert_str_eq(taken("one more,and more", true), "no-match");
	ck_assert_str_eq(taken("one more,and more", false), "no-match");
	rep_registry_stats(registry, &stats);
	ck_assert_uint_eq(stats.full_routes, 4);
	ck_assert_int_eq(pick_of("r1", NOW, false, &t).result, REP_PICKED);
	ck_assert_int_eq(
			rep_ticket_reroute(registry, &t, rep_span("one more,r2"), NOW),
			REP_PICKED);
	rep_ticket_route(registry, &t, label);
	ck_assert_str_eq(label, "r2");
}
END_TEST

/* A large pool that asks for an attestation: not every number is looked at for
 * each call. */
START_TEST(attestation_in_a_large_pool)
{
	rep_ticket_t t;

	put_numbers(2000);
	put(1999, "new=A,b=A", "");
	policy_set("require_attest", "A", NOW);
	ck_assert_str_eq(taken("new", true), "new");
	ck_assert_int_eq(pick_of("new", NOW, false, &t).result, REP_PICKED);
	ck_assert_uint_eq(t.number, FIRST + 1999);
	ck_assert_str_eq(taken("other,b", false), "b");
}
END_TEST

START_TEST(least_bad_on_a_list)
{
	put_numbers(2);
	bench_on("a", 0, 2, DAY);
	policy_set("on_exhausted", "least_bad", NOW);
	ck_assert_str_eq(taken("a,b", false), "a");
	bench(FIRST);
	bench(FIRST + 1);
	ck_assert_str_eq(taken("b,a", false), "b");
	policy_set("require_attest", "A", NOW);
	ck_assert_str_eq(taken("never,seen", false), "no-match");
	ck_assert_uint_eq(inside()->n_routes, 3);
}
END_TEST

/* ---- failover -------------------------------------------------------- */

/* The call has FIRST on route a. */
static void on_a(rep_ticket_t *t)
{
	ck_assert_int_eq(pick_of("a", NOW, false, t).result, REP_PICKED);
	ck_assert_uint_eq(t->number, FIRST);
}

static void rests_on_b(void)
{
	bench_on("b", 0, 1, DAY);
}

static void rests(void)
{
	bench(FIRST);
}

static void three_rest_on_b(void)
{
	bench_on("b", 1, 3, DAY);
}

static void least_bad(void)
{
	bench_on("b", 0, 4, DAY);
	policy_set("on_exhausted", "least_bad", NOW);
}

static void observed(void)
{
	bench_on("b", 0, 4, DAY);
	rep_registry_observe(registry, true);
}

static void attested_on_a(void)
{
	put(0, "a=A,b=C", "");
	policy_set("require_attest", "A", NOW);
}

static void attested_on_b(void)
{
	put(0, "b=A", "");
	policy_set("require_attest", "A", NOW);
}

static void tags(void)
{
	put(1, "", "gold");
	policy_set("require_tags", "gold", NOW);
}

static void no_tags(void)
{
	policy_set("require_tags", "gold", NOW);
}

static void paused(void)
{
	rep_attrs_t attrs = plain;

	attrs.status = REP_PAUSED;
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
}

static void all_paused(void)
{
	rep_attrs_t attrs = plain;

	attrs.status = REP_PAUSED;
	for(unsigned i = 0; i < 4; i++)
		rep_pool_put(registry, pool, FIRST + i, &attrs, 0, 0, NOW);
}

static void gone(void)
{
	ck_assert(rep_pool_remove(registry, pool, FIRST));
}

static void gone_and_back(void)
{
	gone();
	put(0, "", "");
}

static void capped(void)
{
	policy_set("cap_minute", "1", NOW);
	policy_set("cap_concurrent", "1", NOW);
	policy_set("pool_cap_day", "1", NOW);
}

static void nothing(void)
{
}

static const struct
{
	void (*then)(void);
	const char *routes;
	rep_pick_t why;
	const char *route; /* of the ticket afterwards */
} failovers[] = {
		{nothing, "b", REP_PICKED, "b"},
		{nothing, "b,c", REP_PICKED, "b"},
		{nothing, "", REP_PICKED, ""},
		{nothing, "b,", REP_PICK_NO_MATCH, "a"},
		{capped, "b", REP_PICKED, "b"},
		{rests_on_b, "b", REP_PICK_ALL_BENCHED, "a"},
		{rests_on_b, "b,c", REP_PICKED, "c"},
		{rests_on_b, "c,b", REP_PICKED, "c"},
		{rests, "b", REP_PICK_ALL_BENCHED, "a"},
		{rests, "b,c", REP_PICK_ALL_BENCHED, "a"},
		{three_rest_on_b, "b", REP_PICK_SHARE_BENCHED, "a"},
		{three_rest_on_b, "b,c", REP_PICKED, "c"},
		{least_bad, "b", REP_PICKED, "b"},
		{observed, "b", REP_PICKED, "b"},
		{attested_on_a, "b", REP_PICK_NO_MATCH, "a"},
		{attested_on_a, "b,a", REP_PICKED, "a"},
		{attested_on_b, "b", REP_PICKED, "b"},
		{attested_on_b, "c,b", REP_PICKED, "b"},
		{tags, "b", REP_PICK_NO_MATCH, "a"},
		{no_tags, "b", REP_PICK_NO_MATCH, "a"},
		{paused, "b", REP_PICK_NO_MATCH, "a"},
		{all_paused, "b", REP_PICK_EMPTY_POOL, "a"},
		{gone, "b", REP_PICK_NO_MATCH, "a"},
		{gone_and_back, "b", REP_PICK_NO_MATCH, "a"},
};

#define FAILOVERS (int)(sizeof(failovers) / sizeof(failovers[0]))

START_TEST(failover)
{
	char label[REP_ROUTE_MAX + 1];
	rep_ticket_t t, before;
	uint32_t labels;

	put_numbers(4);
	on_a(&t);
	failovers[_i].then();
	labels = inside()->n_routes;
	before = t;
	ck_assert_int_eq(rep_ticket_reroute(
							 registry, &t, rep_span(failovers[_i].routes), NOW),
			failovers[_i].why);
	rep_ticket_route(registry, &t, label);
	ck_assert_str_eq(label, failovers[_i].route);
	ck_assert(t.holds);
	ck_assert_uint_eq(t.number, FIRST);
	if(failovers[_i].why != REP_PICKED) {
		ck_assert_uint_eq(t.route, before.route);
		ck_assert_uint_eq(t.stamp, before.stamp);
		ck_assert_uint_eq(inside()->n_routes, labels);
	}
	ck_assert_uint_le(inside()->n_routes, labels + 1);
	rep_ticket_hang_up(registry, &t, NOW);
	ck_assert_uint_eq(inside()->in_flight, 0);
}
END_TEST

/* A number on its last call of probation: the call itself may fail over, and
 * nothing is spent by that. */
START_TEST(failover_on_probation)
{
	rep_ticket_t t;

	policy_set("probation_calls", "1", NOW);
	put_numbers(1);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 1, REP_REASON_MANUAL, NOW);
	rep_registry_tick(registry, NOW + 2 * S);
	ck_assert_int_eq(view(FIRST, NOW + 2 * S).state, REP_PROBATION);
	ck_assert_int_eq(pick_of("a", NOW + 2 * S, false, &t).result, REP_PICKED);
	ck_assert_int_eq(try_on("b", NOW + 2 * S), REP_PICK_ALL_CAPPED);
	rep_ticket_count(registry, &t, REP_BUSY, NOW + 2 * S);
	ck_assert_int_eq(
			rep_ticket_reroute(registry, &t, rep_span("b"), NOW + 2 * S),
			REP_PICKED);
	ck_assert_uint_eq(view(FIRST, NOW).in_flight, 1);
	ck_assert_uint_eq(inside()->picks, 1);
}
END_TEST

/* The verdict at the time of the failover is the one that its outcomes are
 * for. */
START_TEST(failover_has_the_stamp_of_its_time)
{
	rep_ticket_t t;
	rep_stamp_t before;

	put_numbers(3);
	on_a(&t);
	before = t.stamp;
	rep_pool_bench(
			registry, pool, FIRST, rep_span("b"), 60, REP_REASON_MANUAL, NOW);
	rep_pool_release(registry, pool, FIRST, rep_span("b"), NOW);
	ck_assert_int_eq(
			rep_ticket_reroute(registry, &t, rep_span("b"), NOW), REP_PICKED);
	ck_assert_uint_eq(t.stamp, before + 2); /* two turns of the route's */
}
END_TEST

/* A rest that is over is over for a failover as well, without a tick. */
START_TEST(failover_after_a_rest)
{
	rep_ticket_t t;

	put_numbers(3);
	on_a(&t);
	rep_pool_bench(
			registry, pool, FIRST, rep_span("b"), 60, REP_REASON_MANUAL, NOW);
	ck_assert_int_eq(rep_ticket_reroute(registry, &t, rep_span("b"), NOW),
			REP_PICK_ALL_BENCHED);
	ck_assert_int_eq(
			rep_ticket_reroute(registry, &t, rep_span("b"), NOW + 61 * S),
			REP_PICKED);
}
END_TEST

START_TEST(pool_dropped)
{
	rep_ticket_t t;

	put_numbers(1);
	on_a(&t);
	rep_registry_drop(registry, pool);
	ck_assert_int_eq(rep_ticket_reroute(registry, &t, rep_span("b"), NOW),
			REP_PICK_UNKNOWN_POOL);
	ck_assert_int_eq(rep_ticket_again(registry, &t, rep_span("b"), NOW),
			REP_PICK_UNKNOWN_POOL);
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert(!t.holds);
}
END_TEST

/* ---- the same call again --------------------------------------------- */

START_TEST(again_spends_nothing_but_a_hold)
{
	rep_ticket_t first, second;
	rep_number_view_t seen;

	policy_set("cap_day", "1", NOW);
	policy_set("cap_concurrent", "1", NOW);
	put_numbers(1);
	on_a(&first);
	second = first;
	rep_ticket_hang_up(registry, &first, NOW);
	ck_assert_int_eq(rep_ticket_again(registry, &second, rep_span("b,c"), NOW),
			REP_PICKED);
	ck_assert(second.holds);
	seen = view(FIRST, NOW);
	ck_assert_uint_eq(seen.used_today, 1);
	ck_assert_uint_eq(seen.in_flight, 1);
	ck_assert_uint_eq(inside()->picks, 1);
	/* the call did go out once: cancelled, it gives back its hold alone */
	rep_ticket_cancel(registry, &second, NOW);
	rep_ticket_hang_up(registry, &second, NOW);
	seen = view(FIRST, NOW);
	ck_assert_uint_eq(seen.used_today, 1);
	ck_assert_uint_eq(seen.in_flight, 0);
	ck_assert_uint_eq(inside()->picks, 1);
	ck_assert_uint_eq(inside()->in_flight, 0);
}
END_TEST

START_TEST(again_while_the_first_still_holds)
{
	rep_ticket_t first, second;

	put_numbers(1);
	on_a(&first);
	second = first;
	ck_assert_int_eq(rep_ticket_again(registry, &second, rep_span("a"), NOW),
			REP_PICKED);
	ck_assert_uint_eq(inside()->in_flight, 2);
	rep_ticket_hang_up(registry, &first, NOW);
	rep_ticket_hang_up(registry, &second, NOW);
	ck_assert_uint_eq(inside()->in_flight, 0);
}
END_TEST

/* Refused, the ticket is as it was and nothing is held more. */
START_TEST(again_where_the_number_rests)
{
	rep_ticket_t first, second;

	put_numbers(3);
	on_a(&first);
	second = first;
	rep_ticket_hang_up(registry, &first, NOW);
	second.holds = false;
	bench(FIRST);
	ck_assert_int_eq(rep_ticket_again(registry, &second, rep_span("a"), NOW),
			REP_PICK_ALL_BENCHED);
	ck_assert(!second.holds);
	ck_assert_uint_eq(inside()->in_flight, 0);
}
END_TEST

Suite *pick_routes_suite(void)
{
	Suite *suite = suite_create("pick_routes");
	TCase *tc = tcase_create("pick_routes");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, first_route_that_will_do, 0, LISTS);
	tcase_add_test(tc, reason_of_the_first);
	tcase_add_test(tc, picks_fit_the_route);
	tcase_add_test(tc, labels_not_taken_are_not_made);
	tcase_add_test(tc, table_of_labels_full);
	tcase_add_test(tc, attestation_in_a_large_pool);
	tcase_add_test(tc, least_bad_on_a_list);
	tcase_add_loop_test(tc, failover, 0, FAILOVERS);
	tcase_add_test(tc, failover_on_probation);
	tcase_add_test(tc, failover_has_the_stamp_of_its_time);
	tcase_add_test(tc, failover_after_a_rest);
	tcase_add_test(tc, pool_dropped);
	tcase_add_test(tc, again_spends_nothing_but_a_hold);
	tcase_add_test(tc, again_while_the_first_still_holds);
	tcase_add_test(tc, again_where_the_number_rests);
	suite_add_tcase(suite, tc);
	return suite;
}
