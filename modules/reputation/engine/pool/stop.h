/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a pool stops: too many of its numbers rest. */

#ifndef REP_STOP_H
#define REP_STOP_H

#include "pool.h"

/* Why the pool stops, on a route or (0) as a whole; REP_PICKED = it does not. */
rep_pick_t rep_pool_stop(const rep_pool_t *pool, uint8_t route);

/* Why nothing is picked there, whatever number: the same, but for pools that go
 * on when their numbers rest (observe mode, `least_bad`). */
rep_pick_t rep_pool_refuses(const rep_pool_t *pool, uint8_t route);

/* Announce stops, of the pool or on a route, once each time. */
void rep_pool_check_stop(rep_pool_t *pool, rep_time_t now);

#endif
