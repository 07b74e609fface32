/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Refused picks, as RPC shows them. */

#ifndef REP_REFUSED_H
#define REP_REFUSED_H

#include "core/rpc.h"

#include "../engine/judge/state.h"
#include "../engine/pool/view.h"

/* Of a pool: `refused`, calls by reason, and `refusing`, what it refuses calls
 * for now. */
void rep_rpc_pool_refused(
		rpc_t *rpc, void *item, int pool, const rep_pool_view_t *view);

/* Of all: `refused`, calls by reason, those of callees among them, and
 * `unknown_pools`, the names of now that are no pool. */
void rep_rpc_refused(rpc_t *rpc, void *item, const uint64_t refused[REP_PICKS]);

#endif
