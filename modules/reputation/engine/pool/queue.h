/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queues of picks and the timer.
 *
 * Each route has a queue of the numbers that may be used on it, a heap by
 * each number's place in the order. Places grow, so an entry that is out of
 * date stands too early, never too late: it is put right when it comes to the
 * top. The one place that does not grow is that of a cancelled pick: such
 * numbers stand in a short list as well, which is looked through beside the
 * top of the queue, until they are picked again. What may not be used is
 * dropped when it comes to the top and taken up again when it may: by the
 * timer, by the end of a call, by a verdict, or by an operator's edit. */

#ifndef REP_QUEUE_H
#define REP_QUEUE_H

#include "pool.h"

/* Something about the number changed: take it up where it may be picked, set
 * its timer where it may not. */
void rep_number_wake(rep_pool_t *pool, uint32_t i, rep_time_t now);

/* Keep a queue for this route from here on. Looks at every number of the pool
 * the first time. */
void rep_queue_open(rep_pool_t *pool, uint8_t route, rep_time_t now);

/* The place of number `i` was moved back. Of REP_BACK numbers that wait for
 * their next pick so, one loses its place to the next: it comes up where the
 * cancelled pick had put it. */
void rep_queue_back(rep_pool_t *pool, uint32_t i);

/* The first in the order that may be used now, or REP_NONE. */
uint32_t rep_queue_top(rep_pool_t *pool, uint8_t route, rep_time_t now);

#endif
