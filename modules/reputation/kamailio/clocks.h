/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the clocks that go by time zones: those of callees, for quiet hours,
 * and each pool's, for its days. */

#ifndef REP_KAMAILIO_CLOCKS_H
#define REP_KAMAILIO_CLOCKS_H

#include "../engine/base/types.h"

/* Read the callees' clocks: before there are calls. */
void rep_zones_load(rep_time_t now);

/* In the timer process, whose TZ it sets. */
void rep_zones_tick(rep_time_t now);

#endif
