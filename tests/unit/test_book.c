/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools, picks, caps, verdicts and sharing, without any proxy. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/pool/by_hand.h"
#include "engine/pool/count.h"
#include "engine/pool/exchange.h"
#include "engine/pool/numbers.h"
#include "engine/pool/pick.h"
#include "engine/pool/pool.h"
#include "engine/pool/pool_policy.h"
#include "engine/pool/pools.h"
#include "engine/pool/records.h"
#include "engine/pool/registry.h"
#include "engine/pool/tick.h"
#include "engine/pool/view.h"

#include "mem_test.h"
#include "suites.h"

#define NOW INT64_C(1760000000000) /* a Thursday, 08:53:20 UTC */
#define FIRST UINT64_C(15551230001)
#define S 1000
#define HOUR (3600 * S)

static const rep_attrs_t plain = {.weight = 1, .status = REP_ACTIVE};

static rep_registry_t *registry;
static int pool;

static void put_numbers(unsigned n)
{
	for(unsigned i = 0; i < n; i++)
		ck_assert_int_eq(
				rep_pool_put(registry, pool, FIRST + i, &plain, 1, 1, NOW), 1);
}

static void policy_set(const char *field, const char *value)
{
	rep_policy_t policy;
	char why[160];

	ck_assert(rep_pool_policy(registry, pool, &policy));
	ck_assert_ptr_null(rep_policy_set(
			&policy, rep_span(field), rep_span(value), why, sizeof(why)));
	rep_pool_set_policy(registry, pool, &policy, NOW);
}

static void setup(void)
{
	registry = rep_registry_create(100000);
	ck_assert_ptr_nonnull(registry);
	pool = rep_registry_put(registry, rep_span("sales"));
	ck_assert_int_eq(pool, 0);
	policy_set("rest_jitter", "0");
}

static void teardown(void)
{
	rep_registry_destroy(registry);
}

/* Pick on a route; returns the number or 0, `*why` the result. */
static rep_e164_t pick_on(const char *route, rep_time_t now,
		rep_ticket_t *ticket, rep_pick_t *why)
{
	rep_ticket_t t = {0};
	rep_picked_t p = rep_pool_pick(
			registry, pool, 15557770000, rep_span(route), now, false, &t);

	if(why)
		*why = p.result;
	if(ticket)
		*ticket = t;
	return p.result == REP_PICKED ? t.number : 0;
}

static rep_pick_t why_not(rep_time_t now)
{
	rep_pick_t why;

	ck_assert_uint_eq(pick_on("", now, NULL, &why), 0);
	return why;
}

/* Pick and end the call at once. */
static rep_e164_t pick_and_end(rep_time_t now)
{
	rep_ticket_t t;
	rep_e164_t number = pick_on("", now, &t, NULL);

	rep_ticket_hang_up(registry, &t, now);
	return number;
}

static void count_n(rep_e164_t number, const char *route, rep_outcome_t outcome,
		unsigned n, rep_time_t now)
{
	rep_ticket_t t;

	for(unsigned i = 0; i < n; i++) {
		ck_assert(rep_pool_ticket(registry, pool, number, rep_span(route), &t));
		ck_assert(rep_ticket_count(registry, &t, outcome, now));
	}
}

static rep_number_view_t view(rep_e164_t number, rep_time_t now)
{
	rep_number_view_t v;

	ck_assert(rep_view_number(registry, pool, number, now, &v, NULL, 0, NULL));
	return v;
}

/* Healthy calls on every number of a pool, so that the baseline is known. */
static void healthy(unsigned numbers, const char *route, rep_time_t now)
{
	for(unsigned k = 0; k < 100; k++)
		for(unsigned i = 0; i < numbers; i++) {
			unsigned dice = (k * 37 + i) % 100; /* each value once */
			count_n(FIRST + i, route,
					dice < 25	? REP_ANSWERED
					: dice < 81 ? REP_NOANSWER
					: dice < 89 ? REP_BUSY
					: dice < 97 ? REP_DECLINED
								: REP_SHORT,
					1, now);
		}
	rep_registry_tick(registry, now + 2 * S);
}

/* ---- pools and numbers ----------------------------------------------- */

START_TEST(pools_basic)
{
	ck_assert_int_eq(rep_registry_find(registry, rep_span("sales")), pool);
	ck_assert_int_eq(
			rep_registry_find(registry, rep_span("Sales")), REP_NO_POOL);
	ck_assert_int_eq(rep_registry_put(registry, rep_span("")), REP_NO_POOL);
	ck_assert_int_eq(rep_registry_put(registry, rep_span("a b")), REP_NO_POOL);
	ck_assert_int_eq(rep_registry_put(registry, rep_span("two")), 1);
	put_numbers(3);
	rep_registry_drop(registry, pool);
	ck_assert_int_eq(
			rep_registry_find(registry, rep_span("sales")), REP_NO_POOL);
	ck_assert_str_eq(rep_registry_name(registry, pool), "");
	ck_assert_int_eq(rep_registry_put(registry, rep_span("sales")), pool);
	ck_assert_int_eq(why_not(NOW), REP_PICK_EMPTY_POOL);
}
END_TEST

