/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answered calls: short or not, unwanted, lost, and given back once. */

#include <stdio.h>
#include <stdlib.h>

#include "engine/pool/callees.h"
#include "kamailio/answered.h"

#include "mem_test.h"
#include "pool_test.h"
#include "suites.h"

#define MAX 8
#define SHORT (6 * S)
#define NUMBERS 4

/* The two clocks do not agree, as after a set of the wall clock. */
#define MONO INT64_C(5000000)

static struct rep_answered *answered;

static void make(uint32_t max)
{
	setup();
	put_numbers(NUMBERS);
	answered = rep_answered_create(max);
	ck_assert_ptr_nonnull(answered);
}

static void make_small(void)
{
	make(MAX);
}

static void unmake(void)
{
	ck_assert_int_eq(rep_locks_held(), 0);
	rep_answered_destroy(answered);
	teardown();
	ck_assert_int_eq(rep_alloc_live(), 0);
}

static unsigned in_flight(void)
{
	rep_pool_view_t v;
	unsigned sum = 0;

	ck_assert_int_eq(rep_locks_held(), 0);
	ck_assert(rep_view_pool(registry, pool, NOW, &v));
	for(unsigned i = 0; i < NUMBERS; i++)
		sum += view(FIRST + i, NOW).in_flight;
	ck_assert_uint_eq(v.in_flight, sum);
	return sum;
}

static rep_answered_stats_t stats(void)
{
	rep_answered_stats_t s;

	rep_answered_stats(answered, &s);
	return s;
}

/* How many calls of the pool came to this, and to anything. */
static uint32_t counted(rep_outcome_t outcome)
{
	rep_pool_view_t v;

	ck_assert(rep_view_pool(registry, pool, NOW, &v));
	return v.counts.n[outcome];
}

static uint32_t counted_at_all(void)
{
	uint32_t sum = 0;

	for(int o = 0; o < REP_OUTCOMES; o++)
		sum += counted((rep_outcome_t)o);
	return sum;
}

static rep_dialog_t dialog(unsigned i)
{
	char call_id[32];

	snprintf(call_id, sizeof(call_id), "call-%u@example.com", i);
	return rep_dialog_of(
			rep_span(call_id), rep_span("caller"), rep_span("tag"));
}

/* Call `i` is answered `after` ms from the start of the test. */
static void answer(unsigned i, rep_time_t after)
{
	rep_ticket_t t;

	ck_assert_int_eq(pick("", NOW + after, false, &t), REP_PICKED);
	rep_answered_put(answered, registry, dialog(i), &t, REP_ANSWERED, SHORT,
			NOW + after, MONO + after);
}

static bool bye(unsigned i, bool unwanted, rep_time_t after)
{
	return rep_answered_bye(
			answered, registry, dialog(i), unwanted, NOW + after, MONO + after);
}

static void tick(rep_time_t after)
{
	rep_answered_tick(answered, registry, NOW + after, MONO + after);
}

/* So many calls did what their callee had done before. */
static uint64_t repeats(void)
{
	rep_callees_stats_t s;

	rep_callees_stats(registry, &s);
	return s.repeats;
}

/* As answer(), of the first number to a callee. */
static void answer_to(unsigned i, uint64_t callee)
{
	rep_ticket_t t;

	ck_assert(rep_pool_track(registry, pool, FIRST, rep_span(""), NOW, &t));
	rep_ticket_calls(registry, &t, callee);
	rep_answered_put(
			answered, registry, dialog(i), &t, REP_ANSWERED, SHORT, NOW, MONO);
}

/* Nothing is left: neither of calls nor of what they held. */
static void ck_over(void)
{
	ck_assert_uint_eq(stats().calls, 0);
	ck_assert_uint_eq(in_flight(), 0);
}

