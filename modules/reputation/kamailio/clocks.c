/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"

#include "clocks.h"
#include "shared.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/reported.h"
#include "../formats/zone.h"

#define HOUR 3600000

static rep_time_t loaded;

void rep_zones_load(rep_time_t now)
{
	static unsigned told;
	const char *first = NULL;
	unsigned missing = rep_zones_read(
			rep_registry_clocks(rep_shared->registry), now, &first);

	loaded = now;
	if(missing && missing != told)
		LM_WARN("%u time zones that callees may be in, such as %s, are missing"
				" in the tz database of this machine: they follow"
				" quiet_default (told once)\n",
				missing, first);
	told = missing;
}

/* A pool's day begins at midnight of its time zone. (And what it reports of
 * callees is known where no policy can be asked.) */
static void set_pools(rep_time_t now)
{
	static rep_time_t last;
	rep_policy_t policy;

	if(now - last < 1000 && now >= last)
		return;
	last = now;
	for(int p = 0; p < rep_registry_pools(rep_shared->registry); p++) {
		if(!rep_pool_policy(rep_shared->registry, p, &policy))
			continue;
		rep_pool_set_utc_offset(rep_shared->registry, p,
				policy.time_zone[0] ? rep_zone_offset(policy.time_zone, now)
									: 0);
		rep_reported_policy(rep_shared->registry, p, policy.report_callees,
				policy.report_days);
	}
}

void rep_zones_tick(rep_time_t now)
{
	set_pools(now);
	/* changes are known three days ahead; the clock of the machine may be set */
	if(now - loaded >= HOUR || now < loaded)
		rep_zones_load(now);
}
