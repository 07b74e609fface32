/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/action.h"
#include "core/dprint.h"
#include "core/fmsg.h"
#include "core/kemi.h"
#include "core/route.h"

#include "events.h"
#include "answer.h"
#include "answered.h"
#include "call_table.h"
#include "clocks.h"
#include "complain.h"
#include "config.h"
#include "ending.h"
#include "shared.h"
#include "../engine/pool/callees.h"
#include "../engine/pool/guards.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/probes.h"
#include "../engine/pool/redress.h"
#include "../engine/pool/registry.h"
#include "../engine/pool/reported.h"
#include "../engine/pool/tick.h"
#include "../engine/reply/e164.h"
#include "../formats/event.h"

#define AT_ONCE 16

static int routes[REP_EVENTS];
static uint64_t cursor; /* of the edges, in the timer process */

static const char *event_name(rep_event_kind_t kind)
{
	static char name[64];

	snprintf(name, sizeof(name), "reputation:%s", rep_event_name(kind));
	return name;
}

void rep_events_init(void)
{
	for(int k = 0; k < REP_EVENTS; k++) {
		routes[k] = route_lookup(&event_rt, (char *)event_name(k));
		if(routes[k] >= 0 && !event_rt.rlist[routes[k]])
			routes[k] = -1;
	}
}

static void answer(const struct sip_msg *msg, const rep_event_t *event)
{
	rep_answer_reset(msg);
	snprintf(rep_answer.pool, sizeof(rep_answer.pool), "%s",
			rep_event_pool(event, rep_shared->registry));
	snprintf(rep_answer.route, sizeof(rep_answer.route), "%s", event->route);
	rep_answer.number = event->number;
	rep_answer.state = event->number ? rep_state_name(event->state) : NULL;
	rep_answer.reason =
			event->kind == REP_EVENT_POOL_ALARM
							|| event->kind == REP_EVENT_POOL_ALARM_OVER
					? event->detail
					: rep_event_reason(event);
	rep_answer.score = event->judged.score;
	rep_answer.scored = true;
	if(rep_event_is_block(event))
		rep_redress_newest(rep_shared->registry, event->pool, event->number,
				&rep_answer.redress);
	if(event->outcome != REP_OUTCOMES)
		rep_answer.outcome = rep_outcome_name(event->outcome);
}

static void run_route(const rep_event_t *event)
{
	sr_kemi_eng_t *engine = sr_kemi_eng_get();
	str callback = rep_config->event_callback;
	str name = rep_str_of(event_name(event->kind));
	struct run_act_ctx ctx;
	struct sip_msg *msg;
	int backup;

	if(routes[event->kind] < 0 && (!engine || callback.len == 0))
		return;
	if(faked_msg_init() < 0)
		return;
	msg = faked_msg_next();
	answer(msg, event);
	backup = get_route_type();
	set_route_type(EVENT_ROUTE);
	init_run_actions_ctx(&ctx);
	if(routes[event->kind] >= 0)
		run_top_route(event_rt.rlist[routes[event->kind]], msg, &ctx);
	else if(sr_kemi_route(engine, msg, EVENT_ROUTE, &callback, &name) < 0)
		LM_ERR("event_callback '%.*s' failed\n", callback.len, callback.s);
	set_route_type(backup);
}

/* One line an edge, with the evidence that made it; as a warning, for Kamailio
 * hides notices unless debug is raised. */
