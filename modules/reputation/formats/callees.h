/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has spoken, as bytes: one after the other the fingerprint, eight bytes,
 * and the minute when it is forgotten, four; most significant byte first. */

#ifndef REP_CALLEES_FORMAT_H
#define REP_CALLEES_FORMAT_H

#include "../engine/pool/callees.h"

#define REP_CALLEE_BYTES 12

/* Writes `n` of them, of REP_CALLEE_BYTES each. */
void rep_pack_callees(const rep_callee_t *callees, size_t n, char *out);
/* Cuts the first one off; false, and nothing cut, when less than one is
 * left. */
bool rep_unpack_callee(rep_span_t *bytes, rep_callee_t *out);

#endif
