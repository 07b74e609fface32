/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"
#include "core/parser/parse_to.h"
#include "core/route.h"

#include "functions.h"
#include "answer.h"
#include "apply.h"
#include "calls.h"
#include "rr_cookie.h"
#include "shared.h"
#include "../engine/pool/by_hand.h"
#include "../engine/pool/count.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/view.h"
#include "../engine/reply/e164.h"

enum
{
	USED = 1,
	ERROR = -1,
	NOT_NOW = -2,
	NOT_THIS_CALLEE = -3
};

static void answer_pool(const str *pool)
{
	if(pool->len > 0 && pool->len <= REP_POOL_MAX)
		memcpy(rep_answer.pool, pool->s, pool->len);
}

static void answer_route(const str *route)
{
	if(route->s && route->len > 0 && route->len <= REP_ROUTE_MAX)
		memcpy(rep_answer.route, route->s, route->len);
}

/* The number of an argument; 0 after a line that names function and fault. */
static rep_e164_t number_of(const char *function, const str *text)
{
	rep_e164_t number = 0;
	rep_e164_error_t error = rep_e164_parse(rep_span_of(text), &number);

	if(error == REP_E164_OK)
		return number;
	LM_ERR("%s: number '%.*s': %s\n", function, text->len, text->s,
			rep_e164_strerror(error));
	return 0;
}

/* Pool and number of the arguments, in the answer too. */
static int look_up(struct sip_msg *msg, const char *function, str *pool_name,
		str *text, rep_e164_t *number)
{
	int pool = rep_registry_find(rep_shared->registry, rep_span_of(pool_name));

	rep_answer_reset(msg);
	answer_pool(pool_name);
	if(pool == REP_NO_POOL) {
		rep_answer.reason = rep_pick_name(REP_PICK_UNKNOWN_POOL);
		return REP_NO_POOL;
	}
	*number = number_of(function, text);
	rep_answer.number = *number;
	return *number ? pool : REP_NO_POOL;
}

/* ---- pick ------------------------------------------------------------ */

static int refuse(rep_pick_t why)
{
	rep_answer.reason = rep_pick_name(why);
	switch(why) {
		case REP_PICKED:
			return USED;
		case REP_PICK_UNKNOWN_POOL:
		case REP_PICK_BAD_CALLEE:
			return ERROR;
		case REP_PICK_CALL_REJECTED:
			return NOT_THIS_CALLEE;
		default:
			return NOT_NOW;
	}
}

/* Again in the same transaction: the number stays, the route is new. */
static int pick_again(
		struct sip_msg *msg, rep_call_id_t id, str *pool, str *route)
{
	rep_call_view_t call;

	if(!rep_call_view(id, &call))
		return ERROR;
	rep_answer_reset(msg);
	answer_pool(pool);
	answer_route(route);
	rep_answer.number = call.ticket.number;
	if(call.outcome != REP_OUTCOMES)
		rep_answer.outcome = rep_outcome_name(call.outcome);
	if(call.rejected)
		return refuse(REP_PICK_CALL_REJECTED);
	rep_call_reroute(id, rep_span_of(route));
	if(rep_call_view(id, &call))
		rep_rr_cookie_add(msg, &call.ticket);
	return refuse(REP_PICKED);
}

static bool is_new_invite(struct sip_msg *msg, const char *function)
{
	if(msg->first_line.type != SIP_REQUEST
			|| msg->first_line.u.request.method_value != METHOD_INVITE) {
		LM_ERR("%s: only an INVITE has a caller ID to pick\n", function);
		return false;
	}
	if(parse_headers(msg, HDR_TO_F, 0) < 0 || !msg->to
			|| get_to(msg)->tag_value.len > 0) {
		LM_ERR("%s: this INVITE is of a call that is up already\n", function);
		return false;
	}
	return true;
}

static bool is_route(const char *function, const str *route)
{
	if(route->len <= REP_ROUTE_MAX)
		return true;
	LM_ERR("%s: route '%.*s' is longer than %d bytes\n", function, route->len,
			route->s, REP_ROUTE_MAX);
	return false;
}

static void answer_ticket(
		const rep_ticket_t *ticket, const rep_picked_t *picked)
{
	rep_answer.number = ticket->number;
	rep_answer.picked = true;
	rep_answer.state = rep_state_name(picked->state);
	rep_answer.score = picked->score;
	rep_answer.scored = true;
}

/* Watch the call; without room for it the call goes on unwatched. */
static void watch(struct sip_msg *msg, rep_ticket_t *ticket)
{
	if(rep_call_start(msg, ticket))
		return;
	rep_ticket_hang_up(rep_shared->registry, ticket, rep_now());
}

/* Picked for when there was no room to watch it: the number that it shows
 * stays, and is watched from here on if there is room now. */
static bool pick_unwatched(struct sip_msg *msg, int pool, str *route)
{
	rep_e164_t number =
			get_route_type() == REQUEST_ROUTE ? 0 : rep_applied(msg);
	rep_ticket_t ticket;

	if(!number
			|| !rep_pool_ticket(rep_shared->registry, pool, number,
					rep_span_of(route), &ticket))
		return false;
	rep_answer.number = number;
	rep_answer.picked = true;
	watch(msg, &ticket);
	return true;
}

