/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What clocks leave behind that are, or were, ahead: this proxy's or another's.
 * Evidence waits for its time; verdicts begin anew at the present. */

#ifndef REP_AHEAD_H
#define REP_AHEAD_H

#include "pool.h"

/* When the clock was set back, and when evidence that waited comes to its time:
 * the rows are made anew. Takes the pool's lock, and gives it back between
 * slices. */
void rep_pool_follow_clock(rep_pool_t *pool, rep_time_t now);

/* A verdict that begins more than a bucket from now begins now, in a new turn;
 * a rest keeps its length. */
void rep_verdict_follow_clock(
		rep_pool_t *pool, uint32_t i, rep_verdict_t *verdict, rep_time_t now);
/* All verdicts of a number. */
void rep_number_follow_clock(rep_pool_t *pool, uint32_t i, rep_time_t now);

#endif
