/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_STR_H
#define SHIM_STR_H

typedef struct _str
{
	char *s;
	int len;
} str;

#define str_init(literal)               \
	{                                   \
		literal, sizeof(literal "") - 1 \
	}

#define STR_NULL \
	{            \
		NULL, 0  \
	}

#endif
