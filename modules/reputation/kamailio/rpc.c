/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"
#include "core/ut.h"

#include "rpc.h"
#include "answered.h"
#include "call_table.h"
#include "config.h"
#include "explain.h"
#include "refused.h"
#include "reload.h"
#include "rpc_args.h"
#include "rpc_edits.h"
#include "rpc_try.h"
#include "rpc_lists.h"
#include "shared.h"
#include "suppress.h"
#include "../engine/base/version.h"
#include "../engine/pool/callees.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/registry.h"
#include "../engine/reply/e164.h"

/* ---- pools and numbers ----------------------------------------------- */

static void add_pool(rpc_t *rpc, void *list, int pool)
{
	rep_pool_view_t view;
	void *item;

	if(!rep_view_pool(rep_shared->registry, pool, rep_now(), &view))
		return;
	rpc->array_add(list, "{", &item);
	rpc->struct_add(item, "suuuu", "pool", view.name, "numbers", view.numbers,
			"usable", view.refused == REP_PICKED ? view.usable : 0, "capped",
			view.capped, "no_match", view.no_match);
	for(int s = 0; s < REP_STATES; s++)
		rpc->struct_add(item, "u", rep_state_name(s), view.by_state[s]);
	rpc->struct_add(item, "uu", "spread_numbers", (unsigned)view.spread.between,
			"spread_lists", (unsigned)view.spread.lists);
	rpc->struct_add(item, "ssuuuu", "stopped", view.stopped ? "yes" : "no",
			"reason", view.stopped ? rep_pick_name(view.stop_reason) : "",
			"in_flight", view.in_flight, "used_today", view.used_today, "picks",
			rep_rpc_u32(view.picks), "refusals", rep_rpc_u32(view.refusals));
	rpc->struct_add(item, "s", "mode",
			rep_mode_name(rep_pool_observes(rep_shared->registry, pool)
								  ? REP_OBSERVE
								  : REP_ENFORCE));
	if(view.paused)
		rpc->struct_add(
				item, "u", "paused_until", rep_rpc_s(view.paused_until));
	rep_rpc_pool_refused(rpc, item, pool, &view);
	rep_rpc_counts(rpc, item, "counts", &view.counts);
	rep_rpc_by_label(rpc, item, pool, 0);
}

static void rpc_pools(rpc_t *rpc, void *ctx)
{
	void *list;

	if(!rep_rpc_end(rpc, ctx))
		return;
	rpc->add(ctx, "[", &list);
	for(int i = 0; i < rep_registry_pools(rep_shared->registry); i++)
		add_pool(rpc, list, i);
}

static void rpc_numbers(rpc_t *rpc, void *ctx)
{
	rep_number_view_t views[32];
	rep_state_t only = REP_STATES;
	unsigned from = 0, limit = UINT_MAX;
	uint32_t cursor = 0;
	void *list, *item;
	str state = str_init("any");
	size_t n;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool)
			|| !rep_rpc_text(rpc, ctx, "state", &state)
			|| !rep_rpc_count(rpc, ctx, "from", &from)
			|| !rep_rpc_count(rpc, ctx, "limit", &limit)
			|| !rep_rpc_end(rpc, ctx))
		return;
	if(!rep_span_is(rep_span_of(&state), "any")) {
		only = rep_state_parse(rep_span_of(&state));
		if(only == REP_STATES) {
			rpc->fault(ctx, 400, "no such state: %.*s", state.len, state.s);
			return;
		}
	}
	rpc->add(ctx, "[", &list);
	while(limit > 0
			&& (n = rep_view_list(rep_shared->registry, pool, rep_now(),
						&cursor, views, sizeof(views) / sizeof(views[0])))
					   > 0)
		for(size_t i = 0; i < n && limit > 0; i++) {
			if(only != REP_STATES && views[i].state != only)
				continue;
			if(from > 0) {
				from--;
				continue;
			}
			limit--;
			rpc->array_add(list, "{", &item);
			rep_rpc_view(rpc, item, &views[i]);
			rep_rpc_attributes(rpc, item, pool, views[i].number);
		}
}


static void add_uneven(rpc_t *rpc, void *item, const rep_store_status_t *s)
{
	void *list, *one;

	rpc->struct_add(item, "[", "pools", &list);
	for(uint32_t i = 0; i < s->n_uneven; i++) {
		const rep_uneven_t *u = &s->uneven[i];

		rpc->array_add(list, "{", &one);
		rpc->struct_add(one, "sussu", "pool",
				rep_registry_name(rep_shared->registry, u->pool), "waiting",
				u->waiting, "behind", u->behind ? "yes" : "no", "away",
				u->away ? "yes" : "no", "mismatches", u->mismatches);
	}
}

