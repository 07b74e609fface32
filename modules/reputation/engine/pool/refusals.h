/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picks that a pool refuses: counted by reason, and announced once, when it
 * begins and (with how many calls were refused) when it is over.
 *
 * That too many numbers rest begins and ends with the fact, on each route.
 * What else refuses begins with the first call that is refused, and is over:
 * - a pause, or that there are no numbers: with the fact;
 * - caps and what does not match: when none was refused for five minutes and
 *   some were picked, so that a pool which reaches a cap each minute has one
 *   beginning;
 * - verdicts that are being read (`loading`): when they were, and nothing is
 *   said unless calls were refused for five seconds. */

#ifndef REP_REFUSALS_H
#define REP_REFUSALS_H

#include "handle.h"
#include "pool.h"

/* ms without a refusal, after which caps and what does not match are over */
#define REP_REFUSALS_QUIET (5 * 60 * (rep_time_t)1000)

/* A pick on this route was refused. What is no pool's reason (but a callee's)
 * is counted, and that is all. */
void rep_pool_refused(
		rep_pool_t *pool, rep_pick_t why, uint8_t route, rep_time_t now);

/* Of a call that keeps its number: it counts where the whole pool refuses. */
void rep_pool_refused_again(rep_pool_t *pool, rep_pick_t why, rep_time_t now);

/* See whether the pool is paused, and announce what began and what is over. */
void rep_pool_check_stop(rep_pool_t *pool, rep_time_t now);

/* The pool goes: nothing is announced of it any more. */
void rep_pool_forget_refusals(rep_pool_t *pool);

#endif
