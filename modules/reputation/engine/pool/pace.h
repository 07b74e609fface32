/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pace of a pool's calls: how many began within the last second, and when
 * the next may. A generic cell rate (ITU-T I.371) spreads them; what counts
 * against the cap is each call for a little more than a second. */

#ifndef REP_PACE_H
#define REP_PACE_H

#include "pool.h"

/* Calls of the last second, and up to 50 ms more. */
uint32_t rep_pace_used(const rep_pace_t *pace, rep_time_t now);
/* May one begin now? Up to 50 ms before its time. */
bool rep_pace_ready(const rep_pace_t *pace, rep_time_t now);
/* One begins, at so many a second (0 = as if it were none). */
void rep_pace_use(rep_pace_t *pace, uint32_t rate, rep_time_t now);

#endif
