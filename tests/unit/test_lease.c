/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Caps over several proxies: never exceeded, whatever is lost between them and
 * the place where leases are granted; used up, when nothing is. */

#include "engine/pool/grants.h"
#include "engine/pool/known.h"
#include "engine/pool/leases.h"
#include "engine/pool/count.h"
#include "engine/pool/records.h"
#include "pool_test.h"
#include "suites.h"

#define NODES 3
#define NUMBERS 4
#define GRANTS 4096
#define ASKS 64

/* ---- the place where leases are granted, as simple as can be ------------- */

typedef struct grant
{
	rep_e164_t number;
	int cap;
	uint32_t at, writer, given, used, call;
} grant_t;

static grant_t grants[GRANTS];
static size_t n_grants;
static uint32_t writers, random_state;

static uint32_t dice(uint32_t sides)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % sides;
}

static grant_t *grant_of(const rep_lease_ask_t *ask, uint32_t writer)
{
	size_t i = 0;

	while(i < n_grants
			&& (grants[i].number != ask->number || grants[i].cap != ask->cap
					|| grants[i].at != ask->at || grants[i].writer != writer))
		i++;
	ck_assert_uint_lt(i, GRANTS);
	if(i == n_grants)
		grants[n_grants++] = (grant_t){.number = ask->number,
				.cap = ask->cap,
				.at = ask->at,
				.writer = writer};
	return &grants[i];
}

static void serve(rep_lease_ask_t *ask, uint32_t writer, uint32_t call)
{
	grant_t *mine = grant_of(ask, writer);
	uint32_t others = 0, spare = 0, room;

	for(size_t i = 0; i < n_grants; i++)
		if(grants[i].number == ask->number && grants[i].cap == ask->cap
				&& grants[i].at == ask->at && grants[i].writer != writer) {
			others += grants[i].given;
			spare += grants[i].given - grants[i].used;
		}
	room = ask->limit > others + ask->have ? ask->limit - others - ask->have
										   : 0;
	ask->granted = ask->have;
	ask->wanted = ask->want > ask->have && !room;
	if(room && ask->want > ask->have)
		ask->granted += ask->want - ask->have < (room + 1) / 2
								? ask->want - ask->have
								: (room + 1) / 2;
	if(call <= mine->call)
		return; /* a duplicate that comes late */
	mine->given = ask->granted;
	mine->used = ask->used;
	mine->call = call;
	ask->others = others;
	ask->spare = spare;
	ask->left = ask->limit > others + mine->given
						? ask->limit - others - mine->given
						: 0;
	/* the holders are told at their next call: here, at once */
	ask->wanted = ask->wanted || (ask->left == 0 && dice(2));
}

/* ---- proxies --------------------------------------------------------------- */

typedef struct node
{
	rep_registry_t *registry;
	uint32_t writer, calls;
	bool cut;
	rep_lease_ask_t late[ASKS]; /* a call that is still on its way */
	size_t n_late;
	uint32_t late_call;
} node_t;

static node_t nodes[NODES];
static unsigned used[NUMBERS + 1], total;

static void begin(node_t *node, const char *field, const char *cap)
{
	rep_registry_t *mine = rep_registry_create(1000);

	*node = (node_t){.registry = mine, .writer = ++writers};
	registry = mine;
	rep_registry_lease(mine, true);
	pool = rep_registry_put(mine, rep_span("sales"));
	policy_set(field, cap, NOW);
	put_numbers(NUMBERS);
}

static void begin_all(const char *field, const char *cap)
{
	n_grants = writers = total = 0;
	memset(used, 0, sizeof(used));
	for(int i = 0; i < NODES; i++)
		begin(&nodes[i], field, cap);
}

static void end_all(void)
{
	for(int i = 0; i < NODES; i++)
		rep_registry_destroy(nodes[i].registry);
	registry = NULL;
}

