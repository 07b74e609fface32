/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of reputation_apply(): "from=tel;name=none". */

#ifndef REP_APPLY_OPTIONS_H
#define REP_APPLY_OPTIONS_H

#include "../engine/base/types.h"

/* The form in which a header carries the number. */
typedef enum rep_identity
{
	REP_IDENTITY_SIP,
	REP_IDENTITY_TEL,
	REP_IDENTITY_UNWRITTEN /* From stays; there is no P-Asserted-Identity */
} rep_identity_t;

typedef enum rep_display
{
	REP_DISPLAY_ATTR, /* the number's `name`, else none */
	REP_DISPLAY_KEEP, /* From's stays */
	REP_DISPLAY_NONE
} rep_display_t;

typedef struct rep_apply_options
{
	rep_identity_t from, pai;
	rep_display_t name;
	rep_span_t host; /* of SIP URIs, with its port; "" = From's. Not copied */
	bool user_phone;
	bool keep_ppi, keep_rpid;
	bool show_anonymous;
} rep_apply_options_t;

/* Read `text`, "" = the defaults. NULL on success, else a sentence about the
 * first option that is wrong, written to `why`. */
const char *rep_apply_options_parse(
		rep_span_t text, rep_apply_options_t *out, char *why, size_t why_size);

/* Whether a host is an IPv6 address without the brackets that a URI wants. */
bool rep_host_wants_brackets(rep_span_t host);

#endif
