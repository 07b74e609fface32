/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"
#include "core/ut.h"

#include "rpc.h"
#include "answered.h"
#include "call_table.h"
#include "config.h"
#include "contacts.h"
#include "explain.h"
#include "reload.h"
#include "rpc_args.h"
#include "shared.h"
#include "../engine/base/version.h"
#include "../engine/pool/by_hand.h"
#include "../engine/pool/callees.h"
#include "../engine/pool/numbers.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/registry.h"
#include "../engine/reply/e164.h"
#include "../formats/attrs.h"

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
		}
}

/* A pick on these routes; `refused` unless it is REP_PICKED. The label taken,
 * a part of `routes`. */
static rep_span_t add_try(rpc_t *rpc, void *item, int pool, rep_e164_t callee,
		rep_span_t routes, rep_pick_t refused)
{
	char number[REP_E164_MAX];
	rep_ticket_t ticket;
	rep_picked_t picked = rep_pool_pick(rep_shared->registry, pool, callee,
			routes, rep_now(), true, &ticket);

	if(picked.result == REP_PICKED)
		picked.result = refused;
	rpc->struct_add(item, "s", "reason", rep_pick_name(picked.result));
	if(picked.result != REP_PICKED)
		return rep_span("");
	rep_e164_print(ticket.number, number);
	rpc->struct_add(item, "ssf", "number", number, "state",
			rep_state_name(picked.state), "score", (double)picked.score);
	return picked.route;
}

static void add_labels(rpc_t *rpc, void *parent, int pool, rep_e164_t callee)
{
	char labels[REP_ROUTES_MAX][REP_ROUTE_MAX + 1];
	size_t n =
			rep_view_labels(rep_shared->registry, pool, labels, REP_ROUTES_MAX);
	void *list, *item;

	rpc->struct_add(parent, "[", "routes", &list);
	for(size_t i = 0; i < n; i++) {
		rpc->array_add(list, "{", &item);
		rpc->struct_add(item, "s", "route", labels[i]);
		add_try(rpc, item, pool, callee, rep_span(labels[i]), REP_PICKED);
	}
}

static void rpc_try(rpc_t *rpc, void *ctx)
{
	str callee, route = str_init(""), taken;
	rep_span_t label;
	rep_pool_view_t whole = {.refused = REP_PICKED};
	rep_policy_t policy;
	rep_e164_t number;
	void *item;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool) || !rep_rpc_callee(rpc, ctx, &callee)
			|| !rep_rpc_text(rpc, ctx, "route", &route)
			|| !rep_rpc_end(rpc, ctx)
			|| !rep_pool_policy(rep_shared->registry, pool, &policy))
		return;
	rpc->add(ctx, "{", &item);
	if(rep_e164_complete(rep_span_of(&callee), policy.default_country, &number)
			!= REP_E164_OK) {
		rpc->struct_add(
				item, "s", "reason", rep_pick_name(REP_PICK_BAD_CALLEE));
		return;
	}
	/* without a route: what calls get, and these may all have one */
	if(route.len == 0)
		rep_view_pool(rep_shared->registry, pool, rep_now(), &whole);
	label = add_try(
			rpc, item, pool, number, rep_span_of(&route), whole.refused);
	taken = (str){(char *)label.s, (int)label.len};
	if(route.len == 0)
		add_labels(rpc, item, pool, number);
	else if(label.len > 0)
		rpc->struct_add(item, "S", "route", &taken);
}

/* ---- edits ----------------------------------------------------------- */

/* With Redis an edit is written there too, by the process that speaks to it:
 * first a place in its queue is kept, so that both have the edit or neither. */
static bool keep_place(rpc_t *rpc, void *ctx)
{
	if(rep_config->redis.len == 0
			|| rep_edit_keep(rep_registry_edits(rep_shared->registry)))
		return true;
	rpc->fault(ctx, 500, "too many edits wait for Redis: nothing was changed");
	return false;
}

/* The edit was done here, or (`done` false) was not. */
static void hand_on(bool done, const rep_edit_t *edit)
{
	rep_edit_queue_t *queue = rep_registry_edits(rep_shared->registry);

	if(rep_config->redis.len == 0)
		return;
	if(done)
		rep_edit_put(queue, edit);
	else
		rep_edit_give_up(queue);
}