START_TEST(numbers_sweep)
{
	rep_e164_t gone[64];
	uint32_t cursor = 0;
	size_t n, all = 0;
	bool more = true;

	put_numbers(1000);
	for(unsigned i = 0; i < 1000; i += 2)
		ck_assert(rep_pool_same(registry, pool, FIRST + i, 1, 2));
	ck_assert(!rep_pool_same(registry, pool, FIRST, 99, 2));
	while(more) {
		more = rep_pool_sweep(registry, pool, 2, &cursor, 64, gone, &n);
		for(size_t i = 0; i < n; i++)
			ck_assert_uint_eq((gone[i] - FIRST) % 2, 1);
		all += n;
	}
	ck_assert_uint_eq(all, 500);
	for(unsigned i = 0; i < 500; i++)
		ck_assert_uint_eq((pick_and_end(NOW) - FIRST) % 2, 0);
}
END_TEST

START_TEST(numbers_full)
{
	rep_registry_t *small = rep_registry_create(2);
	int p = rep_registry_put(small, rep_span("p"));
	rep_registry_stats_t stats;

	ck_assert_int_eq(rep_pool_put(small, p, FIRST, &plain, 0, 0, NOW), 1);
	ck_assert_int_eq(rep_pool_put(small, p, FIRST + 1, &plain, 0, 0, NOW), 1);
	ck_assert_int_eq(rep_pool_put(small, p, FIRST + 2, &plain, 0, 0, NOW), -1);
	ck_assert_int_eq(rep_pool_put(small, p, FIRST, &plain, 0, 0, NOW), 0);
	rep_registry_stats(small, &stats);
	ck_assert_uint_eq(stats.full_numbers, 1);
	ck_assert(rep_pool_remove(small, p, FIRST));
	ck_assert_int_eq(rep_pool_put(small, p, FIRST + 2, &plain, 0, 0, NOW), 1);
	rep_registry_destroy(small);
}
END_TEST

/* A call outlives its number, and its slot goes to another. */
START_TEST(ticket_outlives_number)
{
	rep_ticket_t t;

	put_numbers(1);
	ck_assert_uint_eq(pick_on("", NOW, &t, NULL), FIRST);
	ck_assert(rep_pool_remove(registry, pool, FIRST));
	ck_assert_int_eq(rep_pool_put(registry, pool, FIRST, &plain, 0, 0, NOW), 1);
	ck_assert(!rep_ticket_count(registry, &t, REP_BLOCKED, NOW));
	rep_ticket_hang_up(registry, &t, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).in_flight, 0);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_BLOCKED], 0);
}
END_TEST

/* ---- picking --------------------------------------------------------- */

START_TEST(pick_least_recent)
{
	put_numbers(5);
	for(unsigned k = 0; k < 15; k++)
		ck_assert_uint_eq(pick_and_end(NOW + k), FIRST + k % 5);
}
END_TEST

START_TEST(pick_weighted)
{
	rep_attrs_t heavy = plain;
	unsigned seen[3] = {0};

	policy_set("order", "weighted");
	heavy.weight = 3;
	put_numbers(2);
	rep_pool_put(registry, pool, FIRST + 2, &heavy, 0, 0, NOW);
	for(unsigned k = 0; k < 500; k++)
		seen[pick_and_end(NOW) - FIRST]++;
	ck_assert_uint_ge(seen[2], 295);
	ck_assert_uint_le(seen[2], 305);
	ck_assert_uint_ge(seen[0], 95);
}
END_TEST

START_TEST(pick_reasons)
{
	rep_attrs_t attrs = plain;
	rep_pick_t why;

	ck_assert_int_eq(why_not(NOW), REP_PICK_EMPTY_POOL);
	attrs.status = REP_PAUSED;
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_EMPTY_POOL);
	rep_pool_put(registry, pool, FIRST, &plain, 0, 0, NOW);
	policy_set("require_tags", "gold");
	ck_assert_int_eq(why_not(NOW), REP_PICK_NO_MATCH);
	attrs = plain;
	attrs.tags = rep_span("silver,gold");
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
	policy_set("require_attest", "A");
	ck_assert_int_eq(why_not(NOW), REP_PICK_NO_MATCH);
	attrs.attest = rep_span("east=B,west=A");
	rep_pool_put(registry, pool, FIRST, &attrs, 0, 0, NOW);
	ck_assert_uint_eq(pick_on("east", NOW, NULL, &why), 0);
	ck_assert_int_eq(why, REP_PICK_NO_MATCH);
	ck_assert_uint_eq(pick_on("west", NOW, NULL, NULL), FIRST);
	pick_on("", NOW, NULL, &why);
	rep_pool_bench(registry, pool, FIRST, 60, REP_REASON_MANUAL, NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_ALL_BENCHED);
}
END_TEST

