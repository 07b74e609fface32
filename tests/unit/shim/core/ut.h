/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_UT_H
#define SHIM_UT_H

#include "core/str.h"

/* Lowest digit first. 1, or -1 when there is another character. */
int reverse_hex2int(char *s, int len, unsigned int *value);

/* A whole number below 2^32: 0, or -1 when it is none. */
int str2int(str *s, unsigned int *value);

#endif
