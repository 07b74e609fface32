/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Baselines: the mix that healthy numbers of the pool show, made anew as its
 * counts move. */

#ifndef REP_MEASURE_H
#define REP_MEASURE_H

#include "pool.h"

/* Make those anew that are out of date, or all (`force`). Takes the pool's
 * lock itself, and not for the arithmetic. From one process at a time. */
void rep_pool_measure(rep_pool_t *pool, bool force, rep_time_t now);

#endif
