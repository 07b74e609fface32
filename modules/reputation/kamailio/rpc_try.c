/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"
#include "core/ut.h"

#include "rpc_try.h"

#include "rpc_args.h"
#include "rpc_zones.h"
#include "shared.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/retry.h"
#include "../engine/pool/view.h"
#include "../engine/reply/e164.h"

static void add_number(
		rpc_t *rpc, void *item, const char *name, rep_e164_t number)
{
	char text[REP_E164_MAX];

	if(!number)
		return;
	rep_e164_print(number, text);
	rpc->struct_add(item, "s", name, text);
}

/* The numbers looked at, and for each reason how many were passed over. */
static void add_step(rpc_t *rpc, void *list, const rep_step_t *step)
{
	void *item;

	rpc->array_add(list, "{", &item);
	if(step->prefix)
		add_number(rpc, item, "local_prefix", step->prefix);
	rpc->struct_add(item, "us", "numbers", step->numbers, "by",
			step->sticky ? "callee" : "order");
	add_number(rpc, item, step->sticky ? "own" : "first", step->first);
	rpc->struct_add(item, "u", "looked_at", step->looked);
	for(int s = REP_SKIP_NONE + 1; s < REP_SKIPS; s++)
		if(step->skipped[s])
			rpc->struct_add(item, "u", rep_skip_name(s), step->skipped[s]);
	add_number(rpc, item, "taken", step->taken);
}

static void add_trace(rpc_t *rpc, void *item, const rep_trace_t *trace)
{
	void *list, *skipped;

	rpc->struct_add(item, "[", "steps", &list);
	for(unsigned k = 0; k < trace->n_steps; k++)
		add_step(rpc, list, &trace->steps[k]);
	rpc->struct_add(item, "[", "skipped", &list);
	for(unsigned k = 0; k < trace->n_skipped; k++) {
		rpc->array_add(list, "{", &skipped);
		add_number(rpc, skipped, "number", trace->skipped[k].number);
		rpc->struct_add(
				skipped, "s", "why", rep_skip_name(trace->skipped[k].why));
	}
}

/* A pick on these routes. The label taken, a part of `routes`. */
static rep_span_t add_try(rpc_t *rpc, void *item, int pool, rep_e164_t callee,
		rep_span_t routes, rep_trace_t *trace)
{
	rep_ticket_t ticket;
	rep_time_t now = rep_now();
	rep_picked_t picked = rep_pool_try(
			rep_shared->registry, pool, callee, routes, now, &ticket, trace);
	unsigned retry;

	if(picked.result != REP_PICKED) {
		rpc->struct_add(item, "s", "reason", rep_pick_name(picked.result));
		retry = rep_pool_retry_after(rep_shared->registry, pool, callee, 0,
				routes, picked.result, now);
		if(retry)
			rpc->struct_add(item, "u", "retry_after", retry);
		return rep_span("");
	}
	rpc->struct_add(item, "s", "reason", rep_how_name(picked.how));
	add_number(rpc, item, "number", ticket.number);
	rpc->struct_add(item, "sf", "state", rep_state_name(picked.state), "score",
			(double)picked.score);
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
		add_try(rpc, item, pool, callee, rep_span(labels[i]), NULL);
	}
}

void rep_rpc_try(rpc_t *rpc, void *ctx)
{
	str callee, route = str_init(""), taken;
	rep_trace_t trace = {0};
	rep_span_t label;
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
	rep_rpc_zones(rpc, item, &policy, number);
	label = add_try(rpc, item, pool, number, rep_span_of(&route), &trace);
	taken = (str){(char *)label.s, (int)label.len};
	if(label.len > 0)
		rpc->struct_add(item, "S", "route", &taken);
	add_trace(rpc, item, &trace);
	if(route.len == 0)
		add_labels(rpc, item, pool, number);
}
