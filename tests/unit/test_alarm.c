/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pool-wide causes from begin to end, and the benches that they hold. */

#include <math.h>

#include "engine/judge/bucket.h"
#include "engine/pool/alarm.h"
#include "engine/pool/evidence.h"
#include "engine/pool/exchange.h"
#include "engine/pool/lock.h"
#include "engine/pool/routes.h"
#include "engine/pool/strata.h"

#include "pool_test.h"
#include "suites.h"

#define N(table) ((int)(sizeof(table) / sizeof(*(table))))
#define EIGHT (NOW - NOW % DAY) /* counts as eight in the morning here */

/* ---- traffic ------------------------------------------------------------- */

/* Calls of a pool in one stratum. */
typedef struct stream
{
	int pool;
	const char *route, *campaign, *network;
	double an_hour;
	/* what happens to them, in this time */
	rep_outcome_t more; /* the outcome that there is more of */
	double by;			/* share of the other calls that become so; 0 = none */
	rep_time_t from, to;
	double due;
} stream_t;

static uint64_t state;
static uint32_t struck; /* so many of the ten numbers; 0 = all */
static uint32_t callers;

static double uniform(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (double)(state >> 11) * 0x1p-53;
}

/* 25% answered, 8% declined, 8% busy, else no answer; now and then a 607. */
static rep_outcome_t healthy_outcome(void)
{
	double u = uniform();

	return u < 0.25	   ? REP_ANSWERED
		   : u < 0.33  ? REP_DECLINED
		   : u < 0.41  ? REP_BUSY
		   : u < 0.413 ? REP_UNWANTED
		   : u < 0.417 ? REP_BLOCKED
					   : REP_NOANSWER;
}

static void one_call(stream_t *s, rep_time_t now)
{
	rep_outcome_t outcome = healthy_outcome();
	uint32_t number = (uint32_t)(uniform() * callers);
	rep_pool_t *p = rep_pool_lock(registry, s->pool);
	uint32_t stratum = rep_stratum_put(p, rep_route_put(p, rep_span(s->route)),
			rep_campaign_put(p, rep_span(s->campaign)),
			rep_network_put(p, rep_span(s->network)), false);

	if(s->by > 0 && now >= s->from && now < s->to
			&& (!struck || number < struck) && uniform() < s->by)
		outcome = s->more;
	ck_assert(
			rep_evidence_count(p, number, 0, (uint16_t)stratum, outcome, now));
	rep_pool_unlock(p);
}

/* From `t` for so many minutes; returns when it ends. Minutes without a call
 * on any stream pass too. */
static rep_time_t go_on(
		stream_t *streams, unsigned n, rep_time_t t, unsigned minutes)
{
	while(minutes-- > 0) {
		for(unsigned i = 0; i < n; i++)
			for(streams[i].due += streams[i].an_hour / 60; streams[i].due >= 1;
					streams[i].due--)
				one_call(&streams[i], t);
		t += MINUTE;
		rep_alarms_tick(registry, t);
	}
	return t;
}

/* Pools `sales`, `second` and `third` of ten numbers each. */
static void three_pools(void)
{
	state = 7;
	struck = 0;
	callers = 10;
	put_numbers(10);
	ck_assert_int_eq(rep_registry_put(registry, rep_span("second")), 1);
	ck_assert_int_eq(rep_registry_put(registry, rep_span("third")), 2);
	for(int p = 1; p < 3; p++)
		for(unsigned i = 0; i < 10; i++)
			rep_pool_put(registry, p, FIRST + i, &plain, 0, 0, NOW);
}

/* ---- events -------------------------------------------------------------- */

static const rep_event_t *nth(rep_event_kind_t kind, int of_pool, unsigned nth)
{
	static rep_event_t events[REP_EVENT_RING];
	uint64_t cursor = 0;
	size_t n = rep_events_read(
			rep_registry_events(registry), &cursor, events, REP_EVENT_RING);

	for(size_t i = 0; i < n; i++)
		if(events[i].kind == kind && (of_pool < 0 || events[i].pool == of_pool)
				&& nth-- == 0)
			return &events[i];
	return NULL;
}

static unsigned alarms_of(int of_pool)
{
	unsigned n = 0;

	while(nth(REP_EVENT_POOL_ALARM, of_pool, n))
		n++;
	return n;
}

