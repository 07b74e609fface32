/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_GLOBALS_H
#define SHIM_GLOBALS_H

extern unsigned int sr_dst_max_branches;

#endif
