/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes due by number: returns from rest, windows of caps. */

#ifndef REP_TIMER_H
#define REP_TIMER_H

#include "pool.h"

/* Everything that is due by `now`, at most `max` numbers; true when more is. */
bool rep_timer_run(rep_pool_t *pool, rep_time_t now, uint32_t max);

#endif
