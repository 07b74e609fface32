/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "suppress.h"
#include "answer.h"
#include "complain.h"
#include "rpc_args.h"
#include "shared.h"
#include "../engine/pool/guards.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"

#define SHOWN 2048 /* facts about one callee */

static rep_guard_t *guard(void)
{
	return rep_registry_guard(rep_shared->registry);
}

static rep_dnc_t *dnc(void)
{
	return rep_registry_dnc(rep_shared->registry);
}

/* ---- whom? -------------------------------------------------------------------- */

/* The number that pools call when it is dialled so, each by its
 * default_country; without pools, of international form. What is wrong with it;
 * NULL = nothing. */
static const char *callee_of(const str *text, rep_e164_t *callee)
{
	rep_registry_t *registry = rep_shared->registry;
	rep_e164_error_t error = REP_E164_OK;
	bool asked = false, any = false;
	rep_e164_t number;
	char country[3];

	for(int i = 0; i < rep_registry_pools(registry); i++) {
		if(!rep_pool_country(registry, i, country))
			continue;
		asked = true;
		error = rep_e164_complete(rep_span_of(text), country, &number);
		if(error != REP_E164_OK)
			continue;
		if(any && number != *callee)
			return "pools take it for different numbers: write it with its +";
		*callee = number;
		any = true;
	}
	if(!asked)
		error = rep_e164_complete(rep_span_of(text), "", callee);
	return any || error == REP_E164_OK ? NULL : rep_e164_strerror(error);
}

/* ---- the script ------------------------------------------------------------ */

/* 0 after a line that names function and fault. */
static rep_e164_t scripts_callee(const char *function, const str *text)
{
	rep_e164_t callee = 0;
	const char *wrong = callee_of(text, &callee);

	if(!wrong)
		return callee;
	rep_complain(REP_COMPLAINT_ARGUMENT, "%s: callee '%.*s': %s", function,
			text->len, text->s, wrong);
	return 0;
}

int ki_suppress(struct sip_msg *msg, str *text, int seconds)
{
	rep_e164_t callee;

	(void)msg;
	if(seconds < 0) {
		rep_complain(REP_COMPLAINT_ARGUMENT,
				"reputation_suppress: seconds: %d is below 0", seconds);
		return -1;
	}
	callee = scripts_callee("reputation_suppress", text);
	return callee
						   && rep_registry_suppress(rep_shared->registry,
								   callee, (uint32_t)seconds, rep_now())
				   ? 1
				   : -1;
}

int ki_unsuppress(struct sip_msg *msg, str *text)
{
	rep_e164_t callee = scripts_callee("reputation_unsuppress", text);

	(void)msg;
	return callee
						   && rep_registry_unsuppress(
								   rep_shared->registry, callee, rep_now())
				   ? 1
				   : -1;
}

/* ---- RPC --------------------------------------------------------------------- */

static bool scan_callee(rpc_t *rpc, void *ctx, rep_e164_t *callee)
{
	const char *wrong;
	str text;

	if(!rep_rpc_callee(rpc, ctx, &text))
		return false;
	wrong = callee_of(&text, callee);
	if(wrong)
		rpc->fault(ctx, 400, "callee '%.*s': %s", text.len, text.s, wrong);
	return !wrong;
}

void rep_rpc_suppress(rpc_t *rpc, void *ctx)
{
	unsigned seconds;
	rep_e164_t callee;

	if(!scan_callee(rpc, ctx, &callee) || !rep_rpc_seconds(rpc, ctx, &seconds)
			|| !rep_rpc_end(rpc, ctx))
		return;
	if(!rep_registry_suppress(rep_shared->registry, callee, seconds, rep_now()))
		rpc->fault(ctx, 500, "there is no room for one more callee");
}

void rep_rpc_unsuppress(rpc_t *rpc, void *ctx)
{
	rep_e164_t callee;

	if(!scan_callee(rpc, ctx, &callee) || !rep_rpc_end(rpc, ctx))
		return;
	if(!rep_registry_unsuppress(rep_shared->registry, callee, rep_now()))
		rpc->fault(ctx, 404, "this callee is not suppressed");
}

