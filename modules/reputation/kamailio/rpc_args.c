/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments and results that RPC commands have in common. */

#include "core/dprint.h"
#include "core/ut.h"

#include "rpc.h"
#include "../core/e164.h"

/* ---- arguments ------------------------------------------------------- */

bool rep_rpc_pool(rpc_t *rpc, void *ctx, int *pool)
{
	str name;

	if(rpc->scan(ctx, ".S", &name) < 1) {
		rpc->fault(ctx, 400, "the name of a pool is missing");
		return false;
	}
	*pool = rep_book_find(rep_shared->book, rep_span_of(&name));
	if(*pool != REP_NO_POOL)
		return true;
	rpc->fault(ctx, 404, "no such pool: %.*s", name.len, name.s);
	return false;
}

/* The next argument as text. kamcmd takes what looks like a number for one, and
 * cuts it to 32 bits, with a sign: `*cut` then, with what is left in `*low`. */
bool rep_rpc_text(rpc_t *rpc, void *ctx, str *text, bool *cut, unsigned *low)
{
	unsigned long long value;
	char digits[32], *end;

	*cut = false;
	if(rpc->scan(ctx, "*S", text) == 1)
		return true;
	if(rpc->scan(ctx, "*.S", text) != 1)
		return false;
	if(text->len <= 0 || text->len >= (int)sizeof(digits))
		return true;
	snprintf(digits, sizeof(digits), "%.*s", text->len, text->s);
	value = strtoull(digits, &end, 10);
	*cut = !*end
		   && (value <= UINT32_MAX || value > (unsigned long long)INT64_MAX);
	*low = (unsigned)value;
	return true;
}

void rep_rpc_cut(rpc_t *rpc, void *ctx)
{
	rpc->fault(ctx, 400,
			"kamcmd cut this number to 32 bits: write s:+12025550101");
}

bool rep_rpc_number(rpc_t *rpc, void *ctx, int pool, rep_e164_t *number)
{
	char buffer[32];
	rep_e164_error_t error;
	rep_span_t span;
	unsigned low;
	bool cut;
	str text;

	if(!rep_rpc_text(rpc, ctx, &text, &cut, &low)) {
		rpc->fault(ctx, 400, "a number in E.164 form is missing");
		return false;
	}
	if(cut) {
		*number = rep_pool_find_cut(rep_shared->book, pool, low);
		if(!*number)
			rpc->fault(ctx, 404,
					"no such number in this pool (kamcmd cuts numbers to 32"
					" bits: write s:+12025550101)");
		return *number != 0;
	}
	span = rep_span_of(&text);
	if(text.len > 0 && text.s[0] >= '1' && text.s[0] <= '9'
			&& text.len < (int)sizeof(buffer) - 1) {
		/* a client may have taken the plus for a sign */
		span = (rep_span_t){buffer, (size_t)snprintf(buffer, sizeof(buffer),
											"+%.*s", text.len, text.s)};
	}
	error = rep_e164_parse(span, number);
	if(error == REP_E164_OK)
		return true;
	rpc->fault(ctx, 400, "number '%.*s': %s", text.len, text.s,
			rep_e164_strerror(error));
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
	rpc->struct_add(item, "ffff", "answered",
			share(n[REP_ANSWERED] + n[REP_SHORT], judged), "declined",
			share(n[REP_DECLINED], judged), "rejected",
			share(n[REP_DECLINED] + n[REP_UNWANTED], judged), "blocked",
			share(n[REP_BLOCKED], judged));
	rpc->struct_add(item, "uuuus", "in_flight", view->in_flight, "used_today",
			view->used_today, "cap_day", view->cap_day, "last_used",
			rep_rpc_s(view->last_used), "usable", view->usable ? "yes" : "no");
	if(view->benched_on[0])
		rpc->struct_add(item, "s", "benched_on", view->benched_on);
	if(view->observed)
		rpc->struct_add(item, "s", "mode", "observe");
}
