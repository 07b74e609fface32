/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_PARSE_CSEQ_H
#define SHIM_PARSE_CSEQ_H

#include "core/parser/msg_parser.h"

struct cseq_body
{
	str method;
	unsigned int method_id;
};

#define get_cseq(msg) ((struct cseq_body *)(msg)->cseq->parsed)

#endif
