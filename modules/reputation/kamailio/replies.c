/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/parser/hf.h"
#include "core/parser/parse_cseq.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "core/ut.h"

#include "replies.h"
#include "shared.h"
#include "../engine/reply/headers.h"

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

/* What Kamailio has parsed up to now, and the rest from the text itself: its
 * parser stops at the first header that it cannot read, and a carrier may put
 * anything in front of these. */
void rep_reply_signs(
		struct sip_msg *msg, rep_signs_t *signs, rep_redress_t *redress)
{
	size_t rest = (size_t)(msg->buf + msg->len - msg->unparsed);

	for(const struct hdr_field *h = msg->headers; h; h = h->next)
		rep_signs_header(
				signs, redress, rep_span_of(&h->name), rep_span_of(&h->body));
	rep_signs_headers(signs, redress, (rep_span_t){msg->unparsed, rest});
}

rep_span_t rep_from_tag(const struct sip_msg *msg)
{
	return msg->from->parsed ? rep_span_of(&get_from(msg)->tag_value)
							 : rep_header_tag(rep_span_of(&msg->from->body));
}

bool rep_reply_dialog(struct sip_msg *reply, rep_dialog_t *dialog)
{
	if(parse_headers(reply, HDR_CALLID_F | HDR_TO_F | HDR_FROM_F, 0) < 0
			|| !reply->callid || !reply->to || !reply->from)
		return false;
	if(get_to(reply)->tag_value.len == 0)
		return false;
	*dialog = rep_dialog_of(rep_span_of(&reply->callid->body),
			rep_from_tag(reply), rep_span_of(&get_to(reply)->tag_value));
	return true;
}
