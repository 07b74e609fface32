/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is what Redis holds of a pool what we know of it? Looked at by check sums, at
 * once after a connect or a gap, and every few seconds. What differs is read as
 * a whole; what is missing there is written back. */

#ifndef REP_RESYNC_H
#define REP_RESYNC_H

#include "context.h"
#include "handle.h"

/* Ask for the check sums of the pool when they are due. */
void rep_resync_check(rep_store_t *store, rep_store_pool_t *pool);
/* Ask for the next pages of what is to be read as a whole. */
void rep_resync_pages(rep_store_t *store, rep_store_pool_t *pool);
/* What was begun on a link that is lost begins anew. */
void rep_resync_lost(rep_store_pool_t *pool);

#endif
