/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much the healthy numbers of a pool differ, found from its own counts. */

#ifndef REP_SPREADS_H
#define REP_SPREADS_H

#include "pool.h"

/* Six times a window, at fixed times of the clock, from the buckets before
 * that time that all proxies still have: so that all find the same, whenever
 * they started. Takes the pool's lock for a number at a time. Looks at a
 * thousand numbers at most. */
void rep_pool_find_spread(rep_pool_t *pool, rep_time_t now);

#endif
