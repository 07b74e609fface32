/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments and results that RPC commands have in common. */

#include <stdlib.h>

#include "core/dprint.h"
#include "core/ut.h"

#include "rpc_args.h"
#include "shared.h"
#include "../engine/pool/by_label.h"
#include "../engine/pool/numbers.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"

/* ---- arguments ------------------------------------------------------- */

bool rep_rpc_pool(rpc_t *rpc, void *ctx, int *pool)
{
	str name;

	if(rpc->scan(ctx, ".S", &name) < 1) {
		rpc->fault(ctx, 400, "the name of a pool is missing");
		return false;
	}
	*pool = rep_registry_find(rep_shared->registry, rep_span_of(&name));
	if(*pool != REP_NO_POOL)
		return true;
	rpc->fault(ctx, 404, "no such pool: %.*s", name.len, name.s);
	return false;
}

bool rep_rpc_callee(rpc_t *rpc, void *ctx, str *callee)
{
	int n;

	if(rpc->scan(ctx, "*S", callee) == 1)
		return true;
	if(rpc->scan(ctx, "*d", &n) == 1)
		rpc->fault(ctx, 400,
				"kamcmd cuts numbers to 32 bits: write s:+12025550101");
	else
		rpc->fault(ctx, 400, "a callee is missing");
	return false;
}

static bool is_known(int pool, rep_e164_t number)
{
	rep_ticket_t ticket;

	return rep_pool_ticket(
			rep_shared->registry, pool, number, rep_span(""), &ticket);
}

/* Digits without a plus: from a client that took the plus for a sign, or what
 * kamcmd leaves of a number: its low 32 bits, with their sign. */
static bool bare_number(
		rpc_t *rpc, void *ctx, int pool, const str *text, rep_e164_t *number)
{
	char digits[32];
	unsigned long long value;
	bool cut, parsed;

	digits[0] = '+';
	snprintf(digits + 1, sizeof(digits) - 1, "%.*s", text->len, text->s);
	value = strtoull(digits + 1, NULL, 10);
	cut = value <= UINT32_MAX || value > (unsigned long long)INT64_MAX;
	parsed = rep_e164_parse(rep_span(digits), number) == REP_E164_OK;
	if(parsed && (!cut || is_known(pool, *number)))
		return true;
	*number = rep_pool_find_cut(rep_shared->registry, pool, (uint32_t)value);
	if(!*number)
		rpc->fault(ctx, 404,
				"no such number in this pool (kamcmd cuts numbers to 32 bits:"
				" write s:+12025550101)");
	return *number != 0;
}

bool rep_rpc_number(rpc_t *rpc, void *ctx, int pool, rep_e164_t *number)
{
	rep_e164_error_t error;
	str text;

	if(rpc->scan(ctx, ".S", &text) < 1) {
		rpc->fault(ctx, 400, "a number in E.164 form is missing");
		return false;
	}
	if(text.len > 0 && text.len < 24
			&& strspn(text.s, "0123456789") == (size_t)text.len)
		return bare_number(rpc, ctx, pool, &text, number);
	error = rep_e164_parse(rep_span_of(&text), number);
	if(error == REP_E164_OK)
		return true;
	rpc->fault(ctx, 400, "number '%.*s': %s", text.len, text.s,
			rep_e164_strerror(error));
	return false;
}

bool rep_rpc_text(rpc_t *rpc, void *ctx, const char *name, str *text)
{
	str given;
	int n;

	if(rpc->scan(ctx, "*.S", &given) == 1) {
		*text = given;
		return true;
	}
	/* an object in JSON-RPC is no text, and stays where it is */
	if(rpc->scan(ctx, "*d", &n) != 1)
		return true;
	rpc->fault(ctx, 400, "%s: not text (JSON goes into a string)", name);
	return false;
}

bool rep_rpc_count(rpc_t *rpc, void *ctx, const char *name, unsigned *n)
{
	str text = STR_NULL;

	if(!rep_rpc_text(rpc, ctx, name, &text))
		return false;
	if(!text.s || str2int(&text, n) == 0)
		return true;
	rpc->fault(
			ctx, 400, "%s: '%.*s' is no whole number", name, text.len, text.s);
	return false;
}

bool rep_rpc_seconds(rpc_t *rpc, void *ctx, unsigned *seconds)
{
	str text;

	if(rpc->scan(ctx, ".S", &text) < 1) {
		rpc->fault(ctx, 400, "seconds are missing");
		return false;
	}
	if(str2int(&text, seconds) == 0 && *seconds <= INT32_MAX)
		return true;
	rpc->fault(ctx, 400, "seconds: '%.*s' is no whole number from 0 to %d",
			text.len, text.s, INT32_MAX);
	return false;
}

bool rep_rpc_end(rpc_t *rpc, void *ctx)
{
	str more = STR_NULL;

	if(!rep_rpc_text(rpc, ctx, "one argument too many", &more))
		return false;
	if(!more.s)
		return true;
	rpc->fault(ctx, 400, "one argument too many: %.*s", more.len, more.s);
	return false;
}