START_TEST(caps)
{
	rep_ticket_t t[4];

	put_numbers(2);
	policy_set("cap_minute", "2");
	for(unsigned k = 0; k < 4; k++)
		ck_assert_uint_eq(pick_and_end(NOW), FIRST + k % 2);
	ck_assert_int_eq(why_not(NOW + 39 * S), REP_PICK_ALL_CAPPED);
	ck_assert_uint_eq(pick_and_end(NOW + 40 * S), FIRST);
	policy_set("cap_minute", "0");
	policy_set("cap_hour", "4");
	ck_assert_uint_ne(pick_and_end(NOW + 100 * S), 0);
	policy_set("cap_hour", "0");
	policy_set("cap_concurrent", "2");
	for(unsigned k = 0; k < 4; k++)
		ck_assert_uint_ne(pick_on("", NOW + HOUR, &t[k], NULL), 0);
	ck_assert_int_eq(why_not(NOW + HOUR), REP_PICK_ALL_CAPPED);
	rep_ticket_hang_up(registry, &t[2], NOW + HOUR);
	rep_ticket_hang_up(registry, &t[2], NOW + HOUR); /* once only */
	ck_assert_uint_eq(pick_on("", NOW + HOUR, &t[2], NULL), t[2].number);
	ck_assert_int_eq(why_not(NOW + HOUR), REP_PICK_ALL_CAPPED);
	policy_set("cap_concurrent", "0");
	policy_set("pool_cap_day", "12");
	while(pick_and_end(NOW + HOUR))
		;
	ck_assert_int_eq(why_not(NOW + HOUR), REP_PICK_ALL_CAPPED);
	ck_assert_uint_ne(pick_and_end(NOW + 24 * HOUR), 0);
}
END_TEST

START_TEST(cap_day_and_warmup)
{
	rep_attrs_t fresh = plain;
	unsigned n = 0;

	fresh.since_day = (int32_t)(NOW / (24 * HOUR)) - 6;
	rep_pool_put(registry, pool, FIRST, &fresh, 0, 0, NOW);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_WARMING);
	ck_assert_uint_eq(view(FIRST, NOW).cap_day, 10);
	while(pick_and_end(NOW))
		n++;
	ck_assert_uint_eq(n, 10);
	for(n = 0; pick_and_end(NOW + 24 * HOUR);)
		n++;
	ck_assert_uint_eq(n, 20);
	ck_assert_int_eq(view(FIRST, NOW + 20 * 24 * HOUR).state, REP_ACTIVE);
	ck_assert_uint_eq(view(FIRST, NOW + 20 * 24 * HOUR).cap_day, 0);
}
END_TEST

START_TEST(share_benched)
{
	put_numbers(4);
	rep_pool_bench(registry, pool, FIRST, 600, REP_REASON_MANUAL, NOW);
	rep_pool_bench(registry, pool, FIRST + 1, 600, REP_REASON_MANUAL, NOW);
	ck_assert_uint_ne(pick_and_end(NOW), 0); /* exactly the share */
	rep_pool_bench(registry, pool, FIRST + 2, 600, REP_REASON_MANUAL, NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_SHARE_BENCHED);
	policy_set("on_exhausted", "least_bad");
	ck_assert_uint_eq(pick_and_end(NOW), FIRST + 3);
	rep_pool_bench(registry, pool, FIRST + 3, 600, REP_REASON_MANUAL, NOW);
	ck_assert_uint_ne(pick_and_end(NOW), 0);
	policy_set("on_exhausted", "reject");
	ck_assert_int_eq(why_not(NOW), REP_PICK_ALL_BENCHED);
	rep_registry_observe(registry, true);
	rep_registry_tick(registry, NOW);
	ck_assert_uint_ne(pick_and_end(NOW), 0);
}
END_TEST

static unsigned events_of(rep_event_kind_t kind)
{
	static rep_event_t events[REP_EVENT_RING];
	uint64_t cursor = 0;
	size_t n = rep_events_read(
			rep_registry_events(registry), &cursor, events, REP_EVENT_RING);
	unsigned found = 0;

	while(n-- > 0)
		found += events[n].kind == kind;
	return found;
}

START_TEST(small_pools)
{
	put_numbers(1);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
	rep_pool_bench(registry, pool, FIRST, 60, REP_REASON_MANUAL, NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_ALL_BENCHED);
	ck_assert_int_eq(why_not(NOW), REP_PICK_ALL_BENCHED);
	ck_assert_uint_eq(events_of(REP_EVENT_POOL_EXHAUSTED), 1);
	rep_pool_release(registry, pool, FIRST, NOW);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
	rep_pool_bench(registry, pool, FIRST, 60, REP_REASON_MANUAL, NOW);
	ck_assert_uint_eq(events_of(REP_EVENT_POOL_EXHAUSTED), 2);
}
END_TEST

/* ---- verdicts -------------------------------------------------------- */

