/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks of a pool's numbers that go bad together. */

#include "engine/judge/block.h"
#include "pool_test.h"
#include "suites.h"

#define EAST UINT64_C(15551230001)
#define WEST UINT64_C(15559990001)

/* `n` numbers from `first` on that have made a call, and whose statistic on a
 * chart is `nats`. */
static void put(rep_e164_t first, unsigned n, const char *tags,
		rep_chart_t chart, float nats)
{
	rep_attrs_t attrs = plain;

	attrs.tags = rep_span(tags);
	for(unsigned i = 0; i < n; i++) {
		rep_pool_t *p = inside();
		rep_number_t *number;
		ck_assert_int_ge(
				rep_pool_put(registry, pool, first + i, &attrs, 1, 1, NOW), 0);
		count(first + i, "", REP_ANSWERED, 1, NOW);
		number = rep_slab_at(&p->numbers, 0);
		for(uint32_t k = 0; number->e164 != first + i; k++)
			number = rep_slab_at(&p->numbers, k);
		number->chart = (uint8_t)chart;
		number->s = nats;
		number->verdict.score = nats / p->baseline.threshold[chart];
	}
}

/* Surveys until nothing new is found. */
static void survey(rep_time_t *now, unsigned minutes)
{
	while(minutes-- > 0) {
		while(rep_registry_tick(registry, *now))
			;
		*now += MINUTE;
	}
}

START_TEST(block_is_named)
{
	static const struct
	{
		const char *tags[3];
		rep_e164_t first[3];
		unsigned n[3];
		float nats[3];
		const char *block; /* that the first number is said to belong to */
	} cases[] = {
			{{"", ""}, {EAST, WEST}, {20, 30}, {3, 0},
					"block +1555123: 0 of 20 numbers"},
			{{"", ""}, {EAST, WEST}, {20, 30}, {2.5f, 0},
					"block +1555123: 0 of 20 numbers"},
			/* that little is nothing */
			{{"", ""}, {EAST, WEST}, {20, 30}, {1, 0}, ""},
			/* the pool as a whole, whatever it shows, is none */
			{{"", ""}, {EAST, EAST + 20}, {20, 30}, {3, 3}, ""},
			{{"", ""}, {EAST, WEST}, {20, 30}, {3, 3}, ""},
			{{"", ""}, {EAST, WEST}, {20, 4}, {3, 0}, ""},
			/* a thousand of ten thousand */
			{{"", "", ""}, {EAST, EAST + 1000, WEST}, {20, 10, 10},
					{3, 0, 1.6f}, "block +15551230: 0 of 20 numbers"},
			/* a tag, over two prefixes of which neither is a block */
			{{"spring", "spring", "plain"}, {EAST, WEST, EAST + 4}, {4, 4, 30},
					{3, 3, 0}, "block tag spring: 0 of 8 numbers"},
			{{"spring", "other,spring", "plain"}, {EAST, WEST, EAST + 4},
					{4, 4, 30}, {3, 3, 0}, "block tag spring: 0 of 8 numbers"},
			/* a tag that all share */
			{{"all", "all"}, {EAST, WEST}, {30, 20}, {3, 0},
					"block +1555123: 0 of 30 numbers"},
			{{"", ""}, {EAST, WEST}, {4, 30}, {3, 0}, ""},
	};
	rep_time_t now = NOW + MINUTE;

	for(unsigned k = 0; k < 3 && cases[_i].n[k]; k++)
		put(cases[_i].first[k], cases[_i].n[k], cases[_i].tags[k],
				REP_CHART_REJECTED, cases[_i].nats[k]);
	survey(&now, 1);
	ck_assert_str_eq(view(EAST, now).block, cases[_i].block);
	ck_assert_str_eq(view(cases[_i].first[1] + cases[_i].n[1] - 1, now).block,
			_i == 7 || _i == 8 ? cases[_i].block : "");
	ck_assert_ptr_null(inside()->survey);
}
END_TEST

START_TEST(members_of_two_blocks_count_once)
{
	rep_time_t now = NOW + MINUTE;

	put(EAST, 20, "both", REP_CHART_BLOCKED, 3);
	put(WEST, 4, "both", REP_CHART_BLOCKED, 0);
	put(WEST + 4, 30, "", REP_CHART_BLOCKED, 0);
	survey(&now, 3);
	ck_assert_uint_eq(inside()->n_blocks, 1);
	ck_assert_str_eq(view(EAST, now).block, "block +1555123: 0 of 20 numbers");
	ck_assert_str_eq(view(WEST, now).block, "");
}
END_TEST

