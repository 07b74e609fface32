/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"

#include "pv.h"
#include "answer.h"
#include "calls.h"
#include "complain.h"
#include "shared.h"
#include "../engine/base/decimal.h"
#include "../engine/pool/numbers.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/view.h"
#include "../engine/reply/e164.h"

/* What is known of a message: its call, and what the last function said. */
typedef struct known
{
	bool has_call, has_answer;
	rep_call_view_t call;
	rep_ticket_t ticket; /* of the pick that stands; number 0 = none */
	rep_e164_t number;	 /* that of the pick, or that was asked about */
	int pool;
} known_t;

/* Each writes the text of a variable to `out`, of OUT bytes; "" is $null. */
#define OUT 512
typedef void getter_t(const known_t *k, char *out);

static void copy(char *out, const char *text)
{
	snprintf(out, OUT, "%s", text ? text : "");
}

static void get_number(const known_t *k, char *out)
{
	if(k->number)
		rep_e164_print(k->number, out);
}

static void get_pool(const known_t *k, char *out)
{
	if(k->has_call)
		copy(out, rep_registry_name(rep_shared->registry, k->ticket.pool));
	else if(k->has_answer)
		copy(out, rep_answer.pool);
}

static void get_route(const known_t *k, char *out)
{
	if(k->ticket.number)
		rep_ticket_route(rep_shared->registry, &k->ticket, out);
	else if(k->has_answer)
		copy(out, rep_answer.route);
}

static void get_state(const known_t *k, char *out)
{
	static rep_number_view_t view;

	if(k->has_answer && rep_answer.state)
		copy(out, rep_answer.state);
	else if(k->has_call
			&& rep_view_number(rep_shared->registry, k->ticket.pool,
					k->ticket.number, rep_now(), &view, NULL, 0, NULL))
		copy(out, rep_state_name(view.state));
}

static void get_reason(const known_t *k, char *out)
{
	if(k->has_answer && rep_answer.reason)
		copy(out, rep_answer.reason);
	else if(k->has_call)
		copy(out, rep_pick_name(REP_PICKED));
}

static void get_score(const known_t *k, char *out)
{
	if(k->has_answer && rep_answer.scored)
		rep_fixed_print((double)rep_answer.score, 3, out);
	else if(k->has_call)
		rep_fixed_print((double)k->call.score, 3, out);
}

static void get_outcome(const known_t *k, char *out)
{
	if(k->has_call && k->call.final.outcome != REP_OUTCOMES)
		copy(out, rep_outcome_name(k->call.final.outcome));
	else if(!k->has_call && k->has_answer)
		copy(out, rep_answer.outcome);
}

static void get_status(const known_t *k, char *out)
{
	if(k->call.final.status)
		snprintf(out, OUT, "%u", k->call.final.status);
}

static void get_confidence(const known_t *k, char *out)
{
	if(k->call.final.status && k->call.final.outcome != REP_OUTCOMES)
		snprintf(out, OUT, "%u", k->call.final.confidence);
}

static void get_location(const known_t *k, char *out)
{
	copy(out, rep_location_name(k->call.final.location));
}

/* Of a pick that was just refused; else what the carrier asks for. */
static void get_retry_after(const known_t *k, char *out)
{
	if(k->has_answer && rep_answer.refused) {
		if(rep_answer.retry_after)
			snprintf(out, OUT, "%u", rep_answer.retry_after);
	} else if(k->call.final.retry_after)
		snprintf(out, OUT, "%u", k->call.final.retry_after);
}

static void get_attest(const known_t *k, char *out)
{
	char attest = k->ticket.number
						  ? rep_ticket_attest(rep_shared->registry, &k->ticket)
						  : 0;

	out[0] = attest;
	out[1] = '\0';
}

/* What an operator wrote of the number. */
static void get_text(const known_t *k, rep_text_t part, char *out)
{
	rep_pool_text(rep_shared->registry, k->pool, k->number, part, out, OUT);
}

static void get_tags(const known_t *k, char *out)
{
	get_text(k, REP_TEXT_TAGS, out);
}

static void get_note(const known_t *k, char *out)
{
	get_text(k, REP_TEXT_NOTE, out);
}

static void get_name(const known_t *k, char *out)
{
	get_text(k, REP_TEXT_NAME, out);
}

static void get_campaign(const known_t *k, char *out)
{
	copy(out, k->call.labels.campaign);
}

static void get_network(const known_t *k, char *out)
{
	copy(out, k->call.labels.network);
}

static void get_probe(const known_t *k, char *out)
{
	copy(out, k->call.labels.probe ? "1" : "0");
}

static void get_redress_url(const known_t *k, char *out)
{
	copy(out, k->call.redress.url);
}

static void get_redress_tel(const known_t *k, char *out)
{
	copy(out, k->call.redress.tel);
}

static void get_redress_email(const known_t *k, char *out)
{
	copy(out, k->call.redress.email);
}