START_TEST(a_bye_within_short_call)
{
	answer(1, 0);
	ck_assert_uint_eq(stats().calls, 1);
	ck_assert_uint_eq(stats().max, MAX);
	ck_assert_uint_eq(in_flight(), 1);
	ck_assert_uint_eq(counted_at_all(), 0);
	tick(SHORT - 1);
	ck_assert_uint_eq(counted_at_all(), 0);
	ck_assert(bye(1, false, SHORT - 1));
	ck_assert_uint_eq(counted(REP_SHORT), 1);
	ck_assert_uint_eq(counted_at_all(), 1);
	ck_over();
}
END_TEST

START_TEST(no_bye_within_short_call)
{
	answer(1, 0);
	tick(SHORT);
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_assert_uint_eq(counted_at_all(), 1);
	ck_over();
	ck_assert(bye(1, false, SHORT + S));
	tick(SHORT + S);
	ck_assert_uint_eq(counted_at_all(), 1);
}
END_TEST

/* The proxy ends: all are answered as far as is known, and counted once. */
START_TEST(settled)
{
	answer(1, 0);
	answer(2, S);
	answer(3, S);
	ck_assert(bye(3, false, S));
	rep_answered_settle(answered, registry, NOW + S, MONO + S);
	ck_assert_uint_eq(counted(REP_ANSWERED), 2);
	ck_assert_uint_eq(counted_at_all(), 3);
	ck_over();
	ck_assert(bye(1, false, 2 * S));
	tick(SHORT + S);
	ck_assert_uint_eq(counted_at_all(), 3);
}
END_TEST

/* The tick comes late: the BYE after the deadline is of a call that lasted. */
START_TEST(a_bye_before_the_tick)
{
	answer(1, 0);
	ck_assert(bye(1, false, SHORT));
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_assert_uint_eq(counted_at_all(), 1);
	ck_over();
}
END_TEST

START_TEST(unwanted)
{
	answer(1, 0);
	ck_assert(bye(1, true, S)); /* however soon */
	ck_assert_uint_eq(counted(REP_UNWANTED), 1);
	answer(2, 0);
	ck_assert(bye(2, true, SHORT + S));
	ck_assert_uint_eq(counted(REP_UNWANTED), 2);
	ck_assert_uint_eq(counted_at_all(), 2);
	ck_over();
}
END_TEST

/* A callee has said what its call came to in the end, and nothing else. */
START_TEST(the_callee_speaks_once)
{
	ck_assert(rep_callees_create(registry, 100));
	rep_callees_key(registry, rep_span("sixteen bytes or more"));
	for(unsigned i = 0; i < 2; i++) {
		answer_to(i, 15557770000);
		ck_assert(bye(i, true, S));
		ck_assert_uint_eq(counted(REP_UNWANTED), i + 1);
		ck_assert_uint_eq(repeats(), i);
	}
	answer_to(2, 15557770000);
	ck_assert(bye(2, false, S));
	answer_to(3, 15557770000);
	tick(SHORT);
	ck_assert_uint_eq(counted(REP_SHORT), 1);
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_assert_uint_eq(counted_at_all(), 4);
	ck_assert_uint_eq(repeats(), 1);
	ck_over();
}
END_TEST

START_TEST(a_bye_twice)
{
	answer(1, 0);
	answer(2, 0);
	ck_assert(bye(1, false, S));
	ck_assert(!bye(1, false, S));
	ck_assert(!bye(1, true, S));
	ck_assert_uint_eq(counted_at_all(), 1);
	ck_assert_uint_eq(in_flight(), 1);
	ck_assert(bye(2, false, S));
	ck_over();
}
END_TEST