void rep_rpc_unknown(rpc_t *rpc, void *ctx, rep_e164_t number)
{
	char text[REP_E164_MAX];

	rep_e164_print(number, text);
	rpc->fault(ctx, 404, "no such number in this pool: %s", text);
}

/* ---- results --------------------------------------------------------- */

unsigned rep_rpc_u32(uint64_t n)
{
	return n > UINT32_MAX ? UINT32_MAX : (unsigned)n;
}

unsigned rep_rpc_s(rep_time_t ms)
{
	return ms > 0 ? (unsigned)(ms / 1000) : 0;
}

void rep_rpc_counts(
		rpc_t *rpc, void *parent, const char *name, const rep_counts_t *counts)
{
	void *item;

	rpc->struct_add(parent, "{", name, &item);
	for(int o = 0; o < REP_OUTCOMES; o++)
		rpc->struct_add(item, "u", rep_outcome_name(o), counts->n[o]);
}

static unsigned total(const rep_counts_t *counts)
{
	uint64_t n = 0;

	for(int o = 0; o < REP_OUTCOMES; o++)
		n += counts->n[o];
	return rep_rpc_u32(n);
}

static double share(uint32_t part, unsigned of)
{
	return of ? (double)part / of : 0;
}

void rep_rpc_by_label(rpc_t *rpc, void *item, int pool, rep_e164_t number)
{
	static rep_label_view_t labels[REP_ROUTES_MAX];
	static const char *const lists[REP_DIMS] = {"campaigns", "networks"};
	void *list, *one;

	for(int d = 0; d < REP_DIMS; d++) {
		size_t n = rep_view_by_label(rep_shared->registry, pool, number,
				(rep_dim_t)d, rep_now(), labels, REP_ROUTES_MAX);
		if(n)
			rpc->struct_add(item, "[", lists[d], &list);
		for(size_t i = 0; i < n; i++) {
			rpc->array_add(list, "{", &one);
			rpc->struct_add(
					one, "s", rep_dim_name((rep_dim_t)d), labels[i].label);
			rep_rpc_counts(rpc, one, "counts", &labels[i].counts);
		}
	}
}

void rep_rpc_view(rpc_t *rpc, void *item, const rep_number_view_t *view)
{
	const uint32_t *n = view->counts.n;
	unsigned calls = total(&view->counts), judged = 0;
	char number[REP_E164_MAX];

	for(int o = 0; o < REP_JUDGED; o++)
		judged += n[o];
	rep_e164_print(view->number, number);
	rpc->struct_add(item, "sssuuufu", "number", number, "state",
			rep_state_name(view->state), "reason",
			rep_reason_name(view->reason), "since", rep_rpc_s(view->since),
			"until", rep_rpc_s(view->until), "strikes", view->strikes, "score",
			(double)view->judged.score, "calls", calls);
	rpc->struct_add(item, "ffff", "answered_rate",
			share(n[REP_ANSWERED] + n[REP_SHORT], judged), "declined_rate",
			share(n[REP_DECLINED], judged), "rejected_rate",
			share(n[REP_DECLINED] + n[REP_UNWANTED], judged), "blocked_rate",
			share(n[REP_BLOCKED], judged));
	rpc->struct_add(item, "uuuus", "in_flight", view->in_flight, "used_today",
			view->used_today, "cap_day", view->cap_day, "last_used",
			rep_rpc_s(view->last_used), "usable",
			view->usable && view->refused == REP_PICKED ? "yes" : "no");
	if(view->refused != REP_PICKED)
		rpc->struct_add(
				item, "s", "pool_stopped", rep_pick_name(view->refused));
	if(view->benched_on[0])
		rpc->struct_add(item, "s", "benched_on", view->benched_on);
	if(view->observed)
		rpc->struct_add(item, "s", "mode", "observe");
}

/* "label=value,label=value" as a struct. */
static void add_list(rpc_t *rpc, void *item, const char *name, char *list)
{
	char *entry, *value, *rest = list;
	void *members;

	rpc->struct_add(item, "{", name, &members);
	while((entry = strsep(&rest, ",")))
		if((value = strrchr(entry, '='))) {
			*value++ = '\0';
			rpc->struct_add(members, "s", entry, value);
		}
}

void rep_rpc_attributes(rpc_t *rpc, void *item, int pool, rep_e164_t number)
{
	static const char *const names[REP_TEXTS] = {[REP_TEXT_TAGS] = "tags",
			[REP_TEXT_ATTEST] = "attest",
			[REP_TEXT_NOTE] = "note",
			[REP_TEXT_NAME] = "name",
			[REP_TEXT_REGISTERED] = "registered",
			[REP_TEXT_VERIFIED] = "verified"};
	char text[512];

	for(int t = 0; t < REP_TEXTS; t++) {
		if(!rep_pool_text(rep_shared->registry, pool, number, (rep_text_t)t,
				   text, sizeof(text)))
			continue;
		if(t == REP_TEXT_ATTEST || t == REP_TEXT_REGISTERED)
			add_list(rpc, item, names[t], text);
		else
			rpc->struct_add(item, "s", names[t], text);
	}
}
