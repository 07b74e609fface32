/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_DPRINT_H
#define SHIM_DPRINT_H

#include <stdio.h>

#define LM_ERR(...) fprintf(stderr, __VA_ARGS__)
#define LM_WARN(...) fprintf(stderr, __VA_ARGS__)
#define LM_DBG(...) fprintf(stderr, __VA_ARGS__)

#endif
