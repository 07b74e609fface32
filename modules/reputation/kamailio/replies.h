/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a SIP message says, in the core's terms. */

#ifndef REP_REPLIES_H
#define REP_REPLIES_H

#include "core/parser/msg_parser.h"

#include "answered.h"
#include "../engine/reply/reason.h"

/* Is it a reply to INVITE (and not to our CANCEL on the same branch)? */
bool rep_reply_is_invite(struct sip_msg *reply);

/* The index of the branch, from the topmost Via's branch parameter; -1 when
 * it is not one of TM's. */
int rep_reply_branch(const struct sip_msg *reply);

/* Take in all headers that say something, also behind those that Kamailio
 * cannot parse. */
void rep_reply_signs(
		struct sip_msg *msg, rep_signs_t *signs, rep_redress_t *redress);

/* The tag of From, which is there but need not be parsed. */
rep_span_t rep_from_tag(const struct sip_msg *msg);

/* The dialog that a 2xx makes; false when it lacks Call-ID, From
 * or To tag. */
bool rep_reply_dialog(struct sip_msg *reply, rep_dialog_t *dialog);

#endif
