/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the core cannot know of a policy: whether this machine has the zone. */

#include "policy.h"

#include "zone.h"

const char *rep_policy_parse(rep_policy_t *policy, rep_span_t field,
		rep_span_t value, char *why, size_t why_size)
{
	rep_policy_t before = *policy;
	const char *wrong = rep_policy_set(policy, field, value, why, why_size);

	if(wrong || !rep_span_is(field, "time_zone") || value.len == 0
			|| rep_zone_exists(value))
		return wrong;
	*policy = before;
	return "is no time zone of this machine (" REP_ZONEINFO ")";
}