/* `trouble` of 100: the call or its answer is lost, or it comes again later. */
static void exchange(node_t *node, unsigned trouble, rep_time_t now)
{
	rep_lease_ask_t asks[ASKS];
	size_t n = rep_pool_lease_asks(node->registry, pool, now, asks, ASKS);
	bool lost = node->cut || dice(100) < trouble;
	uint32_t call = ++node->calls;

	if(n == 0)
		return;
	if(trouble && node->n_late == 0 && dice(4) == 0) {
		memcpy(node->late, asks, sizeof(asks));
		node->n_late = n;
		node->late_call = call;
	}
	if(!node->cut && !(lost && dice(2)))
		for(size_t i = 0; i < n; i++)
			serve(&asks[i], node->writer, call);
	if(lost)
		rep_pool_lease_requeue(node->registry, pool, asks, n);
	else
		rep_pool_lease_answers(node->registry, pool, asks, n, 0, now);
	if(node->n_late && dice(5) == 0) {
		for(size_t i = 0; i < node->n_late; i++)
			serve(&node->late[i], node->writer, node->late_call);
		node->n_late = 0;
	}
}

static bool call(node_t *node, rep_time_t now)
{
	rep_ticket_t t = {0};

	if(rep_pool_pick(
			   node->registry, pool, 15557770000, rep_span(""), now, false, &t)
					.result
			!= REP_PICKED)
		return false;
	used[t.number - FIRST]++;
	total++;
	if(dice(10) == 0) {
		rep_ticket_cancel(node->registry, &t, now);
		used[t.number - FIRST]--;
		total--;
	} else {
		rep_ticket_hang_up(node->registry, &t, now);
	}
	return true;
}

static void seconds_of_traffic(rep_time_t *now, int s, unsigned trouble)
{
	for(int step = 0; step < s * 5; step++, *now += 200) {
		for(int i = 0; i < NODES; i++) {
			if(trouble && dice(200) == 0)
				nodes[i].cut = !nodes[i].cut;
			for(unsigned k = dice(4); k > 0; k--)
				call(&nodes[i], *now);
			exchange(&nodes[i], trouble, *now);
		}
	}
}

/* ---- never exceeded ---------------------------------------------------------- */

START_TEST(never_exceeded)
{
	rep_time_t now = NOW;

	random_state = (uint32_t)_i + 1;
	begin_all("cap_day", "40");
	for(int round = 0; round < 12; round++) {
		node_t *node = &nodes[dice(NODES)];

		seconds_of_traffic(&now, 5, 30);
		if(dice(3) == 0) { /* killed, and started again */
			rep_registry_destroy(node->registry);
			begin(node, "cap_day", "40");
		}
	}
	for(int i = 0; i < NUMBERS; i++)
		ck_assert_uint_le(used[i], 40);
	ck_assert_uint_gt(total, 40);
	end_all();
}
END_TEST

START_TEST(pool_never_exceeded)
{
	rep_time_t now = NOW;

	random_state = (uint32_t)_i + 1;
	begin_all("pool_cap_day", "90");
	seconds_of_traffic(&now, 60, 30);
	ck_assert_uint_le(total, 90);
	ck_assert_uint_gt(total, 20);
	end_all();
}
END_TEST

/* ---- calls at once ------------------------------------------------------------ */

#define OPEN 64

typedef struct talks
{
	rep_ticket_t ticket[OPEN];
	unsigned n;
} talks_t;

static talks_t talks[NODES];
static unsigned at_once[NUMBERS], most_at_once = 6;

static bool dial(int i, rep_time_t now)
{
	rep_ticket_t t = {0};

	if(talks[i].n == OPEN
			|| rep_pool_pick(nodes[i].registry, pool, 15557770000, rep_span(""),
					   now, false, &t)
							   .result
					   != REP_PICKED)
		return false;
	talks[i].ticket[talks[i].n++] = t;
	ck_assert_uint_le(++at_once[t.number - FIRST], most_at_once);
	return true;
}

