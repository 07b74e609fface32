/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/reply/zone_table.h"
#include "engine/reply/zones.h"

#include "suites.h"

typedef struct zone_sample
{
	rep_e164_t number;
	const char *zones; /* by name, separated by spaces */
} zone_sample_t;

#include "zone_samples.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const char *zones_of(rep_e164_t number)
{
	static char text[4096];
	rep_zones_t zones = rep_zones_of(number);
	size_t n = 0;

	text[0] = '\0';
	for(unsigned i = 0; i < zones.count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? " " : "",
				rep_zone_name(zones.zone[i]));
	return text;
}

/* clang-format off */
static const zone_sample_t cases[] = {
	{12125550100, "America/New_York"},
	{13125550100, "America/Chicago"},
	{12082010000, "America/Denver"}, /* Idaho by exchange: most */
	{12082000000, "America/Boise America/Los_Angeles"},
	{442079460000, "Europe/London"},
	{49301234567, "Europe/Berlin"},
	{61291234567, "Australia/Sydney"},
	{61891234567, "Australia/Adelaide Australia/Perth"},
	{918123456789, "Asia/Kolkata"},
	{24111234567, "Africa/Libreville"},
	{3545123456, "Atlantic/Reykjavik"},
	/* nobody's country, codes that nobody has, and no numbers */
	{80012345678, ""}, {870773111632, ""}, {999999999999999, ""},
	{2100000000, ""}, {0, ""},
};
/* clang-format on */

START_TEST(basic_places)
{
	for(int i = 0; i < COUNT(cases); i++)
		ck_assert_str_eq(zones_of(cases[i].number), cases[i].zones);
	/* of no place: all zones of the country */
	ck_assert_uint_gt(rep_zones_of(18005550100).count, 30);
	ck_assert_uint_gt(rep_zones_of(15551230001).count, 30);
	ck_assert_uint_eq(rep_zones_of(79123456789).count, rep_zones_of(7).count);
	ck_assert_ptr_null(rep_zone_name(rep_zone_count));
}
END_TEST

START_TEST(sweep_samples)
{
	for(int i = 0; i < COUNT(zone_samples); i++)
		ck_assert_msg(
				strcmp(zones_of(zone_samples[i].number), zone_samples[i].zones)
						== 0,
				"%llu: %s", (unsigned long long)zone_samples[i].number,
				zones_of(zone_samples[i].number));
}
END_TEST

/* The first eight digits, read as text, and the table from its beginning. */
START_TEST(sweep_naive)
{
	uint64_t seed = 5;

	for(int i = 0; i < 20000; i++) {
		char text[32];
		unsigned long long number, first;
		unsigned r = 0;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		number = seed >> (14 + seed % 28);
		snprintf(text, sizeof(text), "%llu0000000", number);
		text[8] = '\0';
		first = strtoull(text, NULL, 10);
		while(r + 1 < rep_zone_range_count
				&& rep_zone_ranges[r + 1].first <= first)
			r++;
		ck_assert_ptr_eq(rep_zones_of(number).zone,
				&rep_zone_sets[rep_zone_ranges[r].set + 1]);
	}
}
END_TEST

Suite *zones_suite(void)
{
	Suite *suite = suite_create("zones");
	TCase *tc = tcase_create("zones");

	tcase_add_test(tc, basic_places);
	tcase_add_test(tc, sweep_samples);
	tcase_add_test(tc, sweep_naive);
	suite_add_tcase(suite, tc);
	return suite;
}
