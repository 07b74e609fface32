/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"
#include "core/parser/parse_to.h"
#include "core/route.h"

#include "functions.h"
#include "answer.h"
#include "apply.h"
#include "attempt.h"
#include "byes.h"
#include "complain.h"
#include "shared.h"
#include "../engine/pool/by_hand.h"
#include "../engine/pool/count.h"
#include "../engine/pool/labels.h"
#include "../engine/pool/no_pool.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/retry.h"
#include "../engine/pool/route_state.h"
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
	rep_complain(REP_COMPLAINT_ARGUMENT, "%s: number '%.*s': %s", function,
			text->len, text->s, rep_e164_strerror(error));
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

/* The pool that a call is for; one that there is not is counted. */
static int pool_of_call(const str *name)
{
	int pool = rep_registry_find(rep_shared->registry, rep_span_of(name));

	if(pool == REP_NO_POOL)
		rep_no_pool_refused(rep_shared->registry, rep_span_of(name), rep_now());
	return pool;
}

static int refuse(rep_pick_t why)
{
	rep_answer.reason = rep_pick_name(why);
	if(why == REP_PICK_BAD_CALLEE || why == REP_PICK_CALL_REJECTED)
		rep_registry_refused(rep_shared->registry, why);
	switch(why) {
		case REP_PICKED:
			return USED;
		case REP_PICK_UNKNOWN_POOL:
		case REP_PICK_BAD_CALLEE:
			return ERROR;
		default:
			return why >= REP_PICK_CALL_REJECTED ? NOT_THIS_CALLEE : NOT_NOW;
	}
}

static bool is_new_invite(struct sip_msg *msg, const char *function)
{
	if(msg->first_line.type != SIP_REQUEST
			|| msg->first_line.u.request.method_value != METHOD_INVITE) {
		rep_complain(REP_COMPLAINT_REQUEST,
				"%s: only an INVITE has a caller ID to pick", function);
		return false;
	}
	if(parse_headers(msg, HDR_TO_F, 0) < 0 || !msg->to
			|| get_to(msg)->tag_value.len > 0) {
		rep_complain(REP_COMPLAINT_REQUEST,
				"%s: this INVITE is of a call that is up already", function);
		return false;
	}
	return true;
}

static bool is_one_route(const char *function, const str *route)
{
	if(rep_route_or_none(rep_span_of(route)))
		return true;
	rep_complain(REP_COMPLAINT_ARGUMENT,
			"%s: route '%.*s' is no label of 1 to %d bytes without a comma",
			function, route->len, route->s, REP_ROUTE_MAX);
	return false;
}

static bool are_routes(const char *function, const str *route)
{
	if(rep_routes_fit(rep_span_of(route)))
		return true;
	rep_complain(REP_COMPLAINT_ARGUMENT,
			"%s: route '%.*s' is no label of up to %d bytes, nor a list of"
			" them",
			function, route->len, route->s, REP_ROUTE_MAX);
	return false;
}

/* Picked for when there was no room to watch it: the number that it shows
 * stays, and is watched from here on if there is room now. */
static bool pick_unwatched(
		struct sip_msg *msg, int pool, rep_e164_t callee, str *route)
{
	rep_call_key_t key;
	rep_e164_t number =
			get_route_type() == REQUEST_ROUTE ? 0 : rep_applied(msg);
	rep_ticket_t ticket;

	if(!number
			|| (callee && rep_call_key_of(msg, callee, &key)
					&& rep_call_exists(&key)) /* a spiral: it is watched */
			|| !rep_pool_ticket(rep_shared->registry, pool, number,
					rep_span_of(route), &ticket))
		return false;
	rep_attempt_label(&ticket, &rep_answer.labels);
	rep_answer.number = number;
	rep_answer.picked = ticket;
	rep_attempt_watch(msg, &ticket, &rep_answer.labels);
	return true;
}

/* A refused pick may be tried again after so many seconds. `kept`: of a call
 * that has a number, NULL = of none. */
static void answer_retry(const rep_picked_t *picked, int pool,
		rep_e164_t callee, const rep_ticket_t *kept, const str *route)
{
	rep_answer.refused = true;
	rep_answer.retry_after = rep_pool_retry_after(rep_shared->registry,
			kept ? kept->pool : pool, callee, kept ? kept->number : 0,
			rep_span_of(route), picked->result, rep_now());
}

