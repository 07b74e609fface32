/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BYEs: the end of a call, and what the callee says of it. */

#ifndef REP_BYES_H
#define REP_BYES_H

#include "core/parser/msg_parser.h"

#include "answered.h"

/* A BYE came through, either way. True when it says of a dialog that this
 * process cannot know that it was unwanted: then rep_bye_late() is to be called
 * if the other side accepts it (a 2xx, not a 481), with the same BYE or TM's
 * copy of it. */
bool rep_bye(struct sip_msg *bye);
void rep_bye_late(struct sip_msg *bye);

/* An outcome learnt with this BYE, before it is relayed: rep_answered_outcome().
 * False when its dialog is not remembered. */
bool rep_bye_outcome(struct sip_msg *bye, rep_outcome_t outcome);

#endif
