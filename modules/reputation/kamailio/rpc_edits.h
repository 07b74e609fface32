/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RPC commands that change something. */

#ifndef REP_RPC_EDITS_H
#define REP_RPC_EDITS_H

#include "core/rpc.h"

void rep_rpc_add(rpc_t *rpc, void *ctx);
void rep_rpc_remove(rpc_t *rpc, void *ctx);
void rep_rpc_bench(rpc_t *rpc, void *ctx);
void rep_rpc_release(rpc_t *rpc, void *ctx);
void rep_rpc_reset(rpc_t *rpc, void *ctx);
void rep_rpc_mode(rpc_t *rpc, void *ctx);
void rep_rpc_pause(rpc_t *rpc, void *ctx);
void rep_rpc_resume(rpc_t *rpc, void *ctx);

#endif
