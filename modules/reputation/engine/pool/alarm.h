/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pool-wide causes: does the pool as a whole, a route, or everything shift? */

#ifndef REP_ALARM_H
#define REP_ALARM_H

#include "handle.h"
#include "../base/types.h"

/* Asked once a minute; announces each cause once while it lasts, and holds the
 * benches that it explains. From one process; takes locks itself. */
void rep_alarms_tick(rep_registry_t *registry, rep_time_t now);
void rep_alarms_destroy(rep_registry_t *registry);

#endif