/* A spiral: two transactions of ours, one call. */
START_TEST(the_same_dialog_twice)
{
	rep_ticket_t t;

	ck_assert(rep_pool_track(registry, pool, FIRST, rep_span(""), NOW, &t));
	rep_answered_put(
			answered, registry, dialog(1), &t, REP_ANSWERED, SHORT, NOW, MONO);
	ck_assert(rep_pool_track(registry, pool, FIRST, rep_span(""), NOW, &t));
	rep_answered_put(
			answered, registry, dialog(1), &t, REP_ANSWERED, SHORT, NOW, MONO);
	ck_assert_uint_eq(stats().calls, 1);
	ck_assert_uint_eq(stats().full, 0);
	ck_assert_uint_eq(counted_at_all(), 0);
	ck_assert_uint_eq(in_flight(), 1);
	ck_assert(bye(1, false, S));
	ck_assert_uint_eq(counted(REP_SHORT), 1);
	ck_assert_uint_eq(counted_at_all(), 1);
	ck_over();
}
END_TEST

/* From another number it is counted by itself. */
START_TEST(the_same_dialog_of_another_number)
{
	answer(1, 0);
	answer(1, 0);
	ck_assert_uint_eq(stats().calls, 1);
	ck_assert_uint_eq(stats().full, 0);
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_assert_uint_eq(in_flight(), 1);
	ck_assert(bye(1, false, S));
	ck_assert_uint_eq(counted(REP_SHORT), 1);
	ck_assert_uint_eq(counted_at_all(), 2);
	ck_over();
}
END_TEST

/* ---- late ------------------------------------------------------------ */

START_TEST(unwanted_late_and_once)
{
	answer(1, 0);
	tick(SHORT);
	ck_assert_uint_eq(stats().calls, 0);
	ck_assert_uint_eq(in_flight(), 0);
	ck_assert(bye(1, true, HOUR));
	ck_assert(bye(1, true, HOUR));
	ck_assert(bye(1, false, HOUR));
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_assert_uint_eq(counted(REP_UNWANTED), 1);
	ck_assert_uint_eq(counted_at_all(), 2);
	ck_over();
}
END_TEST

START_TEST(without_short_calls)
{
	rep_ticket_t t;

	ck_assert_int_eq(pick("", NOW, false, &t), REP_PICKED);
	rep_answered_put(
			answered, registry, dialog(1), &t, REP_ANSWERED, 0, NOW, MONO);
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_over();
	ck_assert(bye(1, true, 0));
	ck_assert_uint_eq(counted(REP_UNWANTED), 1);
	ck_assert_uint_eq(counted_at_all(), 2);
	ck_over();
}
END_TEST

/* The oldest of those that only wait for a late BYE make room. */
START_TEST(late_ones_make_room)
{
	for(unsigned i = 0; i < MAX; i++)
		answer(i, i);
	tick(SHORT + MAX);
	ck_assert(rep_answered_complete(answered, NOW));
	answer(MAX, HOUR);
	ck_assert_uint_eq(stats().full, 0);
	ck_assert_uint_eq(stats().calls, 1);
	ck_assert(!rep_answered_complete(answered, NOW));
	ck_assert(rep_answered_complete(answered, NOW + 1));
	ck_assert(!bye(0, true, HOUR));
	ck_assert(bye(1, true, HOUR));
	ck_assert(bye(MAX, false, HOUR));
	ck_over();
}
END_TEST

START_TEST(not_for_ever)
{
	answer(1, 0);
	tick(SHORT);
	tick(SHORT + REP_ANSWERED_MS - 1);
	ck_assert(rep_answered_complete(answered, NOW));
	tick(SHORT + REP_ANSWERED_MS);
	ck_assert(!rep_answered_complete(answered, NOW));
	ck_assert(!bye(1, true, SHORT + REP_ANSWERED_MS));
	ck_assert_uint_eq(counted_at_all(), 1);
	ck_over();
}
END_TEST

