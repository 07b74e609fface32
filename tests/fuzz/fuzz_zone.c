/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of a time zone, quiet hours and a callee, a line each: what the tz
 * database is asked for, and whom quiet hours keep from being called. */

#include "fuzz.h"
#include "engine/callee/quiet.h"
#include "engine/judge/bucket.h"
#include "engine/reply/e164.h"
#include "engine/reply/zones.h"
#include "formats/policy.h"
#include "formats/zone.h"

#define NOW INT64_C(1760000000000)
#define HOUR 3600

/* A name that a policy takes is a zone of a clock on earth. */
static void try_name(rep_policy_t *policy, rep_span_t name)
{
	int32_t offset;
	char why[160];

	if(rep_policy_parse(policy, rep_span("time_zone"), name, why, sizeof(why))
			|| !policy->time_zone[0])
		return;
	CHECK(rep_zone_exists(rep_span(policy->time_zone)));
	CHECK(policy->time_zone[0] != '/' && policy->time_zone[0] != '.');
	offset = rep_zone_offset(policy->time_zone, NOW);
	CHECK(offset >= -14 * HOUR && offset <= 15 * HOUR);
}

/* The hours end, and not before they are said to. */
static void try_callee(
		rep_clocks_t *clocks, const rep_policy_t *policy, rep_e164_t callee)
{
	rep_time_t until = rep_quiet_until(clocks, policy, callee, NOW);

	CHECK(rep_zones_of(callee).count <= REP_ZONES_MAX);
	if(!until || until == REP_QUIET_FOREVER)
		return;
	CHECK(until > NOW && until <= NOW + 2 * 24 * HOUR * (rep_time_t)1000);
	CHECK(rep_quiet_until(clocks, policy, callee, until - 1));
	CHECK(!rep_quiet_until(clocks, policy, callee, until));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static rep_clocks_t clocks;
	static bool read;
	rep_span_t rest = {(const char *)data, size};
	rep_policy_t policy;
	const char *missing;
	rep_e164_t callee;
	char why[160];

	if(!read)
		rep_zones_read(&clocks, NOW, &missing);
	read = true;
	rep_policy_default(&policy);
	try_name(&policy, fuzz_line(&rest));
	rep_policy_set(&policy, rep_span("quiet_hours"), fuzz_line(&rest), why,
			sizeof(why));
	if(rep_e164_parse(fuzz_line(&rest), &callee) == REP_E164_OK)
		try_callee(&clocks, &policy, callee);
	return 0;
}