static void rpc_add(rpc_t *rpc, void *ctx)
{
	str json = str_init("{}");
	rep_attrs_text_t text;
	rep_e164_t number;
	const char *wrong;
	rep_edit_t edit;
	char why[160];
	bool done;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool)
			|| !rep_rpc_number(rpc, ctx, pool, &number))
		return;
	if(!rep_rpc_text(rpc, ctx, "attributes", &json) || !rep_rpc_end(rpc, ctx))
		return;
	wrong = rep_attrs_parse(rep_span_of(&json), &text, why, sizeof(why));
	if(wrong) {
		rpc->fault(ctx, 400, "attributes: %s", wrong);
		return;
	}
	if(text.unknown[0]) {
		rpc->fault(ctx, 400, "attributes: no such attribute: %s", text.unknown);
		return;
	}
	if(rep_config->redis.len > 0 && json.len >= (int)sizeof(edit.json)) {
		rpc->fault(ctx, 400, "attributes are longer than %d bytes",
				(int)sizeof(edit.json) - 1);
		return;
	}
	if(!keep_place(rpc, ctx))
		return;
	edit = (rep_edit_t){.pool = pool, .number = number};
	snprintf(edit.json, sizeof(edit.json), "%.*s", json.len, json.s);
	done = rep_pool_put(rep_shared->registry, pool, number, &text.attrs, 0, 0,
				   rep_now())
		   >= 0;
	hand_on(done, &edit);
	if(!done)
		rpc->fault(ctx, 500, "the table of numbers is full");
}

static void rpc_remove(rpc_t *rpc, void *ctx)
{
	rep_edit_t edit = {.remove = true};
	rep_e164_t number;
	bool done;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool)
			|| !rep_rpc_number(rpc, ctx, pool, &number)
			|| !rep_rpc_end(rpc, ctx) || !keep_place(rpc, ctx))
		return;
	edit.pool = pool;
	edit.number = number;
	done = rep_pool_remove(rep_shared->registry, pool, number);
	hand_on(done, &edit);
	if(!done)
		rep_rpc_unknown(rpc, ctx, number);
}

/* A route, if there is one more argument, and nothing after it. */
static bool last_route(rpc_t *rpc, void *ctx, str *route)
{
	*route = rep_str_of("");
	return rep_rpc_text(rpc, ctx, "route", route) && rep_rpc_end(rpc, ctx);
}

static void answer(rpc_t *rpc, void *ctx, rep_by_hand_t result,
		rep_e164_t number, const str *route)
{
	switch(result) {
		case REP_DONE:
			break;
		case REP_NO_SUCH_NUMBER:
			rep_rpc_unknown(rpc, ctx, number);
			break;
		case REP_NO_SUCH_ROUTE:
			rpc->fault(ctx, 404, "no such route in this pool: %.*s", route->len,
					route->s);
			break;
		case REP_BAD_ROUTE:
			rpc->fault(ctx, 400,
					"route: '%.*s' is no label of 1 to %d bytes without a"
					" comma",
					route->len, route->s, REP_ROUTE_MAX);
			break;
		case REP_ROUTES_FULL:
			rpc->fault(ctx, 500, "no room for one more route: %.*s", route->len,
					route->s);
			break;
	}
}

static void rpc_bench(rpc_t *rpc, void *ctx)
{
	rep_e164_t number;
	unsigned seconds;
	str text, route;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool)
			|| !rep_rpc_number(rpc, ctx, pool, &number))
		return;
	if(rpc->scan(ctx, ".S", &text) < 1) {
		rpc->fault(ctx, 400, "seconds are missing");
		return;
	}
	if(str2int(&text, &seconds) < 0 || seconds > INT32_MAX) {
		rpc->fault(ctx, 400, "seconds: '%.*s' is no whole number from 0 to %d",
				text.len, text.s, INT32_MAX);
		return;
	}
	if(!last_route(rpc, ctx, &route))
		return;
	answer(rpc, ctx,
			rep_pool_bench(rep_shared->registry, pool, number,
					rep_span_of(&route), seconds, REP_REASON_MANUAL, rep_now()),
			number, &route);
}

static void rpc_release(rpc_t *rpc, void *ctx)
{
	rep_e164_t number;
	str route;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool)
			|| !rep_rpc_number(rpc, ctx, pool, &number)
			|| !last_route(rpc, ctx, &route))
		return;
	answer(rpc, ctx,
			rep_pool_release(rep_shared->registry, pool, number,
					rep_span_of(&route), rep_now()),
			number, &route);
}

