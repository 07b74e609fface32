/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts: offered to Redis, where the one with the higher turn stands, and
 * taken over from there. */

#ifndef REP_VERDICT_SYNC_H
#define REP_VERDICT_SYNC_H

#include "context.h"
#include "handle.h"

/* Offer the verdicts that moved, as far as there is room in the exchange. */
void rep_verdict_send(rep_store_t *store, rep_store_pool_t *pool);
/* Take over what stands in Redis. */
void rep_verdict_take(rep_store_t *store, rep_store_pool_t *pool,
		rep_span_t field, rep_span_t text);

#endif
