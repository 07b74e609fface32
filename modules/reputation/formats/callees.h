/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has spoken, as text: sixteen letters each, one after the other. They are
 * base64url (RFC 4648, 5) of the fingerprint in eight bytes and of the minute
 * when it is forgotten in four, most significant byte first. */

#ifndef REP_CALLEES_FORMAT_H
#define REP_CALLEES_FORMAT_H

#include "../engine/pool/callees.h"

#define REP_CALLEE_TEXT 16

/* Writes `n` of them, of REP_CALLEE_TEXT letters each; no end of text. */
void rep_pack_callees(const rep_callee_t *callees, size_t n, char *out);
/* Cuts the first one off. False, and nothing cut, at the end and before what
 * is none. */
bool rep_unpack_callee(rep_span_t *text, rep_callee_t *out);

#endif
