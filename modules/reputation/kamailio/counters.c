/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters: nothing is counted here, each is read when it is asked for. */

#include <stddef.h>

#include "core/counters.h"
#include "core/dprint.h"

#include "counters.h"
#include "answered.h"
#include "call_table.h"
#include "shared.h"
#include "../engine/pool/callees.h"
#include "../engine/pool/guards.h"
#include "../engine/pool/probes.h"
#include "../engine/pool/redress.h"
#include "../engine/pool/registry.h"
#include "../engine/pool/reported.h"

typedef struct totals
{
	rep_registry_stats_t registry;
	rep_calls_stats_t calls;
	rep_answered_stats_t answered;
	rep_callees_stats_t callees;
	rep_guard_stats_t guard;
	rep_dnc_stats_t dnc;
	rep_redress_stats_t redress;
	rep_probes_stats_t probes;
	rep_reported_stats_t reported;
} totals_t;

typedef struct figure
{
	const char *name;
	size_t offset;
	bool wide; /* 64 bits, else 32 */
	const char *doc;
} figure_t;

#define AT(member, name, doc)                                            \
	{                                                                    \
		name, offsetof(totals_t, member),                                \
				sizeof(((totals_t *)0)->member) == sizeof(uint64_t), doc \
	}
#define REFUSED(pick, name) \
	AT(registry.refused[pick], "refusals_" name, "picks refused: " name)
#define OUTCOME(outcome, name) \
	AT(registry.outcomes[outcome], "counted_" name, "calls counted as " name)
#define STATE(state, name) \
	AT(registry.by_state[state], "numbers_" name, "numbers now " name)