static void rpc_store(rpc_t *rpc, void *ctx)
{
	rep_store_status_t s;
	void *item;

	if(!rep_rpc_end(rpc, ctx))
		return;
	rep_store_status_read(&rep_shared->store, &s);
	rpc->add(ctx, "{", &item);
	rpc->struct_add(item, "ssuuuuu", "state", rep_link_state_name(s.link),
			"follows", rep_follow_name(s.follow), "since", rep_rpc_s(s.since),
			"lag_ms", s.lag_ms, "waiting", s.waiting, "pushes",
			rep_rpc_u32(s.pushes), "pulls", rep_rpc_u32(s.pulls));
	rpc->struct_add(item, "uuuussu", "commands", rep_rpc_u32(s.commands),
			"reconnects", rep_rpc_u32(s.reconnects), "resyncs",
			rep_rpc_u32(s.resyncs), "events", rep_rpc_u32(s.events), "feed",
			s.feed, "last_error", s.last_error, "last_error_at",
			rep_rpc_s(s.last_error_at));
	rpc->struct_add(item, "fffuuu", "commands_per_second",
			s.commands_per_second, "bytes_sent_per_second", s.sent_per_second,
			"bytes_read_per_second", s.read_per_second, "mismatches",
			rep_rpc_u32(s.mismatches), "pools_behind", s.behind, "pools_away",
			s.away);
	rpc->struct_add(item, "suusS", "role", s.role, "masters", s.masters,
			"masters_up", s.masters_up, "address", s.address, "node_id",
			&rep_config->node_id);
	add_uneven(rpc, item, &s);
}

static void rpc_resync(rpc_t *rpc, void *ctx)
{
	int pool = REP_NO_POOL;
	str name = STR_NULL;

	if(!rep_rpc_text(rpc, ctx, "pool", &name) || !rep_rpc_end(rpc, ctx))
		return;
	if(name.s)
		pool = rep_registry_find(rep_shared->registry, rep_span_of(&name));
	if(name.s && pool == REP_NO_POOL)
		rpc->fault(ctx, 404, "no such pool: %.*s", name.len, name.s);
	else
		rep_status_want(&rep_shared->store, pool);
}

static void rpc_policy(rpc_t *rpc, void *ctx)
{
	char value[REP_POLICY_VALUE_MAX], usual[REP_POLICY_VALUE_MAX];
	void *item, *list, *field;
	rep_policy_t policy, defaults;
	const char *name;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool) || !rep_rpc_end(rpc, ctx)
			|| !rep_pool_policy(rep_shared->registry, pool, &policy))
		return;
	rep_policy_default(&defaults);
	rpc->add(ctx, "{", &item);
	rpc->struct_add(item, "s[", "pool",
			rep_registry_name(rep_shared->registry, pool), "fields", &list);
	for(unsigned i = 0;
			(name = rep_policy_get(&policy, i, value, sizeof(value))); i++) {
		rep_policy_get(&defaults, i, usual, sizeof(usual));
		rpc->array_add(list, "{", &field);
		rpc->struct_add(
				field, "sss", "field", name, "value", value, "default", usual);
	}
}

static void add_errors(rpc_t *rpc, void *item)
{
	rep_store_status_t s;
	void *list, *error;

	rep_store_status_read(&rep_shared->store, &s);
	rpc->struct_add(item, "[", "errors", &list);
	for(uint32_t i = 0; i < s.n_errors && i < REP_STORE_ERRORS; i++) {
		rpc->array_add(list, "{", &error);
		rpc->struct_add(error, "sssuu", "key", s.errors[i].key, "field",
				s.errors[i].field, "error", s.errors[i].sentence, "at",
				rep_rpc_s(s.errors[i].at), "count", s.errors[i].count);
	}
}