START_TEST(the_table_is_full)
{
	for(unsigned i = 0; i < MAX; i++)
		answer(i, 0);
	ck_assert_uint_eq(stats().calls, MAX);
	ck_assert_uint_eq(counted_at_all(), 0);
	answer(MAX, 0);
	ck_assert_uint_eq(stats().full, 1);
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_assert_uint_eq(in_flight(), MAX);
	ck_assert(!bye(MAX, false, S));
	ck_assert(bye(3, false, S));
	answer(MAX, S);
	ck_assert_uint_eq(stats().full, 1);
	ck_assert_uint_eq(counted_at_all(), 2);
	tick(SHORT + S);
	ck_assert_uint_eq(counted(REP_ANSWERED), 1 + MAX);
	ck_assert_uint_eq(counted_at_all(), 2 + MAX);
	ck_over();
}
END_TEST

/* Calls whose deadlines have come, and only those. */
START_TEST(one_after_the_other)
{
	for(unsigned i = 0; i < MAX; i++)
		answer(i, i * S);
	for(unsigned i = 0; i < MAX; i++) {
		tick(SHORT + i * S - 1);
		ck_assert_uint_eq(counted(REP_ANSWERED), i);
		tick(SHORT + i * S);
		ck_assert_uint_eq(counted(REP_ANSWERED), i + 1);
	}
	ck_over();
}
END_TEST

/* ---- pools that limit calls at once ---------------------------------- */

static const rep_time_t lost_after = 4 * (rep_time_t)HOUR;

static void limit(void)
{
	policy_set("cap_concurrent", "100", NOW);
}

START_TEST(held_to_its_end)
{
	limit();
	answer(1, 0);
	tick(SHORT);
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_assert_uint_eq(in_flight(), 1);
	ck_assert_uint_eq(stats().calls, 1);
	tick(HOUR);
	ck_assert_uint_eq(in_flight(), 1);
	ck_assert(bye(1, false, HOUR));
	ck_assert_uint_eq(counted_at_all(), 1);
	ck_over();
}
END_TEST

START_TEST(a_held_call_becomes_unwanted)
{
	limit();
	answer(1, 0);
	tick(SHORT);
	ck_assert(bye(1, true, HOUR));
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_assert_uint_eq(counted(REP_UNWANTED), 1);
	ck_assert_uint_eq(counted_at_all(), 2);
	ck_over();
}
END_TEST

START_TEST(a_bye_that_never_comes)
{
	limit();
	answer(1, 0);
	tick(SHORT);
	tick(SHORT + lost_after - 1);
	ck_assert_uint_eq(in_flight(), 1);
	tick(SHORT + lost_after);
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_assert_uint_eq(counted_at_all(), 1);
	ck_over();
	ck_assert(!bye(1, false, SHORT + lost_after));
	tick(SHORT + 2 * lost_after);
	ck_over();
}
END_TEST

/* A held call is out of the queue of those that may be short. */
START_TEST(held_and_short_ones_side_by_side)
{
	limit();
	for(unsigned i = 0; i < 3; i++)
		answer(i, 0);
	tick(SHORT);
	for(unsigned i = 3; i < 6; i++)
		answer(i, SHORT);
	ck_assert(bye(1, false, SHORT + S));
	ck_assert(bye(4, false, SHORT + S));
	ck_assert_uint_eq(counted(REP_SHORT), 1);
	ck_assert_uint_eq(counted(REP_ANSWERED), 3);
	ck_assert_uint_eq(in_flight(), 4);
	tick(2 * SHORT);
	ck_assert_uint_eq(counted(REP_ANSWERED), 5);
	ck_assert_uint_eq(in_flight(), 4);
	tick(SHORT + lost_after);
	ck_assert_uint_eq(in_flight(), 2);
	tick(2 * SHORT + lost_after);
	ck_assert_uint_eq(counted_at_all(), 6);
	ck_over();
}
END_TEST

/* ---- dialogs --------------------------------------------------------- */

static bool same(rep_dialog_t a, rep_dialog_t b)
{
	return a.a == b.a && a.b == b.b;
}