/* clang-format off */
static const figure_t figures[] = {
	AT(registry.picks, "picks", "caller IDs picked, or tracked"),
	AT(registry.refusals, "refusals", "picks refused by a pool"),
	REFUSED(REP_PICK_ALL_BENCHED, "all_benched"),
	REFUSED(REP_PICK_SHARE_BENCHED, "share_benched"),
	REFUSED(REP_PICK_ALL_CAPPED, "all_capped"),
	REFUSED(REP_PICK_NO_MATCH, "no_match"),
	REFUSED(REP_PICK_EMPTY_POOL, "empty_pool"),
	REFUSED(REP_PICK_POOL_PAUSED, "pool_paused"),
	REFUSED(REP_PICK_LOADING, "loading"),
	REFUSED(REP_PICK_UNKNOWN_POOL, "unknown_pool"),
	REFUSED(REP_PICK_BAD_CALLEE, "bad_callee"),
	REFUSED(REP_PICK_CALL_REJECTED, "call_rejected"),
	REFUSED(REP_PICK_CALLEE_UNWANTED, "callee_unwanted"),
	REFUSED(REP_PICK_CALLEE_DECLINED, "callee_declined"),
	REFUSED(REP_PICK_CALLEE_DNC, "callee_dnc"),
	REFUSED(REP_PICK_CALLEE_ATTEMPTS, "callee_attempts"),
	REFUSED(REP_PICK_CALLEE_REDIAL, "callee_redial"),
	REFUSED(REP_PICK_QUIET_HOURS, "quiet_hours"),
	AT(registry.counted, "counted", "call attempts counted"),
	OUTCOME(REP_ANSWERED, "answered"),
	OUTCOME(REP_SHORT, "short"),
	OUTCOME(REP_DECLINED, "declined"),
	OUTCOME(REP_UNWANTED, "unwanted"),
	OUTCOME(REP_BLOCKED, "blocked"),
	OUTCOME(REP_AMBIGUOUS, "ambiguous"),
	OUTCOME(REP_BUSY, "busy"),
	OUTCOME(REP_NOANSWER, "noanswer"),
	OUTCOME(REP_CANCELLED, "cancelled"),
	OUTCOME(REP_BADDEST, "baddest"),
	OUTCOME(REP_REFUSED, "refused"),
	OUTCOME(REP_FAILED, "failed"),
	AT(callees.repeats, "repeats",
		"of those, what the callee had done before: no new evidence"),
	AT(registry.lost, "lost", "not counted: the number was gone"),
	AT(registry.events[REP_EVENT_BENCHED], "benched",
		"verdicts of this proxy: benched"),
	AT(registry.events[REP_EVENT_RELEASED], "released",
		"returns from rest that this proxy saw first"),
	AT(registry.events[REP_EVENT_POOL_ALARM], "pool_alarms",
		"pool-wide causes found"),
	AT(registry.events[REP_EVENT_POOL_ALARM_OVER], "pool_alarms_over",
		"alarms that are over"),
	AT(registry.events[REP_EVENT_POOL_EXHAUSTED], "pool_exhausted",
		"times that a pool began to refuse calls"),
	AT(registry.events[REP_EVENT_POOL_EXHAUSTED_OVER], "pool_exhausted_over",
		"times that this was over"),
	AT(registry.events[REP_EVENT_ATTEST_BELOW], "attest_below",
		"numbers that went out with less attestation than is asked for"),
	AT(calls.calls, "calls", "calls tracked now"),
	AT(answered.calls, "answered_calls", "answered calls remembered now"),
	AT(registry.in_flight, "in_flight", "uses of numbers in flight now"),
	AT(registry.pools, "pools", "pools now"),
	AT(registry.numbers, "numbers", "numbers now"),
	STATE(REP_ACTIVE, "active"), /* warming among them */
	STATE(REP_BENCHED, "benched"),
	STATE(REP_PROBATION, "probation"),
	STATE(REP_PAUSED, "paused"),
	STATE(REP_RETIRED, "retired"),
	AT(registry.full_numbers, "full_numbers", "no room: max_numbers"),
	AT(registry.full_memory, "full_memory", "no room: shared memory"),
	AT(registry.full_routes, "full_routes", "no room: labels of routes"),
	AT(registry.full_strata, "full_strata", "no room: campaigns and networks"),
	AT(calls.full, "full_calls", "no room: max_calls"),
	AT(answered.full, "full_answered", "no room: answered calls"),
	AT(callees.gave_way, "full_callees", "forgotten early: max_callees"),
	AT(guard.facts, "guarded", "facts about callees"),
	AT(guard.gave_way, "guard_gave_way", "forgotten early: max_callees"),
	AT(guard.refused, "full_guard", "no room: max_callees"),
	AT(dnc.callees, "dnc", "callees on the do-not-call list"),
	AT(redress.entries, "redress", "entries of the work lists of redress"),
	AT(redress.refused, "redress_refused", "contacts not let through"),
	AT(redress.gave_way, "full_redress", "entries that made room for others"),
	AT(redress.lost, "lost_redress", "of those, not written by then"),
	AT(probes.calls, "probes", "test calls counted here"),
	AT(probes.entries, "probe_entries", "numbers and networks with test calls"),
	AT(probes.gave_way, "full_probes", "entries that made room for others"),
	AT(probes.lost, "lost_probes", "of those, not written by then"),
	AT(reported.reported, "reported", "callees to clean up"),
	AT(reported.lost, "full_reported", "no room: callees to clean up"),
};
/* clang-format on */

static counter_val_t read_figure(counter_handle_t handle, void *param)
{
	const figure_t *figure = param;
	totals_t totals;
	const void *place = (const char *)&totals + figure->offset;

	(void)handle;
	if(!rep_shared)
		return 0;
	rep_registry_stats(rep_shared->registry, &totals.registry);
	rep_calls_stats(rep_shared->calls, &totals.calls);
	rep_answered_stats(rep_shared->answered, &totals.answered);
	rep_callees_stats(rep_shared->registry, &totals.callees);
	rep_guard_stats(rep_registry_guard(rep_shared->registry), &totals.guard);
	rep_dnc_stats(rep_registry_dnc(rep_shared->registry), &totals.dnc);
	rep_redress_stats(rep_shared->registry, &totals.redress);
	rep_probes_stats(rep_shared->registry, &totals.probes);
	rep_reported_stats(rep_shared->registry, &totals.reported);
	return figure->wide ? (counter_val_t) * (const uint64_t *)place
						: (counter_val_t) * (const uint32_t *)place;
}

int rep_counters_init(void)
{
	counter_handle_t handle;

	for(size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		if(counter_register(&handle, "reputation", figures[i].name,
				   CNT_F_NO_RESET, read_figure, (void *)&figures[i],
				   figures[i].doc, 0)
				< 0) {
			LM_ERR("cannot register the counter reputation.%s\n",
					figures[i].name);
			return -1;
		}
	return 0;
}