START_TEST(benched_by_evidence)
{
	rep_number_view_t v;

	put_numbers(10);
	healthy(10, "", NOW);
	count_n(FIRST, "", REP_BLOCKED, 12, NOW);
	v = view(FIRST, NOW);
	ck_assert_int_eq(v.state, REP_BENCHED);
	ck_assert_int_eq(v.reason, REP_REASON_BLOCKED);
	ck_assert_uint_eq(v.strikes, 1);
	ck_assert_int_eq(v.until - v.since, 86400 * S);
	ck_assert_uint_eq(events_of(REP_EVENT_BENCHED), 1);
	for(unsigned i = 1; i < 10; i++)
		ck_assert_int_eq(view(FIRST + i, NOW).state, REP_ACTIVE);
}
END_TEST

START_TEST(rest_probation_strikes)
{
	rep_time_t t = NOW;
	rep_number_view_t v;
	rep_ticket_t ticket;

	put_numbers(10);
	healthy(10, "", t);
	for(unsigned strike = 1; strike <= 3; strike++) {
		count_n(FIRST, "", REP_BLOCKED, 20, t);
		v = view(FIRST, t);
		ck_assert_int_eq(v.state, REP_BENCHED);
		ck_assert_uint_eq(v.strikes, strike);
		ck_assert_int_eq(v.until - v.since, (86400 << (strike - 1)) * S);
		rep_registry_tick(registry, v.until - 1);
		ck_assert_int_eq(view(FIRST, v.until - 1).state, REP_BENCHED);
		t = v.until + 1000;
		rep_registry_tick(registry, t);
		v = view(FIRST, t);
		ck_assert_int_eq(v.state, REP_PROBATION);
		healthy(10, "", t);
		/* what came healthy on probation ends it */
		ck_assert_int_eq(view(FIRST, t).state, REP_ACTIVE);
	}
	/* an old call's outcome does not count for the new turn */
	ck_assert(rep_pool_ticket(registry, pool, FIRST, rep_span(""), &ticket));
	rep_pool_bench(registry, pool, FIRST, 1, REP_REASON_MANUAL, t);
	rep_registry_tick(registry, t + 2000);
	rep_ticket_count(registry, &ticket, REP_BLOCKED, t + 2000);
	v = view(FIRST, t + 2000);
	ck_assert_uint_eq(v.since_turn.n[REP_BLOCKED], 0);
	ck_assert_uint_ge(v.counts.n[REP_BLOCKED], 1);
}
END_TEST

START_TEST(probation_budget)
{
	rep_ticket_t t[40];
	unsigned n = 0;

	policy_set("min_available", "0");
	policy_set("max_benched_share", "1");
	put_numbers(1);
	rep_pool_bench(registry, pool, FIRST, 1, REP_REASON_MANUAL, NOW);
	while(n < 40 && pick_on("", NOW + 2 * S, &t[n], NULL))
		n++;
	ck_assert_uint_eq(n, 30);
	ck_assert_int_eq(view(FIRST, NOW + 2 * S).state, REP_PROBATION);
	/* a call that said nothing gives its place back */
	rep_ticket_count(registry, &t[0], REP_FAILED, NOW + 3 * S);
	rep_ticket_hang_up(registry, &t[0], NOW + 3 * S);
	ck_assert_uint_eq(pick_on("", NOW + 3 * S, &t[0], NULL), FIRST);
	for(unsigned k = 0; k < 30; k++) {
		rep_ticket_count(registry, &t[k], k % 4 ? REP_NOANSWER : REP_ANSWERED,
				NOW + 4 * S);
		rep_ticket_hang_up(registry, &t[k], NOW + 4 * S);
	}
	ck_assert_int_eq(view(FIRST, NOW + 4 * S).state, REP_ACTIVE);
	ck_assert_uint_eq(pick_and_end(NOW + 4 * S), FIRST);
}
END_TEST

START_TEST(strikes_decay)
{
	rep_time_t t = NOW, month = INT64_C(2592000) * S;

	policy_set("probation_calls", "0");
	put_numbers(10);
	healthy(10, "", t);
	count_n(FIRST, "", REP_BLOCKED, 20, t);
	ck_assert_uint_eq(view(FIRST, t).strikes, 1);
	t += 86400 * S + S;
	rep_registry_tick(registry, t);
	ck_assert_int_eq(view(FIRST, t).state, REP_ACTIVE);
	ck_assert_uint_eq(view(FIRST, t + month - 2 * S).strikes, 1);
	ck_assert_uint_eq(view(FIRST, t + month).strikes, 0);
}
END_TEST

