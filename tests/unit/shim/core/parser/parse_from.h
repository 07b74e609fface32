/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_PARSE_FROM_H
#define SHIM_PARSE_FROM_H

#include "core/parser/parse_to.h"

#define get_from(msg) ((struct to_body *)(msg)->from->parsed)

/* Until it is called, get_from() is NULL. 0, or -1 without From. */
int parse_from_header(struct sip_msg *msg);

#endif