static unsigned overs_of(int of_pool)
{
	unsigned n = 0;

	while(nth(REP_EVENT_POOL_ALARM_OVER, of_pool, n))
		n++;
	return n;
}

static bool held(int p, rep_chart_t chart, rep_time_t now)
{
	return registry->pools[p]->held_until[chart] > now;
}

/* ---- begin and end ------------------------------------------------------- */

/* An hour's shift is seen whichever minute it starts in, once, and its end is
 * seen too. */
START_TEST(shift_of_an_hour)
{
	stream_t s = {0, "", "", "", 400, REP_DECLINED, 0.2, 0, 0, 0};
	const rep_event_t *begin, *end;
	rep_time_t t;

	three_pools();
	t = go_on(&s, 1, EIGHT, 12 * 60);
	ck_assert_uint_eq(alarms_of(-1), 0);
	s.from = t + _i * 10 * MINUTE;
	s.to = s.from + HOUR;
	go_on(&s, 1, t, 6 * 60);
	ck_assert_uint_eq(alarms_of(-1), 1);
	ck_assert_uint_eq(overs_of(-1), 1);
	begin = nth(REP_EVENT_POOL_ALARM, 0, 0);
	ck_assert_int_gt(begin->at, s.from);
	ck_assert_int_le(begin->at, s.from + 90 * MINUTE);
	ck_assert_int_eq(begin->since, begin->at);
	ck_assert_ptr_nonnull(
			strstr(begin->detail, "this pool shifts (rejected): declined"));
	t = begin->at;
	end = nth(REP_EVENT_POOL_ALARM_OVER, 0, 0);
	ck_assert_int_eq(end->since, t);
	ck_assert_int_gt(end->at, s.to + HOUR);
	ck_assert_int_le(end->at, s.to + 2 * HOUR + 10 * MINUTE);
	ck_assert_int_eq(end->reason, REP_REASON_REJECTED);
	ck_assert_ptr_nonnull(strstr(
			end->detail, "this pool shifts no more (rejected): declined"));
}
END_TEST

/* One shift is one alarm, however long it lasts and however near its score is
 * to the limit; nor is one that has stopped forgotten at once. */
static const struct
{
	double an_hour, by;
	rep_outcome_t more;
	unsigned hours;
} long_ones[] = {
		{400, 0.2, REP_DECLINED, 12},
		{400, 0.12, REP_DECLINED, 12},
		{100, 0.2, REP_DECLINED, 12},
		{60, 0.7, REP_NOANSWER, 12},
		{1000, 0.5, REP_NOANSWER, 12},
		{100, 0.1, REP_BLOCKED, 20},
};

START_TEST(shift_of_many_hours)
{
	stream_t s = {0, "", "", "", long_ones[_i].an_hour, long_ones[_i].more,
			long_ones[_i].by, 0, 0, 0};
	rep_time_t t;

	three_pools();
	t = go_on(&s, 1, EIGHT, 24 * 60);
	ck_assert_uint_eq(alarms_of(-1), 0);
	s.from = t + 25 * MINUTE;
	s.to = s.from + long_ones[_i].hours * (rep_time_t)HOUR;
	go_on(&s, 1, t, (long_ones[_i].hours + 4) * 60);
	ck_assert_uint_eq(alarms_of(-1), 1);
	ck_assert_uint_eq(overs_of(-1), 1);
	ck_assert_int_gt(nth(REP_EVENT_POOL_ALARM_OVER, 0, 0)->at, s.to);
}
END_TEST

/* Nobody calls at night: that is no end. */
START_TEST(silence_is_no_end)
{
	stream_t s = {0, "", "", "", 400, REP_NOANSWER, 0.7, 0, 0, 0};
	rep_time_t t, morning;

	three_pools();
	t = go_on(&s, 1, EIGHT, 12 * 60);
	s.from = t;
	s.to = t + 100 * DAY;
	t = go_on(&s, 1, t, 2 * 60);
	morning = go_on(&s, 0, t, 12 * 60);
	ck_assert_uint_eq(alarms_of(-1), 1);
	ck_assert_uint_eq(overs_of(-1), 0);
	if(_i == 0) { /* it goes on in the morning, for a while */
		t = go_on(&s, 1, morning, 2 * 60);
		ck_assert_uint_eq(overs_of(-1), 0);
		s.to = t;
		go_on(&s, 1, t, 3 * 60);
	} else if(_i == 1) { /* it is gone in the morning */
		s.to = morning;
		go_on(&s, 1, morning, 2 * 60);
	} else { /* nobody calls any more */
		go_on(&s, 0, morning, 14 * 60);
	}
	ck_assert_uint_eq(alarms_of(-1), 1);
	ck_assert_uint_eq(overs_of(-1), 1);
}
END_TEST

