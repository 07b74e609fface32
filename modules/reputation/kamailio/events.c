/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/action.h"
#include "core/dprint.h"
#include "core/fmsg.h"
#include "core/kemi.h"
#include "core/route.h"

#include <time.h>

#include "answered.h"
#include "calls.h"
#include "events.h"
#include "functions.h"
#include "../engine/reply/e164.h"

#define AT_ONCE 16

static int routes[REP_EDGES];
static uint64_t cursor; /* of the edges, in the timer process */

static const char *event_name(rep_edge_kind_t kind)
{
	static char name[64];

	snprintf(name, sizeof(name), "reputation:%s", rep_edge_name(kind));
	return name;
}

void rep_events_init(void)
{
	for(int k = 0; k < REP_EDGES; k++) {
		routes[k] = route_lookup(&event_rt, (char *)event_name(k));
		if(routes[k] >= 0 && !event_rt.rlist[routes[k]])
			routes[k] = -1;
	}
}

static const char *reason_of(const rep_edge_t *edge)
{
	switch(edge->kind) {
		case REP_EDGE_POOL_EXHAUSTED:
			return rep_pick_name(edge->stop);
		case REP_EDGE_POOL_ALARM:
			return edge->detail;
		case REP_EDGE_REFUSED:
			return rep_outcome_name(REP_REFUSED);
		default:
			return rep_reason_name(edge->reason);
	}
}

static void answer(const struct sip_msg *msg, const rep_edge_t *edge)
{
	rep_answer_reset(msg);
	snprintf(rep_answer.pool, sizeof(rep_answer.pool), "%s",
			rep_book_name(rep_shared->book, edge->pool));
	snprintf(rep_answer.route, sizeof(rep_answer.route), "%s", edge->route);
	rep_answer.number = edge->number;
	rep_answer.state = edge->number ? rep_state_name(edge->state) : NULL;
	rep_answer.reason = reason_of(edge);
	rep_answer.score = edge->judged.score;
	rep_answer.scored = true;
	if(edge->outcome != REP_OUTCOMES)
		rep_answer.outcome = rep_outcome_name(edge->outcome);
}

static void run_route(const rep_edge_t *edge)
{
	sr_kemi_eng_t *engine = sr_kemi_eng_get();
	str callback = rep_config->event_callback;
	str name = rep_str_of(event_name(edge->kind));
	struct run_act_ctx ctx;
	struct sip_msg *msg;
	int backup;

	if(routes[edge->kind] < 0 && (!engine || callback.len == 0))
		return;
	if(faked_msg_init() < 0)
		return;
	msg = faked_msg_next();
	answer(msg, edge);
	backup = get_route_type();
	set_route_type(EVENT_ROUTE);
	init_run_actions_ctx(&ctx);
	if(routes[edge->kind] >= 0)
		run_top_route(event_rt.rlist[routes[edge->kind]], msg, &ctx);
	else if(sr_kemi_route(engine, msg, EVENT_ROUTE, &callback, &name) < 0)
		LM_ERR("event_callback '%.*s' failed\n", callback.len, callback.s);
	set_route_type(backup);
}

/* One line an edge, with the evidence that made it. */
static void log_edge(const rep_edge_t *edge)
{
	char number[REP_E164_MAX] = "", evidence[320];
	const char *mark =
			edge->observed ? " (observe mode: nothing withheld)" : "";
	int len = 0;

	if(edge->number)
		rep_e164_print(edge->number, number);
	evidence[0] = '\0';
	for(int o = 0; o < REP_OUTCOMES; o++)
		if(edge->counts.n[o])
			len += snprintf(evidence + len, sizeof(evidence) - len, "%s%s %u",
					len ? ", " : "", rep_outcome_name(o), edge->counts.n[o]);
	switch(edge->kind) {
		case REP_EDGE_BENCHED:
			LM_NOTICE("benched %s of pool %s%s%s: %s, score %.2f, until %lld,"
					  " strikes %u; since the last turn: %s%s%s\n",
					number, rep_book_name(rep_shared->book, edge->pool),
					edge->route[0] ? " on route " : "", edge->route,
					rep_reason_name(edge->reason), edge->judged.score,
					(long long)(edge->until / 1000), edge->strikes,
					len ? evidence : "no counts",
					edge->adopted ? " (found by another node)" : "", mark);
			break;
		case REP_EDGE_RELEASED:
			LM_NOTICE("released %s of pool %s%s%s: %s%s%s\n", number,
					rep_book_name(rep_shared->book, edge->pool),
					edge->route[0] ? " on route " : "", edge->route,
					rep_state_name(edge->state),
					edge->adopted ? " (by another node)" : "", mark);
			break;
		case REP_EDGE_POOL_EXHAUSTED:
			LM_WARN("pool %s stops: %s%s\n",
					rep_book_name(rep_shared->book, edge->pool),
					rep_pick_name(edge->stop), mark);
			break;
		case REP_EDGE_POOL_ALARM:
			LM_WARN("pool %s: %s; %s%s\n",
					rep_book_name(rep_shared->book, edge->pool), edge->detail,
					evidence, mark);
			break;
		case REP_EDGE_REFUSED:
			LM_WARN("caller ID %s of pool %s was refused%s%s: presentation or"
					" signing is broken, nothing is scored\n",
					number, rep_book_name(rep_shared->book, edge->pool),
					edge->route[0] ? " on route " : "", edge->route);
			break;
		case REP_EDGES:
			break;
	}
}

/* A pool's day begins at midnight of its time zone. TZ is this process's own. */
static void set_zones(rep_time_t now)
{
	static rep_time_t last;
	rep_policy_t policy;
	time_t t = (time_t)(now / 1000);
	struct tm tm;

	if(now - last < 1000 && now >= last)
		return;
	last = now;
	for(int p = 0; p < rep_book_pools(rep_shared->book); p++) {
		if(!rep_pool_policy(rep_shared->book, p, &policy))
			continue;
		if(policy.time_zone[0]) {
			setenv("TZ", policy.time_zone, 1);
			tzset();
			localtime_r(&t, &tm);
		} else {
			tm.tm_gmtoff = 0;
		}
		rep_pool_set_utc_offset(rep_shared->book, p, (int32_t)tm.tm_gmtoff);
	}
}

/* A table that is full says so once, not once a call. */
static void watch_tables(rep_time_t now)
{
	static rep_time_t last;
	static bool told[5];
	rep_answered_stats_t answered;
	rep_calls_stats_t calls;
	rep_book_stats_t book;

	if(now - last < 1000 && now >= last)
		return;
	last = now;
	rep_book_stats(rep_shared->book, &book);
	rep_calls_stats(rep_shared->calls, &calls);
	rep_answered_stats(rep_shared->answered, &answered);
	const struct
	{
		uint64_t full;
		const char *what;
	} tables[] = {
			{book.full_numbers, "max_numbers is reached: numbers are refused"},
			{calls.full + answered.full,
					"max_calls is reached: calls go on unwatched"},
			{book.full_memory,
					"shared memory is full: start Kamailio with a larger -m"},
			{book.full_routes, "more route labels than a pool can hold: the"
							   " rest count as no route"},
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
	rep_edge_t edges[AT_ONCE];
	size_t n;

	rep_answered_tick(rep_shared->answered, rep_shared->book, now, rep_mono());
	rep_book_tick(rep_shared->book, now);
	set_zones(now);
	watch_tables(now);
	while((n = rep_book_edges(rep_shared->book, &cursor, edges, AT_ONCE)) > 0)
		for(size_t i = 0; i < n; i++) {
			log_edge(&edges[i]);
			run_route(&edges[i]);
		}
}