static void rpc_stats(rpc_t *rpc, void *ctx)
{
	rep_answered_stats_t answered;
	rep_calls_stats_t calls;
	rep_callees_stats_t callees;
	rep_registry_stats_t registry;
	void *item;

	if(!rep_rpc_end(rpc, ctx))
		return;
	rep_registry_stats(rep_shared->registry, &registry);
	rep_calls_stats(rep_shared->calls, &calls);
	rep_answered_stats(rep_shared->answered, &answered);
	rep_callees_stats(rep_shared->registry, &callees);
	rpc->add(ctx, "{", &item);
	rpc->struct_add(item, "s", "version", REPUTATION_VERSION);
	rpc->struct_add(item, "suuuuuu", "mode",
			rep_registry_observes(rep_shared->registry) ? "observe" : "enforce",
			"pools", registry.pools, "numbers", registry.numbers, "max_numbers",
			registry.max_numbers, "calls", calls.calls, "answered_calls",
			answered.calls, "max_calls", calls.max);
	rpc->struct_add(item, "uuuuu", "picks", rep_rpc_u32(registry.picks),
			"refusals", rep_rpc_u32(registry.refusals), "counted",
			rep_rpc_u32(registry.counted), "repeats",
			rep_rpc_u32(callees.repeats), "lost", rep_rpc_u32(registry.lost));
	rpc->struct_add(item, "uuuuuuuu", "full_numbers",
			rep_rpc_u32(registry.full_numbers), "full_memory",
			rep_rpc_u32(registry.full_memory), "full_routes",
			rep_rpc_u32(registry.full_routes), "full_strata",
			rep_rpc_u32(registry.full_strata), "full_calls",
			rep_rpc_u32(calls.full), "full_answered",
			rep_rpc_u32(answered.full), "full_callees",
			rep_rpc_u32(callees.gave_way), "memory",
			rep_rpc_u32(registry.bytes + callees.bytes));
	rep_rpc_refused(rpc, item, registry.refused);
	rep_rpc_guard_stats(rpc, item);
	rep_rpc_list_stats(rpc, item);
	add_errors(rpc, item);
}

/* ---- table ----------------------------------------------------------- */

#define DOC(name, text) static const char *doc_##name[] = {text, 0};

DOC(pools, "All pools with their states and counts")
DOC(numbers, "The numbers of a pool: pool [state|any] [from] [limit]")
DOC(explain, "Why a number is in its state: pool number")
DOC(try, "What would be picked, changing nothing: pool callee [route,...]")
DOC(add, "Add a number, or change its attributes: pool number [json]")
DOC(remove, "Remove a number: pool number")
DOC(bench, "Bench a number: pool number seconds [route]; 0 = the policy's rest")
DOC(release, "Back to active: pool number [route]")
DOC(resync, "Read what Redis holds of a pool anew, or of all: [pool]")
DOC(reset, "Forget a number's history: pool number")
DOC(mode, "Show or switch the mode: [enforce|observe], or pool [mode]")
DOC(pause, "A pool refuses calls: pool [seconds]; without: until resumed")
DOC(resume, "A pool goes on: pool")
DOC(redress, "The work list of redress: [pool] [from] [limit]")
DOC(redress_set,
		"What was done about an entry: pool id status|ticket|note value")
DOC(probes, "Test calls by number and network: pool [from] [limit]")
DOC(policy, "The policy in force: pool")
DOC(store, "The link to Redis")
DOC(reload, "Read pool_file again, without Redis")
DOC(suppress, "Do not call: callee seconds; 0 = for ever")
DOC(unsuppress, "Call again: callee")
DOC(callee, "What is known of a callee, and until when: callee")
DOC(forget, "Erase what the guard keeps about a callee: callee")
DOC(stats, "Totals, full tables, malformed values")

/* clang-format off */
rpc_export_t rep_rpc[] = {
	{"reputation.pools", rpc_pools, doc_pools, 0},
	{"reputation.numbers", rpc_numbers, doc_numbers, 0},
	{"reputation.explain", rep_rpc_explain, doc_explain, 0},
	{"reputation.try", rep_rpc_try, doc_try, 0},
	{"reputation.add", rep_rpc_add, doc_add, 0},
	{"reputation.remove", rep_rpc_remove, doc_remove, 0},
	{"reputation.bench", rep_rpc_bench, doc_bench, 0},
	{"reputation.release", rep_rpc_release, doc_release, 0},
	{"reputation.reset", rep_rpc_reset, doc_reset, 0},
	{"reputation.mode", rep_rpc_mode, doc_mode, 0},
	{"reputation.pause", rep_rpc_pause, doc_pause, 0},
	{"reputation.resume", rep_rpc_resume, doc_resume, 0},
	{"reputation.redress", rep_rpc_redress, doc_redress, 0},
	{"reputation.redress_set", rep_rpc_redress_set, doc_redress_set, 0},
	{"reputation.probes", rep_rpc_probes, doc_probes, 0},
	{"reputation.policy", rpc_policy, doc_policy, 0},
	{"reputation.store", rpc_store, doc_store, 0},
	{"reputation.resync", rpc_resync, doc_resync, 0},
	{"reputation.reload", rep_rpc_reload, doc_reload, 0},
	{"reputation.suppress", rep_rpc_suppress, doc_suppress, 0},
	{"reputation.unsuppress", rep_rpc_unsuppress, doc_unsuppress, 0},
	{"reputation.callee", rep_rpc_callee_known, doc_callee, 0},
	{"reputation.forget", rep_rpc_forget, doc_forget, 0},
	{"reputation.stats", rpc_stats, doc_stats, 0},
	{0, 0, 0, 0}
};
/* clang-format on */