/* Another chart, while a first cause lasts. */
START_TEST(second_cause_of_a_pool)
{
	stream_t s = {0, "", "", "", 400, REP_DECLINED, 0.2, 0, 0, 0};
	rep_time_t t;

	three_pools();
	t = go_on(&s, 1, EIGHT, 12 * 60);
	s.from = t;
	s.to = t + 100 * DAY;
	t = go_on(&s, 1, t, 3 * 60);
	ck_assert_uint_eq(alarms_of(-1), 1);
	s.more = REP_BLOCKED;
	go_on(&s, 1, t, 60);
	ck_assert_uint_eq(alarms_of(-1), 2);
	ck_assert_int_eq(
			nth(REP_EVENT_POOL_ALARM, 0, 1)->reason, REP_REASON_BLOCKED);
}
END_TEST

/* ---- which dimension ----------------------------------------------------- */

static const struct
{
	int pool; /* -1 = all; likewise "" below */
	const char *route, *campaign, *network;
	const char *words, *named; /* the event's route */
	unsigned pools;			   /* that are told */
} places[] = {
		{1, "", "", "", "this pool shifts", "", 1},
		{-1, "east", "", "", "route east shifts", "east", 3},
		{-1, "", "spring list", "", "campaign spring list shifts", "", 3},
		{-1, "", "", "carrier-x", "network carrier-x shifts", "", 3},
		{-1, "", "", "", "several pools at once shift", "", 3},
};

START_TEST(place_is_named)
{
	static const char *const routes[] = {"east", "west"};
	static const char *const campaigns[] = {"spring list", "summer"};
	static const char *const networks[] = {"carrier-x", "carrier-y"};
	stream_t s[24];
	unsigned told = 0;
	rep_time_t t;

	three_pools();
	for(int i = 0; i < 24; i++)
		s[i] = (stream_t){i / 8, routes[i & 1], campaigns[i >> 1 & 1],
				networks[i >> 2 & 1], 50, REP_NOANSWER, 0, 0, 0, 0};
	t = go_on(s, 24, EIGHT, 12 * 60);
	ck_assert_uint_eq(alarms_of(-1), 0);
	for(int i = 0; i < 24; i++) {
		s[i].from = t + 30 * MINUTE;
		s[i].to = s[i].from + HOUR;
		if((places[_i].pool < 0 || s[i].pool == places[_i].pool)
				&& (!*places[_i].route
						|| strcmp(s[i].route, places[_i].route) == 0)
				&& (!*places[_i].campaign
						|| strcmp(s[i].campaign, places[_i].campaign) == 0)
				&& (!*places[_i].network
						|| strcmp(s[i].network, places[_i].network) == 0))
			s[i].by = 0.7;
	}
	go_on(s, 24, t, 4 * 60);
	for(int p = 0; p < 3; p++) {
		const rep_event_t *event = nth(REP_EVENT_POOL_ALARM, p, 0);
		if(!event)
			continue;
		told++;
		ck_assert_uint_eq(alarms_of(p), 1);
		ck_assert_uint_eq(overs_of(p), 1);
		ck_assert_msg(
				strstr(event->detail, places[_i].words), "%s", event->detail);
		ck_assert_str_eq(event->route, places[_i].named);
	}
	ck_assert_uint_eq(told, places[_i].pools);
}
END_TEST

/* Which pool stands where in the list makes no difference: each is asked with
 * its own policy. The one that is deaf to declines is asked of them by no
 * chart. */
START_TEST(policies_of_their_own)
{
	stream_t s[2] = {{0, "", "", "", 400, REP_DECLINED, 0.2, 0, 0, 0},
			{1, "", "", "", 400, REP_DECLINED, 0.2, 0, 0, 0}};
	rep_time_t t;

	three_pools();
	pool = _i;
	policy_set("weights_rejected", "unwanted:2.5", NOW);
	policy_set("weights_labelled", "answered:-0.01", NOW);
	pool = 0;
	t = go_on(s, 2, EIGHT, 12 * 60);
	for(int i = 0; i < 2; i++) {
		s[i].from = t;
		s[i].to = t + HOUR;
	}
	go_on(s, 2, t, 2 * 60);
	ck_assert_uint_eq(alarms_of(_i), 0);
	ck_assert_uint_eq(alarms_of(!_i), 1);
}
END_TEST