static void rpc_reset(rpc_t *rpc, void *ctx)
{
	rep_e164_t number;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool)
			|| !rep_rpc_number(rpc, ctx, pool, &number)
			|| !rep_rpc_end(rpc, ctx))
		return;
	if(!rep_pool_reset(rep_shared->registry, pool, number, rep_now()))
		rep_rpc_unknown(rpc, ctx, number);
}

static void rpc_mode(rpc_t *rpc, void *ctx)
{
	str mode = STR_NULL;
	void *item;

	if(!rep_rpc_text(rpc, ctx, "mode", &mode) || !rep_rpc_end(rpc, ctx))
		return;
	if(mode.s) {
		bool observe = rep_span_is(rep_span_of(&mode), "observe");
		if(!observe && !rep_span_is(rep_span_of(&mode), "enforce")) {
			rpc->fault(ctx, 400, "mode: '%.*s' is neither enforce nor observe",
					mode.len, mode.s);
			return;
		}
		rep_registry_observe(rep_shared->registry, observe);
	}
	rpc->add(ctx, "{", &item);
	rpc->struct_add(item, "s", "mode",
			rep_registry_observes(rep_shared->registry) ? "observe"
														: "enforce");
}

/* ---- what is collected ----------------------------------------------- */

static void rpc_redress(rpc_t *rpc, void *ctx)
{
	char number[REP_E164_MAX];
	rep_contact_t contact;
	int only = REP_NO_POOL;
	void *list, *item;
	str name = STR_NULL;

	if(!rep_rpc_text(rpc, ctx, "pool", &name) || !rep_rpc_end(rpc, ctx))
		return;
	if(name.s) {
		only = rep_registry_find(rep_shared->registry, rep_span_of(&name));
		if(only == REP_NO_POOL) {
			rpc->fault(ctx, 404, "no such pool: %.*s", name.len, name.s);
			return;
		}
	}
	rpc->add(ctx, "[", &list);
	for(unsigned i = 0; i < REP_CONTACTS; i++) {
		if(!rep_contacts_at(rep_shared->contacts, i, &contact)
				|| (only != REP_NO_POOL && contact.pool != only))
			continue;
		rep_e164_print(contact.number, number);
		rpc->array_add(list, "{", &item);
		rpc->struct_add(item, "ssuuussss", "pool",
				rep_registry_name(rep_shared->registry, contact.pool), "number",
				number, "blocks", contact.count, "first",
				rep_rpc_s(contact.first), "last", rep_rpc_s(contact.last),
				"url", contact.redress.url, "tel", contact.redress.tel, "email",
				contact.redress.email, "id", contact.redress.id);
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
	rpc->struct_add(item, "uusS", "mismatches", rep_rpc_u32(s.mismatches),
			"pools_behind", s.behind, "address", s.address, "node_id",
			&rep_config->node_id);
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
DOC(mode, "Show or switch the mode: [enforce|observe]")
DOC(redress, "Contacts collected from blocks: [pool]")
DOC(policy, "The policy in force: pool")
DOC(store, "The link to Redis")
DOC(reload, "Read pool_file again, without Redis")
DOC(stats, "Totals, full tables, malformed values")

/* clang-format off */
rpc_export_t rep_rpc[] = {
	{"reputation.pools", rpc_pools, doc_pools, 0},
	{"reputation.numbers", rpc_numbers, doc_numbers, 0},
	{"reputation.explain", rep_rpc_explain, doc_explain, 0},
	{"reputation.try", rpc_try, doc_try, 0},
	{"reputation.add", rpc_add, doc_add, 0},
	{"reputation.remove", rpc_remove, doc_remove, 0},
	{"reputation.bench", rpc_bench, doc_bench, 0},
	{"reputation.release", rpc_release, doc_release, 0},
	{"reputation.reset", rpc_reset, doc_reset, 0},
	{"reputation.mode", rpc_mode, doc_mode, 0},
	{"reputation.redress", rpc_redress, doc_redress, 0},
	{"reputation.policy", rpc_policy, doc_policy, 0},
	{"reputation.store", rpc_store, doc_store, 0},
	{"reputation.resync", rpc_resync, doc_resync, 0},
	{"reputation.reload", rep_rpc_reload, doc_reload, 0},
	{"reputation.stats", rpc_stats, doc_stats, 0},
	{0, 0, 0, 0}
};
/* clang-format on */