START_TEST(benched_on_one_route)
{
	rep_route_view_t routes[4];
	rep_number_view_t v;
	rep_ticket_t t;
	size_t n;

	put_numbers(10);
	healthy(10, "east", NOW);
	healthy(10, "west", NOW + 5 * S);
	count_n(FIRST, "east", REP_BLOCKED, 15, NOW);
	ck_assert(rep_view_number(registry, pool, FIRST, NOW, &v, routes, 4, &n));
	ck_assert_int_eq(v.state, REP_ACTIVE);
	ck_assert_uint_eq(n, 2);
	for(size_t i = 0; i < n; i++)
		ck_assert_int_eq(routes[i].state,
				strcmp(routes[i].route, "east") ? REP_ACTIVE : REP_BENCHED);
	for(unsigned k = 0; k < 20; k++)
		ck_assert_uint_ne(pick_on("east", NOW, NULL, NULL), FIRST);
	for(unsigned k = 0, seen = 0; k < 10; k++, seen += t.number == FIRST)
		pick_on("west", NOW, &t, NULL);
	/* on the second route too: it is the number */
	count_n(FIRST, "west", REP_BLOCKED, 15, NOW);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_BENCHED);
}
END_TEST

/* Where there is one route, what rests on it is shown to rest. */
START_TEST(benched_on_the_only_route_shows)
{
	rep_pool_view_t whole;
	rep_number_view_t v;

	put_numbers(10);
	healthy(10, "east", NOW);
	count_n(FIRST, "east", REP_BLOCKED, 15, NOW);
	v = view(FIRST, NOW);
	ck_assert_int_eq(v.state, REP_BENCHED);
	ck_assert_int_eq(v.reason, REP_REASON_BLOCKED);
	ck_assert_int_gt(v.until, NOW);
	ck_assert(!v.usable);
	ck_assert_str_eq(v.benched_on, "east");
	ck_assert(rep_view_pool(registry, pool, NOW, &whole));
	ck_assert_uint_eq(whole.by_state[REP_BENCHED], 1);
	ck_assert_uint_eq(whole.by_state[REP_ACTIVE], 9);
	ck_assert_uint_eq(whole.usable, 9);
	/* in use on another route, it is bad on the one only */
	healthy(1, "west", NOW);
	v = view(FIRST, NOW);
	ck_assert_int_eq(v.state, REP_ACTIVE);
	ck_assert_str_eq(v.benched_on, "east");
}
END_TEST

START_TEST(rest_ends_on_a_whole_second)
{
	put_numbers(2);
	rep_pool_bench(registry, pool, FIRST, 5, REP_REASON_MANUAL, NOW + 1);
	ck_assert_int_eq(view(FIRST, NOW).until, NOW + 6 * S);
	rep_registry_tick(registry, NOW + 6 * S - 1);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_BENCHED);
	rep_registry_tick(registry, NOW + 6 * S);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_PROBATION);
}
END_TEST

START_TEST(reset_forgets)
{
	put_numbers(10);
	healthy(10, "", NOW);
	count_n(FIRST, "", REP_BLOCKED, 15, NOW);
	ck_assert(rep_pool_reset(registry, pool, FIRST, NOW));
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	ck_assert_uint_eq(view(FIRST, NOW).strikes, 0);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_ANSWERED], 0);
	ck_assert(!rep_pool_reset(registry, pool, 1, NOW));
}
END_TEST

/* ---- causes ---------------------------------------------------------- */

/* One hour's calls of ten numbers on each of two routes: `bad` says on which
 * nobody answers. */
static void one_hour(int p, const char *bad, rep_time_t t)
{
	static const char *const routes[] = {"east", "west"};

	for(unsigned r = 0; r < 2; r++)
		for(unsigned k = 0; k < 30; k++)
			for(unsigned i = 0; i < 10; i++) {
				unsigned dice = (k * 37 + i * 11 + r * 7) % 100;
				bool dead = strcmp(bad, "*") == 0 || !strcmp(bad, routes[r]);
				rep_ticket_t ticket;
				ck_assert(rep_pool_ticket(
						registry, p, FIRST + i, rep_span(routes[r]), &ticket));
				rep_ticket_count(registry, &ticket,
						dice < 30 && !dead ? REP_ANSWERED
						: dice < 92		   ? REP_NOANSWER
										   : REP_DECLINED,
						t + k * 100 * S);
				if(i == 0)
					rep_registry_tick(registry, t + k * 100 * S);
			}
}

static const rep_event_t *newest(rep_event_kind_t kind, int of_pool)
{
	static rep_event_t events[REP_EVENT_RING];
	uint64_t cursor = 0;
	size_t n = rep_events_read(
			rep_registry_events(registry), &cursor, events, REP_EVENT_RING);

	while(n-- > 0)
		if(events[n].kind == kind && events[n].pool == of_pool)
			return &events[n];
	return NULL;
}

