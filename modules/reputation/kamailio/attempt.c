/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/hashes.h"
#include "core/parser/parse_uri.h"

#include "attempt.h"

#include "rr_cookie.h"
#include "shared.h"
#include "../engine/base/text.h"
#include "../engine/pool/callees.h"
#include "../engine/pool/count.h"
#include "../engine/pool/guards.h"
#include "../engine/pool/pick.h"
#include "../engine/reply/e164.h"

static rep_picked_t result(rep_pick_t why)
{
	return (rep_picked_t){.result = why};
}

static bool any(const rep_labels_t *labels)
{
	return labels->campaign[0] || labels->network[0] || labels->probe;
}

static void put_labels(rep_call_t *call, const rep_labels_t *labels)
{
	if(!any(labels))
		return;
	if(!call->labels)
		call->labels = rep_alloc(sizeof(*labels));
	if(call->labels)
		*call->labels = *labels;
}

void rep_attempt_label(rep_ticket_t *ticket, const rep_labels_t *labels)
{
	rep_ticket_label(rep_shared->registry, ticket, rep_span(labels->campaign),
			rep_span(labels->network));
	ticket->probe |= labels->probe;
}

/* The call has this number from here on: branches that went out before are not
 * its. */
static void put_ticket(rep_call_t *call, const rep_ticket_t *ticket)
{
	unsigned out = rep_call_branches_out();

	call->ticket = *ticket;
	call->before = (uint8_t)out;
	call->counted |= (uint32_t)((UINT64_C(1) << out) - 1);
}

/* A number of the pool. That of a test call is taken from nobody. */
static rep_picked_t take(int pool, rep_e164_t callee, rep_span_t routes,
		const rep_labels_t *labels, rep_ticket_t *ticket)
{
	rep_picked_t picked =
			labels->probe ? rep_pool_probe(rep_shared->registry, pool, 0,
					callee, routes, rep_now(), ticket)
						  : rep_pool_pick_of(rep_shared->registry, pool, callee,
								  routes, rep_span(labels->campaign),
								  rep_span(labels->network), rep_now(), ticket);

	if(picked.result != REP_PICKED)
		return picked;
	if(labels->probe) { /* what a machine answers says nothing of the callee */
		rep_ticket_untry(rep_shared->registry, ticket);
		ticket->to = 0;
		rep_attempt_label(ticket, labels);
	}
	rep_ticket_calls(rep_shared->registry, ticket, callee);
	return picked;
}

/* A number for a call that has none. `call` is locked: who has the same INVITE
 * waits, and then finds the number. */
static rep_picked_t pick(rep_call_t *call, int pool, rep_e164_t callee,
		rep_span_t routes, const rep_labels_t *labels, rep_ticket_t *ticket)
{
	rep_picked_t picked = take(pool, callee, routes, labels, ticket);

	if(picked.result != REP_PICKED)
		return picked;
	put_ticket(call, ticket);
	call->state = picked.state;
	call->score = picked.score;
	call->told = REP_OUTCOMES;
	call->legs = 0;
	return picked;
}

/* Its BYE proves which number it came from; of a test call nobody asks. */
static void mark(struct sip_msg *msg, const rep_ticket_t *ticket)
{
	if(!ticket->probe)
		rep_rr_cookie_add(msg, ticket);
}

/* Gives back the lock of a call that has got its ticket, and watches it. */
static void watch(
		struct sip_msg *msg, rep_call_t *call, const rep_labels_t *labels)
{
	rep_call_id_t id = rep_call_id(call);
	rep_ticket_t ticket = call->ticket;

	if(labels)
		put_labels(call, labels);
	call->bound++;
	rep_unlock(&call->lock);
	mark(msg, &ticket);
	rep_call_bind(msg, id);
}

/* ---- the same Call-ID again ------------------------------------------ */

/* After its final reply: a call of its own, of the same number. */
static rep_picked_t renew(struct sip_msg *msg, const rep_call_key_t *key,
		rep_span_t routes, const rep_labels_t *labels, rep_picked_t picked,
		rep_ticket_t *ticket)
{
	rep_call_t *call = rep_call_alloc(key);

	if(!call)
		return picked;
	picked.result =
			rep_ticket_again(rep_shared->registry, ticket, routes, rep_now());
	if(picked.result != REP_PICKED) {
		rep_call_close(call);
		return picked;
	}
	rep_attempt_label(ticket, labels);
	put_ticket(call, ticket);
	call->state = picked.state;
	call->score = picked.score;
	watch(msg, call, labels);
	return picked;
}

