/* SPDX-License-Identifier: GPL-2.0-or-later */
/* INVITE transactions whose caller ID is ours to watch.
 *
 * A call is bound to its transaction through TM callbacks and found again
 * through them, or by its Call-ID. It stands in a table of fixed size in shared
 * memory; a handle names it together with its serial, so that one that comes
 * late is harmless. */

#ifndef REP_CALLS_H
#define REP_CALLS_H

#include "core/parser/msg_parser.h"

#include "call_table.h"

typedef struct rep_call_view
{
	rep_ticket_t ticket; /* of the newest branch */
	rep_state_t state;	 /* of the number when it was picked */
	float score;		 /* likewise */
	rep_final_t final;	 /* the newest final reply */
	bool rejected;		 /* a branch got a 6xx */
	rep_redress_t redress;
	rep_labels_t labels;
} rep_call_view_t;

/* Binds TM and registers what follows BYEs; mod_init. 0, or -1. */
int rep_calls_init(void);

/* The call of this message's transaction, or of the message itself when
 * there is no transaction yet; 0 = none. */
rep_call_id_t rep_call_find(struct sip_msg *msg);
/* The same, or the call whose number this message shows although another
 * transaction watches it: rep_call_show(). */
rep_call_id_t rep_call_shown(struct sip_msg *msg);
void rep_call_show(struct sip_msg *msg, rep_call_id_t id);

/* Of a message without a transaction at hand, as accounting in a timer has it:
 * the call of this very INVITE; 0 = none. */
rep_call_id_t rep_call_of(struct sip_msg *msg);

/* The identity of this INVITE. False without a Call-ID or CSeq. */
bool rep_call_key_of(
		struct sip_msg *msg, rep_e164_t callee, rep_call_key_t *key);

/* Is a transaction of this message at hand? */
bool rep_call_has_cell(void);
/* Branches of it that went out up to now. */
unsigned rep_call_branches_out(void);

/* Watch the transaction of this INVITE (made now or later) for a call that has
 * a ticket and counts this in `bound`. When TM refuses, the call is unbound. */
void rep_call_bind(struct sip_msg *msg, rep_call_id_t id);

bool rep_call_view(rep_call_id_t id, rep_call_view_t *out);
/* A branch of this transaction got a 6xx, whether the call is watched or not. */
bool rep_call_was_rejected(void);

#endif
