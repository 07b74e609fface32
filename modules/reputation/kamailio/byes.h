/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BYEs: the end of a call, and what the callee says of it. */

#ifndef REP_BYES_H
#define REP_BYES_H

#include "core/parser/msg_parser.h"

#include "answered.h"

/* A dialog that is not remembered, and that its callee calls unwanted. */
typedef struct rep_late
{
	rep_ticket_t ticket;
	rep_dialog_t mark; /* what is believed once */
} rep_late_t;

/* A BYE came through, either way. True when it says of a dialog that this
 * process cannot know that it was unwanted: then rep_bye_late() is to be called
 * if the other side accepts it (a 2xx, not a 481). */
bool rep_bye(struct sip_msg *bye, rep_late_t *late);
void rep_bye_late(const rep_late_t *late);

/* An outcome learnt with this BYE, before it is relayed: rep_answered_outcome().
 * False when its dialog is not remembered. */
bool rep_bye_outcome(struct sip_msg *bye, rep_outcome_t outcome);

#endif
