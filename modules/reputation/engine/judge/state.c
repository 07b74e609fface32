/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state.h"

static const char *const state_names[REP_STATES] = {
		[REP_WARMING] = "warming",
		[REP_ACTIVE] = "active",
		[REP_BENCHED] = "benched",
		[REP_PROBATION] = "probation",
		[REP_PAUSED] = "paused",
		[REP_RETIRED] = "retired",
};

static const char *const reason_names[REP_REASONS] = {
		[REP_REASON_BLOCKED] = "blocked",
		[REP_REASON_REJECTED] = "rejected",
		[REP_REASON_LABELLED] = "labelled",
		[REP_REASON_MANUAL] = "manual",
		[REP_REASON_FEED] = "feed",
		[REP_REASON_NONE] = "",
};

static const char *const pick_names[REP_PICKS] = {
		[REP_PICKED] = "picked",
		[REP_PICK_UNKNOWN_POOL] = "unknown-pool",
		[REP_PICK_BAD_CALLEE] = "bad-callee",
		[REP_PICK_ALL_BENCHED] = "all-benched",
		[REP_PICK_ALL_CAPPED] = "all-capped",
		[REP_PICK_SHARE_BENCHED] = "share-benched",
		[REP_PICK_NO_MATCH] = "no-match",
		[REP_PICK_EMPTY_POOL] = "empty-pool",
		[REP_PICK_LOADING] = "loading",
		[REP_PICK_POOL_PAUSED] = "pool-paused",
		[REP_PICK_CALL_REJECTED] = "call-rejected",
		[REP_PICK_CALLEE_UNWANTED] = "callee-unwanted",
		[REP_PICK_CALLEE_DECLINED] = "callee-declined",
		[REP_PICK_CALLEE_DNC] = "callee-dnc",
		[REP_PICK_CALLEE_ATTEMPTS] = "callee-attempts",
		[REP_PICK_CALLEE_REDIAL] = "callee-redial",
		[REP_PICK_QUIET_HOURS] = "quiet-hours",
};

static const char *name_of(const char *const *names, unsigned n, unsigned i)
{
	return i < n ? names[i] : "none";
}

static unsigned parse(const char *const *names, unsigned n, rep_span_t name)
{
	unsigned i = 0;

	while(i < n && !rep_span_is(name, names[i]))
		i++;
	return i;
}

const char *rep_state_name(rep_state_t state)
{
	return name_of(state_names, REP_STATES, state);
}

rep_state_t rep_state_parse(rep_span_t name)
{
	return parse(state_names, REP_STATES, name);
}

const char *rep_reason_name(rep_reason_t reason)
{
	return name_of(reason_names, REP_REASONS, reason);
}

rep_reason_t rep_reason_parse(rep_span_t name)
{
	return parse(reason_names, REP_REASONS, name);
}

const char *rep_pick_name(rep_pick_t pick)
{
	return name_of(pick_names, REP_PICKS, pick);
}
