/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/script_cb.h"
#include "modules/tm/tm_load.h"

#include "answered.h"
#include "calls.h"
#include "replies.h"

#define BRANCHES 16 /* what is remembered of each; later ones share the last */
#define NO_CALL UINT32_MAX

typedef struct rep_call
{
	rep_lock_t lock;
	uint32_t serial; /* 0 = free */
	uint32_t next;	 /* in the free list */
	rep_ticket_t ticket;
	struct
	{
		uint32_t turn;
		uint16_t route;
	} leg[BRANCHES]; /* by which route and turn a branch went */
	uint8_t legs;	 /* how many are set; later branches go by the ticket's */
	rep_signs_t signs[BRANCHES];
	uint32_t counted; /* a bit a branch */
	uint8_t outcome;
	bool rejected, applied, open;
	uint64_t contact;
} rep_call_t;

struct rep_calls
{
	rep_lock_t lock;
	uint32_t max, used, free, serial;
	uint64_t full;
	rep_call_t call[];
};

static struct tm_binds tm;

/* The call that a message without a transaction started, in this process. */
static struct
{
	unsigned int id;
	int pid;
	rep_call_id_t call;
	bool bound; /* its transaction has been made since */
} pending;

/* ---- the table ------------------------------------------------------- */

struct rep_calls *rep_calls_create(uint32_t max)
{
	struct rep_calls *calls =
			rep_alloc(sizeof(*calls) + (size_t)max * sizeof(rep_call_t));

	if(!calls)
		return NULL;
	memset(calls, 0, sizeof(*calls) + (size_t)max * sizeof(rep_call_t));
	calls->max = max;
	if(rep_lock_init(&calls->lock) < 0) {
		rep_free(calls);
		return NULL;
	}
	for(uint32_t i = 0; i < max; i++) {
		calls->call[i].next = i + 1 < max ? i + 1 : NO_CALL;
		if(rep_lock_init(&calls->call[i].lock) < 0) {
			calls->max = i;
			rep_calls_destroy(calls);
			return NULL;
		}
	}
	calls->free = max ? 0 : NO_CALL;
	return calls;
}

void rep_calls_destroy(struct rep_calls *calls)
{
	if(!calls)
		return;
	for(uint32_t i = 0; i < calls->max; i++)
		rep_lock_destroy(&calls->call[i].lock);
	rep_lock_destroy(&calls->lock);
	rep_free(calls);
}

static rep_call_id_t id_of(const rep_call_t *call)
{
	return (uint64_t)call->serial << 32
		   | (uint32_t)(call - rep_shared->calls->call);
}

static rep_call_t *take(const rep_ticket_t *ticket)
{
	struct rep_calls *calls = rep_shared->calls;
	rep_call_t *call = NULL;
	uint32_t serial = 0;

	rep_lock(&calls->lock);
	if(calls->free != NO_CALL) {
		call = &calls->call[calls->free];
		calls->free = call->next;
		calls->used++;
		if(++calls->serial == 0)
			calls->serial = 1;
		serial = calls->serial;
	} else {
		calls->full++;
	}
	rep_unlock(&calls->lock);
	if(!call)
		return NULL;
	rep_lock(&call->lock);
	call->serial = serial;
	call->ticket = *ticket;
	call->legs = 0;
	memset(call->signs, 0, sizeof(call->signs));
	call->counted = 0;
	call->outcome = REP_OUTCOMES;
	call->rejected = call->applied = false;
	call->open = true;
	call->contact = 0;
	rep_unlock(&call->lock);
	return call;
}

/* The call of an id with its lock held, or NULL. */
static rep_call_t *lock_call(rep_call_id_t id)
{
	uint32_t i = (uint32_t)id;
	rep_call_t *call;

	if(!id || !rep_shared || i >= rep_shared->calls->max)
		return NULL;
	call = &rep_shared->calls->call[i];
	rep_lock(&call->lock);
	if(call->serial == (uint32_t)(id >> 32) && call->open)
		return call;
	rep_unlock(&call->lock);
	return NULL;
}

static void give(rep_call_t *call)
{
	struct rep_calls *calls = rep_shared->calls;

	rep_lock(&calls->lock);
	call->next = calls->free;
	calls->free = (uint32_t)(call - calls->call);
	calls->used--;
	rep_unlock(&calls->lock);
}

/* The transaction is gone, or never was. */
static void end(rep_call_id_t id)
{
	rep_call_t *call = lock_call(id);
	rep_ticket_t ticket;

	if(!call)
		return;
	ticket = call->ticket;
	call->open = false;
	rep_unlock(&call->lock);
	rep_book_hang_up(rep_shared->book, &ticket, rep_now());
	give(call);
}

