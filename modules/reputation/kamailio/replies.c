/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"
#include "core/parser/hf.h"
#include "core/parser/parse_cseq.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "core/parser/parse_uri.h"
#include "core/ut.h"

#include "replies.h"
#include "call_table.h"
#include "rr_cookie.h"
#include "shared.h"
#include "../engine/pool/count.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"

bool rep_reply_is_invite(struct sip_msg *reply)
{
	if(parse_headers(reply, HDR_CSEQ_F, 0) < 0 || !reply->cseq)
		return false;
	return get_cseq(reply)->method_id == METHOD_INVITE;
}

int rep_reply_branch(const struct sip_msg *reply)
{
	const str *branch;
	unsigned int value;
	int i;

	if(!reply->via1 || !reply->via1->branch)
		return -1;
	/* magic.hash.….branch: TM writes the last part in hexadecimal, with its
	 * lowest digit first */
	branch = &reply->via1->branch->value;
	for(i = branch->len; i > 0 && branch->s[i - 1] != '.'; i--)
		;
	if(i == 0 || i == branch->len || branch->len - i > 4)
		return -1;
	if(reverse_hex2int(branch->s + i, branch->len - i, &value) < 0)
		return -1;
	return value < 32 ? (int)value : -1;
}

/* From the text itself: Kamailio's parser stops at the first header that it
 * cannot read, and a carrier may put anything in front of these. */
void rep_reply_signs(
		struct sip_msg *msg, rep_signs_t *signs, rep_redress_t *redress)
{
	rep_signs_message(signs, redress, (rep_span_t){msg->buf, msg->len});
}

bool rep_reply_dialog(struct sip_msg *reply, rep_dialog_t *dialog)
{
	if(parse_headers(reply, HDR_CALLID_F | HDR_TO_F, 0) < 0 || !reply->callid
			|| !reply->to)
		return false;
	if(get_to(reply)->tag_value.len == 0)
		return false;
	*dialog = rep_dialog_of(rep_span_of(&reply->callid->body),
			rep_span_of(&get_to(reply)->tag_value));
	return true;
}

/* The number that a BYE was sent to by the callee, in every pool that has
 * it: the call itself is no longer remembered, so the BYE must prove that its
 * dialog passed this proxy. Once a dialog. */
static void unwanted_late(struct sip_msg *bye)
{
	struct sip_uri uri;
	rep_e164_t number;
	rep_ticket_t ticket;

	if(parse_uri(get_to(bye)->uri.s, get_to(bye)->uri.len, &uri) < 0
			|| rep_e164_parse(rep_span_of(&uri.user), &number) != REP_E164_OK
			|| !rep_rr_cookie_holds(bye, number)
			|| !rep_answered_first(rep_shared->answered,
					rep_dialog_of(rep_span_of(&bye->callid->body),
							rep_span_of(&get_from(bye)->tag_value))))
		return;
	for(int pool = 0; pool < rep_registry_pools(rep_shared->registry); pool++)
		if(rep_pool_ticket(
				   rep_shared->registry, pool, number, rep_span(""), &ticket))
			rep_ticket_count(
					rep_shared->registry, &ticket, REP_UNWANTED, rep_now());
}

void rep_bye(struct sip_msg *bye)
{
	rep_signs_t signs = {0};
	rep_span_t call_id;
	rep_time_t now = rep_now(), mono = rep_mono();
	bool unwanted;

	if(parse_headers(bye, HDR_EOH_F, 0) < 0 || !bye->callid || !bye->to
			|| parse_from_header(bye) < 0)
		return;
	rep_reply_signs(bye, &signs, NULL);
	unwanted = rep_classify_bye(&signs) == REP_UNWANTED;
	call_id = rep_span_of(&bye->callid->body);
	/* sent by the callee: its tag is in From; by the caller: in To. Only
	 * the callee can say that the call was unwanted. */
	if(rep_answered_bye(rep_shared->answered, rep_shared->registry,
			   rep_dialog_of(call_id, rep_span_of(&get_from(bye)->tag_value)),
			   unwanted, now, mono)
			|| rep_answered_bye(rep_shared->answered, rep_shared->registry,
					rep_dialog_of(
							call_id, rep_span_of(&get_to(bye)->tag_value)),
					false, now, mono))
		return;
	if(unwanted)
		unwanted_late(bye);
}
