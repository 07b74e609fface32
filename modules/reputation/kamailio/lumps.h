/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request will say when it goes out: its text with what the script has
 * added and deleted so far ("lumps"), read and overwritten. What is
 * overwritten in a branch_route or failure_route is so for its branches only:
 * TM gives those their own copies of the lumps. */

#ifndef REP_LUMPS_H
#define REP_LUMPS_H

#include "core/parser/msg_parser.h"

#include "../engine/base/types.h"

/* Does anything stand in this part of the message's buffer, or at either end of
 * it, that was not received there? */
bool rep_lumps_touch(const struct sip_msg *msg, const str *part);

/* What goes out for a part of the message's buffer, with what is added at
 * either end. Its length, or -1: longer than `size`, or the part does not
 * stand for itself (what was deleted begins before it). */
int rep_lumps_text(
		const struct sip_msg *msg, const str *part, char *out, int size);

/* `text` goes out for the part, and nothing of what was added there before.
 * 0, or -1 without memory. */
int rep_lumps_replace(struct sip_msg *msg, const str *part, const str *text);

/* A header by type and name, of those without a compact form. */
typedef struct rep_header
{
	int type;
	const char *name;
} rep_header_t;

/* Take out each of these headers, received or added. 0, or -1 without memory
 * or when the headers cannot be parsed. */
int rep_lumps_remove_headers(
		struct sip_msg *msg, const rep_header_t *headers, size_t n);

/* Add a header, which ends in CRLF; its lump has this type. 0, or -1. */
int rep_lumps_add_header(struct sip_msg *msg, int type, const str *header);

/* True when `yes` is so of the value of one such header that goes out; of lumps
 * of this very type only when `own`. */
bool rep_lumps_any_header(struct sip_msg *msg, rep_header_t header, bool own,
		bool (*yes)(rep_span_t value, void *ctx), void *ctx);

#endif
