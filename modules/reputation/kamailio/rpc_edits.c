/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"

#include "rpc_edits.h"
#include "config.h"
#include "rpc_args.h"
#include "shared.h"
#include "../engine/pool/by_hand.h"
#include "../engine/pool/numbers.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/registry.h"
#include "../formats/attrs.h"

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

void rep_rpc_add(rpc_t *rpc, void *ctx)
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
	if(rep_config->redis.len > 0 && json.len >= (int)sizeof(edit.value)) {
		rpc->fault(ctx, 400, "attributes are longer than %d bytes",
				(int)sizeof(edit.value) - 1);
		return;
	}
	if(!keep_place(rpc, ctx))
		return;
	edit = (rep_edit_t){.pool = pool, .number = number};
	snprintf(edit.value, sizeof(edit.value), "%.*s", json.len, json.s);
	done = rep_pool_put(rep_shared->registry, pool, number, &text.attrs, 0, 0,
				   rep_now())
		   >= 0;
	hand_on(done, &edit);
	if(!done)
		rpc->fault(ctx, 500, "the table of numbers is full");
}

void rep_rpc_remove(rpc_t *rpc, void *ctx)
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

/* ---- the pool as a whole ---------------------------------------------- */

/* Its status from here on: in memory, and in the policy in Redis. */
static void set_status(
		rpc_t *rpc, void *ctx, int pool, bool paused, uint32_t until)
{
	rep_edit_t edit = {.pool = pool, .field = "status"};
	bool done;

	if(!keep_place(rpc, ctx))
		return;
	snprintf(
			edit.value, sizeof(edit.value), "%s", paused ? "paused" : "active");
	if(until)
		snprintf(edit.value, sizeof(edit.value), "paused until=%u", until);
	done = rep_pool_pause(rep_shared->registry, pool, paused, until, rep_now());
	hand_on(done, &edit);
	if(done)
		LM_NOTICE("pool %s is %s by RPC\n",
				rep_registry_name(rep_shared->registry, pool), edit.value);
	else
		rpc->fault(ctx, 404, "the pool is just being removed");
}

void rep_rpc_pause(rpc_t *rpc, void *ctx)
{
	unsigned seconds = 0;
	uint32_t now = rep_rpc_s(rep_now());
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool)
			|| !rep_rpc_count(rpc, ctx, "seconds", &seconds)
			|| !rep_rpc_end(rpc, ctx))
		return;
	if(seconds > INT32_MAX)
		rpc->fault(ctx, 400, "seconds: %u is more than %d", seconds, INT32_MAX);
	else
		set_status(rpc, ctx, pool, true, seconds ? now + seconds : 0);
}

void rep_rpc_resume(rpc_t *rpc, void *ctx)
{
	int pool;

	if(rep_rpc_pool(rpc, ctx, &pool) && rep_rpc_end(rpc, ctx))
		set_status(rpc, ctx, pool, false, 0);
}

/* ---- verdicts by hand ------------------------------------------------- */

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

void rep_rpc_bench(rpc_t *rpc, void *ctx)
{
	rep_e164_t number;
	unsigned seconds;
	str route;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool)
			|| !rep_rpc_number(rpc, ctx, pool, &number)
			|| !rep_rpc_seconds(rpc, ctx, &seconds)
			|| !last_route(rpc, ctx, &route))
		return;
	answer(rpc, ctx,
			rep_pool_bench(rep_shared->registry, pool, number,
					rep_span_of(&route), seconds, REP_REASON_MANUAL, rep_now()),
			number, &route);
}

void rep_rpc_release(rpc_t *rpc, void *ctx)
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

void rep_rpc_reset(rpc_t *rpc, void *ctx)
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

/* Of the pool: in memory, and in the policy in Redis. */
static bool set_pool_mode(rpc_t *rpc, void *ctx, int pool, rep_mode_t mode)
{
	rep_edit_t edit = {.pool = pool, .field = "mode"};
	bool done;

	if(!keep_place(rpc, ctx))
		return false;
	snprintf(edit.value, sizeof(edit.value), "%s", rep_mode_name(mode));
	done = rep_pool_set_mode(rep_shared->registry, pool, mode);
	hand_on(done, &edit);
	if(!done)
		rpc->fault(ctx, 404, "the pool is just being removed");
	else
		LM_NOTICE("pool %s: mode %s by RPC\n",
				rep_registry_name(rep_shared->registry, pool), edit.value);
	return done;
}

static bool mode_of(rpc_t *rpc, void *ctx, str text, rep_mode_t *mode)
{
	*mode = rep_mode_parse(rep_span_of(&text));
	if(*mode != REP_MODES)
		return true;
	rpc->fault(ctx, 400, "mode: '%.*s' is none of enforce, observe and proxy",
			text.len, text.s);
	return false;
}

/* [MODE], of the proxy, or POOL [MODE]. */
void rep_rpc_mode(rpc_t *rpc, void *ctx)
{
	str one = STR_NULL, two = STR_NULL;
	rep_mode_t mode = REP_MODES;
	int pool = REP_NO_POOL;
	bool observes;
	void *item;

	if(!rep_rpc_text(rpc, ctx, "mode or pool", &one)
			|| !rep_rpc_text(rpc, ctx, "mode", &two) || !rep_rpc_end(rpc, ctx))
		return;
	if(one.s && !two.s)
		mode = rep_mode_parse(rep_span_of(&one));
	if(mode == REP_ENFORCE || mode == REP_OBSERVE) {
		rep_registry_observe(rep_shared->registry, mode == REP_OBSERVE);
	} else if(one.s) {
		pool = rep_registry_find(rep_shared->registry, rep_span_of(&one));
		if(pool == REP_NO_POOL) {
			rpc->fault(ctx, two.s ? 404 : 400, "no such pool%s: %.*s",
					two.s ? "" : ", and no mode", one.len, one.s);
			return;
		}
		if(two.s
				&& (!mode_of(rpc, ctx, two, &mode)
						|| !set_pool_mode(rpc, ctx, pool, mode)))
			return;
	}
	observes = pool == REP_NO_POOL
					   ? rep_registry_observes(rep_shared->registry)
					   : rep_pool_observes(rep_shared->registry, pool);
	rpc->add(ctx, "{", &item);
	rpc->struct_add(item, "s", "mode",
			rep_mode_name(observes ? REP_OBSERVE : REP_ENFORCE));
}