/* A call that is judged stays one of its probation. */
static void hang_up(int i, rep_outcome_t outcome, rep_time_t now)
{
	unsigned k;

	if(!talks[i].n)
		return;
	k = dice(talks[i].n);
	ck_assert(rep_ticket_count(
			nodes[i].registry, &talks[i].ticket[k], outcome, now));
	if(outcome >= REP_JUDGED)
		at_once[talks[i].ticket[k].number - FIRST]--;
	rep_ticket_hang_up(nodes[i].registry, &talks[i].ticket[k], now);
	talks[i].ticket[k] = talks[i].ticket[--talks[i].n];
}

static unsigned seconds_of_talks(
		rep_time_t *now, int s, unsigned trouble, int busy)
{
	unsigned done = 0;

	for(int step = 0; step < s * 5; step++, *now += 200) {
		for(int i = 0; i < NODES; i++) {
			for(unsigned k = dice(3); k > 0 && i < busy; k--)
				done += dial(i, *now);
			if(trouble)
				hang_up(i, REP_CANCELLED, *now);
			exchange(&nodes[i], trouble, *now);
		}
	}
	return done;
}

START_TEST(never_too_many_at_once)
{
	rep_time_t now = NOW;
	unsigned done = 0;

	random_state = (uint32_t)_i + 1;
	memset(talks, 0, sizeof(talks));
	memset(at_once, 0, sizeof(at_once));
	begin_all("cap_concurrent", "6");
	for(int round = 0; round < 6; round++) {
		int i = (int)dice(NODES);

		done += seconds_of_talks(&now, 10, 30, NODES);
		if(dice(4) == 0) { /* killed: its calls go on without it */
			talks[i].n = 0;
			rep_registry_destroy(nodes[i].registry);
			begin(&nodes[i], "cap_concurrent", "6");
		}
	}
	ck_assert_uint_gt(done, 40);
	end_all();
}
END_TEST

START_TEST(as_many_at_once_as_may_be)
{
	rep_time_t now = NOW;

	random_state = 5;
	memset(talks, 0, sizeof(talks));
	memset(at_once, 0, sizeof(at_once));
	begin_all("cap_concurrent", "6");
	/* one proxy alone, then another one takes over */
	ck_assert_uint_eq(seconds_of_talks(&now, 30, 0, 1), 6 * NUMBERS);
	while(talks[0].n)
		hang_up(0, REP_CANCELLED, now);
	for(int step = 0; step < 100; step++, now += 200) {
		dial(2, now);
		for(int i = 0; i < NODES; i++)
			exchange(&nodes[i], 0, now);
	}
	ck_assert_uint_eq(talks[2].n, 6 * NUMBERS);
	end_all();
}
END_TEST

/* ---- probation ---------------------------------------------------------------- */

#define BUDGET 12

/* The same verdict on all nodes; calls are not told to each other here: only
 * leases keep them within the budget. */
static void on_probation(node_t *node)
{
	for(unsigned i = 0; i < NUMBERS; i++) {
		rep_record_t r = record(FIRST + i, "", REP_PROBATION, NOW, 0);

		r.turn = 2;
		ck_assert_int_eq(
				rep_pool_adopt(node->registry, pool, &r, false, NOW), 1);
	}
}

static void try_out(unsigned trouble, rep_time_t now)
{
	memset(talks, 0, sizeof(talks));
	memset(at_once, 0, sizeof(at_once));
	begin_all("probation_calls", "12");
	for(int i = 0; i < NODES; i++)
		on_probation(&nodes[i]);
	most_at_once = BUDGET;
	for(int step = 0; step < 300; step++, now += 200) {
		int killed = (int)dice(NODES);

		for(int i = 0; i < NODES; i++) {
			if(trouble && dice(200) == 0)
				nodes[i].cut = !nodes[i].cut;
			dial(i, now);
			/* one in four is not judged: it may be made again */
			if(dice(2))
				hang_up(i, dice(4) ? REP_NOANSWER : REP_CANCELLED, now);
			exchange(&nodes[i], trouble, now);
		}
		if(trouble && dice(60) == 0) { /* its calls go on without it */
			talks[killed].n = 0;
			rep_registry_destroy(nodes[killed].registry);
			begin(&nodes[killed], "probation_calls", "12");
			on_probation(&nodes[killed]);
		}
	}
	for(int i = 0; i < NODES; i++)
		while(talks[i].n)
			hang_up(i, REP_NOANSWER, now);
}