START_TEST(dialogs_are_told_apart)
{
	rep_span_t none = {NULL, 0}, i = rep_span("a"), f = rep_span("b"),
			   t = rep_span("c");
	rep_dialog_t d = rep_dialog_of(i, f, t);

	ck_assert(same(
			d, rep_dialog_of(rep_span("a"), rep_span("b"), rep_span("c"))));
	ck_assert(!same(d, rep_dialog_of(i, t, f)));
	ck_assert(!same(d, rep_dialog_of(f, i, t)));
	ck_assert(!same(d, rep_dialog_of(rep_span("ab"), none, t)));
	ck_assert(!same(d, rep_dialog_of(i, rep_span("bc"), none)));
	ck_assert(!same(d, rep_dialog_of(i, none, rep_span("bc"))));
	ck_assert(!same(d, rep_dialog_of(i, f, rep_span("C"))));
}
END_TEST

START_TEST(a_bye_of_another_dialog)
{
	rep_ticket_t t;
	rep_dialog_t d = dialog(1), near = d;

	answer(1, 0);
	near.b ^= 1; /* the same bucket */
	ck_assert(!rep_answered_bye(answered, registry, near, true, NOW, MONO));
	ck_assert_int_eq(pick("", NOW, false, &t), REP_PICKED);
	rep_answered_put(
			answered, registry, near, &t, REP_ANSWERED, SHORT, NOW, MONO);
	ck_assert_uint_eq(stats().calls, 2);
	/* the first of the bucket, then the one behind it */
	ck_assert(rep_answered_bye(answered, registry, d, false, NOW, MONO));
	ck_assert(rep_answered_bye(answered, registry, near, false, NOW, MONO));
	ck_assert_uint_eq(counted(REP_SHORT), 2);
	ck_over();
}
END_TEST

START_TEST(first_of_those_remembered)
{
	for(unsigned i = 0; i < MAX; i++) {
		ck_assert(rep_answered_first(answered, dialog(i), NOW, MONO));
		ck_assert(!rep_answered_first(answered, dialog(i), NOW, MONO));
	}
	ck_assert(rep_answered_first(answered, dialog(MAX), NOW, MONO));
	ck_assert(!rep_answered_first(answered, dialog(1), NOW, MONO));
	ck_assert(rep_answered_first(answered, dialog(0), NOW, MONO));
	ck_assert_uint_eq(stats().calls, 0);
	/* where all wait for something there is no room to remember it */
	for(unsigned i = 0; i < MAX; i++)
		answer(100 + i, 0);
	ck_assert(!rep_answered_first(answered, dialog(1), NOW, MONO));
}
END_TEST

/* ---- robust ---------------------------------------------------------- */

START_TEST(the_number_is_removed_meanwhile)
{
	for(unsigned i = 0; i < MAX; i++)
		answer(i, 0);
	for(unsigned i = 0; i < NUMBERS; i++) {
		ck_assert(rep_pool_remove(registry, pool, FIRST + i));
		rep_pool_put(registry, pool, FIRST + i, &plain, 2, 2, NOW);
	}
	ck_assert(bye(0, false, S));
	ck_assert(bye(1, true, S));
	tick(SHORT);
	ck_assert_uint_eq(counted_at_all(), 0);
	ck_over();
}
END_TEST

START_TEST(a_ticket_that_holds_nothing)
{
	rep_ticket_t t;

	ck_assert(rep_pool_ticket(registry, pool, FIRST, rep_span(""), &t));
	rep_answered_put(
			answered, registry, dialog(1), &t, REP_ANSWERED, SHORT, NOW, MONO);
	ck_assert(bye(1, false, S));
	ck_assert_uint_eq(counted(REP_SHORT), 1);
	ck_over();
}
END_TEST