static int answer_picked(const rep_picked_t *picked, const rep_ticket_t *ticket,
		bool has_number, int pool, rep_e164_t callee, const str *route)
{
	if(has_number)
		rep_answer.number = ticket->number;
	if(picked->result != REP_PICKED) {
		answer_retry(picked, pool, callee,
				has_number && ticket->number ? ticket : NULL, route);
		return refuse(picked->result);
	}
	rep_answer.picked = *ticket;
	rep_answer.state = rep_state_name(picked->state);
	rep_answer.score = picked->score;
	rep_answer.scored = true;
	rep_answer.reason = rep_how_name(picked->how);
	return USED;
}

int ki_pick(struct sip_msg *msg, str *pool_name, str *callee, str *route)
{
	int pool;
	rep_call_id_t id;
	char country[3];
	rep_e164_t number = 0;
	rep_ticket_t ticket;
	rep_picked_t picked;

	if(!is_new_invite(msg, "reputation_pick")
			|| !are_routes("reputation_pick", route))
		return ERROR;
	rep_answer_reset(msg);
	answer_pool(pool_name);
	answer_route(route);
	id = rep_call_find(msg);
	if(!id && rep_call_was_rejected())
		return refuse(REP_PICK_CALL_REJECTED);
	pool = pool_of_call(pool_name);
	if(pool == REP_NO_POOL
			|| !rep_pool_country(rep_shared->registry, pool, country))
		return refuse(REP_PICK_UNKNOWN_POOL);
	if(rep_e164_complete(rep_span_of(callee), country, &number) != REP_E164_OK)
		number = 0;
	if(!id && pick_unwatched(msg, pool, number, route))
		return refuse(REP_PICKED);
	if(id) {
		picked = rep_attempt_again(msg, id, pool, number, rep_span_of(route),
				&rep_answer.labels, &ticket);
		return answer_picked(&picked, &ticket, true, pool, number, route);
	}
	if(!number)
		return refuse(REP_PICK_BAD_CALLEE);
	picked = rep_attempt_pick(
			msg, pool, number, rep_span_of(route), &rep_answer.labels, &ticket);
	return answer_picked(
			&picked, &ticket, picked.result == REP_PICKED, pool, number, route);
}

int ki_cancel(struct sip_msg *msg)
{
	rep_call_id_t id = rep_call_find(msg);

	if(!id || !rep_attempt_cancel(id)) {
		rep_complain(REP_COMPLAINT_NO_PICK, "reputation_cancel: %s",
				id ? "the call went out already, or was cancelled"
				   : "no number was picked for this call");
		return ERROR;
	}
	rep_answer_reset(msg);
	rep_answer.picked.number = 0;
	return USED;
}

int ki_track(struct sip_msg *msg, str *pool_name, str *text, str *route)
{
	rep_e164_t number;
	int pool;

	if(!is_new_invite(msg, "reputation_track")
			|| !is_one_route("reputation_track", route))
		return ERROR;
	if(rep_call_find(msg)) {
		rep_complain(REP_COMPLAINT_TRACKED,
				"reputation_track: this call is tracked already");
		return ERROR;
	}
	pool_of_call(pool_name);
	pool = look_up(msg, "reputation_track", pool_name, text, &number);
	answer_route(route);
	if(pool == REP_NO_POOL
			|| !rep_attempt_track(
					msg, pool, number, rep_span_of(route), &rep_answer.labels))
		return ERROR;
	rep_answer.picked.number = number;
	return USED;
}

/* ---- by hand --------------------------------------------------------- */

/* Pool and number of the arguments, as look_up(), and one route or none. */
static int look_up_on(struct sip_msg *msg, const char *function, str *pool_name,
		str *text, str *route, rep_e164_t *number)
{
	int pool = look_up(msg, function, pool_name, text, number);

	answer_route(route);
	return is_one_route(function, route) ? pool : REP_NO_POOL;
}

static int by_hand(const char *function, rep_by_hand_t result, const str *route)
{
	switch(result) {
		case REP_DONE:
			return USED;
		case REP_NO_SUCH_ROUTE:
			rep_complain(REP_COMPLAINT_ARGUMENT,
					"%s: no such route in this pool: '%.*s'", function,
					route->len, route->s);
			return ERROR;
		case REP_ROUTES_FULL:
			rep_complain(REP_COMPLAINT_ARGUMENT,
					"%s: no room for one more route: '%.*s'", function,
					route->len, route->s);
			return ERROR;
		default:
			return ERROR;
	}
}

