/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a pool stops: it is paused, or too many of its numbers rest. */

#ifndef REP_STOP_H
#define REP_STOP_H

#include "pool.h"

/* Is it paused by its policy at this time? pool->paused says so in between. */
bool rep_pool_pauses(const rep_pool_t *pool, rep_time_t now);

/* Why the pool's numbers make it stop, on a route or (0) as a whole;
 * REP_PICKED = they do not. */
rep_pick_t rep_pool_short(const rep_pool_t *pool, uint8_t route);

/* The same, or REP_PICK_POOL_PAUSED. */
rep_pick_t rep_pool_stop(const rep_pool_t *pool, uint8_t route);

/* Is it for numbers that rest? */
bool rep_stop_rests(rep_pick_t stop);

/* Whatever the number: the pool is paused, or has none. */
bool rep_stop_is_whole(rep_pick_t stop);

/* Why nothing is picked there, whatever number: the same, but for pools that go
 * on when their numbers rest (observe mode, `least_bad`). */
rep_pick_t rep_pool_refuses(const rep_pool_t *pool, uint8_t route);

#endif
