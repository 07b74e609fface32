/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool to try things on, with a look inside. */

#ifndef REP_POOL_TEST_H
#define REP_POOL_TEST_H

#include <check.h>
#include <stdio.h>

#include "engine/pool/by_hand.h"
#include "engine/pool/count.h"
#include "engine/pool/numbers.h"
#include "engine/pool/pick.h"
#include "engine/pool/pool.h"
#include "engine/pool/pool_policy.h"
#include "engine/pool/pools.h"
#include "engine/pool/records.h"
#include "engine/pool/registry.h"
#include "engine/pool/tick.h"
#include "engine/pool/view.h"

#define NOW INT64_C(1760000000000) /* a Thursday, 08:53:20 UTC */
#define FIRST UINT64_C(15551230001)
#define S 1000
#define MINUTE (60 * S)
#define HOUR (60 * MINUTE)
#define DAY (24 * (rep_time_t)HOUR)

static const rep_attrs_t plain = {.weight = 1, .status = REP_ACTIVE};

static rep_registry_t *registry; /* each file has its own */
static int pool;

static inline void policy_set(
		const char *field, const char *value, rep_time_t now)
{
	rep_policy_t policy;
	char why[160];

	ck_assert(rep_pool_policy(registry, pool, &policy));
	ck_assert_ptr_null(rep_policy_set(
			&policy, rep_span(field), rep_span(value), why, sizeof(why)));
	rep_pool_set_policy(registry, pool, &policy, now);
}

static inline void put_numbers(unsigned n)
{
	for(unsigned i = 0; i < n; i++)
		ck_assert_int_eq(
				rep_pool_put(registry, pool, FIRST + i, &plain, 1, 1, NOW), 1);
}

static inline void setup(void)
{
	registry = rep_registry_create(100000);
	ck_assert_ptr_nonnull(registry);
	pool = rep_registry_put(registry, rep_span("sales"));
	ck_assert_int_eq(pool, 0);
	policy_set("rest_jitter", "0", NOW);
	policy_set("sticky", "0", NOW); /* the order is what most of them look at */
}

static inline void teardown(void)
{
	rep_registry_destroy(registry);
}

/* The pool as the core sees it: for how much it holds. */
static inline rep_pool_t *inside(void)
{
	return registry->pools[pool];
}

static inline rep_pick_t pick(
		const char *route, rep_time_t now, bool dry, rep_ticket_t *ticket)
{
	*ticket = (rep_ticket_t){0};
	return rep_pool_pick(
			registry, pool, 15557770000, rep_span(route), now, dry, ticket)
			.result;
}

static inline rep_pick_t try_on(const char *route, rep_time_t now)
{
	rep_ticket_t t;

	return pick(route, now, true, &t);
}

/* `n` calls through the pool with this outcome; how many of them with the
 * first number. */
static inline unsigned calls(unsigned n, rep_outcome_t outcome, rep_time_t now)
{
	unsigned of_first = 0;
	rep_ticket_t t;

	for(unsigned i = 0; i < n; i++) {
		ck_assert_int_eq(pick("", now, false, &t), REP_PICKED);
		of_first += t.number == FIRST;
		rep_ticket_count(registry, &t, outcome, now);
		rep_ticket_hang_up(registry, &t, now);
	}
	return of_first;
}

static inline void count(rep_e164_t number, const char *route,
		rep_outcome_t outcome, unsigned n, rep_time_t now)
{
	rep_ticket_t t;

	while(n-- > 0) {
		ck_assert(rep_pool_ticket(registry, pool, number, rep_span(route), &t));
		ck_assert(rep_ticket_count(registry, &t, outcome, now));
	}
}

static inline rep_number_view_t view(rep_e164_t number, rep_time_t now)
{
	rep_number_view_t v;

	ck_assert(rep_view_number(registry, pool, number, now, &v, NULL, 0, NULL));
	return v;
}

/* Another node's verdict, of its first turn unless told otherwise. */
static inline rep_record_t record(rep_e164_t number, const char *route,
		rep_state_t state, rep_time_t now, rep_time_t rest)
{
	rep_record_t r = {.number = number,
			.turn = 1,
			.state = state,
			.reason = REP_REASON_BLOCKED,
			.since = now,
			.until = rest ? now + rest : 0,
			.struck = now,
			.strikes = 1};

	snprintf(r.route, sizeof(r.route), "%s", route);
	return r;
}

static inline void bench_on(
		const char *route, unsigned first, unsigned numbers, rep_time_t rest)
{
	for(unsigned i = first; i < first + numbers; i++) {
		rep_record_t r = record(FIRST + i, route, REP_BENCHED, NOW, rest);
		ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, false, NOW), 1);
	}
}

static inline void bench(rep_e164_t number)
{
	ck_assert_int_eq(rep_pool_bench(registry, pool, number, rep_span(""), 86400,
							 REP_REASON_MANUAL, NOW),
			REP_DONE);
}

/* Pick on a route; returns the number or 0, `*why` the result. */
static inline rep_e164_t pick_on(const char *route, rep_time_t now,
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

static inline rep_pick_t why_not(rep_time_t now)
{
	rep_pick_t why;

	ck_assert_uint_eq(pick_on("", now, NULL, &why), 0);
	return why;
}

/* Pick and end the call at once. */
static inline rep_e164_t pick_and_end(rep_time_t now)
{
	rep_ticket_t t;
	rep_e164_t number = pick_on("", now, &t, NULL);

	rep_ticket_hang_up(registry, &t, now);
	return number;
}

/* Healthy calls on every number of a pool, so that the baseline is known. */
static inline void healthy(unsigned numbers, const char *route, rep_time_t now)
{
	for(unsigned k = 0; k < 100; k++)
		for(unsigned i = 0; i < numbers; i++) {
			unsigned dice = (k * 37 + i) % 100; /* each value once */
			count(FIRST + i, route,
					dice < 25	? REP_ANSWERED
					: dice < 81 ? REP_NOANSWER
					: dice < 89 ? REP_BUSY
					: dice < 97 ? REP_DECLINED
								: REP_SHORT,
					1, now);
		}
	rep_registry_tick(registry, now + 2 * S);
}

static inline unsigned events_of(rep_event_kind_t kind)
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

#endif