START_TEST(probation_never_exceeded)
{
	unsigned all = 0;

	random_state = (uint32_t)_i + 1;
	try_out(30, NOW);
	for(int i = 0; i < NUMBERS; i++)
		all += at_once[i];
	ck_assert_uint_gt(all, NUMBERS * BUDGET / 4);
	end_all();
}
END_TEST

START_TEST(probation_used_up)
{
	random_state = (uint32_t)_i + 1;
	try_out(0, NOW);
	for(int i = 0; i < NUMBERS; i++)
		ck_assert_uint_eq(at_once[i], BUDGET);
	end_all();
}
END_TEST

/* What was of an earlier probation is no part of the next. */
START_TEST(each_probation_has_a_budget_of_its_own)
{
	rep_lease_ask_t asks[ASKS];
	rep_record_t r = record(FIRST, "", REP_PROBATION, NOW + HOUR, 0);
	size_t n, k = 0;

	random_state = 1;
	try_out(0, NOW);
	r.turn = 4;
	ck_assert_int_eq(
			rep_pool_adopt(nodes[0].registry, pool, &r, false, NOW + HOUR), 1);
	n = rep_pool_lease_asks(nodes[0].registry, pool, NOW + HOUR, asks, ASKS);
	while(k < n && asks[k].number != FIRST)
		k++;
	ck_assert_uint_lt(k, n);
	ck_assert_uint_eq(asks[k].at, (NOW + HOUR) / 1000);
	ck_assert_uint_eq(asks[k].limit, BUDGET);
	ck_assert_uint_eq(asks[k].have, 0);
	ck_assert_uint_eq(asks[k].want, 1);
	end_all();
}
END_TEST

/* ---- calls a second ----------------------------------------------------------- */

#define TIMES 200000

static rep_time_t times[TIMES];
static size_t n_times;

/* Attempts a second on each node, in steps of 10 ms, told every 200 ms. */
static void pace(rep_time_t *now, int s, const unsigned attempts[NODES],
		unsigned cap, unsigned trouble)
{
	for(int step = 0; step < s * 100; step++, *now += 10)
		for(int i = 0; i < NODES; i++) {
			for(unsigned k =
							attempts[i] / 100 + (dice(100) < attempts[i] % 100);
					k > 0; k--) {
				rep_ticket_t t = {0};

				if(rep_pool_pick(nodes[i].registry, pool, 15557770000,
						   rep_span(""), *now, false, &t)
								.result
						!= REP_PICKED)
					continue;
				rep_ticket_hang_up(nodes[i].registry, &t, *now);
				ck_assert_uint_lt(n_times, TIMES);
				times[n_times++] = *now;
				ck_assert(n_times <= cap
						  || *now - times[n_times - 1 - cap] >= 1000);
			}
			if((step + 7 * i) % 20 == 0)
				exchange(&nodes[i], trouble, *now);
			if(trouble && dice(2000) == 0)
				nodes[i].cut = !nodes[i].cut;
		}
}

static const struct
{
	unsigned cap, attempts[NODES];
} paces[] = {
		{1, {100, 0, 0}},
		{7, {100, 0, 0}},
		{100, {0, 300, 0}},
		{1000, {0, 0, 4000}},
		{3, {20, 20, 20}},
		{10, {100, 100, 100}},
		{10, {1, 3, 50}},
		{40, {1, 10, 200}},
		{100, {2, 30, 400}},
		{300, {30, 100, 1500}},
		{300, {400, 400, 400}},
		{1000, {100, 300, 3000}},
};

static void pace_begin(unsigned cap)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", cap);
	n_times = 0;
	begin_all("pool_cap_second", text);
}

