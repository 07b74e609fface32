/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a pool refuses is counted and announced once. */

#include "engine/pool/known.h"
#include "engine/pool/no_pool.h"
#include "engine/pool/refusals.h"
#include "pool_test.h"
#include "suites.h"

#define QUIET REP_REFUSALS_QUIET

static uint64_t cursor;

/* What was announced of refusals since the last time, one word each, with the
 * route and how many calls were refused. */
static const char *told(rep_time_t now)
{
	static char text[2000];
	rep_event_t events[64];
	size_t n, len = 0;

	rep_registry_tick(registry, now);
	n = rep_events_read(rep_registry_events(registry), &cursor, events, 64);
	text[0] = '\0';
	for(size_t i = 0; i < n; i++) {
		const rep_event_t *e = &events[i];
		if(e->kind != REP_EVENT_POOL_EXHAUSTED
				&& e->kind != REP_EVENT_POOL_EXHAUSTED_OVER)
			continue;
		len += (size_t)snprintf(text + len, sizeof(text) - len,
				"%s%s%s%s%s:%u/%d", len ? " " : "",
				e->kind == REP_EVENT_POOL_EXHAUSTED_OVER ? "-" : "+",
				rep_pick_name(e->stop),
				e->route[0]				 ? "@"
				: e->pool == REP_NO_POOL ? "="
										 : "",
				e->pool == REP_NO_POOL ? e->detail : e->route, e->refused,
				e->until ? (int)((e->until - e->since) / S) : 0);
	}
	return text;
}

static void start(void)
{
	setup();
	cursor = 0;
}

static rep_time_t minute_after(rep_time_t now, int minutes)
{
	return now / MINUTE * MINUTE + minutes * MINUTE;
}

static uint64_t refused_by(rep_pick_t why)
{
	rep_pool_view_t v;

	ck_assert(rep_view_pool(registry, pool, NOW, &v));
	return v.refused_by[why];
}

/* A pool that reaches its cap each minute has one beginning; it is over after
 * five minutes without a refusal, when calls are picked again. */
START_TEST(caps_each_minute_are_one_edge)
{
	rep_time_t now = minute_after(NOW, 1);

	put_numbers(1);
	policy_set("cap_minute", "1", NOW);
	for(int m = 0; m < 20; m++) {
		ck_assert_uint_ne(pick_and_end(now + m * MINUTE), 0);
		ck_assert_int_eq(
				why_not(now + m * MINUTE + 50 * S), REP_PICK_ALL_CAPPED);
		ck_assert_str_eq(
				told(now + m * MINUTE + 51 * S), m ? "" : "+all-capped:1/0");
	}
	now += 19 * MINUTE + 50 * S;
	ck_assert_str_eq(told(now + QUIET + MINUTE), ""); /* nobody calls */
	ck_assert_uint_ne(pick_and_end(now + QUIET + MINUTE), 0);
	ck_assert_str_eq(told(now + QUIET + MINUTE), "-all-capped:20/1140");
	ck_assert_str_eq(told(now + QUIET + 2 * MINUTE), "");
	ck_assert_int_eq(why_not(now + QUIET + MINUTE), REP_PICK_ALL_CAPPED);
	ck_assert_str_eq(told(now + QUIET + 2 * MINUTE), "+all-capped:1/0");
	ck_assert_uint_eq(refused_by(REP_PICK_ALL_CAPPED), 21);
}
END_TEST

START_TEST(over_to_the_second)
{
	rep_time_t now = minute_after(NOW, 1);

	put_numbers(1);
	policy_set("cap_minute", "1", NOW);
	pick_and_end(now);
	why_not(now + 1 * S);
	ck_assert_str_eq(told(now + 1 * S), "+all-capped:1/0");
	pick_and_end(now + 2 * MINUTE);
	ck_assert_str_eq(told(now + S + QUIET - 1), "");
	ck_assert_str_eq(told(now + S + QUIET), "-all-capped:1/0");
}
END_TEST

/* A pause speaks when it refuses the first call, and is over when it ends. */
START_TEST(a_pause)
{
	put_numbers(2);
	ck_assert(rep_pool_pause(registry, pool, true, 0, NOW));
	ck_assert_str_eq(told(NOW), "");
	for(int i = 0; i < 3; i++)
		ck_assert_int_eq(why_not(NOW + i * S), REP_PICK_POOL_PAUSED);
	ck_assert_int_eq(try_on("", NOW), REP_PICK_POOL_PAUSED);
	ck_assert_str_eq(told(NOW + 3 * S), "+pool-paused:3/0");
	ck_assert_str_eq(told(NOW + DAY), "");
	ck_assert(rep_pool_pause(registry, pool, false, 0, NOW + DAY));
	ck_assert_str_eq(told(NOW + DAY), "-pool-paused:3/2");
	ck_assert_uint_ne(pick_and_end(NOW + DAY), 0);
}
END_TEST

