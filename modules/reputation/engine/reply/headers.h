/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The headers of a raw SIP message (RFC 3261 7.3.1), whatever else is wrong
 * with it. */

#ifndef REP_HEADERS_H
#define REP_HEADERS_H

#include "../base/types.h"

/* What follows the start line of a message: where rep_headers_next() begins.
 * Empty lines before the start line are passed over (RFC 3261 7.5). */
rep_span_t rep_headers(rep_span_t message);

/* Cut one header off `*rest`: its name, and its value without white space at
 * either end but as it was sent, with its folds (a line's end, then white
 * space) in it. Lines end by CRLF or a lone LF. A line without a colon is
 * passed over with its folds, and so is a last line without an end: it may
 * have been cut off. False at the empty line before the body, or where the
 * message ends. Never reads past `*rest`, in linear time. */
bool rep_headers_next(rep_span_t *rest, rep_span_t *name, rep_span_t *value);
/* Pass over one header, or a line that is none, without a look at what it
 * says. False where rep_headers_next() is. */
bool rep_headers_skip(rep_span_t *rest);

/* The tag in the value of a From or To (RFC 3261 20.10, 20.20): of the header
 * itself, not of a display name or a URI in brackets. Empty when there is none. */
rep_span_t rep_header_tag(rep_span_t value);

#endif
