/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callee guard by hand: script and KEMI functions, RPC commands. A callee
 * may lack its plus: it is completed as the pools' picks complete it; one that
 * two pools would take for different numbers is refused. */

#ifndef REP_SUPPRESS_H
#define REP_SUPPRESS_H

#include "core/parser/msg_parser.h"
#include "core/rpc.h"

/* 1, or -1 after a line that says why not. */
int ki_suppress(struct sip_msg *msg, str *callee, int seconds);
int ki_unsuppress(struct sip_msg *msg, str *callee);

void rep_rpc_suppress(rpc_t *rpc, void *ctx);
void rep_rpc_unsuppress(rpc_t *rpc, void *ctx);
void rep_rpc_callee_known(rpc_t *rpc, void *ctx);
void rep_rpc_forget(rpc_t *rpc, void *ctx);

/* Members of reputation.stats. */
void rep_rpc_guard_stats(rpc_t *rpc, void *item);

#endif
