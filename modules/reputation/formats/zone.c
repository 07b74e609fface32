/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../engine/judge/bucket.h"
#include "../engine/reply/zones.h"

#define AHEAD (3 * 1440) /* minutes */
#define STEP 720		 /* two changes are never that near */

/* Folders of zones and notes about them are none (RFC 9636). */
static bool is_zone(const char *path)
{
	FILE *file = fopen(path, "rb");
	char magic[4];
	bool is = file && fread(magic, sizeof(magic), 1, file) == 1
			  && memcmp(magic, "TZif", sizeof(magic)) == 0;

	if(file)
		fclose(file);
	return is;
}

bool rep_zone_exists(rep_span_t name)
{
	const char *folder = getenv("TZDIR");
	char path[1024];

	if(rep_span_is(name, "UTC"))
		return true;
	snprintf(path, sizeof(path), "%s/%.*s", folder ? folder : REP_ZONEINFO,
			(int)name.len, name.s);
	return is_zone(path);
}

static void set_tz(const char *name)
{
	if(name)
		setenv("TZ", name, 1);
	else
		unsetenv("TZ");
	tzset();
}

static int32_t offset_at(time_t t)
{
	struct tm tm;

	localtime_r(&t, &tm);
	return (int32_t)tm.tm_gmtoff;
}

int32_t rep_zone_offset(const char *name, rep_time_t now)
{
	set_tz(name);
	return offset_at((time_t)(now / 1000));
}

static int16_t minutes_at(uint32_t minute)
{
	return (int16_t)(offset_at((time_t)minute * 60) / 60);
}

/* The first minute in (`low`, `high`] whose offset is not that of `low`. */
static uint32_t change_in(uint32_t low, uint32_t high)
{
	int16_t before = minutes_at(low);

	while(high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if(minutes_at(middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* Of the zone that TZ names. */
static rep_clock_t clock_from(uint32_t now)
{
	int16_t offset = minutes_at(now);

	for(uint32_t at = now; at < now + AHEAD; at += STEP) {
		int16_t after = minutes_at(at + STEP);

		if(after != offset)
			return (rep_clock_t){offset, after, change_in(at, at + STEP)};
	}
	return (rep_clock_t){offset, offset, REP_NO_CHANGE};
}

unsigned rep_zones_read(
		rep_clocks_t *clocks, rep_time_t now, const char **missing)
{
	const char *was = getenv("TZ");
	char *tz = was ? strdup(was) : NULL;
	unsigned lacking = 0;
	const char *name;

	for(unsigned zone = 0; (name = rep_zone_name(zone)) != NULL; zone++) {
		if(!rep_zone_exists(rep_span(name))) {
			rep_clocks_unset(clocks, zone);
			*missing = lacking++ ? *missing : name;
			continue;
		}
		set_tz(name);
		rep_clocks_set(clocks, zone, clock_from(rep_minute_of(now)));
	}
	set_tz(tz);
	free(tz);
	return lacking;
}
