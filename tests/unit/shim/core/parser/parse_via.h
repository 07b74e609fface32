/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_PARSE_VIA_H
#define SHIM_PARSE_VIA_H

#include "core/str.h"

typedef struct via_param
{
	str name, value;
} via_param_t;

typedef struct via_body
{
	struct via_param *branch;
} via_body_t;

#endif
