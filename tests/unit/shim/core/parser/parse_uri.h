/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_PARSE_URI_H
#define SHIM_PARSE_URI_H

#include "core/parser/msg_parser.h"

typedef struct sip_uri
{
	str user;
} sip_uri_t;

/* sip:user@host only. 0, or -1. */
int parse_uri(char *buf, int len, struct sip_uri *uri);

#endif
