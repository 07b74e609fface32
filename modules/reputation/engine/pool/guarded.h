/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a call asks of the callee guard, and tells it. A registry without one
 * (guards.h) calls anybody. */

#ifndef REP_GUARDED_H
#define REP_GUARDED_H

#include "pool.h"

/* May the pool call this callee? REP_PICKED, or why not. `chosen`: there is a
 * number for it; then it may be REP_PICK_LOADING: what is shared of the callees
 * was not read yet, as policy `on_unknown` has it. With a ticket the attempt is
 * noted, and the ticket is the callee's from here on. */
rep_pick_t rep_pool_guard(rep_pool_t *pool, rep_e164_t callee, rep_time_t now,
		bool chosen, rep_ticket_t *ticket);
/* What came of the ticket's call. */
void rep_pool_guard_outcome(rep_pool_t *pool, const rep_ticket_t *ticket,
		rep_outcome_t outcome, rep_time_t now);

#endif
