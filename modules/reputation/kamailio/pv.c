/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"

#include "pv.h"
#include "answer.h"
#include "calls.h"
#include "shared.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/view.h"
#include "../engine/reply/e164.h"

typedef enum field
{
	NUMBER,
	POOL,
	ROUTE,
	STATE,
	REASON,
	OUTCOME,
	SCORE,
	REDRESS_URL,
	REDRESS_TEL,
	REDRESS_EMAIL,
	REDRESS_ID,
	FIELDS
} field_t;

static const char *const names[FIELDS] = {
		[NUMBER] = "number",
		[POOL] = "pool",
		[ROUTE] = "route",
		[STATE] = "state",
		[REASON] = "reason",
		[OUTCOME] = "outcome",
		[SCORE] = "score",
		[REDRESS_URL] = "redress_url",
		[REDRESS_TEL] = "redress_tel",
		[REDRESS_EMAIL] = "redress_email",
		[REDRESS_ID] = "redress_id",
};

int rep_pv_parse(pv_spec_t *spec, str *name)
{
	int f = 0;

	while(f < FIELDS && !rep_span_is(rep_span_of(name), names[f]))
		f++;
	if(f == FIELDS) {
		LM_ERR("no such variable: $rep(%.*s)\n", name->len, name->s);
		return -1;
	}
	spec->pvp.pvn.type = PV_NAME_INTSTR;
	spec->pvp.pvn.u.isname.type = 0;
	spec->pvp.pvn.u.isname.name.n = f;
	return 0;
}

/* Text that outlives the call. */
static int text(struct sip_msg *msg, pv_param_t *param, pv_value_t *value,
		const char *s)
{
	static char buffers[4][256];
	static unsigned turn;
	char *buffer = buffers[turn++ % 4];
	str out = {buffer, 0};

	if(!s || !*s)
		return pv_get_null(msg, param, value);
	out.len = snprintf(buffer, sizeof(buffers[0]), "%s", s);
	if(out.len >= (int)sizeof(buffers[0]))
		out.len = sizeof(buffers[0]) - 1;
	return pv_get_strval(msg, param, value, &out);
}

/* What a call says of itself, where the last function did not. */
static const char *of_call(field_t field, const rep_call_view_t *call)
{
	static rep_number_view_t view;
	static char route[REP_ROUTE_MAX + 1];

	switch(field) {
		case ROUTE:
			rep_ticket_route(rep_shared->registry, &call->ticket, route);
			return route;
		case POOL:
			return rep_registry_name(rep_shared->registry, call->ticket.pool);
		case STATE:
			return rep_view_number(rep_shared->registry, call->ticket.pool,
						   call->ticket.number, rep_now(), &view, NULL, 0, NULL)
						   ? rep_state_name(view.state)
						   : NULL;
		case OUTCOME:
			return call->outcome == REP_OUTCOMES
						   ? NULL
						   : rep_outcome_name(call->outcome);
		case REDRESS_URL:
			return call->redress.url;
		case REDRESS_TEL:
			return call->redress.tel;
		case REDRESS_EMAIL:
			return call->redress.email;
		case REDRESS_ID:
			return call->redress.id;
		default:
			return NULL;
	}
}

static const char *of_answer(field_t field)
{
	switch(field) {
		case POOL:
			return rep_answer.pool;
		case ROUTE:
			return rep_answer.route;
		case STATE:
			return rep_answer.state;
		case REASON:
			return rep_answer.reason;
		case OUTCOME:
			return rep_answer.outcome;
		default:
			return NULL;
	}
}

static int score(
		struct sip_msg *msg, pv_param_t *param, pv_value_t *value, double score)
{
	char s[32];

	snprintf(s, sizeof(s), "%.3f", score);
	return text(msg, param, value, s);
}

int rep_pv_get(struct sip_msg *msg, pv_param_t *param, pv_value_t *value)
{
	field_t field = param->pvn.u.isname.name.n;
	bool answered = rep_answer_is_for(msg);
	rep_call_id_t id = rep_shared ? rep_call_find(msg) : 0;
	rep_call_view_t call;
	char number[REP_E164_MAX];
	const char *s = answered ? of_answer(field) : NULL;
	bool has_call = id && rep_call_view(id, &call);

	if(field == SCORE) {
		if(answered && rep_answer.scored)
			return score(msg, param, value, rep_answer.score);
		return pv_get_null(msg, param, value);
	}
	if(field == NUMBER) {
		/* the call's own: another may have been asked about since */
		rep_e164_t n = has_call	  ? call.ticket.number
					   : answered ? rep_answer.number
								  : 0;
		if(!n)
			return pv_get_null(msg, param, value);
		rep_e164_print(n, number);
		return text(msg, param, value, number);
	}
	if(has_call && (field == OUTCOME || field == POOL || field == ROUTE))
		s = of_call(field, &call);
	else if((!s || !*s) && has_call)
		s = of_call(field, &call);
	return text(msg, param, value, s);
}