START_TEST(as_fast_as_may_be)
{
	rep_time_t now = NOW;
	unsigned cap = paces[_i].cap;
	size_t before;

	random_state = 11;
	pace_begin(cap);
	pace(&now, 20, paces[_i].attempts, cap, 0);
	before = n_times;
	pace(&now, 60, paces[_i].attempts, cap, 0);
	ck_assert_uint_ge((n_times - before) * 10, (size_t)60 * cap * 9);
	end_all();
}
END_TEST

/* No more than a tenth of a second's calls in 50 ms, and one. */
START_TEST(in_no_bursts)
{
	static const unsigned one[NODES] = {2000, 0, 0};
	rep_time_t now = NOW;

	random_state = 3;
	pace_begin(100);
	pace(&now, 20, one, 100, 0);
	for(size_t k = 11; k < n_times; k++)
		ck_assert_int_ge(times[k] - times[k - 11], 50);
	end_all();
}
END_TEST

START_TEST(never_too_fast)
{
	static const unsigned all[NODES] = {20, 60, 200};
	rep_time_t now = NOW;

	random_state = (uint32_t)_i + 1;
	pace_begin(30);
	for(int round = 0; round < 10; round++) {
		int i = (int)dice(NODES);

		pace(&now, 8, all, 30, 30);
		if(dice(3) == 0) {
			rep_registry_destroy(nodes[i].registry);
			begin(&nodes[i], "pool_cap_second", "30");
		}
	}
	ck_assert_uint_gt(n_times, 100);
	end_all();
}
END_TEST

/* Alone, and without Redis where the policy says so. */
START_TEST(pace_of_one_proxy)
{
	static const unsigned first[NODES] = {500, 0, 0};
	rep_time_t now = NOW;

	random_state = 5;
	pace_begin(30);
	rep_registry_lease(nodes[0].registry, _i == 0);
	rep_registry_nodes(nodes[0].registry, 3);
	for(int i = 0; i < NODES; i++)
		nodes[i].cut = true;
	registry = nodes[0].registry;
	policy_set("pool_cap_second", "30", NOW);
	pace(&now, 5, first, 30, 0);
	if(_i == 0) {
		ck_assert_uint_eq(n_times, 0);
		policy_set("caps", "soft", NOW);
		pace(&now, 10, first, 10, 0);
		ck_assert_uint_ge(n_times, 90);
	} else {
		ck_assert_uint_ge(n_times, 135);
	}
	end_all();
}
END_TEST

/* ---- used up ------------------------------------------------------------------ */

static const struct
{
	const char *field, *cap;
	unsigned all; /* calls in the period */
	int s;
} whole[] = {
		{"cap_day", "1", NUMBERS, 20},
		{"cap_day", "10", 10 * NUMBERS, 40},
		{"cap_day", "50", 50 * NUMBERS, 90},
		{"cap_hour", "7", 7 * NUMBERS, 40},
		{"cap_minute", "5", 5 * NUMBERS, 40},
		{"pool_cap_day", "25", 25, 40},
};

START_TEST(used_up)
{
	rep_time_t now = NOW - NOW % DAY + 8 * HOUR; /* all periods begin */

	random_state = 7;
	begin_all(whole[_i].field, whole[_i].cap);
	seconds_of_traffic(&now, whole[_i].s, 0);
	ck_assert_uint_eq(total, whole[_i].all);
	end_all();
}
END_TEST

START_TEST(an_idle_proxy_gives_back)
{
	rep_time_t now = NOW;

	random_state = 3;
	begin_all("cap_day", "6");
	for(int step = 0; step < 100; step++, now += 200) {
		call(&nodes[0], now);
		for(int i = 0; i < NODES; i++)
			exchange(&nodes[i], 0, now);
	}
	ck_assert_uint_eq(total, 6 * NUMBERS);
	end_all();
}
END_TEST