START_TEST(a_pause_that_ends_by_itself)
{
	char value[64];

	put_numbers(2);
	snprintf(value, sizeof(value), "paused until=%lld",
			(long long)(NOW / S + 60));
	policy_set("status", value, NOW);
	ck_assert_int_eq(why_not(NOW + 59 * S), REP_PICK_POOL_PAUSED);
	ck_assert_str_eq(told(NOW + 60 * S - 1), "+pool-paused:1/0");
	ck_assert_int_eq(why_not(NOW + 60 * S - 1), REP_PICK_POOL_PAUSED);
	ck_assert_str_eq(told(NOW + 60 * S), "-pool-paused:2/0");
	ck_assert_uint_ne(pick_and_end(NOW + 60 * S), 0);
}
END_TEST

/* An operator's word holds also where rests do not. */
START_TEST(a_pause_in_observe_mode_and_with_least_bad)
{
	put_numbers(1);
	policy_set("on_exhausted", "least_bad", NOW);
	rep_registry_observe(registry, true);
	policy_set("status", "paused", NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_POOL_PAUSED);
}
END_TEST

/* Paused numbers are no pause of the pool, and a paused pool may be empty. */
START_TEST(an_empty_pool)
{
	ck_assert_int_eq(why_not(NOW), REP_PICK_EMPTY_POOL);
	ck_assert_str_eq(told(NOW), "+empty-pool:1/0");
	policy_set("status", "paused", NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_POOL_PAUSED);
	ck_assert_str_eq(told(NOW), "+pool-paused:1/0");
	policy_set("status", "active", NOW);
	put_numbers(1);
	ck_assert_str_eq(told(NOW), "-pool-paused:1/0 -empty-pool:1/0");
}
END_TEST

START_TEST(no_match_on_a_route)
{
	put_numbers(2);
	policy_set("require_attest", "A", NOW);
	ck_assert_uint_eq(pick_on("west", NOW, NULL, NULL), 0);
	/* a label that the pool does not know has no place of its own */
	ck_assert_str_eq(told(NOW), "+no-match:1/0");
}
END_TEST

/* That numbers rest is announced with the fact; calls that are refused for it
 * count where it is so. */
START_TEST(rests_on_a_route)
{
	put_numbers(4);
	bench_on("a", 0, 3, DAY);
	ck_assert_str_eq(told(NOW), "+share-benched@a:0/0");
	ck_assert_int_eq(try_on("", NOW), REP_PICKED);
	for(int i = 0; i < 2; i++)
		ck_assert_uint_eq(pick_on("a", NOW + i * MINUTE, NULL, NULL), 0);
	rep_pool_release(registry, pool, FIRST, rep_span("a"), NOW + MINUTE);
	ck_assert_str_eq(told(NOW + MINUTE), "-share-benched@a:2/60");
	ck_assert_uint_eq(refused_by(REP_PICK_SHARE_BENCHED), 2);
}
END_TEST

/* A route that stops because the whole pool does says nothing, not even when
 * it is over. */
START_TEST(rests_of_the_whole_pool)
{
	put_numbers(4);
	bench_on("a", 0, 1, DAY);
	for(unsigned i = 0; i < 3; i++)
		bench(FIRST + i);
	ck_assert_str_eq(told(NOW), "+share-benched:0/0");
	ck_assert_uint_eq(pick_on("a", NOW, NULL, NULL), 0);
	for(unsigned i = 0; i < 3; i++)
		rep_pool_release(registry, pool, FIRST + i, rep_span(""), NOW);
	ck_assert_str_eq(told(NOW), "-share-benched:1/0");
}
END_TEST

START_TEST(loading_only_if_it_lasts)
{
	rep_registry_reach(registry, true, NOW);
	put_numbers(2);
	ck_assert_int_eq(why_not(NOW), REP_PICK_LOADING);
	ck_assert_int_eq(why_not(NOW + 4999), REP_PICK_LOADING);
	ck_assert_str_eq(told(NOW + 4999), "");
	rep_registry_reach(registry, false, NOW + 4999);
	ck_assert_str_eq(told(NOW + 4999), "");
	/* another time, much later, is not the same */
	rep_registry_reach(registry, true, NOW + HOUR);
	ck_assert_int_eq(
			rep_pool_put(registry, pool, FIRST + 7, &plain, 1, 1, NOW), 1);
	ck_assert_int_eq(why_not(NOW + HOUR), REP_PICK_LOADING);
	ck_assert_str_eq(told(NOW + HOUR), "");
	ck_assert_int_eq(why_not(NOW + HOUR + 5 * S), REP_PICK_LOADING);
	ck_assert_str_eq(told(NOW + HOUR + 5 * S), "+loading:2/0");
	rep_registry_reach(registry, false, NOW + HOUR);
	ck_assert_str_eq(told(NOW + HOUR + 6 * S), "-loading:2/5");
	ck_assert_uint_eq(refused_by(REP_PICK_LOADING), 4);
}
END_TEST