int ki_pick(struct sip_msg *msg, str *pool_name, str *callee, str *route)
{
	int pool;
	rep_call_id_t id;
	char country[3];
	rep_e164_t number;
	rep_ticket_t ticket;
	rep_picked_t picked;

	if(!is_new_invite(msg, "reputation_pick")
			|| !is_route("reputation_pick", route))
		return ERROR;
	id = rep_call_find(msg);
	if(id
			&& rep_registry_find(rep_shared->registry, rep_span_of(pool_name))
					   >= 0)
		return pick_again(msg, id, pool_name, route);
	rep_answer_reset(msg);
	answer_pool(pool_name);
	answer_route(route);
	if(rep_call_was_rejected())
		return refuse(REP_PICK_CALL_REJECTED);
	pool = rep_registry_find(rep_shared->registry, rep_span_of(pool_name));
	if(pool == REP_NO_POOL
			|| !rep_pool_country(rep_shared->registry, pool, country))
		return refuse(REP_PICK_UNKNOWN_POOL);
	if(pick_unwatched(msg, pool, route))
		return refuse(REP_PICKED);
	if(rep_e164_complete(rep_span_of(callee), country, &number) != REP_E164_OK)
		return refuse(REP_PICK_BAD_CALLEE);
	picked = rep_pool_pick(rep_shared->registry, pool, number,
			rep_span_of(route), rep_now(), false, &ticket);
	if(picked.result == REP_PICKED) {
		answer_ticket(&ticket, &picked);
		watch(msg, &ticket);
	}
	return refuse(picked.result);
}

int ki_track(struct sip_msg *msg, str *pool_name, str *text, str *route)
{
	rep_e164_t number;
	rep_ticket_t ticket;
	int pool;

	if(!is_new_invite(msg, "reputation_track")
			|| !is_route("reputation_track", route))
		return ERROR;
	if(rep_call_find(msg)) {
		LM_ERR("reputation_track: this call is tracked already\n");
		return ERROR;
	}
	pool = look_up(msg, "reputation_track", pool_name, text, &number);
	answer_route(route);
	if(pool == REP_NO_POOL
			|| !rep_pool_track(rep_shared->registry, pool, number,
					rep_span_of(route), rep_now(), &ticket))
		return ERROR;
	rep_answer.picked = true;
	watch(msg, &ticket);
	return USED;
}

/* ---- by hand --------------------------------------------------------- */

int ki_report(struct sip_msg *msg, str *pool_name, str *text, str *name)
{
	rep_outcome_t outcome = rep_outcome_parse(rep_span_of(name));
	rep_e164_t number;
	rep_ticket_t ticket;
	int pool = look_up(msg, "reputation_report", pool_name, text, &number);

	if(outcome == REP_OUTCOMES) {
		LM_ERR("reputation_report: no such outcome: '%.*s'\n", name->len,
				name->s);
		return ERROR;
	}
	if(pool == REP_NO_POOL
			|| !rep_pool_ticket(
					rep_shared->registry, pool, number, rep_span(""), &ticket))
		return ERROR;
	rep_answer.outcome = rep_outcome_name(outcome);
	return rep_ticket_count(rep_shared->registry, &ticket, outcome, rep_now())
				   ? USED
				   : ERROR;
}

int ki_bench(struct sip_msg *msg, str *pool_name, str *text, int seconds)
{
	rep_e164_t number;
	int pool = look_up(msg, "reputation_bench", pool_name, text, &number);

	if(seconds < 0) {
		LM_ERR("reputation_bench: seconds: %d is below 0\n", seconds);
		return ERROR;
	}
	return pool != REP_NO_POOL
						   && rep_pool_bench(rep_shared->registry, pool, number,
								   seconds, REP_REASON_MANUAL, rep_now())
				   ? USED
				   : ERROR;
}

int ki_release(struct sip_msg *msg, str *pool_name, str *text)
{
	rep_e164_t number;
	int pool = look_up(msg, "reputation_release", pool_name, text, &number);

	return pool != REP_NO_POOL
						   && rep_pool_release(rep_shared->registry, pool,
								   number, rep_now())
				   ? USED
				   : ERROR;
}

int ki_state(struct sip_msg *msg, str *pool_name, str *text)
{
	rep_number_view_t view;
	rep_e164_t number;
	int pool = look_up(msg, "reputation_state", pool_name, text, &number);

	if(pool == REP_NO_POOL
			|| !rep_view_number(rep_shared->registry, pool, number, rep_now(),
					&view, NULL, 0, NULL))
		return ERROR;
	rep_answer.state = rep_state_name(view.state);
	rep_answer.reason = rep_reason_name(view.reason);
	rep_answer.score = view.judged.score;
	rep_answer.scored = true;
	return view.usable ? USED : NOT_NOW;
}
