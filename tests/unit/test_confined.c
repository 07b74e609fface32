/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a bad number is bad, as the event of its bench says. */

#include "engine/judge/bucket.h"
#include "engine/pool/exchange.h"
#include "pool_test.h"
#include "suites.h"

#define OTHERS 9

/* The number's calls of a hundred, by label, and how many are blocked. */
static const struct
{
	struct
	{
		const char *campaign, *network;
		unsigned calls, blocked;
	} part[3];
	const char *said;
} cases[] = {
		{{{"", "x", 50, 15}, {"", "y", 50, 0}}, "on network x only"},
		{{{"spring", "", 50, 15}, {"autumn", "", 50, 0}},
				"on campaign spring only"},
		{{{"", "", 50, 15}, {"", "y", 50, 0}},
				"on calls without a network only"},
		/* of two that would do, the one with fewer calls */
		{{{"spring", "x", 40, 14}, {"spring", "y", 30, 0}, {"", "y", 30, 0}},
				"on network x only"},
		{{{"spring", "x", 40, 14}, {"autumn", "x", 30, 0}, {"", "y", 30, 0}},
				"on campaign spring only"},
		/* all over */
		{{{"", "x", 50, 15}, {"", "y", 50, 2}}, ""},
		/* nobody can tell: it went nowhere else, or hardly */
		{{{"spring", "x", 100, 30}}, ""},
		{{{"", "x", 98, 30}, {"", "y", 2, 0}}, ""},
};

/* A part of the calls of number `i`, as another node has counted them. */
static void put(unsigned i, int c, int p, rep_time_t now)
{
	unsigned calls = cases[c].part[p].calls;
	unsigned blocked = i == 0 ? cases[c].part[p].blocked : 0;
	rep_cell_t cell = {.number = FIRST + i,
			.bucket = rep_bucket_of(&inside()->policy, now)};

	if(!calls)
		return;
	strcpy(cell.dims.campaign, cases[c].part[p].campaign);
	strcpy(cell.dims.network, cases[c].part[p].network);
	cell.counts.n[REP_BLOCKED] = blocked;
	cell.counts.n[REP_ANSWERED] = (calls - blocked) / 4;
	cell.counts.n[REP_NOANSWER] = calls - blocked - (calls - blocked) / 4;
	ck_assert(rep_pool_put_others(registry, pool, &cell, 1, now));
	ck_assert(!rep_pool_judge_others(registry, pool, now));
}

START_TEST(confined_to)
{
	static rep_event_t events[64];
	uint64_t cursor = 0;
	rep_time_t now = NOW;
	size_t n;

	policy_set("false_bench_every", "100000", NOW);
	put_numbers(OTHERS + 1);
	for(unsigned i = 1; i <= OTHERS; i++)
		for(int p = 0; p < 3; p++)
			put(i, _i, p, now);
	rep_registry_tick(registry, now + 2 * S);
	for(int p = 2; p >= 0; p--) /* what benches comes last */
		put(0, _i, p, now);
	n = rep_events_read(rep_registry_events(registry), &cursor, events, 64);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(events[0].kind, REP_EVENT_BENCHED);
	ck_assert_uint_eq(events[0].number, FIRST);
	ck_assert_str_eq(events[0].detail, cases[_i].said);
}
END_TEST

Suite *confined_suite(void)
{
	Suite *suite = suite_create("confined");
	TCase *tc = tcase_create("confined");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
			tc, confined_to, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	suite_add_tcase(suite, tc);
	return suite;
}
