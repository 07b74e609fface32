/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fact of the callee guard in Redis: a member of a sorted set, and its score.
 * Members: "uCALLEE" unwanted, "dCALLEE" declined, "hCALLEE" by hand,
 * "aCALLEE.AT.N" an attempt, "nCALLEE" on the do-not-call list (told only). The
 * score is 256 times when it is forgotten (s) and the declines; 0 = it is gone.
 * Told to others, both stand one after the other, with spaces. */

#ifndef REP_GUARD_FORMAT_H
#define REP_GUARD_FORMAT_H

#include "../engine/callee/guard.h"

#define REP_GUARD_TEXT 48

void rep_pack_guard(const rep_guard_fact_t *fact, char member[REP_GUARD_TEXT],
		int64_t *score);
/* The reverse, of `pool`; false when it is none. */
bool rep_unpack_guard(rep_span_t member, rep_span_t score, int32_t pool,
		rep_guard_fact_t *fact);
/* Cuts the first fact off what was told; false at the end. What is none has
 * kind REP_GUARD_NOTHING. */
bool rep_guard_next(rep_span_t *text, int32_t pool, rep_guard_fact_t *fact);

#endif
