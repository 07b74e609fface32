/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was seen, for a time: a set of 64-bit fingerprints, each with the moment
 * when it is forgotten. Fixed in size: 64 bytes (a cache line) hold five. A
 * fingerprint has a place in two lines and is put into the emptier one (Azar,
 * Broder, Karlin and Upfal, "Balanced allocations", SIAM J. Comput. 29, 1999);
 * when both are full, that one of the ten gives way that would be forgotten
 * first. The moments are whatever the caller counts in, and grow; 0 is
 * forgotten from the start.
 *
 * Fingerprints are spread evenly over all 64 bits, as a good hash is. */

#ifndef REP_SEEN_H
#define REP_SEEN_H

#include "types.h"

#define REP_SEEN_WAYS 5

typedef struct rep_seen_line
{
	uint64_t print[REP_SEEN_WAYS];
	uint32_t until[REP_SEEN_WAYS];
	uint32_t unused;
} rep_seen_line_t;

/* All zero but for `lines` and `n` is an empty set. */
typedef struct rep_seen
{
	rep_seen_line_t *lines; /* `n` of them, all zero: the caller's */
	uint32_t n;				/* at least one */
	uint64_t gave_way;		/* before their time */
} rep_seen_t;

/* Is it remembered? If not it is from here on, while `now` is less than
 * `until`. What is remembered keeps its `until`. */
bool rep_seen_before(
		rep_seen_t *seen, uint64_t print, uint32_t until, uint32_t now);

#endif