static void log_event(const rep_event_t *event)
{
	char number[REP_E164_MAX] = "", evidence[320];
	const char *mark =
			event->observed ? " (observe mode: nothing withheld)" : "";
	const char *pool = rep_event_pool(event, rep_shared->registry);
	int len = 0;

	if(event->number)
		rep_e164_print(event->number, number);
	evidence[0] = '\0';
	for(int o = 0; o < REP_OUTCOMES; o++)
		if(event->counts.n[o])
			len += snprintf(evidence + len, sizeof(evidence) - len, "%s%s %u",
					len ? ", " : "", rep_outcome_name(o), event->counts.n[o]);
	switch(event->kind) {
		case REP_EVENT_BENCHED:
			LM_WARN("benched %s of pool %s%s%s: %s%s%s, score %.2f, until %lld,"
					" strikes %u; since the last turn: %s%s%s\n",
					number, pool, event->route[0] ? " on route " : "",
					event->route, rep_reason_name(event->reason),
					event->detail[0] ? " " : "", event->detail,
					event->judged.score, (long long)(event->until / 1000),
					event->strikes, len ? evidence : "no counts",
					event->adopted ? " (found by another node)" : "", mark);
			break;
		case REP_EVENT_RELEASED:
			LM_WARN("released %s of pool %s%s%s: %s%s%s\n", number, pool,
					event->route[0] ? " on route " : "", event->route,
					rep_state_name(event->state),
					event->adopted ? " (by another node)" : "", mark);
			break;
		case REP_EVENT_POOL_EXHAUSTED:
			LM_WARN("pool %s refuses calls%s%s: %s%s\n", pool,
					event->route[0] ? " on route " : "", event->route,
					rep_pick_name(event->stop), mark);
			break;
		case REP_EVENT_POOL_EXHAUSTED_OVER:
			LM_WARN("pool %s goes on%s%s: %s refused %u calls in %lld s%s\n",
					pool, event->route[0] ? " on route " : "", event->route,
					rep_pick_name(event->stop), event->refused,
					(long long)((event->until - event->since + 999) / 1000),
					mark);
			break;
		case REP_EVENT_POOL_ALARM:
		case REP_EVENT_POOL_ALARM_OVER:
			LM_WARN("pool %s: %s; %s%s\n", pool, event->detail, evidence, mark);
			break;
		case REP_EVENT_ATTEST_BELOW:
			LM_WARN("%s of pool %s goes out%s%s with attestation %s: %s\n",
					number, pool, event->route[0] ? " on route " : "",
					event->route, rep_event_reason(event), event->detail);
			break;
		case REP_EVENT_REFUSED:
			LM_WARN("caller ID %s of pool %s was refused%s%s: presentation or"
					" signing is broken, nothing is scored\n",
					number, pool, event->route[0] ? " on route " : "",
					event->route);
			break;
		case REP_EVENTS:
			break;
	}
}

/* A table that is full says so once, not once a call. */
static void watch_tables(rep_time_t now)
{
	static rep_time_t last;
	rep_guard_stats_t guard;
	static bool told[11];
	rep_redress_stats_t redress;
	rep_probes_stats_t probes;
	rep_reported_stats_t reported;
	rep_callees_stats_t callees;
	rep_answered_stats_t answered;
	rep_calls_stats_t calls;
	rep_registry_stats_t registry;

	if(now - last < 1000 && now >= last)
		return;
	last = now;
	rep_registry_stats(rep_shared->registry, &registry);
	rep_calls_stats(rep_shared->calls, &calls);
	rep_answered_stats(rep_shared->answered, &answered);
	rep_callees_stats(rep_shared->registry, &callees);
	rep_guard_stats(rep_registry_guard(rep_shared->registry), &guard);
	rep_redress_stats(rep_shared->registry, &redress);
	rep_probes_stats(rep_shared->registry, &probes);
	rep_reported_stats(rep_shared->registry, &reported);
	const struct
	{
		uint64_t full;
		const char *what;
	} tables[] = {
			{registry.full_numbers,
					"max_numbers is reached: numbers are refused"},
			{calls.full + answered.full,
					"max_calls is reached: calls go on unwatched"},
			{registry.full_memory,
					"shared memory is full: start Kamailio with a larger -m"},
			{registry.full_routes, "more route labels than a pool can hold: the"
								   " rest count as no route"},
			{registry.full_strata,
					"more campaigns, networks or mixtures of them than a pool"
					" can hold: the rest count by their route alone"},
			{callees.gave_way,
					"max_callees is reached: some callees are forgotten early"
					" and speak again"},
			{guard.gave_way, "the callee guard is full (max_callees): attempts,"
							 " then declines are forgotten early"},
			{guard.refused, "the callee guard is full (max_callees) of what it"
							" may not forget: what is new is not kept"},
			{redress.gave_way, "the list of redress is full: those blocked"
							   " longest ago are forgotten here"},
			{probes.gave_way, "the list of test calls is full: the oldest are"
							  " forgotten here"},
			{reported.lost, "more callees than can wait are to be reported:"
							" the rest is not"},
	};
	for(size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if(tables[i].full && !told[i])
			LM_WARN("%s (told once; reputation.stats counts)\n",
					tables[i].what);
		told[i] = tables[i].full > 0;
	}
}

void rep_events_tick(void)
{
	rep_time_t now = rep_now();
	rep_event_t events[AT_ONCE];
	size_t n;

	rep_ending_hold();
	rep_calls_tick(rep_mono());
	rep_answered_tick(
			rep_shared->answered, rep_shared->registry, now, rep_mono());
	rep_registry_tick(rep_shared->registry, now);
	rep_ending_release();
	rep_zones_tick(now);
	watch_tables(now);
	rep_complain_tick(rep_mono());
	while((n = rep_events_read(rep_registry_events(rep_shared->registry),
				   &cursor, events, AT_ONCE))
			> 0)
		for(size_t i = 0; i < n; i++) {
			log_event(&events[i]);
			run_route(&events[i]);
		}
}