/* What one pool knows. */
static void add_pool(rpc_t *rpc, void *list, const rep_guard_fact_t *facts,
		size_t n, int pool)
{
	unsigned unwanted = 0, declined = 0, declines = 0, attempts = 0, last = 0;
	uint32_t now = (uint32_t)(rep_now() / 1000);
	bool any = false;
	void *item;

	for(size_t i = 0; i < n; i++) {
		const rep_guard_fact_t *f = &facts[i];

		if(f->pool != pool || rep_guard_forgets(f->kind, f->until) <= now)
			continue;
		any = true;
		if(f->kind == REP_GUARD_UNWANTED)
			unwanted = f->until;
		if(f->kind == REP_GUARD_DECLINED) {
			declined = f->until;
			declines = f->n;
		}
		if(f->kind == REP_GUARD_TRIED) {
			attempts += f->at > now || now - f->at < 86400;
			last = f->at > last ? f->at : last;
		}
	}
	if(!any)
		return;
	rpc->array_add(list, "{", &item);
	rpc->struct_add(item, "suuuuu", "pool",
			rep_registry_name(rep_shared->registry, pool), "unwanted_until",
			unwanted, "declined_until", declined, "declines", declines,
			"attempts_day", attempts, "last_attempt", last);
}

void rep_rpc_callee_known(rpc_t *rpc, void *ctx)
{
	static rep_guard_fact_t facts[SHOWN]; /* of a process that answers one */
	uint32_t now = (uint32_t)(rep_now() / 1000);
	char number[REP_E164_MAX];
	rep_e164_t callee;
	unsigned by_hand = 0;
	void *item, *list;
	size_t n;

	if(!scan_callee(rpc, ctx, &callee) || !rep_rpc_end(rpc, ctx))
		return;
	n = rep_guard_of(guard(), callee, facts, SHOWN);
	for(size_t i = 0; i < n; i++)
		if(facts[i].kind == REP_GUARD_BY_HAND && facts[i].until > now)
			by_hand = facts[i].until;
	rep_e164_print(callee, number);
	rpc->add(ctx, "{", &item);
	rpc->struct_add(item, "ssu[", "callee", number, "dnc",
			rep_dnc_has(dnc(), callee) ? "yes" : "no", "by_hand_until", by_hand,
			"pools", &list);
	for(int i = 0; i < rep_registry_pools(rep_shared->registry); i++)
		add_pool(rpc, list, facts, n, i);
}

void rep_rpc_forget(rpc_t *rpc, void *ctx)
{
	rep_e164_t callee;
	unsigned n;
	void *item;

	if(!scan_callee(rpc, ctx, &callee) || !rep_rpc_end(rpc, ctx))
		return;
	n = rep_guard_forget(guard(), callee);
	rpc->add(ctx, "{", &item);
	rpc->struct_add(item, "us", "forgotten", n, "dnc",
			rep_dnc_has(dnc(), callee) ? "yes" : "no");
}

void rep_rpc_guard_stats(rpc_t *rpc, void *item)
{
	rep_guard_stats_t g;
	rep_dnc_stats_t d;

	rep_guard_stats(guard(), &g);
	rep_dnc_stats(dnc(), &d);
	rpc->struct_add(item, "uuuuuuuu", "guarded", g.facts, "guarded_attempts",
			g.kinds[REP_GUARD_TRIED], "guarded_declined",
			g.kinds[REP_GUARD_DECLINED], "guarded_unwanted",
			g.kinds[REP_GUARD_UNWANTED], "guarded_by_hand",
			g.kinds[REP_GUARD_BY_HAND], "guard_gave_way",
			rep_rpc_u32(g.gave_way), "full_guard", rep_rpc_u32(g.refused),
			"dnc", rep_rpc_u32(d.callees));
	rpc->struct_add(item, "uu", "guard_memory", rep_rpc_u32(g.bytes),
			"dnc_memory", rep_rpc_u32(d.bytes));
}
