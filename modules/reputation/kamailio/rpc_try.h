/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reputation.try: what a pick would give, and how it comes to that. */

#ifndef REP_RPC_TRY_H
#define REP_RPC_TRY_H

#include "core/rpc.h"

void rep_rpc_try(rpc_t *rpc, void *ctx);

#endif
