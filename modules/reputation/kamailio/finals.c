/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "finals.h"

#include "answered.h"
#include "config.h"
#include "complain.h"
#include "replies.h"
#include "shared.h"
#include "uncounted.h"
#include "../engine/pool/count.h"
#include "../engine/pool/redress.h"
#include "../engine/pool/reported.h"

static rep_ticket_t ticket_of(const rep_call_t *call, int branch)
{
	rep_ticket_t ticket = call->ticket;

	if(branch < call->legs) {
		ticket.route = call->branch[branch].route;
		ticket.stamp = call->branch[branch].stamp;
	}
	return ticket;
}

static uint32_t bit_of(int branch)
{
	return UINT32_C(1) << branch;
}

/* What is left to do for a final once the call's lock is given back. */
typedef struct ending
{
	rep_ticket_t ticket;
	rep_outcome_t outcome;
	rep_dialog_t dialog;
	bool later; /* the answered calls count it: it may be short yet */
} ending_t;

/* One branch got its final. `call` is locked; carry_out() the rest without
 * the lock. */
static ending_t conclude(rep_call_t *call, int branch, rep_class_t class,
		int status, const rep_dialog_t *dialog)
{
	ending_t ending = {
			.ticket = ticket_of(call, branch), .outcome = class.outcome};

	if(call->told != REP_OUTCOMES && class.outcome != REP_OUTCOMES)
		ending.outcome = call->told;
	ending.later = dialog != NULL;
	call->counted |= bit_of(branch);
	call->final.status = (uint16_t)status;
	ending.ticket.status = (uint16_t)status;
	/* its callee is reported once */
	if(rep_reported_days(
			   rep_shared->registry, call->ticket.pool, ending.outcome))
		call->ticket.reported = true;
	call->final.outcome = ending.outcome;
	call->final.confidence = class.confidence;
	call->final.location = call->branch[branch].signs.location;
	call->final.retry_after = call->branch[branch].signs.retry_after;
	if(status >= 600)
		call->rejected = true;
	ending.ticket.holds = false;
	if(ending.later) {
		/* the answered call takes over what the call holds */
		ending.ticket.holds = call->ticket.holds;
		call->ticket.holds = false;
		ending.dialog = *dialog;
	}
	return ending;
}

static void carry_out(const ending_t *ending)
{
	rep_time_t now = rep_now();

	if(ending->later)
		rep_answered_put(rep_shared->answered, rep_shared->registry,
				ending->dialog, &ending->ticket, ending->outcome,
				ending->outcome == REP_ANSWERED ? rep_config->short_call * 1000
												: 0,
				now, rep_mono());
	else
		rep_ticket_count(
				rep_shared->registry, &ending->ticket, ending->outcome, now);
}

/* The status that a branch without a received final ended with; 0 = it goes
 * on. TM stores 408 also for what could not be sent at all. It marks a branch
 * as cancelled when it times out, too: then only `cancelled` tells. A branch
 * that it gave up because another one answered does not time out. */
static int local_status(
		const struct ua_client *uac, bool cancelled, bool at_end)
{
	unsigned flags = uac->request.flags;

	if(!uac->request.buffer)
		return 0; /* nothing was to be sent on it */
	if(flags & F_RB_TIMEOUT && uac->icode != 908)
		return cancelled ? 487 : 408; /* by whatever code TM shows it */
	if(uac->last_received >= 200)
		return uac->last_received == 408 ? 503 : uac->last_received;
	if(!at_end)
		return 0;
	return flags & F_RB_CANCELED ? 487 : 408;
}

/* The final that this proxy made for a branch itself, if it did. */
static void settle_branch(
		const struct ua_client *uac, rep_call_id_t id, int branch, bool at_end)
{
	rep_call_t *call = rep_call_lock(id);
	bool ended = false;
	ending_t ending;
	int status = 0;

	if(!call)
		return;
	if(!(call->counted & bit_of(branch)))
		status = local_status(uac, call->branch[branch].cancelled, at_end);
	if(status >= 200) {
		unsigned how = REP_REPLY_LOCAL;
		if(status == 487)
			how |= REP_REPLY_CANCELLED;
		ending = conclude(call, branch,
				rep_classify(
						&call->branch[branch].signs, status, rep_span(""), how),
				status, NULL);
		ended = true;
	}
	rep_unlock(&call->lock);
	if(ended)
		carry_out(&ending);
}

static int branches_of(const struct cell *t)
{
	int most = (int)rep_calls_branches();

	return t->nr_of_outgoings < most ? t->nr_of_outgoings : most;
}

/* Finals that this proxy made itself, which no reply callback sees. */
void rep_finals_settle(const struct cell *t, rep_call_id_t id, bool at_end)
{
	for(int b = 0; b < branches_of(t); b++)
		settle_branch(&t->uac[b], id, b, at_end);
}