/* One number that goes bad is no cause, however few the pool's calls are, or
 * if nobody else calls: it is judged itself, and nothing is held. Two are the
 * pool's matter. */
START_TEST(one_number_is_no_cause)
{
	stream_t s = {0, "", "", "", 100, REP_BLOCKED, 1, 0, 0, 0};
	unsigned minutes = 0;
	rep_time_t t;

	three_pools();
	callers = _i == 2 ? 1 : 10;
	t = go_on(&s, 1, EIGHT, 24 * 60);
	s.from = t;
	s.to = t + 100 * DAY;
	struck = _i == 1 ? 2 : 1;
	while(minutes < 5 * 60) {
		t = go_on(&s, 1, t, 1);
		minutes++;
		if(struck == 1)
			ck_assert(!held(0, REP_CHART_BLOCKED, t));
	}
	ck_assert_uint_eq(alarms_of(-1), _i == 1);
}
END_TEST

/* ---- what other proxies count -------------------------------------------- */

/* Ours are healthy. Theirs, a few minutes old at most, are part of the hour;
 * those of the day before, read late, are not. */
START_TEST(others_count)
{
	rep_cell_t cell = {.number = 0};
	stream_t s = {0, "", "", "", 400, REP_DECLINED, 0, 0, 0, 0};
	rep_time_t t;

	three_pools();
	t = go_on(&s, 1, EIGHT, 24 * 60);
	cell.bucket = rep_bucket_of(
			&inside()->policy, t - (_i ? 0 : 20 * (rep_time_t)HOUR));
	for(unsigned m = 0; m < 30; m++) {
		cell.counts.n[REP_BLOCKED]++;
		for(unsigned i = 0; i < 5; i++) {
			cell.number = FIRST + i;
			ck_assert(rep_pool_put_others(registry, 0, &cell, 1, t));
		}
		t = go_on(&s, 1, t, 1);
	}
	ck_assert_uint_eq(alarms_of(0), (unsigned)_i);
	go_on(&s, 1, t, 4 * 60);
	ck_assert_uint_eq(overs_of(0), (unsigned)_i);
}
END_TEST

/* ---- benches ------------------------------------------------------------- */

/* While an alarm explains a chart, nobody is benched by that chart, and by the
 * others as ever; two hours at most, from its begin on. */
START_TEST(alarm_holds_its_chart)
{
	stream_t s = {0, "", "", "", 400, REP_NOANSWER, 1, 0, 0, 0};
	rep_time_t t, begin;

	three_pools();
	t = go_on(&s, 1, EIGHT, 12 * 60);
	ck_assert(!held(0, REP_CHART_LABELLED, t));
	s.from = t;
	s.to = t + 12 * HOUR;
	t = go_on(&s, 1, t, 60);
	ck_assert(held(0, REP_CHART_LABELLED, t));
	ck_assert(!held(0, REP_CHART_BLOCKED, t));
	ck_assert(!held(1, REP_CHART_LABELLED, t));
	begin = nth(REP_EVENT_POOL_ALARM, 0, 0)->at;
	while(t < begin + 12 * HOUR) {
		t = go_on(&s, 1, t, 1);
		ck_assert(held(0, REP_CHART_LABELLED, t)
				  == (t < begin + 2 * HOUR + MINUTE));
	}
}
END_TEST

/* A shift that shows on two charts is held on both, whichever is named. */
START_TEST(alarm_holds_what_shows)
{
	stream_t s[2] = {{0, "", "", "", 300, REP_DECLINED, 0.4, 0, 0, 0},
			{0, "", "", "", 300, REP_NOANSWER, 1, 0, 0, 0}};
	rep_time_t t;

	three_pools();
	t = go_on(s, 2, EIGHT, 12 * 60);
	for(int i = 0; i < 2; i++) {
		s[i].from = t;
		s[i].to = t + 12 * HOUR;
	}
	t = go_on(s, 2, t, 60);
	ck_assert(held(0, REP_CHART_LABELLED, t));
	ck_assert(held(0, REP_CHART_REJECTED, t));
	ck_assert(!held(0, REP_CHART_BLOCKED, t));
}
END_TEST

