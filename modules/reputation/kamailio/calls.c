/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <sys/random.h>

#include "core/parser/parse_cseq.h"
#include "core/rand/kam_rand.h"
#include "core/script_cb.h"
#include "modules/tm/tm_load.h"

#include "calls.h"
#include "byes.h"
#include "ending.h"
#include "finals.h"
#include "shared.h"
#include "../engine/base/fold.h"

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

/* ---- TM -------------------------------------------------------------- */

/* What a callback begins with a call it also ends, although the proxy ends:
 * between two of its locks the call may be counted nowhere. */

static void on_transaction(struct cell *t, int type, struct tmcb_params *ps)
{
	rep_call_id_t id = (rep_call_id_t)(uintptr_t)*ps->param;

	if(!rep_shared)
		return;
	rep_ending_hold();
	if(type == TMCB_RESPONSE_IN)
		rep_finals_reply(t, id, ps->rpl);
	else if(type == TMCB_E2ECANCEL_IN)
		rep_finals_cancel_rest(t, id);
	else if(type == TMCB_RESPONSE_READY && ps->code >= 200) {
		/* before acc asks what came of the call, and before the caller can
		 * send what it makes of the reply */
		rep_finals_settle(t, id, false);
		rep_finals_answer(id, ps->code);
	} else if(type == TMCB_DESTROY)
		rep_finals_settle(t, id, true);
	rep_ending_release();
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
	if(!rep_shared || status < 200 || status >= 300)
		return;
	rep_ending_hold();
	rep_bye_late(ps->req);
	rep_ending_release();
}

/* Of a dialog that is not remembered the other side knows whether it was. No
 * memory hangs on the transaction: when the proxy ends, TM's timer process is
 * ended in the middle of what it frees. */
static void on_bye(struct cell *t, struct sip_msg *bye)
{
	if(rep_bye(bye)
			&& tm.register_tmcb(
					   bye, t, TMCB_RESPONSE_IN, on_bye_reply, NULL, NULL)
					   <= 0)
		LM_DBG("cannot register for the reply to a BYE\n");
}

static void on_request(struct cell *t, int type, struct tmcb_params *ps)
{
	struct sip_msg *req = ps->req;

	(void)type;
	if(!rep_shared || !req)
		return;
	if(req->REQ_METHOD == METHOD_BYE) {
		rep_ending_hold();
		on_bye(t, req);
		rep_ending_release();
	} else if(pending.call && pending.id == req->id
			  && pending.pid == req->pid) {
		pending.bound = true;
	}
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
	return rep_fold(h, rep_span_of(s), UINT64_C(0x9E3779B97F4A7C15));
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
			   TMCB_RESPONSE_IN | TMCB_RESPONSE_READY | TMCB_E2ECANCEL_IN
					   | TMCB_DESTROY,
			   on_transaction, (void *)(uintptr_t)id, on_release)
			> 0)
		set_pending(msg, id, transaction() != NULL);
	else
		rep_call_unbind(id);
}

bool rep_call_view(rep_call_id_t id, rep_call_view_t *out)
{
	struct cell *t = transaction();
	rep_call_t *call;

	if(t && id == call_of(t))
		rep_finals_settle(t, id, false);
	call = rep_call_lock(id);
	if(!call)
		return false;
	out->ticket = call->ticket;
	out->state = call->state;
	out->score = call->score;
	out->final = call->final;
	out->rejected = call->rejected;
	out->labels = call->labels ? *call->labels : (rep_labels_t){.probe = false};
	out->redress =
			call->redress ? *call->redress : (rep_redress_t){.refused = false};
	rep_unlock(&call->lock);
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
