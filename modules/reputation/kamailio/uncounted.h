/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls whose end this proxy will not see, in pools that limit calls at once. */

#ifndef REP_UNCOUNTED_H
#define REP_UNCOUNTED_H

#include "core/parser/msg_parser.h"

#include "../engine/pool/ticket.h"

/* A 2xx answers a call: warn, once a pool and start, when the pool limits
 * calls at once and no Record-Route of the reply is ours, so that the BYE will
 * not come this way (RFC 3261 12.1.1, 16.6 step 4). */
void rep_uncounted_look(struct sip_msg *reply, const rep_ticket_t *ticket);

#endif