START_TEST(no_memory_and_no_lock)
{
	long before = rep_alloc_live();

	rep_answered_destroy(NULL);
	rep_alloc_fail_after(0);
	ck_assert_ptr_null(rep_answered_create(MAX));
	rep_alloc_fail_after(-1);
	rep_lock_fail_after(0);
	ck_assert_ptr_null(rep_answered_create(MAX));
	rep_lock_fail_after(-1);
	ck_assert_int_eq(rep_alloc_live(), before);
}
END_TEST

START_TEST(no_room_at_all)
{
	make(0);
	answer(1, 0);
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_assert(!bye(1, false, S));
	ck_assert(!rep_answered_first(answered, dialog(1), NOW, MONO));
	tick(lost_after);
	ck_over();
	unmake();
}
END_TEST

/* ---- sweep ----------------------------------------------------------- */

#define SLOTS 100
#define DIALOGS 300
#define STEPS 10000

/* A naive model: what is remembered of each dialog. */
static struct
{
	bool there, spent;
	int queue; /* 0 may be short, 1 held, 2 late */
	rep_e164_t number;
	rep_time_t deadline, answered;
	unsigned order; /* of coming into its queue */
} model[DIALOGS];
static uint32_t expected[REP_OUTCOMES];
static unsigned remembered, orders;
static rep_time_t forgotten;

static unsigned waiting(void)
{
	unsigned n = 0;

	for(unsigned i = 0; i < DIALOGS; i++)
		n += model[i].there && model[i].queue < 2;
	return n;
}

static void model_forget(unsigned i)
{
	model[i].there = false;
	remembered--;
}

static void model_lose(unsigned i)
{
	if(model[i].answered > forgotten)
		forgotten = model[i].answered;
	model_forget(i);
}

static void model_move(unsigned i, int queue, rep_time_t after)
{
	model[i].queue = queue;
	model[i].deadline = after + lost_after;
	model[i].order = orders++;
}

/* In the order of the real one: those that may be short by their age. */
static void model_tick(rep_time_t after, bool limited)
{
	for(;;) {
		unsigned next = DIALOGS;

		for(unsigned i = 0; i < DIALOGS; i++)
			if(model[i].there && !model[i].queue && model[i].deadline <= after
					&& (next == DIALOGS || model[i].order < model[next].order))
				next = i;
		if(next == DIALOGS)
			break;
		expected[REP_ANSWERED]++;
		model_move(next, limited ? 1 : 2, after);
	}
	for(unsigned i = 0; i < DIALOGS; i++)
		if(model[i].there && model[i].deadline <= after)
			model_lose(i);
}

static void model_make_room(void)
{
	unsigned oldest = DIALOGS;

	for(unsigned i = 0; i < DIALOGS; i++)
		if(model[i].there && model[i].queue == 2
				&& (oldest == DIALOGS || model[i].order < model[oldest].order))
			oldest = i;
	if(oldest < DIALOGS)
		model_lose(oldest);
}

static void step_answer(unsigned i, rep_time_t after)
{
	rep_ticket_t t;

	ck_assert_int_eq(pick("", NOW + after, false, &t), REP_PICKED);
	rep_answered_put(answered, registry, dialog(i), &t, REP_ANSWERED, SHORT,
			NOW + after, MONO + after);
	if(model[i].there) {
		expected[REP_ANSWERED] += model[i].number != t.number;
		return;
	}
	if(remembered == SLOTS)
		model_make_room();
	if(remembered == SLOTS) {
		expected[REP_ANSWERED]++;
		forgotten = NOW + after;
		return;
	}
	model[i].there = true;
	model[i].spent = false;
	model[i].number = t.number;
	model[i].answered = NOW + after;
	model_move(i, 0, after);
	model[i].deadline = after + SHORT;
	remembered++;
}

static void step_bye(unsigned i, rep_time_t after)
{
	bool unwanted = rand() % 4 == 0;

	ck_assert_int_eq(bye(i, unwanted, after), model[i].there);
	if(!model[i].there)
		return;
	if(unwanted) {
		expected[REP_UNWANTED] += !model[i].spent;
		model[i].spent = true;
		model_move(i, 2, after);
	} else if(!model[i].spent) {
		if(model[i].queue == 0)
			expected[model[i].deadline > after ? REP_SHORT : REP_ANSWERED]++;
		model_forget(i);
	}
}

