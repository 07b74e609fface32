/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts by outcome, as text. */

#ifndef REP_COUNTS_FORMAT_H
#define REP_COUNTS_FORMAT_H

#include "../engine/judge/counts.h"

#define REP_COUNTS_TEXT 144 /* twelve numbers of ten digits, commas, zero */

/* In the order of the outcomes, joined by commas, without the zeros at the end.
 * Returns the length, without the terminating zero. */
size_t rep_pack_counts(const rep_counts_t *counts, char out[REP_COUNTS_TEXT]);
/* The reverse; each is cut at UINT32_MAX, and what comes after the twelfth is
 * passed over (a later layout may add outcomes). */
bool rep_unpack_counts(rep_span_t text, rep_counts_t *out);

/* {"answered":1,…} all twelve, to `out`; returns the length. */
size_t rep_pack_outcomes(const rep_counts_t *counts, char *out, size_t size);

#endif
