/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_PARSE_TO_H
#define SHIM_PARSE_TO_H

#include "core/parser/msg_parser.h"

typedef struct to_body
{
	str uri, tag_value;
} to_body_t;

#define get_to(msg) ((struct to_body *)(msg)->to->parsed)

#endif
