/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark of a call (mark.h) in our Record-Route, as the parameter `rep`. Needs
 * the rr module; without it, and with late_bye 0, no mark is written. */

#ifndef REP_RR_COOKIE_H
#define REP_RR_COOKIE_H

#include "core/parser/msg_parser.h"

#include "mark.h"
#include "../engine/pool/ticket.h"

/* Binds rr if it is there; mod_init. */
void rep_rr_cookie_init(void);

/* Add the mark of this pick to the Record-Route of this INVITE: of all branches
 * to come, in a branch route of that branch. The last one that is added counts.
 * Before or after record_route(). */
void rep_rr_cookie_add(struct sip_msg *invite, const rep_ticket_t *ticket);

/* The mark that this BYE of the callee brings back, and the ticket that it
 * stands for: pool and route of the pick; no route where its label is not
 * known here. Its headers are parsed already, for it may be TM's copy, to which
 * nothing may be added. False when there is none that is true. */
bool rep_rr_cookie_ticket(
		struct sip_msg *bye, rep_mark_t *mark, rep_ticket_t *ticket);

#endif
