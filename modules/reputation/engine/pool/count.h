/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a call attempt: its outcome is counted, its place given back. */

#ifndef REP_COUNT_H
#define REP_COUNT_H

#include "handle.h"
#include "ticket.h"
#include "../reply/outcome.h"

/* Count one outcome and judge; report the callee if the policy asks for it. A
 * test call's is counted apart (probes.h) and does neither. False when the
 * number is gone (nothing counted). */
bool rep_ticket_count(rep_registry_t *registry, const rep_ticket_t *ticket,
		rep_outcome_t outcome, rep_time_t now);

/* Caller ID or signature is refused: announced, once a minute and pool.
 * rep_ticket_count() of REP_REFUSED does it too. */
void rep_ticket_refused(
		rep_registry_t *registry, const rep_ticket_t *ticket, rep_time_t now);

/* The call is over: gives back what cap_concurrent counted. Once a ticket. */
void rep_ticket_hang_up(
		rep_registry_t *registry, rep_ticket_t *ticket, rep_time_t now);

#endif
