/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts that come from Redis, into the mirror and from there to the registry:
 * what all others counted in a cell. */

#ifndef REP_PULL_H
#define REP_PULL_H

#include "context.h"
#include "handle.h"

/* A count as it stands in Redis; false when it is none, or one that no version
 * of this layout has written. It counts at the latest after rep_pull_done(),
 * which is to follow before the store turns to another pool; until then the texts
 * are to stay. */
bool rep_pull_count(rep_store_t *store, rep_store_pool_t *pool, uint32_t bucket,
		rep_span_t field, rep_span_t text);
void rep_pull_done(rep_store_t *store, rep_store_pool_t *pool);

/* Hand the mirror to the registry again, in steps; true when there is more to do
 * now. */
bool rep_pull_again(rep_store_t *store, rep_store_pool_t *pool);

#endif
