/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What time brings. */

#ifndef REP_TICK_H
#define REP_TICK_H

#include "handle.h"
#include "../base/types.h"

/* Returns from rest, windows of caps, age of evidence, baselines: whatever
 * comes due, up to a bounded amount of work a call. Call it every 100 ms or
 * so from one process. True when more is due already. */
bool rep_registry_tick(rep_registry_t *registry, rep_time_t now);

#endif