START_TEST(cause_is_named)
{
	static const struct
	{
		const char *first, *second; /* where each pool goes dead */
		const char *route;			/* that the alarm names */
		const char *words;
		bool both;
	} cases[] = {
			{"east", "east", "east", "route east", true},
			{"*", "", "", "this pool", false},
			{"*", "*", "", "several pools", true},
	};
	const rep_event_t *event;
	int second = rep_registry_put(registry, rep_span("second"));
	rep_time_t t = NOW;

	put_numbers(10);
	for(unsigned i = 0; i < 10; i++)
		rep_pool_put(registry, second, FIRST + i, &plain, 0, 0, NOW);
	for(unsigned h = 0; h < 12; h++, t += HOUR) {
		one_hour(pool, "", t);
		one_hour(second, "", t);
	}
	ck_assert_ptr_null(newest(REP_EVENT_POOL_ALARM, pool));
	ck_assert_ptr_null(newest(REP_EVENT_POOL_ALARM, second));
	one_hour(pool, cases[_i].first, t);
	one_hour(second, cases[_i].second, t);
	event = newest(REP_EVENT_POOL_ALARM, pool);
	ck_assert_ptr_nonnull(event);
	ck_assert_str_eq(event->route, cases[_i].route);
	ck_assert_ptr_nonnull(strstr(event->detail, cases[_i].words));
	ck_assert_uint_gt(event->counts.n[REP_NOANSWER], 0);
	event = newest(REP_EVENT_POOL_ALARM, second);
	ck_assert(!event == !cases[_i].both);
	ck_assert_ptr_null(newest(REP_EVENT_BENCHED, pool));
	ck_assert_ptr_null(newest(REP_EVENT_BENCHED, second));
}
END_TEST

static bool held(int p, rep_chart_t chart, rep_time_t now)
{
	return registry->pools[p]->held_until[chart] > now;
}

/* While an alarm explains a chart, nobody is benched by that chart, and by the
 * others as ever; two hours at most. */
START_TEST(alarm_holds_its_chart)
{
	rep_time_t t = NOW;

	put_numbers(10);
	for(unsigned h = 0; h < 12; h++, t += HOUR)
		one_hour(pool, "", t);
	ck_assert(!held(pool, REP_CHART_LABELLED, t));
	one_hour(pool, "*", t);
	t += 2901 * S; /* just after the last tick of that hour */
	ck_assert(held(pool, REP_CHART_LABELLED, t));
	ck_assert(!held(pool, REP_CHART_BLOCKED, t));
	/* the shift lasts, the hold does not */
	for(unsigned h = 1; h < 4; h++)
		one_hour(pool, "*", t + h * HOUR);
	t += 3 * HOUR + 2901 * S;
	ck_assert(!held(pool, REP_CHART_LABELLED, t));
}
END_TEST

START_TEST(held_chart_benches_when_it_is_over)
{
	put_numbers(10);
	healthy(10, "", NOW);
	registry->pools[pool]->held_until[REP_CHART_BLOCKED] = NOW + HOUR;
	count_n(FIRST, "", REP_BLOCKED, 15, NOW);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	count_n(FIRST + 1, "", REP_UNWANTED, 15, NOW); /* another chart */
	ck_assert_int_eq(view(FIRST + 1, NOW).state, REP_BENCHED);
	count_n(FIRST, "", REP_BLOCKED, 1, NOW + HOUR);
	ck_assert_int_eq(view(FIRST, NOW + HOUR).state, REP_BENCHED);
}
END_TEST

START_TEST(day_follows_time_zone)
{
	/* 08:53:20 UTC is 19:53:20 of the day before at -13 h */
	put_numbers(1);
	policy_set("cap_day", "1");
	rep_pool_set_utc_offset(registry, pool, -13 * 3600);
	rep_registry_tick(registry, NOW);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
	ck_assert_int_eq(why_not(NOW + 4 * HOUR), REP_PICK_ALL_CAPPED);
	ck_assert_uint_eq(pick_and_end(NOW + 4 * HOUR + 400 * S), FIRST);
	rep_pool_set_utc_offset(registry, pool, 0);
	rep_registry_tick(registry, NOW + 5 * HOUR);
}
END_TEST

/* ---- evidence -------------------------------------------------------- */

START_TEST(counters_widen)
{
	put_numbers(1);
	count_n(FIRST, "", REP_NOANSWER, 255, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_NOANSWER], 255);
	count_n(FIRST, "", REP_NOANSWER, 1000, NOW);
	count_n(FIRST, "", REP_ANSWERED, 7, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_NOANSWER], 1255);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_ANSWERED], 7);
}
END_TEST

/* The window against a list of everything that was counted. */
START_TEST(window_sweep)
{
	static struct
	{
		rep_time_t at;
		unsigned number;
		rep_outcome_t outcome;
	} calls[5000];
	rep_time_t t = NOW;
	rep_number_view_t v;

	srand(1);
	policy_set("window_hours", "6");
	policy_set("false_bench_every", "1000000000");
	put_numbers(7);
	for(unsigned k = 0; k < 5000; k++) {
		rep_counts_t naive = {{0}};
		uint32_t oldest;
		unsigned i = (unsigned)rand() % 7;
		t += rand() % (20 * S);
		calls[k].at = t;
		calls[k].number = i;
		calls[k].outcome = rand() % 4 ? REP_NOANSWER : REP_ANSWERED;
		count_n(FIRST + i, rand() % 2 ? "a" : "b", calls[k].outcome, 1, t);
		if(k % 100)
			continue;
		rep_registry_tick(registry, t);
		oldest = (uint32_t)(t / HOUR) - 5;
		for(unsigned j = 0; j <= k; j++)
			if(calls[j].number == i && calls[j].at / HOUR >= oldest)
				naive.n[calls[j].outcome]++;
		v = view(FIRST + i, t);
		ck_assert_mem_eq(&v.counts, &naive, sizeof(naive));
	}
}
END_TEST

