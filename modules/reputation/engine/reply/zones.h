/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time zones of a telephone number, by its first digits: country calling
 * code, North American area code, and what libphonenumber tells apart beyond
 * them. A number of a mobile network that covers a whole country has all zones
 * of that country. */

#ifndef REP_ZONES_H
#define REP_ZONES_H

#include "../base/types.h"

typedef struct rep_zones
{
	const uint16_t *zone; /* for rep_zone_name() */
	unsigned count;		  /* 0: not known */
} rep_zones_t;

rep_zones_t rep_zones_of(rep_e164_t number);

/* The name in the tz database; NULL from the number of zones on. */
const char *rep_zone_name(unsigned zone);

#endif