/* ---- counting -------------------------------------------------------- */

static rep_ticket_t ticket_of(const rep_call_t *call, int branch)
{
	rep_ticket_t ticket = call->ticket;

	if(branch < call->legs) {
		ticket.route = call->leg[branch].route;
		ticket.turn = call->leg[branch].turn;
	}
	return ticket;
}

static int slot_of(int branch)
{
	return branch < BRANCHES ? branch : BRANCHES - 1;
}

/* One branch got its final: `call` is locked, and is unlocked here. */
static void count(rep_call_t *call, int branch, rep_class_t class, int status,
		const rep_dialog_t *dialog)
{
	rep_ticket_t ticket = ticket_of(call, branch);
	rep_time_t now = rep_now();
	bool later = class.outcome == REP_ANSWERED && dialog
				 && rep_config->short_call > 0;

	call->counted |= UINT32_C(1) << (branch & 31);
	call->outcome = class.outcome;
	if(status >= 600)
		call->rejected = true;
	ticket.holds = false;
	if(later) {
		/* the answered call takes over what the call holds */
		ticket.holds = call->ticket.holds;
		call->ticket.holds = false;
	}
	rep_unlock(&call->lock);
	if(later)
		rep_answered_put(rep_shared->answered, rep_shared->book, *dialog,
				&ticket, rep_config->short_call * 1000, now);
	else
		rep_book_count(rep_shared->book, &ticket, class.outcome, now);
}

/* Finals that this proxy made itself, which no reply callback sees. */
static void settle(struct cell *t, rep_call_id_t id, bool at_end)
{
	for(int b = 0; b < t->nr_of_outgoings; b++) {
		const struct ua_client *uac = &t->uac[b];
		int status = uac->last_received;
		unsigned how = REP_REPLY_LOCAL;
		rep_call_t *call;
		rep_class_t class;
		if(!uac->request.buffer)
			continue; /* nothing was sent on it */
		if(uac->request.flags & F_RB_CANCELED)
			how |= REP_REPLY_CANCELLED;
		if(status < 200 && at_end)
			status = how & REP_REPLY_CANCELLED ? 487 : 408;
		call = status >= 200 ? lock_call(id) : NULL;
		if(!call)
			continue;
		if(call->counted & UINT32_C(1) << (b & 31)) {
			rep_unlock(&call->lock);
			continue;
		}
		class = rep_classify(
				&call->signs[slot_of(b)], status, rep_span(""), how);
		count(call, b, class, status, NULL);
	}
}

static void on_final(struct cell *t, rep_call_id_t id, struct sip_msg *rpl,
		int branch, rep_signs_t signs, uint64_t contact)
{
	int status = rpl->first_line.u.reply.statuscode;
	const struct ua_client *uac = &t->uac[branch];
	str phrase = rpl->first_line.u.reply.reason;
	rep_call_t *call = lock_call(id);
	rep_dialog_t dialog;
	rep_class_t class;

	if(!call)
		return;
	if(call->counted & UINT32_C(1) << (branch & 31)) {
		rep_unlock(&call->lock);
		return;
	}
	call->signs[slot_of(branch)] = signs;
	if(contact)
		call->contact = contact;
	class = rep_classify(&signs, status, rep_span_of(&phrase),
			uac->request.flags & F_RB_CANCELED ? REP_REPLY_CANCELLED : 0);
	if(status < 300 && rep_reply_dialog(rpl, &dialog))
		count(call, branch, class, status, &dialog);
	else
		count(call, branch, class, status, NULL);
}

static void on_reply(struct cell *t, rep_call_id_t id, struct sip_msg *rpl)
{
	int status = rpl->first_line.u.reply.statuscode;
	int branch = rep_reply_branch(rpl);
	rep_redress_t redress;
	rep_ticket_t ticket;
	rep_signs_t signs;
	rep_call_t *call;
	uint64_t contact;

	if(status <= 100 || branch < 0 || branch >= t->nr_of_outgoings
			|| !rep_reply_is_invite(rpl))
		return;
	call = lock_call(id);
	if(!call)
		return;
	signs = call->signs[slot_of(branch)];
	ticket = call->ticket;
	rep_unlock(&call->lock);
	redress.url[0] = redress.tel[0] = redress.email[0] = redress.id[0] = '\0';
	rep_reply_signs(rpl, &signs, &redress);
	contact = rep_contacts_put(rep_shared->contacts, ticket.pool, ticket.number,
			&redress, rep_now());
	if(status >= 200) {
		on_final(t, id, rpl, branch, signs, contact);
	} else if((call = lock_call(id))) {
		call->signs[slot_of(branch)] = signs;
		if(contact)
			call->contact = contact;
		rep_unlock(&call->lock);
	}
	/* signing is refused although the call goes on (RFC 9410) */
	if(status < 300 && signs.stir)
		rep_book_refused(rep_shared->book, &ticket, rep_now());
}