/* ---- sharing --------------------------------------------------------- */

START_TEST(cells_between_nodes)
{
	rep_registry_t *other = rep_registry_create(10);
	int there = rep_registry_put(other, rep_span("sales"));
	rep_number_view_t v;
	rep_cell_t cells[8];
	size_t n;

	put_numbers(1);
	rep_pool_put(other, there, FIRST, &plain, 0, 0, NOW);
	count_n(FIRST, "east", REP_ANSWERED, 3, NOW);
	count_n(FIRST, "", REP_BUSY, 2, NOW + 2 * HOUR);
	n = rep_pool_drain_cells(registry, pool, cells, 8);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(
			rep_pool_drain_cells(registry, pool, cells + n, 8 - n), 0);
	for(int again = 0; again < 2; again++) /* repeating is harmless */
		for(size_t i = 0; i < n; i++)
			ck_assert(rep_pool_put_others(
					other, there, &cells[i], NOW + 2 * HOUR));
	ck_assert(rep_view_number(
			other, there, FIRST, NOW + 2 * HOUR, &v, NULL, 0, NULL));
	ck_assert_uint_eq(v.counts.n[REP_ANSWERED], 3);
	ck_assert_uint_eq(v.counts.n[REP_BUSY], 2);
	/* others' counts are not this node's to give */
	ck_assert_uint_eq(rep_pool_drain_cells(other, there, cells, 8), 0);
	rep_pool_requeue_all(other, there);
	ck_assert_uint_eq(rep_pool_drain_cells(other, there, cells, 8), 0);
	rep_pool_requeue_all(registry, pool);
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, cells, 1), 1);
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, cells + 1, 7), 1);
	rep_pool_requeue_cells(registry, pool, cells, 1);
	ck_assert_uint_eq(rep_pool_drain_cells(registry, pool, cells, 8), 1);
	rep_registry_destroy(other);
}
END_TEST

/* What was benched before this proxy was there is no news to it. */
START_TEST(old_benches_are_not_announced)
{
	rep_record_t r = {.number = FIRST,
			.turn = 1,
			.state = REP_BENCHED,
			.reason = REP_REASON_BLOCKED,
			.since = NOW - 1,
			.until = NOW + HOUR,
			.strikes = 1};

	put_numbers(3);
	rep_registry_tick(registry, NOW);
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, true, NOW), 1);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_BENCHED);
	ck_assert_uint_eq(events_of(REP_EVENT_BENCHED), 0);
	r.number = FIRST + 1;
	r.since = NOW + S;
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, true, NOW + S), 1);
	ck_assert_uint_eq(events_of(REP_EVENT_BENCHED), 1);
}
END_TEST

START_TEST(records_between_nodes)
{
	rep_record_t r, theirs;

	put_numbers(3);
	rep_pool_bench(registry, pool, FIRST, 60, REP_REASON_MANUAL, NOW);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &r, 1), 1);
	ck_assert_uint_eq(r.turn, 1);
	ck_assert_int_eq(r.state, REP_BENCHED);
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, true, NOW), 0);
	theirs = r;
	theirs.until += 5 * S;
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &theirs, false, NOW), 0);
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &theirs, true, NOW), 1);
	ck_assert_int_eq(view(FIRST, NOW).until, theirs.until);
	theirs.turn = 2;
	theirs.state = REP_ACTIVE;
	theirs.reason = REP_REASON_NONE;
	theirs.until = 0;
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &theirs, false, NOW), 1);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	theirs.number = 999;
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &theirs, false, NOW), -1);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &r, 1), 0);
}
END_TEST

/* ---- robust ---------------------------------------------------------- */

START_TEST(memory_runs_out)
{
	for(long after = 0; after < 200; after++) {
		rep_registry_t *b;
		int p = REP_NO_POOL;
		rep_alloc_fail_after(after);
		b = rep_registry_create(1000);
		if(b)
			p = rep_registry_put(b, rep_span("p"));
		for(unsigned i = 0; p != REP_NO_POOL && i < 130; i++) {
			rep_ticket_t t;
			rep_pool_put(b, p, FIRST + i, &plain, 0, 0, NOW);
			if(rep_pool_pick(b, p, 1, rep_span("east"), NOW, false, &t).result
					== REP_PICKED) {
				for(unsigned k = 0; k < 300; k += 100)
					rep_ticket_count(b, &t, REP_BLOCKED, NOW + k * HOUR / 100);
				rep_ticket_hang_up(b, &t, NOW);
			}
		}
		if(b)
			rep_registry_tick(b, NOW);
		rep_alloc_fail_after(-1);
		rep_registry_destroy(b);
	}
}
END_TEST