/* A failover that is refused is the pool's where any call would be. */
START_TEST(calls_that_keep_their_number)
{
	rep_ticket_t t;

	put_numbers(4);
	ck_assert_uint_ne(pick_on("a", NOW, &t, NULL), 0);
	bench_on("b", (unsigned)(t.number - FIRST), 1, DAY);
	ck_assert_int_eq(rep_ticket_reroute(registry, &t, rep_span("b"), NOW),
			REP_PICK_ALL_BENCHED);
	ck_assert_uint_eq(refused_by(REP_PICK_ALL_BENCHED), 0);
	policy_set("status", "paused", NOW);
	ck_assert_int_eq(rep_ticket_reroute(registry, &t, rep_span("c"), NOW),
			REP_PICK_POOL_PAUSED);
	ck_assert_int_eq(rep_ticket_again(registry, &t, rep_span("c"), NOW),
			REP_PICK_POOL_PAUSED);
	ck_assert_uint_eq(refused_by(REP_PICK_POOL_PAUSED), 2);
	policy_set("status", "active", NOW);
	ck_assert_int_eq(
			rep_ticket_reroute(registry, &t, rep_span("c"), NOW), REP_PICKED);
}
END_TEST

START_TEST(what_is_refused_now)
{
	rep_refusing_view_t now[8];

	put_numbers(4);
	bench_on("a", 0, 3, DAY);
	ck_assert_uint_eq(pick_on("a", NOW, NULL, NULL), 0);
	policy_set("cap_day", "1", NOW);
	for(int i = 0; i < 6; i++)
		pick_on("", NOW, NULL, NULL);
	told(NOW);
	ck_assert_uint_eq(rep_view_refusing(registry, pool, now, 8), 2);
	ck_assert_int_eq(now[0].why, REP_PICK_ALL_CAPPED);
	ck_assert_uint_eq(now[0].calls, 2);
	ck_assert_str_eq(now[0].route, "");
	ck_assert_int_eq(now[1].why, REP_PICK_SHARE_BENCHED);
	ck_assert_uint_eq(now[1].calls, 1);
	ck_assert_str_eq(now[1].route, "a");
	ck_assert_int_eq(now[1].since, NOW);
	ck_assert_uint_eq(rep_view_refusing(registry, pool, now, 1), 1);
}
END_TEST

START_TEST(a_pool_that_goes_says_nothing)
{
	why_not(NOW);
	ck_assert_str_eq(told(NOW), "+empty-pool:1/0");
	rep_registry_drop(registry, pool);
	ck_assert_str_eq(told(NOW + DAY), "");
	rep_registry_put(registry, rep_span("sales"));
	put_numbers(1);
	ck_assert_str_eq(told(NOW + DAY), "");
}
END_TEST

START_TEST(a_clock_that_is_set_back)
{
	rep_time_t now = minute_after(NOW, 0);

	put_numbers(1);
	policy_set("cap_minute", "1", NOW);
	pick_and_end(now + DAY);
	why_not(now + DAY);
	ck_assert_str_eq(told(now + DAY), "+all-capped:1/0");
	ck_assert_str_eq(told(now), "");
	pick_and_end(now);
	ck_assert_str_eq(told(now + QUIET - 1), "");
	ck_assert_ptr_nonnull(strstr(told(now + QUIET), "-all-capped:1/"));
}
END_TEST

/* Calls and ticks at random times against a list of all that happened. */
START_TEST(sweep_of_edges)
{
	uint64_t seed = 7;
	rep_time_t at = NOW, last = 0;
	unsigned refused = 0, edges = 0, over = 0;
	bool open = false, picked = false;
	char expected[64];

	put_numbers(1);
	for(int i = 0; i < 20000; i++) {
		unsigned dice;
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		dice = (unsigned)(seed >> 40) % 100;
		at += (rep_time_t)((seed >> 33) % (dice < 10 ? 200000 : 40000));
		expected[0] = '\0';
		if(dice < 30) {
			rep_lock(&inside()->lock);
			rep_pool_refused(inside(), REP_PICK_NO_MATCH, 0, at);
			rep_unlock(&inside()->lock);
			if(!open)
				snprintf(expected, sizeof(expected), "+no-match:1/0");
			edges += !open;
			refused = open ? refused + 1 : 1;
			open = true;
			picked = false;
			last = at;
		} else if(dice < 60) {
			ck_assert_uint_ne(pick_and_end(at), 0);
			picked = true;
		}
		if(open && picked && at - last >= QUIET) {
			open = false;
			over++;
			snprintf(expected, sizeof(expected), "-no-match:%u/", refused);
		}
		ck_assert_ptr_nonnull(strstr(told(at), expected));
		if(!expected[0])
			ck_assert_str_eq(told(at), "");
	}
	ck_assert_uint_gt(edges, 20);
	ck_assert_uint_ge(edges, over);
}
END_TEST

