/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reputation.explain: everything from which a person can redo a verdict. */

#ifndef REP_EXPLAIN_H
#define REP_EXPLAIN_H

#include "core/rpc.h"

void rep_rpc_explain(rpc_t *rpc, void *ctx);

#endif