static void get_redress_id(const known_t *k, char *out)
{
	copy(out, k->call.redress.id);
}

static const struct
{
	const char *name;
	getter_t *get;
} variables[] = {
		{"number", get_number},
		{"pool", get_pool},
		{"route", get_route},
		{"state", get_state},
		{"reason", get_reason},
		{"score", get_score},
		{"outcome", get_outcome},
		{"status", get_status},
		{"confidence", get_confidence},
		{"location", get_location},
		{"retry_after", get_retry_after},
		{"attest", get_attest},
		{"tags", get_tags},
		{"note", get_note},
		{"name", get_name},
		{"campaign", get_campaign},
		{"network", get_network},
		{"probe", get_probe},
		{"redress_url", get_redress_url},
		{"redress_tel", get_redress_tel},
		{"redress_email", get_redress_email},
		{"redress_id", get_redress_id},
};

#define VARIABLES ((int)(sizeof(variables) / sizeof(variables[0])))

int rep_pv_parse(pv_spec_t *spec, str *name)
{
	int v = 0;

	while(v < VARIABLES && !rep_span_is(rep_span_of(name), variables[v].name))
		v++;
	if(v == VARIABLES) {
		LM_ERR("no such variable: $rep(%.*s)\n", name->len, name->s);
		return -1;
	}
	spec->pvp.pvn.type = PV_NAME_INTSTR;
	spec->pvp.pvn.u.isname.type = 0;
	spec->pvp.pvn.u.isname.name.n = v;
	return 0;
}

static void learn(struct sip_msg *msg, known_t *k)
{
	rep_call_id_t id = rep_shared ? rep_call_shown(msg) : 0;

	if(rep_shared && !id)
		id = rep_call_of(msg);
	memset(k, 0, sizeof(*k));
	k->call.final.outcome = REP_OUTCOMES;
	k->has_answer = rep_answer_is_for(msg);
	k->has_call = id && rep_call_view(id, &k->call) && k->call.ticket.number;
	if(k->has_call)
		k->ticket = k->call.ticket;
	else if(k->has_answer)
		k->ticket = rep_answer.picked;
	if(k->has_answer && !k->has_call) {
		k->call.labels = rep_answer.labels;
		k->call.redress = rep_answer.redress;
	}
	/* the call's own: another may have been asked about since */
	k->number = k->ticket.number ? k->ticket.number
				: k->has_answer	 ? rep_answer.number
								 : 0;
	k->pool = k->ticket.number ? k->ticket.pool
			  : k->has_answer  ? rep_registry_find(
						 rep_shared->registry, rep_span(rep_answer.pool))
							  : REP_NO_POOL;
}

int rep_pv_get(struct sip_msg *msg, pv_param_t *param, pv_value_t *value)
{
	/* several variables may stand in one line of the script */
	static char buffers[8][OUT];
	static unsigned turn;
	char *out = buffers[turn++ % 8];
	known_t known;
	str s;

	learn(msg, &known);
	out[0] = '\0';
	variables[param->pvn.u.isname.name.n].get(&known, out);
	s = rep_str_of(out);
	if(s.len == 0)
		return pv_get_null(msg, param, value);
	return pv_get_strval(msg, param, value, &s);
}

static int set_label(char label[REP_ROUTE_MAX + 1], const char *name,
		const pv_value_t *value)
{
	if(!value || value->flags & PV_VAL_NULL) {
		label[0] = '\0';
		return 0;
	}
	if(!(value->flags & PV_VAL_STR) || value->rs.len > REP_ROUTE_MAX
			|| memchr(value->rs.s, '\0', value->rs.len)) {
		rep_complain(REP_COMPLAINT_VARIABLE,
				"$rep(%s): no text of up to %d bytes", name, REP_ROUTE_MAX);
		return -1;
	}
	memcpy(label, value->rs.s, value->rs.len);
	label[value->rs.len] = '\0';
	return 0;
}

static int set_probe(const pv_value_t *value)
{
	bool on = value && !(value->flags & PV_VAL_NULL)
			  && (value->flags & PV_VAL_INT
							  ? value->ri != 0
							  : value->rs.len == 1 && value->rs.s[0] == '1');

	rep_answer.labels.probe = on;
	return 0;
}

int rep_pv_set(
		struct sip_msg *msg, pv_param_t *param, int op, pv_value_t *value)
{
	const char *name = variables[param->pvn.u.isname.name.n].name;

	(void)op;
	if(!rep_answer_is_for(msg))
		rep_answer_reset(msg);
	if(strcmp(name, "campaign") == 0)
		return set_label(rep_answer.labels.campaign, name, value);
	if(strcmp(name, "network") == 0)
		return set_label(rep_answer.labels.network, name, value);
	if(strcmp(name, "probe") == 0)
		return set_probe(value);
	rep_complain(REP_COMPLAINT_VARIABLE, "$rep(%s) can be read only", name);
	return -1;
}
