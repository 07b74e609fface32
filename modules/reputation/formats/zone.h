/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tz database of this machine: which zones it has, and their clocks. Reads
 * files; a zone's clock is the C library's, by the environment's TZ, so one
 * thread of a process at a time may ask. */

#ifndef REP_ZONE_H
#define REP_ZONE_H

#include "../engine/callee/clocks.h"

/* Where it is, unless the environment's TZDIR says otherwise. */
#define REP_ZONEINFO "/usr/share/zoneinfo"

/* A name such as "Europe/Berlin"; UTC is always there. */
bool rep_zone_exists(rep_span_t name);

/* Sets TZ to the zone and leaves it so. Seconds to add to UTC. */
int32_t rep_zone_offset(const char *name, rep_time_t now);

/* The clocks of all zones that telephone numbers are in, with changes three
 * days ahead. Returns how many of them the tz database lacks; their clocks are
 * unset, `*missing` is the name of the first. TZ stays as it was. */
unsigned rep_zones_read(
		rep_clocks_t *clocks, rep_time_t now, const char **missing);

#endif
