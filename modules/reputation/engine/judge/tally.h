/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tally: calls by outcome, seen and expected. */

#ifndef REP_TALLY_H
#define REP_TALLY_H

#include "shares.h"

/* How many calls there were of each outcome, and how many the yardstick expects
 * among as many calls of a healthy number. Both have the same sum. */
typedef struct rep_tally
{
	shares_t seen, expected;
} rep_tally_t;

/* `share` of the calls of `tally` more in `sum`. */
static inline void rep_tally_add(
		rep_tally_t *sum, const rep_tally_t *tally, float share)
{
	for(int i = 0; i < HALVES; i++) {
		sum->seen.h[i] += vec_all(share) * tally->seen.h[i];
		sum->expected.h[i] += vec_all(share) * tally->expected.h[i];
	}
}

/* What is in `sum` and not in its part `tally`. */
static inline rep_tally_t rep_tally_without(
		const rep_tally_t *sum, const rep_tally_t *tally)
{
	rep_tally_t rest;

	for(int i = 0; i < HALVES; i++) {
		rest.seen.h[i] = vec_not_negative(sum->seen.h[i] - tally->seen.h[i]);
		rest.expected.h[i] =
				vec_not_negative(sum->expected.h[i] - tally->expected.h[i]);
	}
	return rest;
}

#endif