START_TEST(routes_full)
{
	rep_registry_stats_t stats;
	char label[16];

	put_numbers(1);
	for(int i = 0; i < 100; i++) {
		snprintf(label, sizeof(label), "r%d", i);
		ck_assert_uint_eq(pick_on(label, NOW, NULL, NULL), FIRST);
	}
	rep_registry_stats(registry, &stats);
	ck_assert_uint_eq(stats.full_routes, 100 - (REP_ROUTES_MAX - 1));
}
END_TEST

START_TEST(clock_steps_back)
{
	put_numbers(2);
	policy_set("cap_minute", "1");
	ck_assert_uint_ne(pick_and_end(NOW), 0);
	ck_assert_uint_ne(pick_and_end(NOW - 3600 * S), 0);
	count_n(FIRST, "", REP_ANSWERED, 3, NOW);
	count_n(FIRST, "", REP_ANSWERED, 3, NOW - 2 * HOUR);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_ANSWERED], 6);
	count_n(FIRST, "", REP_ANSWERED, 1, -5);
	rep_registry_tick(registry, -5);
}
END_TEST

/* Numbers come, go, are called, benched and released at random: nothing that
 * may not be used is ever picked, and nothing that may is starved. */
START_TEST(random_sweep)
{
	enum
	{
		N = 40
	};
	bool there[N] = {false};
	rep_time_t t = NOW, benched_until[N] = {0};

	srand(7);
	policy_set("max_benched_share", "1");
	policy_set("min_available", "0");
	policy_set("probation_calls", "0");
	for(unsigned k = 0; k < 20000; k++) {
		unsigned i = (unsigned)rand() % N;
		rep_e164_t number = FIRST + i, picked;
		bool any = false;
		t += rand() % (2 * S);
		switch(rand() % 8) {
			case 0:
				rep_pool_put(registry, pool, number, &plain, 0, 0, t);
				if(!there[i])
					benched_until[i] = 0;
				there[i] = true;
				break;
			case 1:
				ck_assert(rep_pool_remove(registry, pool, number) == there[i]);
				there[i] = false;
				break;
			case 2:
				if(rep_pool_bench(
						   registry, pool, number, 30, REP_REASON_MANUAL, t))
					benched_until[i] = t + 30 * S;
				break;
			case 3:
				if(rep_pool_release(registry, pool, number, t))
					benched_until[i] = 0;
				break;
			default:
				picked = pick_and_end(t);
				for(unsigned j = 0; j < N; j++)
					any |= there[j] && benched_until[j] + S <= t;
				if(!picked) {
					ck_assert(!any);
					break;
				}
				i = (unsigned)(picked - FIRST);
				ck_assert(there[i] && benched_until[i] <= t);
		}
		if(k % 50 == 0)
			rep_registry_tick(registry, t);
	}
}
END_TEST

Suite *registry_suite(void)
{
	Suite *suite = suite_create("book");
	TCase *tc = tcase_create("book");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, pools_basic);
	tcase_add_test(tc, numbers_sweep);
	tcase_add_test(tc, numbers_full);
	tcase_add_test(tc, ticket_outlives_number);
	tcase_add_test(tc, pick_least_recent);
	tcase_add_test(tc, pick_weighted);
	tcase_add_test(tc, pick_reasons);
	tcase_add_test(tc, caps);
	tcase_add_test(tc, cap_day_and_warmup);
	tcase_add_test(tc, share_benched);
	tcase_add_test(tc, small_pools);
	tcase_add_test(tc, benched_by_evidence);
	tcase_add_test(tc, rest_probation_strikes);
	tcase_add_test(tc, probation_budget);
	tcase_add_test(tc, strikes_decay);
	tcase_add_test(tc, benched_on_one_route);
	tcase_add_test(tc, benched_on_the_only_route_shows);
	tcase_add_test(tc, rest_ends_on_a_whole_second);
	tcase_add_test(tc, reset_forgets);
	tcase_add_loop_test(tc, cause_is_named, 0, 3);
	tcase_add_test(tc, alarm_holds_its_chart);
	tcase_add_test(tc, held_chart_benches_when_it_is_over);
	tcase_add_test(tc, day_follows_time_zone);
	tcase_add_test(tc, counters_widen);
	tcase_add_test(tc, window_sweep);
	tcase_add_test(tc, cells_between_nodes);
	tcase_add_test(tc, old_benches_are_not_announced);
	tcase_add_test(tc, records_between_nodes);
	tcase_add_test(tc, memory_runs_out);
	tcase_add_test(tc, routes_full);
	tcase_add_test(tc, clock_steps_back);
	tcase_add_test(tc, random_sweep);
	suite_add_tcase(suite, tc);
	return suite;
}
