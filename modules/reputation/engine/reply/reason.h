/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the header parser shares with the tables of outcome.c, and the names
 * of RFC 8606 locations for reports. */

#ifndef REP_REASON_H
#define REP_REASON_H

#include "outcome.h"

/* The token of an index as rep_signs_t.location keeps it ("LN"), "" for 0. */
const char *rep_location_name(uint8_t location);

/* Octets compared without regard to the case of ASCII letters. */
bool rep_same(rep_span_t text, const char *word);

static inline bool rep_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

#endif
