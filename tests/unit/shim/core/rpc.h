/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_RPC_H
#define SHIM_RPC_H

#include "core/str.h"

typedef struct rpc
{
	void (*fault)(void *ctx, int code, char *format, ...);
	int (*add)(void *ctx, char *format, ...);
	int (*scan)(void *ctx, char *format, ...);
	int (*struct_add)(void *ctx, char *format, ...);
	int (*array_add)(void *ctx, char *format, ...);
} rpc_t;

#endif
