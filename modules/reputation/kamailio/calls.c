/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <sys/random.h>

#include "core/parser/parse_cseq.h"
#include "core/rand/kam_rand.h"
#include "core/script_cb.h"
#include "modules/tm/tm_load.h"

#include "calls.h"
#include "byes.h"
#include "config.h"
#include "contacts.h"
#include "replies.h"
#include "rr_cookie.h"
#include "shared.h"
#include "uncounted.h"
#include "../engine/pool/count.h"
#include "../engine/pool/pick.h"

/* ids travel through TM as a callback's parameter */
_Static_assert(sizeof(void *) >= sizeof(rep_call_id_t), "64-bit pointers");

static struct tm_binds tm;

/* The call of a message that has no transaction yet, in this process. */
static struct
{
	unsigned int id;
	int pid;
	rep_call_id_t call;
	bool bound; /* its transaction has been made since */
	bool shown; /* another transaction's: only its number is shown */
} pending;

/* A call that was unbound at the end of a script that made no transaction. TM
 * releases what was registered for it later, in this process, when the next
 * message registers: there is never more than one. */
static rep_call_id_t orphan;

static uint64_t seed; /* of the hashes of Call-IDs */

/* ---- counting -------------------------------------------------------- */

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
static void settle(const struct cell *t, rep_call_id_t id, bool at_end)
{
	for(int b = 0; b < branches_of(t); b++)
		settle_branch(&t->uac[b], id, b, at_end);
}

/* From here on TM ends all branches that still go on: the caller gave up, or a
 * 6xx came. They may time out all the same, if they never answer; those that
 * timed out before are counted as what they are. */
static void cancel_rest(const struct cell *t, rep_call_id_t id)
{
	rep_call_t *call;

	settle(t, id, false);
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
	uint64_t handle;

	if(call->contacted & bit_of(branch))
		return;
	handle = rep_contacts_put(rep_shared->contacts, call->ticket.pool,
			call->ticket.number, redress, rep_now());
	if(!handle)
		return;
	call->contacted |= bit_of(branch);
	call->contact = handle;
	memcpy(call->redress_id, redress->id, sizeof(call->redress_id));
}

/* Does TM cancel the other branches because of this reply? */
static bool stops_the_others(
		const struct cell *t, const struct ua_client *uac, int status)
{
	return status >= 600 && uac->last_received < 200
		   && !(t->flags & T_DISABLE_6xx);
}

