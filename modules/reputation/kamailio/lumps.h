/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request will say when it goes out: its text with what the script has
 * added and deleted so far ("lumps"), read and overwritten. What is
 * overwritten in a branch_route or failure_route is so for its branches only:
 * TM gives those their own copies of the lumps. */

#ifndef REP_LUMPS_H
#define REP_LUMPS_H

#include "core/parser/msg_parser.h"

#include "../engine/base/types.h"

/* What goes out for a part of the message's buffer, with what is added at
 * either end. Its length, or -1: longer than `size`, or the part does not
 * stand for itself (what was deleted begins before it). */
int rep_lumps_text(
		const struct sip_msg *msg, const str *part, char *out, int size);

/* `text` goes out for the part, and nothing of what was added there before.
 * 0, or -1 without memory. */
int rep_lumps_replace(struct sip_msg *msg, const str *part, const str *text);

/* Take out each header of this type and name (one without a compact form),
 * received or added. 0, or -1 without memory or when the headers cannot be
 * parsed. */
int rep_lumps_remove_header(struct sip_msg *msg, int type, const char *name);

/* Add a header, which ends in CRLF; its lump has this type. 0, or -1. */
int rep_lumps_add_header(struct sip_msg *msg, int type, const str *header);

/* True when `yes` is so of the value of one of the headers of this type and
 * name that go out; of lumps of this very type only when `own`. */
bool rep_lumps_any_header(struct sip_msg *msg, int type, const char *name,
		bool own, bool (*yes)(rep_span_t value, void *ctx), void *ctx);

#endif