/* From here on TM ends all branches that still go on: the caller gave up, or a
 * 6xx came. They may time out all the same, if they never answer; those that
 * timed out before are counted as what they are. */
void rep_finals_cancel_rest(const struct cell *t, rep_call_id_t id)
{
	rep_call_t *call;

	rep_finals_settle(t, id, false);
	call = rep_call_lock(id);
	if(!call)
		return;
	for(int b = 0; b < branches_of(t); b++)
		call->branch[b].cancelled = true;
	rep_unlock(&call->lock);
}

/* Keep the contact that came with a block, once a branch. `call` is locked. */
static void keep_contact(
		rep_call_t *call, int branch, const rep_redress_t *redress)
{
	const rep_labels_t *labels = call->labels;

	if(call->contacted & bit_of(branch)
			|| !rep_redress_block(rep_shared->registry, call->ticket.pool,
					call->ticket.number, redress,
					labels ? labels->campaign : "",
					labels ? labels->network : "", rep_now()))
		return;
	call->contacted |= bit_of(branch);
	if(!call->redress)
		call->redress = rep_alloc(sizeof(*call->redress));
	if(call->redress)
		*call->redress = *redress;
}

/* Does TM cancel the other branches because of this reply? */
static bool stops_the_others(
		const struct cell *t, const struct ua_client *uac, int status)
{
	return status >= 600 && uac->last_received < 200
		   && !(t->flags & T_DISABLE_6xx);
}

void rep_finals_reply(struct cell *t, rep_call_id_t id, struct sip_msg *rpl)
{
	int status = rpl->first_line.u.reply.statuscode;
	str phrase = rpl->first_line.u.reply.reason;
	int branch = rep_reply_branch(rpl);
	const struct ua_client *uac;
	bool has_dialog, contact, refused = false, ended = false;
	rep_redress_t redress;
	rep_dialog_t dialog;
	rep_ticket_t ticket;
	rep_signs_t said = {0}, signs;
	ending_t ending;
	rep_call_t *call;

	if(status <= 100 || branch < 0 || branch >= branches_of(t)
			|| !rep_reply_is_invite(rpl))
		return;
	uac = &t->uac[branch];
	if(status >= 200 && uac->last_received >= 300)
		rep_finals_settle(
				t, id, false); /* it timed out before: this is too late */
	if(stops_the_others(t, uac, status))
		rep_finals_cancel_rest(t, id);
	has_dialog =
			status >= 200 && status < 300 && rep_reply_dialog(rpl, &dialog);
	redress.url[0] = redress.tel[0] = redress.email[0] = redress.id[0] = '\0';
	redress.refused = false;
	rep_reply_signs(rpl, &said, &redress);
	contact = redress.url[0] || redress.tel[0] || redress.email[0]
			  || redress.refused;
	call = rep_call_lock(id);
	if(!call)
		return;
	if(!(call->counted & bit_of(branch))) {
		rep_signs_merge(&call->branch[branch].signs, &said);
		signs = call->branch[branch].signs;
		if(contact)
			keep_contact(call, branch, &redress);
		ticket = ticket_of(call, branch);
		/* signing is refused although the call goes on (RFC 9410) */
		refused = status < 300 && signs.stir;
		ended = status >= 200;
	}
	if(ended)
		ending = conclude(call, branch,
				rep_classify(&signs, status, rep_span_of(&phrase),
						uac->request.flags & F_RB_CANCELED ? REP_REPLY_CANCELLED
														   : 0),
				status, has_dialog ? &dialog : NULL);
	rep_unlock(&call->lock);
	if(ended)
		carry_out(&ending);
	if(ended && ending.later)
		rep_uncounted_look(rpl, &ending.ticket);
	if(refused)
		rep_ticket_refused(rep_shared->registry, &ticket, rep_now());
	if(redress.refused)
		rep_complain(REP_COMPLAINT_CONTACT,
				"a contact that came with a reply of status %d is refused: too "
				"long, or no URL, number, address or id",
				status);
}

/* The caller has its final reply. If it is no 2xx, then nobody speaks on this
 * call, whatever TM still waits for. */
void rep_finals_answer(rep_call_id_t id, int status)
{
	rep_call_t *call = rep_call_lock(id);
	rep_ticket_t ticket;

	if(!call)
		return;
	call->over = true;
	call->challenged = status == 401 || status == 407;
	ticket = call->ticket;
	if(status >= 300)
		call->ticket.holds = false;
	rep_unlock(&call->lock);
	if(status >= 300)
		rep_ticket_hang_up(rep_shared->registry, &ticket, rep_now());
}