static void on_reply(struct cell *t, rep_call_id_t id, struct sip_msg *rpl)
{
	int status = rpl->first_line.u.reply.statuscode;
	str phrase = rpl->first_line.u.reply.reason;
	int branch = rep_reply_branch(rpl);
	const struct ua_client *uac;
	bool has_dialog, refused = false, ended = false;
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
		settle(t, id, false); /* it timed out before: this is too late */
	if(stops_the_others(t, uac, status))
		cancel_rest(t, id);
	has_dialog =
			status >= 200 && status < 300 && rep_reply_dialog(rpl, &dialog);
	redress.url[0] = redress.tel[0] = redress.email[0] = redress.id[0] = '\0';
	rep_reply_signs(rpl, &said, &redress);
	call = rep_call_lock(id);
	if(!call)
		return;
	if(!(call->counted & bit_of(branch))) {
		rep_signs_merge(&call->branch[branch].signs, &said);
		signs = call->branch[branch].signs;
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
}

/* The caller has its final reply. If it is no 2xx, then nobody speaks on this
 * call, whatever TM still waits for. */
static void answer_caller(rep_call_id_t id, int status)
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

/* ---- TM -------------------------------------------------------------- */

static void on_transaction(struct cell *t, int type, struct tmcb_params *ps)
{
	rep_call_id_t id = (rep_call_id_t)(uintptr_t)*ps->param;

	if(!rep_shared)
		return;
	if(type == TMCB_RESPONSE_IN)
		on_reply(t, id, ps->rpl);
	else if(type == TMCB_E2ECANCEL_IN)
		cancel_rest(t, id);
	else if(type == TMCB_RESPONSE_READY || type == TMCB_RESPONSE_OUT) {
		/* before acc asks what came of the call, and before the caller can
		 * send what it makes of the reply */
		settle(t, id, false);
		if(ps->code >= 200)
			answer_caller(id, ps->code);
	} else if(type == TMCB_DESTROY)
		settle(t, id, true);
}

static void on_release(void *param)
{
	rep_call_id_t id = (rep_call_id_t)(uintptr_t)param;

	if(id == orphan)
		orphan = 0;
	else
		rep_call_unbind(id);
}

static void on_bye_reply(struct cell *t, int type, struct tmcb_params *ps)
{
	int status = ps->rpl->first_line.u.reply.statuscode;

	(void)t;
	(void)type;
	if(rep_shared && status >= 200 && status < 300)
		rep_bye_late(*ps->param);
}

/* Of a dialog that is not remembered the other side knows whether it was. */
static void on_bye(struct cell *t, struct sip_msg *bye)
{
	rep_late_t late, *kept;

	if(!rep_bye(bye, &late))
		return;
	kept = rep_alloc(sizeof(*kept));
	if(!kept)
		return;
	*kept = late;
	if(tm.register_tmcb(bye, t, TMCB_RESPONSE_IN, on_bye_reply, kept, rep_free)
			<= 0)
		rep_free(kept);
}

static void on_request(struct cell *t, int type, struct tmcb_params *ps)
{
	struct sip_msg *req = ps->req;

	(void)type;
	if(!rep_shared || !req)
		return;
	if(req->REQ_METHOD == METHOD_BYE)
		on_bye(t, req);
	else if(pending.call && pending.id == req->id && pending.pid == req->pid)
		pending.bound = true;
}

static struct cell *transaction(void)
{
	struct cell *t = tm.t_gett();

	return t == T_UNDEFINED ? NULL : t;
}

static rep_call_id_t call_of(const struct cell *t)
{
	for(const struct tm_callback *cb =
					(const struct tm_callback *)t->tmcb_hl.first;
			cb; cb = cb->next)
		if(cb->callback == on_transaction)
			return (rep_call_id_t)(uintptr_t)cb->param;
	return 0;
}

/* A script that picked and then did not relay has no transaction: what it
 * holds is given back as soon as it ends. */
static int on_script_end(struct sip_msg *msg, unsigned int flags, void *param)
{
	(void)flags;
	(void)param;
	if(pending.id != msg->id || pending.pid != msg->pid)
		return 1;
	if(pending.call && !pending.bound) {
		orphan = pending.call;
		rep_call_unbind(pending.call);
	}
	pending.call = 0;
	return 1;
}

int rep_calls_init(void)
{
	if(getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uint64_t)kam_rand();
	if(load_tm_api(&tm) < 0) {
		LM_ERR("cannot bind to the tm module: load tm before reputation\n");
		return -1;
	}
	if(tm.register_tmcb(NULL, NULL, TMCB_REQUEST_IN, on_request, NULL, NULL)
			<= 0) {
		LM_ERR("cannot register for requests in tm\n");
		return -1;
	}
	if(register_script_cb(on_script_end, POST_SCRIPT_CB | REQUEST_CB, NULL)
			< 0) {
		LM_ERR("cannot register for the end of the script\n");
		return -1;
	}
	return 0;
}

/* ---- for the script functions ---------------------------------------- */

rep_call_id_t rep_call_shown(struct sip_msg *msg)
{
	struct cell *t = transaction();
	rep_call_id_t id = t ? call_of(t) : 0;

	if(id)
		return id;
	return pending.id == msg->id && pending.pid == msg->pid ? pending.call : 0;
}

rep_call_id_t rep_call_find(struct sip_msg *msg)
{
	struct cell *t = transaction();
	rep_call_id_t id = t ? call_of(t) : 0;

	if(id)
		return id;
	return pending.id == msg->id && pending.pid == msg->pid && !pending.shown
				   ? pending.call
				   : 0;
}

static void set_pending(struct sip_msg *msg, rep_call_id_t id, bool bound)
{
	pending.id = msg->id;
	pending.pid = msg->pid;
	pending.call = id;
	pending.bound = bound;
	pending.shown = false;
}

void rep_call_show(struct sip_msg *msg, rep_call_id_t id)
{
	set_pending(msg, id, true);
	pending.shown = true;
}

static uint64_t mix(uint64_t h, const str *s)
{
	for(int i = 0; i < s->len; i++)
		h = (h ^ (unsigned char)s->s[i]) * UINT64_C(0x100000001B3);
	return h ^ h >> 32;
}

bool rep_call_key_of(
		struct sip_msg *msg, rep_e164_t callee, rep_call_key_t *key)
{
	const struct via_body *via;

	if(parse_headers(msg, HDR_CALLID_F | HDR_CSEQ_F | HDR_VIA_F, 0) < 0
			|| !msg->callid || !msg->cseq || !msg->via1)
		return false;
	via = msg->via1;
	key->call_id = mix(seed, &msg->callid->body);
	key->callee = callee;
	key->request = mix(seed, &get_cseq(msg)->number);
	key->request = mix(key->request, &via->host);
	if(via->branch)
		key->request = mix(key->request, &via->branch->value);
	return true;
}

rep_call_id_t rep_call_of(struct sip_msg *msg)
{
	rep_call_key_t key;

	if(msg->first_line.type != SIP_REQUEST || msg->REQ_METHOD != METHOD_INVITE
			|| !rep_call_key_of(msg, 0, &key))
		return 0;
	return rep_call_of_request(&key);
}

bool rep_call_has_cell(void)
{
	return transaction() != NULL;
}

unsigned rep_call_branches_out(void)
{
	const struct cell *t = transaction();

	return t ? (unsigned)t->nr_of_outgoings : 0;
}

void rep_call_bind(struct sip_msg *msg, rep_call_id_t id)
{
	if(tm.register_tmcb(msg, NULL,
			   TMCB_RESPONSE_IN | TMCB_RESPONSE_READY | TMCB_RESPONSE_OUT
					   | TMCB_E2ECANCEL_IN | TMCB_DESTROY,
			   on_transaction, (void *)(uintptr_t)id, on_release)
			> 0)
		set_pending(msg, id, transaction() != NULL);
	else
		rep_call_unbind(id);
}

bool rep_call_view(rep_call_id_t id, rep_call_view_t *out)
{
	struct cell *t = transaction();
	char id_of_block[sizeof(out->redress.id)];
	rep_call_t *call;
	uint64_t contact;

	if(t && id == call_of(t))
		settle(t, id, false);
	call = rep_call_lock(id);
	if(!call)
		return false;
	out->ticket = call->ticket;
	out->state = call->state;
	out->score = call->score;
	out->final = call->final;
	out->rejected = call->rejected;
	out->labels = call->labels ? *call->labels : (rep_labels_t){.probe = false};
	contact = call->contact;
	memcpy(id_of_block, call->redress_id, sizeof(id_of_block));
	rep_unlock(&call->lock);
	if(rep_contacts_get(rep_shared->contacts, contact, &out->redress))
		memcpy(out->redress.id, id_of_block, sizeof(out->redress.id));
	else
		memset(&out->redress, 0, sizeof(out->redress));
	return true;
}

bool rep_call_was_rejected(void)
{
	const struct cell *t = transaction();

	for(int b = 0; t && b < t->nr_of_outgoings; b++)
		if(t->uac[b].last_received >= 600)
			return true;
	return false;
}
