/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes out is what is owned: attestation, registration. */

#include "pool_test.h"
#include "suites.h"

static void put(unsigned i, const char *attest, const char *registered)
{
	rep_attrs_t attrs = plain;

	attrs.attest = rep_span(attest);
	attrs.registered = rep_span(registered);
	ck_assert_int_ge(
			rep_pool_put(registry, pool, FIRST + i, &attrs, 1, 1, NOW), 0);
}

/* The newest warning, if there is one more than `before`. */
static bool warned(unsigned before, rep_event_t *out)
{
	static rep_event_t events[REP_EVENT_RING];
	uint64_t cursor = 0;
	size_t n = rep_events_read(
			rep_registry_events(registry), &cursor, events, REP_EVENT_RING);
	unsigned found = 0;

	for(size_t i = 0; i < n; i++)
		if(events[i].kind == REP_EVENT_ATTEST_BELOW) {
			*out = events[i];
			found++;
		}
	ck_assert_uint_le(found, before + 1);
	return found > before;
}

static const struct
{
	const char *below, *attest, *route;
	char is; /* '-' = no warning; 0 = none */
} cases[] = {
		{"", "", "a", '-'},
		{"A", "a=A", "a", '-'},
		{"A", "a=B", "a", 'B'},
		{"A", "a=A", "b", 0},
		{"A", "a=A", "", '-'}, /* the best of all */
		{"A", "", "", 0},
		{"B", "a=A", "a", '-'},
		{"B", "a=B", "a", '-'},
		{"B", "a=C", "a", 'C'},
		{"C", "a=C", "a", '-'},
		{"C", "b=C", "a", 0},
};

START_TEST(less_than_is_asked_for)
{
	rep_event_t event;
	rep_ticket_t t;

	put(0, cases[_i].attest, "");
	policy_set("warn_attest_below", cases[_i].below, NOW);
	ck_assert_int_eq(try_on(cases[_i].route, NOW), REP_PICKED);
	ck_assert(!warned(0, &event)); /* nothing went out */
	ck_assert_uint_eq(pick_on(cases[_i].route, NOW, &t, NULL), FIRST);
	ck_assert_int_eq(warned(0, &event), cases[_i].is != '-');
	if(cases[_i].is == '-')
		return;
	ck_assert_uint_eq(event.number, FIRST);
	ck_assert_str_eq(event.route, cases[_i].route);
	ck_assert_int_eq(event.attest, cases[_i].is);
	ck_assert_ptr_nonnull(strstr(event.detail, cases[_i].below));
}
END_TEST

START_TEST(once_a_day_and_number_once_a_minute_and_pool)
{
	rep_time_t day = NOW / DAY * DAY;
	rep_event_t event;
	unsigned told = 0;

	for(unsigned i = 0; i < 3; i++)
		put(i, "", "");
	policy_set("warn_attest_below", "B", NOW);
	for(int i = 0; i < 30; i++) {
		pick_and_end(day);
		told += warned(told, &event);
	}
	ck_assert_uint_eq(told, 1);
	for(int s = 0; s < 600; s += 10) {
		pick_and_end(day + s * S);
		told += warned(told, &event);
		ck_assert_uint_le(told, (unsigned)s / 60 + 1);
	}
	ck_assert_uint_eq(told, 3);
	pick_and_end(day + DAY - 1);
	ck_assert(!warned(told, &event));
	pick_and_end(day + DAY);
	ck_assert(warned(told, &event));
}
END_TEST

START_TEST(a_failover_to_a_route_with_less)
{
	rep_event_t event;
	rep_ticket_t t;

	put(0, "a=A,b=C", "");
	policy_set("warn_attest_below", "B", NOW);
	ck_assert_uint_ne(pick_on("a", NOW, &t, NULL), 0);
	ck_assert(!warned(0, &event));
	ck_assert_int_eq(
			rep_ticket_reroute(registry, &t, rep_span("b"), NOW), REP_PICKED);
	ck_assert(warned(0, &event));
	ck_assert_str_eq(event.route, "b");
	ck_assert_int_eq(event.attest, 'C');
}
END_TEST

START_TEST(registered_numbers_only)
{
	put(0, "", "");
	put(1, "", "fcr=2026-11-28");
	policy_set("require_registered", "1", NOW);
	for(int i = 0; i < 4; i++)
		ck_assert_uint_eq(pick_and_end(NOW), FIRST + 1);
	put(1, "", "");
	ck_assert_int_eq(why_not(NOW), REP_PICK_NO_MATCH);
	put(0, "", "other=2020-01-01");
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
	policy_set("require_tags", "gold", NOW);
	ck_assert_int_eq(why_not(NOW), REP_PICK_NO_MATCH);
	policy_set("require_tags", "", NOW);
	put(0, "", "");
	policy_set("require_registered", "0", NOW);
	ck_assert_uint_ne(pick_and_end(NOW), 0);
}
END_TEST

Suite *warn_suite(void)
{
	Suite *suite = suite_create("warn");
	TCase *tc = tcase_create("warn");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, less_than_is_asked_for, 0,
			(int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(tc, once_a_day_and_number_once_a_minute_and_pool);
	tcase_add_test(tc, a_failover_to_a_route_with_less);
	tcase_add_test(tc, registered_numbers_only);
	suite_add_tcase(suite, tc);
	return suite;
}
