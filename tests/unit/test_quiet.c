/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/callee/quiet.h"
#include "engine/reply/zones.h"
#include "formats/zone.h"

#include "suites.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MINUTE INT64_C(60000)
#define DAY 1440

#define NEW_YORK 12125550100
#define SYDNEY 61291234567
#define INDIA 918123456789
#define TOLL_FREE 18005550100 /* of all North America, from Guam to Bermuda */
#define SATELLITE 870773111632

static rep_clocks_t clocks;
static rep_policy_t policy;

static void set(const char *field, const char *value)
{
	char why[160];

	ck_assert_ptr_null(rep_policy_set(
			&policy, rep_span(field), rep_span(value), why, sizeof(why)));
}

/* "MM-DD HH:MM" of 2026, UTC; "" is 0 */
static rep_time_t utc(const char *text)
{
	struct tm tm = {.tm_year = 126};

	if(!text[0])
		return 0;
	ck_assert_int_eq(sscanf(text, "%d-%d %d:%d", &tm.tm_mon, &tm.tm_mday,
							 &tm.tm_hour, &tm.tm_min),
			4);
	tm.tm_mon--;
	return (rep_time_t)timegm(&tm) * 1000;
}

static void read_at(rep_time_t now)
{
	const char *missing = NULL;

	ck_assert_msg(
			rep_zones_read(&clocks, now, &missing) == 0, "no zone %s", missing);
}

static void fresh(void)
{
	rep_policy_default(&policy);
	memset(&clocks, 0, sizeof(clocks));
}

typedef struct quiet_case
{
	rep_e164_t callee;
	const char *hours, *now, *until;
} quiet_case_t;

/* clang-format off */
static const quiet_case_t cases[] = {
	/* none, a day's part, over midnight; the first and the last minute */
	{NEW_YORK, "", "01-15 05:00", ""},
	{NEW_YORK, "12:00-13:30", "01-15 16:59", ""},
	{NEW_YORK, "12:00-13:30", "01-15 17:00", "01-15 18:30"},
	{NEW_YORK, "12:00-13:30", "01-15 18:29", "01-15 18:30"},
	{NEW_YORK, "12:00-13:30", "01-15 18:30", ""},
	{NEW_YORK, "21:00-08:00", "01-15 01:59", ""},
	{NEW_YORK, "21:00-08:00", "01-15 02:00", "01-15 13:00"},
	{NEW_YORK, "21:00-08:00", "01-15 12:59", "01-15 13:00"},
	{NEW_YORK, "21:00-08:00", "01-15 13:00", ""},
	{NEW_YORK, "00:00-08:00", "01-15 05:00", "01-15 13:00"},
	{NEW_YORK, "21:00-00:00", "01-15 04:59", "01-15 05:00"},
	{NEW_YORK, "21:00-00:00", "01-15 05:00", ""},
	/* a half hour, and east of Greenwich */
	{INDIA, "21:00-08:00", "06-01 15:29", ""},
	{INDIA, "21:00-08:00", "06-01 15:30", "06-02 02:30"},
	{SYDNEY, "21:00-08:00", "06-01 10:59", ""},
	{SYDNEY, "21:00-08:00", "06-01 11:00", "06-01 22:00"},
	/* clocks go forward at 07:00, back at 06:00 */
	{NEW_YORK, "21:00-08:00", "03-08 02:00", "03-08 12:00"},
	{NEW_YORK, "21:00-08:00", "03-08 11:59", "03-08 12:00"},
	{NEW_YORK, "00:00-02:30", "03-08 06:00", "03-08 07:00"},
	{NEW_YORK, "02:00-03:00", "03-08 06:59", ""},
	{NEW_YORK, "02:00-03:00", "03-08 07:00", ""},
	{NEW_YORK, "21:00-08:00", "11-01 01:00", "11-01 13:00"},
	{NEW_YORK, "00:00-01:30", "11-01 05:00", "11-01 05:30"},
	{NEW_YORK, "00:00-01:30", "11-01 05:45", ""},
	{NEW_YORK, "00:00-01:30", "11-01 06:00", "11-01 06:30"},
	{NEW_YORK, "00:00-02:00", "11-01 05:00", "11-01 07:00"},
	/* Sydney's at 16:00 of the day before, in October */
	{SYDNEY, "21:00-08:00", "10-03 12:00", "10-03 21:00"},
	/* quiet in any of the zones: Bermuda's evening to Pago Pago's morning */
	{TOLL_FREE, "21:00-08:00", "01-15 23:30", ""},
	{TOLL_FREE, "21:00-08:00", "01-15 21:00", "01-15 22:00"},
	{TOLL_FREE, "21:00-08:00", "01-15 12:30", "01-15 22:00"},
};
/* clang-format on */

