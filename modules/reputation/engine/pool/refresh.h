/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A look at every number, in slices, after an edit that concerns all. */

#ifndef REP_REFRESH_H
#define REP_REFRESH_H

#include "pool.h"

/* Look at numbers again from the pool's cursor `refresh` on, at most `max`;
 * true when there are more. */
bool rep_pool_refresh(rep_pool_t *pool, rep_time_t now, uint32_t max);

#endif
