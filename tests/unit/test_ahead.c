/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clocks that are ahead, and are set right. */

#include <stdlib.h>

#include "engine/judge/bucket.h"
#include "engine/pool/cells.h"
#include "engine/pool/exchange.h"
#include "engine/pool/index.h"
#include "engine/pool/rows.h"
#include "engine/pool/slot.h"

#include "pool_test.h"
#include "suites.h"

#define CALLS 1500
#define NUMBERS 7

/* Every call that was made, and whether a tick saw it out of what is kept. */
static struct made
{
	uint32_t bucket;
	uint8_t number, outcome;
	bool kept;
} made[CALLS];

static void tick_model(unsigned n, rep_time_t now)
{
	const rep_policy_t *policy = &inside()->policy;

	registry->asked_at = now; /* for no causes, which takes long */
	rep_registry_tick(registry, now);
	for(unsigned k = 0; k < n; k++)
		made[k].kept &= made[k].bucket >= rep_bucket_oldest(policy, now)
						&& made[k].bucket <= rep_bucket_last(policy, now);
}

/* What the window shows of a number: all that was kept throughout, and nothing
 * of another time. What was not may be there still. */
static void check_window(unsigned n, unsigned number, rep_time_t now)
{
	const rep_policy_t *policy = &inside()->policy;
	uint32_t least[REP_OUTCOMES] = {0}, most[REP_OUTCOMES] = {0};
	rep_number_view_t v = view(FIRST + number, now);

	for(unsigned k = 0; k < n; k++)
		if(made[k].number == number
				&& made[k].bucket >= rep_bucket_oldest(policy, now)
				&& made[k].bucket <= rep_bucket_newest(policy, now)) {
			most[made[k].outcome]++;
			least[made[k].outcome] += made[k].kept;
		}
	for(int o = 0; o < REP_OUTCOMES; o++) {
		ck_assert_uint_ge(v.counts.n[o], least[o]);
		ck_assert_uint_le(v.counts.n[o], most[o]);
	}
}

static rep_counts_t in_cells(
		unsigned numbers, uint32_t stratum, uint32_t bucket)
{
	const rep_pool_t *p = inside();
	rep_counts_t sum = {{0}};

	for(unsigned k = 0; k < numbers; k++) {
		uint32_t ref = rep_number_at(p, rep_number_find(p, FIRST + k))->cells;
		const rep_cell_head_t *cell;
		for(; ref != REP_NONE; ref = cell->next) {
			cell = rep_cell_at(p, ref);
			if(cell->stratum == stratum && cell->bucket == bucket)
				rep_cell_add(p, ref, &sum);
		}
	}
	return sum;
}

/* Each row of the window is the sum of the cells, and the pool's window that
 * of the rows. */
static void check_rows(unsigned numbers, rep_time_t now)
{
	const rep_pool_t *p = inside();
	uint32_t span = p->policy.bucket_minutes;
	rep_counts_t window = {{0}};

	for(uint32_t k = 0; k < p->n_strata; k++)
		for(uint32_t b = rep_bucket_oldest(&p->policy, now);
				b <= rep_bucket_newest(&p->policy, now); b += span) {
			const rep_row_t *row = rep_row_of(p, (uint16_t)k, b);
			rep_counts_t none = {{0}}, sum = in_cells(numbers, k, b);
			ck_assert_mem_eq(row ? &row->counts : &none, &sum, sizeof(sum));
			rep_counts_add(&window, &sum);
		}
	ck_assert_mem_eq(&p->window, &window, sizeof(window));
}

/* A clock that goes on, and now and then steps by minutes, hours or days, or
 * is put right. */
static rep_time_t stepped(rep_time_t t, rep_time_t right)
{
	static const rep_time_t unit[] = {MINUTE, HOUR, DAY};
	rep_time_t step = unit[rand() % 3] * (rand() % 20);

	switch(rand() % 300) {
		case 0:
			return t + step;
		case 1:
			return t - step;
		case 2:
			return right;
	}
	return t + rand() % (2 * MINUTE);
}

START_TEST(clock_steps_sweep)
{
	rep_time_t t = NOW, right = NOW;
	unsigned n = 0;

	srand((unsigned)_i + 1);
	policy_set("window_hours", _i % 2 ? "6" : "24", NOW);
	policy_set("bucket_minutes", _i % 3 ? "60" : "15", NOW);
	policy_set("false_bench_every", "1000000000", NOW);
	put_numbers(NUMBERS);
	while(n < CALLS) {
		struct made *call = &made[n++];
		rep_time_t before = t;
		right += rand() % (2 * MINUTE);
		t = stepped(t, right);
		*call = (struct made){.bucket = rep_bucket_of(&inside()->policy, t),
				.number = (uint8_t)(rand() % NUMBERS),
				.outcome = rand() % 4 ? REP_NOANSWER : REP_ANSWERED,
				.kept = true};
		count(FIRST + call->number, rand() % 2 ? "a" : "b", call->outcome, 1,
				t);
		if(t > before && rand() % 3)
			continue;
		tick_model(n, t);
		tick_model(n, t); /* what grew too old leaves once a minute */
		check_window(n, call->number, t);
		check_rows(NUMBERS, t);
	}
}
END_TEST

static void tick_hour(rep_time_t begin)
{
	registry->asked_at = begin;
	rep_registry_tick(registry, begin);
	registry->asked_at = begin + HOUR / 5;
	rep_registry_tick(registry, begin + HOUR / 5);
}

