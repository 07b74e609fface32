/* SPDX-License-Identifier: GPL-2.0-or-later */
/* INVITE transactions whose caller ID is ours to watch.
 *
 * A call is bound to its transaction through TM callbacks and found again
 * through them. It stands in a table of fixed size in shared memory; a handle
 * names it together with its serial, so that one that comes late is harmless. */

#ifndef REP_CALLS_H
#define REP_CALLS_H

#include "core/parser/msg_parser.h"

#include "call_table.h"
#include "../engine/reply/outcome.h"

typedef struct rep_call_view
{
	rep_ticket_t ticket;   /* of the newest branch */
	rep_outcome_t outcome; /* of the newest final reply, or REP_OUTCOMES */
	bool rejected;		   /* a branch got a 6xx */
	rep_redress_t redress;
} rep_call_view_t;

/* Binds TM and registers what follows BYEs; mod_init. 0, or -1. */
int rep_calls_init(void);

/* The call of this message's transaction, or of the message itself when
 * there is no transaction yet; 0 = none. */
rep_call_id_t rep_call_find(struct sip_msg *msg);

/* Watch the transaction of this INVITE (made now or later). Takes over the
 * ticket. 0 when the table is full or TM refuses: the ticket is then still
 * the caller's. */
rep_call_id_t rep_call_start(struct sip_msg *msg, const rep_ticket_t *ticket);

/* Branches from here on go by this route. */
void rep_call_reroute(rep_call_id_t id, rep_span_t route);

bool rep_call_view(rep_call_id_t id, rep_call_view_t *out);
/* A branch of this transaction got a 6xx, whether the call is watched or not. */
bool rep_call_was_rejected(void);

#endif
