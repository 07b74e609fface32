/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_MSG_PARSER_H
#define SHIM_MSG_PARSER_H

#include <string.h>
#include <strings.h>

#include "core/str.h"
#include "core/parser/hf.h"
#include "core/parser/parse_via.h"

enum request_method
{
	METHOD_UNDEF = 0,
	METHOD_INVITE = 1,
	METHOD_CANCEL = 2,
	METHOD_BYE = 8
};

typedef struct sip_msg
{
	struct hdr_field *headers, *last_header;
	hdr_flags_t parsed_flag;
	struct via_body *via1;
	struct hdr_field *callid, *to, *cseq, *from;
	char *unparsed, *buf;
	unsigned int len;
} sip_msg_t;

/* Headers from where it stopped up to the last of those in `flags`. 0, or -1
 * when a line is no header. */
int parse_headers(struct sip_msg *msg, hdr_flags_t flags, int next);

#endif