/* Hours of calls under a clock that is three days ahead: when it is right again
 * each call counts at once, and the wrong ones when their time comes. */
START_TEST(days_ahead_and_right_again)
{
	rep_time_t now = NOW / HOUR * HOUR;

	put_numbers(4);
	for(int k = 0; k < 74; k++, now += HOUR) {
		tick_hour(now + 70 * (rep_time_t)HOUR);
		count(FIRST + k % 4, "", REP_NOANSWER, 10, now + 70 * (rep_time_t)HOUR);
	}
	for(int k = 0; k < 100; k++, now += HOUR) {
		/* hours since the first: those before 72 were too old meanwhile */
		int from = k + 3 > 72 ? k + 3 : 72, to = k + 75 < 143 ? k + 75 : 143;
		tick_hour(now);
		count(FIRST + k % 4, "", REP_BUSY, 10, now);
		ck_assert_int_eq(
				inside()->window.n[REP_BUSY], 10 * (k < 72 ? k + 1 : 72));
		ck_assert_int_eq(inside()->window.n[REP_NOANSWER],
				to < from ? 0 : 10 * (to - from + 1));
		check_rows(4, now);
	}
}
END_TEST

static bool rests(const char *route, rep_time_t now)
{
	rep_route_view_t on[4];
	rep_number_view_t v;
	size_t n;

	ck_assert(rep_view_number(registry, pool, FIRST, now, &v, on, 4, &n));
	for(size_t k = 0; *route && k < n; k++)
		if(strcmp(on[k].route, route) == 0)
			return on[k].state == REP_BENCHED;
	return !*route && v.state == REP_BENCHED;
}

/* A rest of a day that was given by a clock that was ahead lasts a day from
 * when the clock is right; and strikes fade from then on. */
START_TEST(rests_keep_their_length)
{
	const char *route = _i ? "east" : "";
	rep_time_t end = NOW + HOUR + DAY;
	rep_record_t sent;

	put_numbers(4);
	rep_registry_tick(registry, NOW + 9 * DAY);
	ck_assert_int_eq(rep_pool_bench(registry, pool, FIRST, rep_span(route),
							 86400, REP_REASON_BLOCKED, NOW + 9 * DAY),
			REP_DONE);
	rep_registry_tick(registry, NOW + HOUR);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &sent, 1), 1);
	ck_assert_str_eq(sent.route, route);
	ck_assert_uint_eq(sent.turn, 2);
	ck_assert_int_eq(sent.state, REP_BENCHED);
	ck_assert_int_eq(sent.since, NOW + HOUR);
	ck_assert_int_eq(sent.until, end);
	ck_assert_int_eq(sent.struck, (NOW + HOUR) / S * S);
	rep_registry_tick(registry, end - S);
	ck_assert_int_eq(rests(route, end - S), 1);
	rep_registry_tick(registry, end + S);
	ck_assert_int_eq(rests(route, end + S), 0);
}
END_TEST

/* The same from another proxy: here it begins now, in a turn that all take. */
START_TEST(records_of_the_future_begin_now)
{
	rep_record_t r = record(FIRST, "", REP_BENCHED, NOW + 3 * DAY, DAY), sent;

	put_numbers(4);
	rep_registry_tick(registry, NOW);
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, false, NOW), 1);
	ck_assert_int_eq(view(FIRST, NOW).until, NOW + DAY);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &sent, 1), 1);
	ck_assert_uint_eq(sent.turn, 2);
	ck_assert_int_eq(sent.since, NOW);
	ck_assert_int_eq(sent.until, NOW + DAY);
	ck_assert_uint_eq(sent.strikes, 1);
	/* what stood before changes nothing, however often it comes */
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, true, NOW + HOUR), 0);
	ck_assert_int_eq(view(FIRST, NOW + HOUR).until, NOW + DAY);
	ck_assert_uint_eq(rep_pool_drain_records(registry, pool, &sent, 1), 0);
	/* a clock that is a little ahead is taken as it is */
	r = record(FIRST + 1, "", REP_BENCHED, NOW + HOUR, DAY);
	ck_assert_int_eq(rep_pool_adopt(registry, pool, &r, false, NOW), 1);
	ck_assert_int_eq(view(FIRST + 1, NOW).until, NOW + HOUR + DAY);
	ck_assert_uint_eq(view(FIRST + 1, NOW).turn, 1);
}
END_TEST

/* What holds a chart ends with the clock that it was measured by. */
START_TEST(holds_end_with_the_wrong_clock)
{
	put_numbers(2);
	rep_registry_tick(registry, NOW + DAY);
	inside()->held_until[REP_CHART_BLOCKED] = NOW + DAY + HOUR;
	rep_registry_tick(registry, NOW);
	ck_assert_int_eq(inside()->held_until[REP_CHART_BLOCKED], 0);
}
END_TEST

Suite *ahead_suite(void)
{
	Suite *suite = suite_create("ahead");
	TCase *tc = tcase_create("ahead");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, clock_steps_sweep, 0, 4);
	tcase_add_test(tc, days_ahead_and_right_again);
	tcase_add_loop_test(tc, rests_keep_their_length, 0, 2);
	tcase_add_test(tc, records_of_the_future_begin_now);
	tcase_add_test(tc, holds_end_with_the_wrong_clock);
	suite_add_tcase(suite, tc);
	return suite;
}
