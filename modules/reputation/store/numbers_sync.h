/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:numbers:{POOL}: read in slices, so that neither Redis nor this process is
 * kept busy for long by a pool of a million numbers. */

#ifndef REP_NUMBERS_SYNC_H
#define REP_NUMBERS_SYNC_H

#include "context.h"
#include "handle.h"

/* A bounded step of the reading that is under way or wanted. */
void rep_numbers_send(rep_store_t *store, rep_store_pool_t *pool);
/* A load that cannot be ended: nothing is swept. */
void rep_numbers_abort(rep_store_pool_t *pool);

#endif