/* What another INVITE of the same attempt has found. `call` is locked. */
static rep_picked_t known(struct sip_msg *msg, rep_call_t *call,
		const rep_call_key_t *key, rep_span_t routes,
		const rep_labels_t *labels, rep_ticket_t *ticket)
{
	bool same = call->key.request == key->request && !call->until;
	bool over = call->over;
	bool rejected = call->rejected;
	rep_picked_t picked = {
			.result = REP_PICKED, .state = call->state, .score = call->score};
	rep_call_id_t id = rep_call_id(call);

	*ticket = call->ticket;
	if(same) {
		/* this message may be the one that makes the transaction */
		watch(msg, call, NULL);
		return picked;
	}
	rep_unlock(&call->lock);
	if(rejected)
		return result(REP_PICK_CALL_REJECTED);
	if(over)
		return renew(msg, key, routes, labels, picked, ticket);
	rep_call_show(msg, id);
	return picked;
}

/* The call of this identity with its lock held; without a number when it is
 * to get one. NULL when the table is full. */
static rep_call_t *claim(const rep_call_key_t *key)
{
	bool made;
	rep_call_t *call = rep_call_claim(key, &made);

	if(!call || made || call->ticket.number)
		return call;
	rep_unlock(&call->lock); /* its pick was cancelled */
	return rep_call_alloc(key);
}

rep_picked_t rep_attempt_pick(struct sip_msg *msg, int pool, rep_e164_t callee,
		rep_span_t routes, const rep_labels_t *labels, rep_ticket_t *ticket)
{
	rep_call_t *call;
	rep_picked_t picked;
	rep_call_key_t key;

	call = rep_call_key_of(msg, callee, &key) ? claim(&key) : NULL;
	if(call && call->ticket.number)
		return known(msg, call, &key, routes, labels, ticket);
	if(call) {
		picked = pick(call, pool, callee, routes, labels, ticket);
		if(picked.result == REP_PICKED)
			watch(msg, call, labels);
		else
			rep_call_close(call);
		return picked;
	}
	picked = take(pool, callee, routes, labels, ticket);
	if(picked.result == REP_PICKED) /* it goes on unwatched */
		rep_ticket_hang_up(rep_shared->registry, ticket, rep_now());
	return picked;
}

/* ---- the same transaction again -------------------------------------- */

/* Branches that went out keep the route that they went by. */
static void fix_routes(rep_call_t *call)
{
	unsigned out = rep_call_branches_out();

	while(call->legs < out && call->legs < rep_calls_branches()) {
		call->branch[call->legs].route = call->ticket.route;
		call->branch[call->legs].stamp = call->ticket.stamp;
		call->legs++;
	}
}

rep_picked_t rep_attempt_again(struct sip_msg *msg, rep_call_id_t id, int pool,
		rep_e164_t callee, rep_span_t routes, const rep_labels_t *labels,
		rep_ticket_t *ticket)
{
	rep_call_view_t view;
	rep_picked_t picked = result(REP_PICK_CALL_REJECTED);
	rep_call_t *call;

	memset(ticket, 0, sizeof(*ticket));
	/* finals of this proxy's own are counted by now */
	if(!rep_call_view(id, &view) || !(call = rep_call_lock(id)))
		return result(REP_PICK_UNKNOWN_POOL);
	if(!call->rejected && !call->ticket.number && !callee) {
		picked.result = REP_PICK_BAD_CALLEE;
	} else if(!call->rejected && !call->ticket.number) {
		/* written anew, or as they were for the pick that was cancelled */
		put_labels(call, labels);
		picked = pick(call, pool, callee, routes,
				call->labels ? call->labels : labels, ticket);
	} else if(!call->rejected) {
		fix_routes(call);
		picked.result = rep_ticket_reroute(
				rep_shared->registry, &call->ticket, routes, rep_now());
		picked.state = call->state;
		picked.score = call->score;
	}
	*ticket = call->ticket;
	rep_unlock(&call->lock);
	if(picked.result == REP_PICKED)
		mark(msg, ticket);
	return picked;
}

/* ---- chosen elsewhere ------------------------------------------------ */

/* Whom a tracked call goes to, as the request has it: in the upper half, which
 * a number leaves free. */
static uint64_t dialled(struct sip_msg *msg)
{
	if(parse_sip_msg_uri(msg) < 0)
		return 0;
	return (uint64_t)get_hash1_raw(
				   msg->parsed_uri.user.s, msg->parsed_uri.user.len)
		   << 32;
}