START_TEST(all_bad_blocks_are_found)
{
	rep_time_t now = NOW + MINUTE;

	for(unsigned b = 0; b < 40; b++)
		put(EAST + 10000 * b, 8, "", REP_CHART_BLOCKED, 3);
	put(WEST, 200, "", REP_CHART_BLOCKED, 0);
	survey(&now, 1);
	ck_assert_uint_eq(inside()->n_blocks, REP_BLOCKS_MAX);
}
END_TEST

START_TEST(large_pool_is_surveyed_in_parts)
{
	rep_time_t now = NOW + MINUTE;
	unsigned calls = 1;

	put(EAST, 20, "", REP_CHART_BLOCKED, 3);
	for(unsigned i = 0; i < 20000; i++)
		ck_assert_int_eq(
				rep_pool_put(registry, pool, WEST + 13 * i, &plain, 1, 1, NOW),
				1);
	put(WEST, 20, "", REP_CHART_BLOCKED, 0);
	ck_assert(rep_registry_tick(registry, now));
	ck_assert_ptr_nonnull(inside()->survey);
	ck_assert_str_eq(view(EAST, now).block, "");
	while(rep_registry_tick(registry, now))
		calls++;
	ck_assert_uint_gt(calls, 3);
	ck_assert_str_eq(view(EAST, now).block, "block +1555123: 0 of 20 numbers");
	/* dropped in between, and without memory */
	ck_assert(rep_registry_tick(registry, now + MINUTE));
	rep_registry_drop(registry, pool);
	ck_assert(!rep_registry_tick(registry, now + MINUTE));
}
END_TEST

/* ---- by real calls ------------------------------------------------------- */

static uint32_t state;

static uint32_t dice(void)
{

	state = state * 1664525u + 1013904223u;
	return state / 65536 % 1000;
}

/* An hour's calls; `east`: blocked calls, per mille, of the numbers there. */
static void hour(rep_time_t t, unsigned east)
{
	for(unsigned k = 0; k < 4; k++) {
		for(unsigned i = 0; i < 50; i++) {
			rep_e164_t number = i < 20 ? EAST + i : WEST + i - 20;
			uint32_t d = dice();
			unsigned blocked = i < 20 ? east : 4;
			if(view(number, t).state == REP_BENCHED)
				continue;
			count(number, "",
					d < blocked			? REP_BLOCKED
					: d < blocked + 80	? REP_DECLINED
					: d < blocked + 330 ? REP_ANSWERED
										: REP_NOANSWER,
					1, t);
		}
		while(rep_registry_tick(registry, t + k * 15 * MINUTE))
			;
	}
}

/* Benches of numbers there whose event tells of a block, and others. */
static void benches(unsigned *of_block, unsigned *others, unsigned *west)
{
	static rep_event_t events[REP_EVENT_RING];
	uint64_t cursor = 0;
	size_t n = rep_events_read(
			rep_registry_events(registry), &cursor, events, REP_EVENT_RING);

	*of_block = *others = *west = 0;
	for(size_t i = 0; i < n; i++) {
		if(events[i].kind != REP_EVENT_BENCHED)
			continue;
		if(events[i].number >= WEST)
			++*west;
		else if(strncmp(events[i].detail, "block +1555123: ", 16) == 0)
			++*of_block;
		else
			++*others;
	}
}

/* `held`: as if a cause that the pool shares were found at the same time. */
START_TEST(members_that_show_it_are_benched)
{
	unsigned of_block, others, west;
	rep_time_t t = NOW;

	state = 5;
	policy_set("max_benched_share", "1", NOW);
	for(unsigned i = 0; i < 50; i++)
		rep_pool_put(registry, pool, i < 20 ? EAST + i : WEST + i - 20, &plain,
				1, 1, NOW);
	for(unsigned h = 0; h < 48; h++, t += HOUR)
		hour(t, 4);
	benches(&of_block, &others, &west);
	ck_assert_uint_eq(of_block + others + west, 0);
	for(unsigned h = 0; h < 36; h++, t += HOUR) {
		if(_i)
			inside()->held_until[REP_CHART_BLOCKED] = t + HOUR;
		hour(t, 80);
	}
	benches(&of_block, &others, &west);
	ck_assert_uint_ge(of_block, 13);
	ck_assert_uint_eq(others, 0);
	ck_assert_uint_eq(west, 0);
	ck_assert_ptr_nonnull(strstr(view(EAST, t).block, "of 20 numbers"));
}
END_TEST

Suite *survey_suite(void)
{
	Suite *suite = suite_create("survey");
	TCase *tcase = tcase_create("survey");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, block_is_named, 0, 11);
	tcase_add_test(tcase, members_of_two_blocks_count_once);
	tcase_add_test(tcase, all_bad_blocks_are_found);
	tcase_add_test(tcase, large_pool_is_surveyed_in_parts);
	tcase_add_loop_test(tcase, members_that_show_it_are_benched, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