/* ---- TM -------------------------------------------------------------- */

static void on_transaction(struct cell *t, int type, struct tmcb_params *ps)
{
	rep_call_id_t id = (rep_call_id_t)(uintptr_t)*ps->param;

	if(!rep_shared)
		return;
	if(type == TMCB_RESPONSE_IN)
		on_reply(t, id, ps->rpl);
	else if(type == TMCB_RESPONSE_OUT && ps->code >= 200)
		settle(t, id, false);
	else if(type == TMCB_DESTROY)
		settle(t, id, true);
}

static void on_release(void *param)
{
	if(rep_shared)
		end((rep_call_id_t)(uintptr_t)param);
}

static void on_request(struct cell *t, int type, struct tmcb_params *ps)
{
	struct sip_msg *req = ps->req;

	(void)t;
	(void)type;
	if(!rep_shared || !req)
		return;
	if(req->REQ_METHOD == METHOD_BYE)
		rep_bye(req);
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
	(void)msg;
	(void)flags;
	(void)param;
	if(pending.call && !pending.bound)
		end(pending.call);
	pending.call = 0;
	return 1;
}

int rep_calls_init(void)
{
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

rep_call_id_t rep_call_find(struct sip_msg *msg)
{
	struct cell *t = transaction();
	rep_call_id_t id = t ? call_of(t) : 0;

	if(id)
		return id;
	return pending.id == msg->id && pending.pid == msg->pid ? pending.call : 0;
}

rep_call_id_t rep_call_start(struct sip_msg *msg, const rep_ticket_t *ticket)
{
	rep_call_t *call = take(ticket);
	rep_call_id_t id;

	if(!call)
		return 0;
	id = id_of(call);
	if(tm.register_tmcb(msg, NULL,
			   TMCB_RESPONSE_IN | TMCB_RESPONSE_OUT | TMCB_DESTROY,
			   on_transaction, (void *)(uintptr_t)id, on_release)
			<= 0) {
		rep_lock(&call->lock);
		call->open = false;
		rep_unlock(&call->lock);
		give(call);
		return 0;
	}
	pending.id = msg->id;
	pending.pid = msg->pid;
	pending.call = id;
	pending.bound = transaction() != NULL;
	return id;
}

void rep_call_reroute(rep_call_id_t id, rep_span_t route)
{
	struct cell *t = transaction();
	int branches = t ? t->nr_of_outgoings : 0;
	rep_call_t *call = lock_call(id);
	rep_ticket_t ticket;

	if(!call)
		return;
	while(call->legs < branches && call->legs < BRANCHES) {
		call->leg[call->legs].route = call->ticket.route;
		call->leg[call->legs].turn = call->ticket.turn;
		call->legs++;
	}
	ticket = call->ticket;
	rep_unlock(&call->lock);
	rep_book_reroute(rep_shared->book, &ticket, route);
	call = lock_call(id);
	if(!call)
		return;
	call->ticket.route = ticket.route;
	call->ticket.turn = ticket.turn;
	rep_unlock(&call->lock);
}

bool rep_call_view(rep_call_id_t id, rep_call_view_t *out)
{
	struct cell *t = transaction();
	rep_call_t *call;
	uint64_t contact;

	if(t && id == call_of(t))
		settle(t, id, false);
	call = lock_call(id);
	if(!call)
		return false;
	out->ticket = call->ticket;
	out->outcome = call->outcome;
	out->rejected = call->rejected;
	out->applied = call->applied;
	contact = call->contact;
	rep_unlock(&call->lock);
	if(!rep_contacts_get(rep_shared->contacts, contact, &out->redress))
		memset(&out->redress, 0, sizeof(out->redress));
	return true;
}

void rep_call_applied(rep_call_id_t id)
{
	rep_call_t *call = lock_call(id);

	if(!call)
		return;
	call->applied = true;
	rep_unlock(&call->lock);
}

void rep_calls_stats(struct rep_calls *calls, rep_calls_stats_t *out)
{
	rep_lock(&calls->lock);
	*out = (rep_calls_stats_t){calls->used, calls->max, calls->full};
	rep_unlock(&calls->lock);
}