/* ---- pools that there are not ------------------------------------------- */

static void ask(const char *name, unsigned calls, rep_time_t now)
{
	while(calls-- > 0)
		rep_no_pool_refused(registry, rep_span(name), now);
}

START_TEST(names_that_are_no_pool)
{
	rep_registry_stats_t stats;
	rep_no_pool_view_t names[4];

	ask("slaes", 3, NOW);
	ask("bad\r\nname {", 1, NOW);
	ask("", 1, NOW);
	ck_assert_str_eq(told(NOW), "+unknown-pool=slaes:3/0"
								" +unknown-pool=bad??name??:1/0"
								" +unknown-pool=?:1/0");
	ask("slaes", 2, NOW + 10 * S);
	ck_assert_str_eq(told(NOW + 11 * S), "");
	ck_assert_uint_eq(rep_no_pools_list(registry, names, 4), 3);
	ck_assert_str_eq(names[0].name, "slaes");
	ck_assert_uint_eq(names[0].calls, 5);
	ck_assert_str_eq(told(NOW + QUIET), "-unknown-pool=bad??name??:1/0"
										" -unknown-pool=?:1/0");
	ck_assert_str_eq(told(NOW + 10 * S + QUIET), "-unknown-pool=slaes:5/10");
	rep_registry_stats(registry, &stats);
	ck_assert_uint_eq(stats.refused[REP_PICK_UNKNOWN_POOL], 7);
	ck_assert_uint_eq(stats.refusals, 0);
}
END_TEST

START_TEST(a_name_that_becomes_a_pool)
{
	ask("later", 1, NOW);
	ck_assert_str_eq(told(NOW), "+unknown-pool=later:1/0");
	rep_registry_put(registry, rep_span("later"));
	ck_assert_str_eq(told(NOW + S), "-unknown-pool=later:1/0");
}
END_TEST

/* Fifteen names; what is beyond them is one. */
START_TEST(more_names_than_there_is_room_for)
{
	char name[80], *others;
	rep_no_pool_view_t names[32];

	for(int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "%070d", i);
		ask(name, 1, NOW);
	}
	/* cut, they are the same */
	ck_assert_uint_eq(rep_no_pools_list(registry, names, 32), 1);
	for(int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		ask(name, 1, NOW);
	}
	others = strstr((char *)told(NOW), "=(others):");
	ck_assert_ptr_nonnull(others);
	ck_assert_str_eq(others, "=(others):986/0");
	ck_assert_uint_eq(rep_no_pools_list(registry, names, 32), 16);
	told(NOW + QUIET);
	ck_assert_uint_eq(rep_no_pools_list(registry, names, 32), 0);
}
END_TEST

Suite *refusals_suite(void)
{
	Suite *suite = suite_create("refusals");
	TCase *tc = tcase_create("refusals");

	tcase_add_checked_fixture(tc, start, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, caps_each_minute_are_one_edge);
	tcase_add_test(tc, over_to_the_second);
	tcase_add_test(tc, a_pause);
	tcase_add_test(tc, a_pause_that_ends_by_itself);
	tcase_add_test(tc, a_pause_in_observe_mode_and_with_least_bad);
	tcase_add_test(tc, an_empty_pool);
	tcase_add_test(tc, no_match_on_a_route);
	tcase_add_test(tc, rests_on_a_route);
	tcase_add_test(tc, rests_of_the_whole_pool);
	tcase_add_test(tc, loading_only_if_it_lasts);
	tcase_add_test(tc, calls_that_keep_their_number);
	tcase_add_test(tc, what_is_refused_now);
	tcase_add_test(tc, a_pool_that_goes_says_nothing);
	tcase_add_test(tc, a_clock_that_is_set_back);
	tcase_add_test(tc, sweep_of_edges);
	tcase_add_test(tc, names_that_are_no_pool);
	tcase_add_test(tc, a_name_that_becomes_a_pool);
	tcase_add_test(tc, more_names_than_there_is_room_for);
	suite_add_tcase(suite, tc);
	return suite;
}