START_TEST(basic_cases)
{
	fresh();
	for(size_t i = 0; i < COUNT(cases); i++) {
		rep_time_t now = utc(cases[i].now), until;

		set("quiet_hours", cases[i].hours);
		read_at(now);
		until = rep_quiet_until(&clocks, &policy, cases[i].callee, now + 999);
		ck_assert_msg(until == utc(cases[i].until), "%s at %s: %lld min",
				cases[i].hours, cases[i].now,
				(long long)(until - now) / MINUTE);
		/* what was read before says the same: changes are seen ahead */
		read_at(now - 40 * 60 * MINUTE);
		ck_assert_int_eq(
				rep_quiet_until(&clocks, &policy, cases[i].callee, now), until);
	}
}
END_TEST

/* What is kept for a minute says no other thing, all day long. */
START_TEST(recall_as_asked_anew)
{
	static const rep_e164_t callees[] = {
			NEW_YORK, TOLL_FREE, SYDNEY, INDIA, SATELLITE};
	rep_quiet_known_t known = {0};
	rep_time_t from = utc("03-08 00:00");

	fresh();
	set("quiet_hours", "21:00-08:00");
	read_at(from);
	for(rep_time_t now = from; now < from + DAY * MINUTE; now += MINUTE / 2)
		for(size_t i = 0; i < COUNT(callees); i++)
			ck_assert_int_eq(
					rep_quiet_recall(&known, &clocks, &policy, callees[i], now),
					rep_quiet_until(&clocks, &policy, callees[i], now));
	/* without clocks it is quiet, until there are some */
	memset(&clocks, 0, sizeof(clocks));
	memset(&known, 0, sizeof(known));
	ck_assert_int_eq(
			rep_quiet_recall(&known, &clocks, &policy, NEW_YORK, from + 1),
			REP_QUIET_FOREVER);
	read_at(from);
	ck_assert_int_eq(
			rep_quiet_recall(&known, &clocks, &policy, NEW_YORK, from + 2), 0);
}
END_TEST

START_TEST(basic_unknown)
{
	rep_time_t now = utc("01-15 17:00");

	fresh();
	read_at(now);
	ck_assert_int_eq(rep_quiet_until(&clocks, &policy, SATELLITE, now), 0);
	set("quiet_hours", "21:00-08:00");
	ck_assert_int_eq(rep_quiet_until(&clocks, &policy, SATELLITE, now),
			REP_QUIET_FOREVER);
	set("quiet_default", "call");
	ck_assert_int_eq(rep_quiet_until(&clocks, &policy, SATELLITE, now), 0);
	/* always quiet somewhere */
	set("quiet_hours", "13:00-08:00");
	ck_assert_int_eq(rep_quiet_until(&clocks, &policy, TOLL_FREE, now),
			REP_QUIET_FOREVER);
	ck_assert_int_eq(rep_quiet_until(&clocks, &policy, NEW_YORK, now), 0);
}
END_TEST

/* Where the tz database lacks a zone, it is unknown; TZ is as before. */
START_TEST(robust_no_database)
{
	const char *missing = NULL;
	rep_time_t now = utc("01-15 17:00");
	rep_clock_t clock;

	fresh();
	set("quiet_hours", "21:00-08:00");
	setenv("TZ", "Asia/Tokyo", 1);
	read_at(now);
	ck_assert_str_eq(getenv("TZ"), "Asia/Tokyo");
	ck_assert_int_eq(rep_quiet_until(&clocks, &policy, NEW_YORK, now), 0);
	/* a folder of zones is none, nor is a list of leap seconds */
	ck_assert(rep_zone_exists(rep_span("Europe/Berlin")));
	ck_assert(!rep_zone_exists(rep_span("Europe")));
	ck_assert(!rep_zone_exists(rep_span("leapseconds")));
	setenv("TZDIR", "/nonexistent", 1);
	ck_assert_uint_eq(rep_zones_read(&clocks, now, &missing), rep_zone_count);
	ck_assert_str_eq(missing, rep_zone_name(0));
	ck_assert(!rep_clocks_get(&clocks, 0, &clock));
	ck_assert(!rep_zone_exists(rep_span("Europe/Berlin")));
	ck_assert(rep_zone_exists(rep_span("UTC")));
	ck_assert_int_eq(rep_quiet_until(&clocks, &policy, NEW_YORK, now),
			REP_QUIET_FOREVER);
	set("quiet_default", "call");
	ck_assert_int_eq(rep_quiet_until(&clocks, &policy, NEW_YORK, now), 0);
	unsetenv("TZDIR");
	unsetenv("TZ");
	read_at(now);
	ck_assert_ptr_null(getenv("TZ"));
}
END_TEST

