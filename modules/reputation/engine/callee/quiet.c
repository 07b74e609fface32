/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "quiet.h"

#include "../judge/bucket.h"
#include "../reply/zones.h"
#include "../reply/zone_table.h"

#define DAY 1440
/* An end is looked for so far; clocks are known so far, too. */
#define AHEAD (2 * DAY)
#define NOTHING 0 /* is known of a set */

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

/* Is it quiet by no clock, and is each known? One look at each, as most calls
 * need no more. */
static bool is_quiet_nowhere(const rep_clocks_t *clocks,
		const rep_policy_t *policy, rep_zones_t zones, uint32_t now)
{
	unsigned from = policy->quiet_hours.from;
	unsigned length = (policy->quiet_hours.to + DAY - from) % DAY;
	/* since quiet hours began by UTC; a day more, as clocks are behind, too */
	unsigned since = now % DAY + 2 * DAY - from;
	bool quiet = false;

	for(unsigned i = 0; i < zones.count; i++) {
		rep_clock_t clock;

		quiet |= !rep_clocks_get(clocks, zones.zone[i], &clock);
		quiet |= (since + (unsigned)rep_clock_offset(&clock, now)) % DAY
				 < length;
	}
	return !quiet;
}

static rep_time_t until(const rep_clocks_t *clocks, const rep_policy_t *policy,
		rep_zones_t zones, uint32_t start)
{
	uint32_t before, at = start;

	if(zones.count == 0)
		return policy->quiet_default == REP_QUIET ? REP_QUIET_FOREVER : 0;
	if(is_quiet_nowhere(clocks, policy, zones, start))
		return 0;
	do {
		before = at;
		if(!end_by_all(clocks, policy, zones, &at) || at - start > AHEAD)
			return REP_QUIET_FOREVER;
	} while(at != before);
	return at == start ? 0 : (rep_time_t)at * REP_MINUTE;
}

static bool keeps_none(const rep_policy_t *policy)
{
	return policy->quiet_hours.from == policy->quiet_hours.to;
}

rep_time_t rep_quiet_until(const rep_clocks_t *clocks,
		const rep_policy_t *policy, rep_e164_t callee, rep_time_t now)
{
	if(keeps_none(policy))
		return 0;
	return until(clocks, policy, rep_zones_of(callee), rep_minute_of(now));
}

rep_time_t rep_quiet_recall(rep_quiet_known_t *known,
		const rep_clocks_t *clocks, const rep_policy_t *policy,
		rep_e164_t callee, rep_time_t now)
{
	uint32_t minute = rep_minute_of(now);
	rep_zones_t zones;
	uint32_t set, k;

	if(keeps_none(policy))
		return 0;
	zones = rep_zones_of(callee);
	set = (uint32_t)(zones.zone - rep_zone_sets);
	k = set % REP_QUIET_KNOWN;
	if(known->minute != minute)
		memset(known, 0, sizeof(*known));
	known->minute = minute;
	if(known->at[k].set != set) {
		known->at[k].until = until(clocks, policy, zones, minute);
		known->at[k].set =
				known->at[k].until == REP_QUIET_FOREVER ? NOTHING : set;
	}
	return known->at[k].until;
}
