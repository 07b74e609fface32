/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_UT_H
#define SHIM_UT_H

/* Lowest digit first. 1, or -1 when there is another character. */
int reverse_hex2int(char *s, int len, unsigned int *value);

#endif
