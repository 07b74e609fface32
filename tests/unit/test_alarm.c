/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pool-wide causes, and the benches that they hold. */

#include "pool_test.h"
#include "suites.h"

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
	count(FIRST, "", REP_BLOCKED, 15, NOW);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	count(FIRST + 1, "", REP_UNWANTED, 15, NOW); /* another chart */
	ck_assert_int_eq(view(FIRST + 1, NOW).state, REP_BENCHED);
	count(FIRST, "", REP_BLOCKED, 1, NOW + HOUR);
	ck_assert_int_eq(view(FIRST, NOW + HOUR).state, REP_BENCHED);
}
END_TEST

Suite *alarm_suite(void)
{
	Suite *suite = suite_create("alarm");
	TCase *tc = tcase_create("alarm");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, cause_is_named, 0, 3);
	tcase_add_test(tc, alarm_holds_its_chart);
	tcase_add_test(tc, held_chart_benches_when_it_is_over);
	suite_add_tcase(suite, tc);
	return suite;
}
