/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "quiet.h"

#include "../judge/bucket.h"
#include "../reply/zones.h"

#define DAY 1440
/* An end is looked for so far; clocks are known so far, too. */
#define AHEAD (2 * DAY)

bool rep_quiet_at(const rep_policy_t *policy, unsigned minute)
{
	unsigned from = policy->quiet_hours.from, to = policy->quiet_hours.to;

	return from <= to ? from <= minute && minute < to
					  : from <= minute || minute < to;
}

/* From `at` on, the first minute at which it is not quiet by this clock. */
static uint32_t end_by(
		const rep_policy_t *policy, const rep_clock_t *clock, uint32_t at)
{
	unsigned minute = rep_clock_minute(clock, at);
	uint32_t end;

	if(!rep_quiet_at(policy, minute))
		return at;
	end = at + (policy->quiet_hours.to + DAY - minute) % DAY;
	if(at < clock->change && clock->change < end)
		return end_by(policy, clock, clock->change);
	return end;
}

/* Not quiet by any clock: from `at` on, the next such minute by going from one
 * clock's end to the next. False: a zone has no clock, and is quiet. */
static bool end_by_all(const rep_clocks_t *clocks, const rep_policy_t *policy,
		rep_zones_t zones, uint32_t *at)
{
	for(unsigned i = 0; i < zones.count; i++) {
		rep_clock_t clock;

		if(rep_clocks_get(clocks, zones.zone[i], &clock))
			*at = end_by(policy, &clock, *at);
		else if(policy->quiet_default == REP_QUIET)
			return false;
	}
	return true;
}

rep_time_t rep_quiet_until(const rep_clocks_t *clocks,
		const rep_policy_t *policy, rep_e164_t callee, rep_time_t now)
{
	uint32_t start = rep_minute_of(now), before, at = start;
	rep_zones_t zones;

	if(policy->quiet_hours.from == policy->quiet_hours.to)
		return 0;
	zones = rep_zones_of(callee);
	if(zones.count == 0)
		return policy->quiet_default == REP_QUIET ? REP_QUIET_FOREVER : 0;
	do {
		before = at;
		if(!end_by_all(clocks, policy, zones, &at) || at - start > AHEAD)
			return REP_QUIET_FOREVER;
	} while(at != before);
	return at == start ? 0 : (rep_time_t)at * REP_MINUTE;
}
