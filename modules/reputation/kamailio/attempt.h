/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The caller ID of a call attempt: picked once, kept by all that belongs to
 * the attempt (call_table.h says what does). */

#ifndef REP_ATTEMPT_H
#define REP_ATTEMPT_H

#include "core/parser/msg_parser.h"

#include "calls.h"
#include "../engine/pool/pick.h"

/* The caller ID for this INVITE to `callee`, on the first of `routes` (a list,
 * see rep_pool_pick()) on which it may be used. The first time a number of the
 * pool is picked, and the call watched from here on if there is room. Later:
 *
 * - in the same transaction (a failover): the number stays, branches to come
 *   go by the new route, if the number may be used there;
 * - a retransmission, or a spiral while the first is under way: the number,
 *   and nothing is spent;
 * - with the same Call-ID after its final reply (a retry after 401 or 407, or
 *   the caller's own failover): likewise, and its replies count anew. After a
 *   6xx: REP_PICK_CALL_REJECTED.
 *
 * `ticket` gets the number and its route, when the result is REP_PICKED or the
 * call has a number already. `labels` are taken over by a fresh pick: it is
 * counted under them. */
rep_picked_t rep_attempt_pick(struct sip_msg *msg, int pool, rep_e164_t callee,
		rep_span_t routes, const rep_labels_t *labels, rep_ticket_t *ticket);

/* The failover alone, for the call of rep_call_find(); the callee is asked for
 * only when a cancelled pick left it without a number. */
rep_picked_t rep_attempt_again(struct sip_msg *msg, rep_call_id_t id, int pool,
		rep_e164_t callee, rep_span_t routes, const rep_labels_t *labels,
		rep_ticket_t *ticket);

/* Watch a call whose number was chosen elsewhere. False when the number is not
 * of the pool. */
bool rep_attempt_track(struct sip_msg *msg, int pool, rep_e164_t number,
		rep_span_t route, const rep_labels_t *labels);

/* Watch this call of a number that was picked when there was no room for it,
 * if there is now. */
void rep_attempt_watch(struct sip_msg *msg, const rep_ticket_t *ticket,
		const rep_labels_t *labels);

/* What this ticket's calls are counted under, besides the route. */
void rep_attempt_label(rep_ticket_t *ticket, const rep_labels_t *labels);

/* The pick was not used: caps and place come back. False when branches went
 * out by it, or there is none. */
bool rep_attempt_cancel(rep_call_id_t id);

/* This outcome, instead of that of the branches to come; when they went out
 * already, beside theirs. False when the call has no number. */
bool rep_attempt_outcome(rep_call_id_t id, rep_outcome_t outcome);

#endif