static void ck_model(void)
{
	ck_assert_uint_eq(stats().calls, waiting());
	ck_assert_uint_eq(in_flight(), waiting());
	ck_assert(!rep_answered_complete(answered, forgotten));
	ck_assert(rep_answered_complete(answered, forgotten + 1));
	for(int o = 0; o < REP_OUTCOMES; o++)
		ck_assert_uint_eq(counted((rep_outcome_t)o), expected[o]);
}

START_TEST(sweep)
{
	bool limited = _i % 2;
	rep_time_t after = 0;

	memset(model, 0, sizeof(model));
	memset(expected, 0, sizeof(expected));
	remembered = orders = 0;
	forgotten = 0;
	make(SLOTS);
	policy_set("max_benched_share", "1", NOW);
	rep_registry_observe(registry, true);
	if(limited)
		policy_set("cap_concurrent", "100000", NOW);
	srand((unsigned)_i + 1);
	for(unsigned step = 0; step < STEPS; step++) {
		unsigned i = (unsigned)rand() % DIALOGS;
		after += rand() % 100;
		if(rand() % 100 == 0) {
			tick(after);
			model_tick(after, limited);
			ck_model();
		} else if(rand() % 3) {
			step_answer(i, after);
		} else {
			step_bye(i, after);
		}
	}
	ck_model();
	ck_assert_uint_gt(stats().full, 0);
	/* whoever is left: no BYE ever comes */
	for(int k = 1; k <= 3; k++) {
		after += SHORT + lost_after;
		tick(after);
		model_tick(after, limited);
	}
	ck_model();
	ck_over();
	unmake();
}
END_TEST

/* ---- news of calls that may still be short ------------------------------- */

static rep_begun_news_t news;

/* What a reader is told, who then has it: the serials, and those over. */
static void ck_news(uint64_t oldest, size_t n_begun, const uint64_t *begun,
		size_t n_over, const uint64_t *over)
{
	rep_answered_news(answered, &news);
	ck_assert_uint_eq(news.oldest, oldest);
	ck_assert_uint_eq(news.n_begun, n_begun);
	ck_assert_uint_eq(news.n_over, n_over);
	for(size_t i = 0; i < n_begun; i++) {
		ck_assert_uint_eq(news.begun[i].serial, begun[i]);
		ck_assert_uint_eq(news.begun[i].ticket.number, FIRST + begun[i] - 1);
		news.told = begun[i];
	}
	for(size_t i = 0; i < n_over; i++)
		ck_assert_uint_eq(news.over[i], over[i]);
	news.heard += n_over;
	news.anew = false;
}

static void answer_of(unsigned i, rep_time_t after)
{
	rep_ticket_t t;

	ck_assert(rep_pool_track(
			registry, pool, FIRST + i, rep_span(""), NOW + after, &t));
	rep_answered_put(answered, registry, dialog(i), &t, REP_ANSWERED, SHORT,
			NOW + after, MONO + after);
}

#define LIST(...)                                                      \
	sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), (uint64_t[]) \
	{                                                                  \
		__VA_ARGS__                                                    \
	}

START_TEST(news_of_calls)
{
	news = (rep_begun_news_t){.anew = true};
	ck_news(1, 0, NULL, 0, NULL);
	answer_of(0, 0);
	answer_of(1, S);
	answer_of(2, S);
	ck_news(1, LIST(1, 2, 3), 0, NULL);
	ck_news(1, 0, NULL, 0, NULL);
	answer_of(3, S);
	ck_assert(bye(1, false, S));
	ck_news(1, LIST(4), LIST(2));
	/* the oldest need not be named: neither when it is short nor when not */
	ck_assert(bye(0, false, S));
	ck_news(3, 0, NULL, 0, NULL);
	tick(SHORT + S);
	ck_news(5, 0, NULL, 0, NULL);
}
END_TEST

