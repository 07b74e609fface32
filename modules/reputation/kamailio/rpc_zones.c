/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>

#include "core/str.h"

#include "rpc_zones.h"

#include "rpc_args.h"
#include "shared.h"
#include "../engine/callee/quiet.h"
#include "../engine/judge/bucket.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/zones.h"

static void add_zone(rpc_t *rpc, void *list, const rep_policy_t *policy,
		const rep_clocks_t *clocks, unsigned zone, rep_time_t now)
{
	rep_clock_t clock;
	char time[] = "unknown";
	bool known = rep_clocks_get(clocks, zone, &clock), quiet = false;
	void *item;

	if(known) {
		unsigned minute = rep_clock_minute(&clock, rep_minute_of(now));

		snprintf(
				time, sizeof(time), "%02u:%02u", minute / 60 % 24, minute % 60);
		quiet = rep_quiet_at(policy, minute);
	}
	rpc->array_add(list, "{", &item);
	rpc->struct_add(item, "sss", "zone", rep_zone_name(zone), "time", time,
			"quiet",
			!known	? "unknown"
			: quiet ? "yes"
					: "no");
}

void rep_rpc_zones(
		rpc_t *rpc, void *item, const rep_policy_t *policy, rep_e164_t callee)
{
	const rep_clocks_t *clocks = rep_registry_clocks(rep_shared->registry);
	rep_zones_t zones = rep_zones_of(callee);
	rep_time_t now = rep_now();
	rep_time_t until = rep_quiet_until(clocks, policy, callee, now);
	void *list;

	if(until && until != REP_QUIET_FOREVER)
		rpc->struct_add(item, "u", "quiet_until", rep_rpc_s(until));
	rpc->struct_add(item, "[", "zones", &list);
	for(unsigned i = 0; i < zones.count; i++)
		add_zone(rpc, list, policy, clocks, zones.zone[i], now);
}