/* The same as it is told from others: a number, or a text in its place. */
#define NO_NUMBER (UINT64_C(1) << 63)

static uint64_t callee_of(struct sip_msg *msg)
{
	rep_span_t user;
	rep_e164_t number;

	if(parse_sip_msg_uri(msg) < 0)
		return 0;
	user = rep_span_of(&msg->parsed_uri.user);
	if(user.len == 0)
		return 0;
	return rep_e164_parse(user, &number) == REP_E164_OK
				   ? number
				   : rep_hash(user) | NO_NUMBER;
}

static bool track(int pool, rep_e164_t number, rep_span_t route,
		const rep_labels_t *labels, rep_ticket_t *ticket)
{
	if(labels->probe)
		return rep_pool_probe(rep_shared->registry, pool, number, 0, route,
					   rep_now(), ticket)
					   .result
			   == REP_PICKED;
	return rep_pool_track(
			rep_shared->registry, pool, number, route, rep_now(), ticket);
}

/* The guard keeps numbers alone, and only where a person is called. */
static void note_try(
		rep_ticket_t *ticket, uint64_t callee, const rep_labels_t *labels)
{
	if(callee && !(callee >> 63))
		rep_ticket_tries(
				rep_shared->registry, ticket, callee, labels->probe, rep_now());
}

bool rep_attempt_track(struct sip_msg *msg, int pool, rep_e164_t number,
		rep_span_t route, const rep_labels_t *labels)
{
	rep_call_key_t key;
	rep_call_t *call = NULL;
	rep_call_id_t id;
	rep_ticket_t ticket;
	uint64_t callee;
	bool made = false;

	if(rep_call_key_of(msg, number ^ dialled(msg), &key))
		call = rep_call_claim(&key, &made);
	if(call && !made) {
		bool over = call->over;
		if(call->key.request == key.request && !call->until) {
			watch(msg, call, NULL);
			return true;
		}
		id = rep_call_id(call);
		rep_unlock(&call->lock);
		if(!over) {
			rep_call_show(msg, id);
			return true;
		}
		call = rep_call_alloc(&key);
	}
	if(!track(pool, number, route, labels, &ticket)) {
		if(call)
			rep_call_close(call);
		return false;
	}
	callee = callee_of(msg);
	note_try(&ticket, callee, labels);
	if(!call) {
		rep_ticket_hang_up(rep_shared->registry, &ticket, rep_now());
		return true;
	}
	rep_attempt_label(&ticket, labels);
	rep_ticket_calls(rep_shared->registry, &ticket, callee);
	put_ticket(call, &ticket);
	watch(msg, call, labels);
	return true;
}

void rep_attempt_watch(struct sip_msg *msg, const rep_ticket_t *ticket,
		const rep_labels_t *labels)
{
	rep_call_key_t key;
	rep_call_t *call;

	if(!rep_call_key_of(msg, 0, &key) || !(call = rep_call_alloc(&key)))
		return;
	put_ticket(call, ticket);
	watch(msg, call, labels);
}

/* ---- what a script says of its call ---------------------------------- */

bool rep_attempt_cancel(rep_call_id_t id)
{
	rep_call_t *call = rep_call_lock(id);
	rep_ticket_t ticket;
	bool unused, shared;

	if(!call)
		return false;
	/* of a retransmission without a transaction: it may be under way */
	shared = call->ticket.number && call->bound > 1 && !rep_call_has_cell();
	unused = call->ticket.number && !shared
			 && rep_call_branches_out() <= call->before;
	ticket = call->ticket;
	if(unused)
		memset(&call->ticket, 0, sizeof(call->ticket));
	rep_unlock(&call->lock);
	if(unused)
		rep_ticket_cancel(rep_shared->registry, &ticket, rep_now());
	return unused || shared;
}

bool rep_attempt_outcome(rep_call_id_t id, rep_outcome_t outcome)
{
	rep_call_t *call = rep_call_lock(id);
	rep_ticket_t ticket;
	bool out;

	if(!call)
		return false;
	ticket = call->ticket;
	out = rep_call_branches_out() > call->before;
	if(!out)
		call->told = (uint8_t)outcome;
	rep_unlock(&call->lock);
	if(ticket.number && out)
		rep_ticket_count(rep_shared->registry, &ticket, outcome, rep_now());
	return ticket.number != 0;
}