int ki_report_route(
		struct sip_msg *msg, str *pool_name, str *text, str *name, str *route)
{
	rep_outcome_t outcome = rep_outcome_parse(rep_span_of(name));
	rep_e164_t number;
	rep_ticket_t ticket;
	int pool = look_up_on(
			msg, "reputation_report", pool_name, text, route, &number);

	if(outcome == REP_OUTCOMES) {
		rep_complain(REP_COMPLAINT_ARGUMENT,
				"reputation_report: no such outcome: '%.*s'", name->len,
				name->s);
		return ERROR;
	}
	if(pool == REP_NO_POOL
			|| !rep_pool_ticket(rep_shared->registry, pool, number,
					rep_span_of(route), &ticket))
		return ERROR;
	rep_attempt_label(&ticket, &rep_answer.labels);
	rep_answer.outcome = rep_outcome_name(outcome);
	return rep_ticket_count(rep_shared->registry, &ticket, outcome, rep_now())
				   ? USED
				   : ERROR;
}

int ki_report(struct sip_msg *msg, str *pool, str *number, str *outcome)
{
	str none = str_init("");

	return ki_report_route(msg, pool, number, outcome, &none);
}

int ki_bench_route(
		struct sip_msg *msg, str *pool_name, str *text, int seconds, str *route)
{
	rep_e164_t number;
	int pool = look_up_on(
			msg, "reputation_bench", pool_name, text, route, &number);

	if(seconds < 0) {
		rep_complain(REP_COMPLAINT_ARGUMENT,
				"reputation_bench: seconds: %d is below 0", seconds);
		return ERROR;
	}
	if(pool == REP_NO_POOL)
		return ERROR;
	return by_hand("reputation_bench",
			rep_pool_bench(rep_shared->registry, pool, number,
					rep_span_of(route), seconds, REP_REASON_MANUAL, rep_now()),
			route);
}

int ki_bench(struct sip_msg *msg, str *pool, str *number, int seconds)
{
	str none = str_init("");

	return ki_bench_route(msg, pool, number, seconds, &none);
}

int ki_release_route(struct sip_msg *msg, str *pool_name, str *text, str *route)
{
	rep_e164_t number;
	int pool = look_up_on(
			msg, "reputation_release", pool_name, text, route, &number);

	if(pool == REP_NO_POOL)
		return ERROR;
	return by_hand("reputation_release",
			rep_pool_release(rep_shared->registry, pool, number,
					rep_span_of(route), rep_now()),
			route);
}

int ki_release(struct sip_msg *msg, str *pool, str *number)
{
	str none = str_init("");

	return ki_release_route(msg, pool, number, &none);
}

int ki_state_route(struct sip_msg *msg, str *pool_name, str *text, str *route)
{
	rep_standing_view_t view;
	rep_e164_t number;
	int pool = look_up_on(
			msg, "reputation_state", pool_name, text, route, &number);

	if(pool == REP_NO_POOL
			|| !rep_pool_state(rep_shared->registry, pool, number,
					rep_span_of(route), rep_now(), &view))
		return ERROR;
	rep_answer.state = rep_state_name(view.state);
	rep_answer.reason = rep_reason_name(view.reason);
	rep_answer.score = view.score;
	rep_answer.scored = true;
	return view.usable ? USED : NOT_NOW;
}

int ki_state(struct sip_msg *msg, str *pool, str *number)
{
	str none = str_init("");

	return ki_state_route(msg, pool, number, &none);
}

/* ---- the call at hand ------------------------------------------------ */

static bool is_bye(struct sip_msg *msg)
{
	return msg->first_line.type == SIP_REQUEST && msg->REQ_METHOD == METHOD_BYE;
}

int ki_outcome(struct sip_msg *msg, str *name)
{
	rep_outcome_t outcome = rep_outcome_parse(rep_span_of(name));
	rep_call_id_t id = rep_call_find(msg);

	if(outcome == REP_OUTCOMES) {
		rep_complain(REP_COMPLAINT_ARGUMENT,
				"reputation_outcome: no such outcome: '%.*s'", name->len,
				name->s);
		return ERROR;
	}
	if(!(id ? rep_attempt_outcome(id, outcome)
			: is_bye(msg) && rep_bye_outcome(msg, outcome)))
		return ERROR;
	rep_answer_reset(msg);
	rep_answer.outcome = rep_outcome_name(outcome);
	return USED;
}
