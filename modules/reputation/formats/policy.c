/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the core cannot know of a policy: whether this machine has the zone. */

#include "policy.h"

#include <stdio.h>
#include <unistd.h>

#define ZONES "/usr/share/zoneinfo"

static bool is_zone(rep_span_t name)
{
	char path[sizeof(ZONES) + REP_ZONE_MAX + 2];

	if(name.len == 0 || rep_span_is(name, "UTC"))
		return true;
	snprintf(path, sizeof(path), ZONES "/%.*s", (int)name.len, name.s);
	return access(path, R_OK) == 0;
}

const char *rep_policy_parse(rep_policy_t *policy, rep_span_t field,
		rep_span_t value, char *why, size_t why_size)
{
	rep_policy_t before = *policy;
	const char *wrong = rep_policy_set(policy, field, value, why, why_size);

	if(wrong || !rep_span_is(field, "time_zone") || is_zone(value))
		return wrong;
	*policy = before;
	return "is no time zone of this machine (" ZONES ")";
}