/* At 60 calls an hour, one person who pressed the button is no burnt pool. */
START_TEST(one_complaint_lifts_no_hold)
{
	stream_t s = {0, "", "", "", 60, REP_DECLINED, 0.4, 0, 0, 0};
	rep_time_t t, begin = 0;

	three_pools();
	t = go_on(&s, 1, EIGHT, 48 * 60);
	s.from = t;
	s.to = t + 12 * HOUR;
	while(!begin) {
		const rep_event_t *event;
		t = go_on(&s, 1, t, 1);
		ck_assert_int_lt(t, s.from + HOUR);
		event = nth(REP_EVENT_POOL_ALARM, 0, 0);
		begin = event ? event->at : 0;
	}
	/* the share declined stays below its ceiling of a quarter by chance */
	s.by = 0.15;
	count(FIRST, "", REP_UNWANTED, _i ? 6 : 1, t);
	go_on(&s, 1, t, 10);
	ck_assert(held(0, REP_CHART_REJECTED, t + 10 * MINUTE) == !_i);
}
END_TEST

START_TEST(held_chart_benches_when_it_is_over)
{
	put_numbers(10);
	healthy(10, "", NOW);
	registry->pools[pool]->held_until[REP_CHART_BLOCKED] = NOW + HOUR;
	count(FIRST, "", REP_BLOCKED, 15, NOW);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	count(FIRST + 1, "", REP_UNWANTED, 25, NOW); /* another chart */
	ck_assert_int_eq(view(FIRST + 1, NOW).state, REP_BENCHED);
	count(FIRST, "", REP_BLOCKED, 1, NOW + HOUR);
	ck_assert_int_eq(view(FIRST, NOW + HOUR).state, REP_BENCHED);
}
END_TEST

/* ---- robust -------------------------------------------------------------- */

/* A pool that goes, a clock that is set back, more labels and strata than
 * there is room for: no harm. */
START_TEST(odd_times)
{
	stream_t s = {0, "", "", "", 400, REP_NOANSWER, 1, 0, 0, 0};
	rep_time_t t;

	three_pools();
	t = go_on(&s, 1, EIGHT, 12 * 60);
	s.from = t;
	s.to = t + 100 * DAY;
	t = go_on(&s, 1, t, 60);
	ck_assert_uint_eq(alarms_of(0), 1);
	if(_i == 0) {
		rep_registry_drop(registry, 0);
		go_on(&s, 0, t, 30 * 60);
		ck_assert_uint_eq(overs_of(-1), 0);
	} else if(_i == 1) {
		t = go_on(&s, 1, t - 5 * HOUR, 60);
		ck_assert_uint_eq(alarms_of(0), 1);
		ck_assert(held(0, REP_CHART_LABELLED, t));
	} else {
		char label[8];

		for(unsigned i = 0; i < 300; i++) {
			stream_t more = {(int)(i % 3), "", label, label, 60, 0, 0, 0, 0, 0};
			snprintf(label, sizeof(label), "%u", i % 60);
			more.network = i < 60 ? "" : label;
			more.route = i < 150 ? "" : label;
			for(int k = 0; k < 10; k++)
				one_call(&more, t);
		}
		s.to = t;
		go_on(&s, 1, t, 3 * 60);
		ck_assert_uint_eq(overs_of(-1), alarms_of(-1));
	}
}
END_TEST

Suite *alarm_suite(void)
{
	Suite *suite = suite_create("alarm");
	TCase *tc = tcase_create("alarm");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, shift_of_an_hour, 0, 6);
	tcase_add_loop_test(tc, shift_of_many_hours, 0, N(long_ones));
	tcase_add_loop_test(tc, silence_is_no_end, 0, 3);
	tcase_add_test(tc, second_cause_of_a_pool);
	tcase_add_loop_test(tc, place_is_named, 0, N(places));
	tcase_add_loop_test(tc, policies_of_their_own, 0, 2);
	tcase_add_loop_test(tc, one_number_is_no_cause, 0, 3);
	tcase_add_loop_test(tc, others_count, 0, 2);
	tcase_add_test(tc, alarm_holds_its_chart);
	tcase_add_test(tc, alarm_holds_what_shows);
	tcase_add_loop_test(tc, one_complaint_lifts_no_hold, 0, 2);
	tcase_add_test(tc, held_chart_benches_when_it_is_over);
	tcase_add_loop_test(tc, odd_times, 0, 3);
	suite_add_tcase(suite, tc);
	return suite;
}
