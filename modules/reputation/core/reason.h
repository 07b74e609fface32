/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of RFC 8606 locations, for reports. */

#ifndef REP_REASON_H
#define REP_REASON_H

#include "outcome.h"

/* The token of an index as rep_signs_t.location keeps it ("LN"), "" for 0. */
const char *rep_location_name(uint8_t location);

#endif