/* ---- minute by minute, by the C library ---------------------------------- */

#define QUARTERS (3 * 96)

static int offsets[REP_ZONES_MAX][QUARTERS]; /* minutes to add to UTC */

static bool naive_quiet(rep_zones_t zones, long minute, long first)
{
	int from = policy.quiet_hours.from, to = policy.quiet_hours.to;

	for(unsigned i = 0; i < zones.count; i++) {
		long there = minute + offsets[zones.zone[i]][(minute - first) / 15];
		int m = (int)((there % DAY + DAY) % DAY), k = from;

		for(; k != to; k = (k + 1) % DAY)
			if(k == m)
				return true;
	}
	return false;
}

static uint64_t random_number(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 24;
}

START_TEST(sweep_naive)
{
	static const char *const days[] = {"03-08 00:00", "03-28 12:00",
			"11-01 00:00", "10-03 06:00", "10-24 18:00", "04-04 03:00"};
	static const rep_e164_t callees[] = {NEW_YORK, SYDNEY, INDIA, TOLL_FREE,
			442079460000, 49301234567, 6433841234, 12082000000, 77012345678,
			61412345678, 5511961234567, 56912345678};
	rep_time_t first = utc(days[_i]);
	uint64_t seed = 7 + (uint64_t)_i;

	fresh();
	for(unsigned z = 0; z < rep_zone_count; z++)
		for(int q = 0; q < QUARTERS; q++) {
			rep_time_t t = first + q * 15 * MINUTE;
			static struct tm tm;
			time_t s = (time_t)(t / 1000);

			if(q == 0)
				(void)rep_zone_offset(rep_zone_name(z), t);
			localtime_r(&s, &tm);
			offsets[z][q] = (int)(tm.tm_gmtoff / 60);
		}
	read_at(first);
	for(int i = 0; i < 150; i++) {
		rep_e164_t callee = callees[random_number(&seed) % COUNT(callees)];
		rep_zones_t zones = rep_zones_of(callee);
		long start = (long)(first / MINUTE), minute;
		long now = start + (long)(random_number(&seed) % DAY);
		rep_time_t until;

		policy.quiet_hours.from = (uint16_t)(random_number(&seed) % DAY);
		policy.quiet_hours.to =
				(uint16_t)((policy.quiet_hours.from + 1
								   + random_number(&seed) % (DAY - 1))
						   % DAY);
		for(minute = now; minute - now <= 2 * DAY; minute++)
			if(!naive_quiet(zones, minute, start))
				break;
		until = rep_quiet_until(&clocks, &policy, callee, now * MINUTE);
		ck_assert_msg(minute - now > 2 * DAY ? until == REP_QUIET_FOREVER
					  : minute == now		 ? until == 0
											 : until == minute * MINUTE,
				"%llu, %u-%u at %ld: %lld, not %ld", (unsigned long long)callee,
				policy.quiet_hours.from, policy.quiet_hours.to, now,
				(long long)(until / MINUTE), minute);
	}
}
END_TEST

Suite *quiet_suite(void)
{
	Suite *suite = suite_create("quiet");
	TCase *tc = tcase_create("quiet");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, basic_cases);
	tcase_add_test(tc, recall_as_asked_anew);
	tcase_add_test(tc, basic_unknown);
	tcase_add_test(tc, robust_no_database);
	tcase_add_loop_test(tc, sweep_naive, 0, 6);
	suite_add_tcase(suite, tc);
	return suite;
}
