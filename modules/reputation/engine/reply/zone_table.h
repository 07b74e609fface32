/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which time zones a number may be in: data, made by `make zones` out of
 * libphonenumber's time zones. engine/reply/zones.h reads it. */

#ifndef REP_ZONE_TABLE_H
#define REP_ZONE_TABLE_H

#include "../base/types.h"

#define REP_ZONES_MAX 320

/* Names of the tz database, by zone. */
extern const char *const rep_zone_names[];
extern const unsigned rep_zone_count; /* REP_ZONES_MAX at most */

/* Sets of zones: how many, and which. */
extern const uint16_t rep_zone_sets[];

/* From a number on whose first eight digits are these, up to the next range:
 * where its set begins in rep_zone_sets. */
typedef struct rep_zone_range
{
	uint32_t first;
	uint16_t set;
} rep_zone_range_t;

extern const rep_zone_range_t rep_zone_ranges[]; /* by `first`, from 0 */
extern const unsigned rep_zone_range_count;

#endif
