/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RPC commands about what is collected for people: redress and test calls. */

#ifndef REP_RPC_LISTS_H
#define REP_RPC_LISTS_H

#include "core/rpc.h"

void rep_rpc_redress(rpc_t *rpc, void *ctx);
void rep_rpc_redress_set(rpc_t *rpc, void *ctx);
void rep_rpc_probes(rpc_t *rpc, void *ctx);
/* Their members of reputation.stats. */
void rep_rpc_list_stats(rpc_t *rpc, void *item);

#endif