/* One that is over before it was told of is told of as that alone. */
START_TEST(news_that_is_old)
{
	news = (rep_begun_news_t){.anew = true};
	ck_news(1, 0, NULL, 0, NULL);
	answer_of(0, 0);
	answer_of(1, 0);
	ck_assert(bye(1, true, 0));
	ck_news(1, LIST(1), LIST(2));
}
END_TEST

/* Who lost all that he had gets it again, and nothing else. */
START_TEST(news_from_the_beginning)
{
	news = (rep_begun_news_t){.anew = true};
	ck_news(1, 0, NULL, 0, NULL);
	answer_of(0, 0);
	answer_of(1, 0);
	answer_of(2, 0);
	ck_news(1, LIST(1, 2, 3), 0, NULL);
	ck_assert(bye(1, false, 0));
	news.anew = true;
	ck_news(1, LIST(1, 3), 0, NULL);
}
END_TEST

/* More are over than are remembered. */
START_TEST(news_too_late)
{
	news = (rep_begun_news_t){.anew = true};
	ck_news(1, 0, NULL, 0, NULL);
	answer_of(0, 0);
	for(int i = 0; i < 1025; i++) {
		ck_assert(!news.anew);
		answer_of(1, 0);
		ck_assert(bye(1, false, 0));
	}
	rep_answered_news(answered, &news);
	ck_assert(news.anew);
	ck_assert_uint_eq(news.n_over, 0);
	ck_assert_uint_eq(news.n_begun, 1);
	ck_assert_uint_eq(news.begun[0].serial, 1);
}
END_TEST

Suite *answered_suite(void)
{
	Suite *suite = suite_create("answered");
	TCase *small = tcase_create("small"), *any = tcase_create("any size");

	tcase_add_checked_fixture(small, make_small, unmake);
	tcase_add_test(small, a_bye_within_short_call);
	tcase_add_test(small, no_bye_within_short_call);
	tcase_add_test(small, settled);
	tcase_add_test(small, news_of_calls);
	tcase_add_test(small, news_that_is_old);
	tcase_add_test(small, news_from_the_beginning);
	tcase_add_test(small, news_too_late);
	tcase_add_test(small, a_bye_before_the_tick);
	tcase_add_test(small, unwanted);
	tcase_add_test(small, the_callee_speaks_once);
	tcase_add_test(small, a_bye_twice);
	tcase_add_test(small, the_same_dialog_twice);
	tcase_add_test(small, the_same_dialog_of_another_number);
	tcase_add_test(small, unwanted_late_and_once);
	tcase_add_test(small, without_short_calls);
	tcase_add_test(small, late_ones_make_room);
	tcase_add_test(small, not_for_ever);
	tcase_add_test(small, the_table_is_full);
	tcase_add_test(small, one_after_the_other);
	tcase_add_test(small, held_to_its_end);
	tcase_add_test(small, a_held_call_becomes_unwanted);
	tcase_add_test(small, a_bye_that_never_comes);
	tcase_add_test(small, held_and_short_ones_side_by_side);
	tcase_add_test(small, dialogs_are_told_apart);
	tcase_add_test(small, a_bye_of_another_dialog);
	tcase_add_test(small, first_of_those_remembered);
	tcase_add_test(small, the_number_is_removed_meanwhile);
	tcase_add_test(small, a_ticket_that_holds_nothing);
	tcase_add_test(small, no_memory_and_no_lock);
	suite_add_tcase(suite, small);
	tcase_set_timeout(any, 60);
	tcase_add_test(any, no_room_at_all);
	tcase_add_loop_test(any, sweep, 0, 4);
	suite_add_tcase(suite, any);
	return suite;
}