START_TEST(the_next_minute_is_leased_before_it_begins)
{
	rep_time_t now = NOW - NOW % MINUTE;
	unsigned refused = 0;

	random_state = 3;
	begin_all("cap_minute", "100");
	exchange(&nodes[0], 0, now);
	for(int step = 0; step < 5 * 150; step++, now += 200) {
		refused += !call(&nodes[0], now);
		exchange(&nodes[0], 0, now);
	}
	ck_assert_uint_eq(refused, 0);
	end_all();
}
END_TEST

/* ---- without a lease ------------------------------------------------------------ */

START_TEST(no_lease_no_pick)
{
	begin_all("cap_day", "10");
	ck_assert(!call(&nodes[0], NOW));
	policy_set("caps", "soft", NOW); /* of the last one */
	rep_registry_nodes(nodes[NODES - 1].registry, 3);
	for(unsigned i = 0; i < 2 * 3 * NUMBERS; i++)
		ck_assert(total >= 3 * NUMBERS || call(&nodes[NODES - 1], NOW)
				  || total == 3 * NUMBERS);
	ck_assert(!call(&nodes[NODES - 1], NOW));
	/* where it can ask, it is to */
	rep_registry_reach(nodes[NODES - 1].registry, true, NOW);
	rep_pool_known(nodes[NODES - 1].registry, pool,
			rep_pool_unknown(nodes[NODES - 1].registry, pool), NOW);
	ck_assert(!call(&nodes[NODES - 1], NOW + DAY));
	end_all();
}
END_TEST

START_TEST(no_cap_no_ask)
{
	rep_lease_ask_t asks[ASKS];

	random_state = 1;
	begin_all("cap_day", "0");
	for(int i = 0; i < 20; i++)
		ck_assert(call(&nodes[0], NOW));
	ck_assert_uint_eq(
			rep_pool_lease_asks(nodes[0].registry, pool, NOW, asks, ASKS), 0);
	end_all();
}
END_TEST

START_TEST(one_that_ends_gives_all_back)
{
	rep_lease_ask_t asks[ASKS];
	size_t n;

	random_state = 1;
	begin_all("cap_day", "10");
	exchange(&nodes[0], 0, NOW);
	ck_assert(call(&nodes[0], NOW));
	rep_pool_lease_end(nodes[0].registry, pool);
	n = rep_pool_lease_asks(nodes[0].registry, pool, NOW, asks, ASKS);
	ck_assert_uint_eq(n, NUMBERS);
	for(size_t i = 0; i < n; i++)
		ck_assert_uint_eq(asks[i].have, asks[i].used);
	ck_assert(!call(&nodes[0], NOW));
	end_all();
}
END_TEST

Suite *lease_suite(void)
{
	Suite *s = suite_create("lease");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, never_exceeded, 0, 60);
	tcase_add_loop_test(tc, pool_never_exceeded, 0, 20);
	tcase_add_loop_test(tc, used_up, 0, sizeof(whole) / sizeof(whole[0]));
	tcase_add_loop_test(tc, never_too_many_at_once, 0, 40);
	tcase_add_test(tc, as_many_at_once_as_may_be);
	tcase_add_loop_test(
			tc, as_fast_as_may_be, 0, sizeof(paces) / sizeof(paces[0]));
	tcase_add_test(tc, in_no_bursts);
	tcase_add_loop_test(tc, never_too_fast, 0, 30);
	tcase_add_loop_test(tc, pace_of_one_proxy, 0, 2);
	tcase_add_loop_test(tc, probation_never_exceeded, 0, 60);
	tcase_add_loop_test(tc, probation_used_up, 0, 5);
	tcase_add_test(tc, each_probation_has_a_budget_of_its_own);
	tcase_add_test(tc, an_idle_proxy_gives_back);
	tcase_add_test(tc, the_next_minute_is_leased_before_it_begins);
	tcase_add_test(tc, no_lease_no_pick);
	tcase_add_test(tc, no_cap_no_ask);
	tcase_add_test(tc, one_that_ends_gives_all_back);
	suite_add_tcase(s, tc);
	return s;
}
