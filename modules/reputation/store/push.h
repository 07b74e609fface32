/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Own counts to Redis. */

#ifndef REP_PUSH_H
#define REP_PUSH_H

#include "context.h"
#include "handle.h"

/* Write up to a few batches of cells; `*more`: there is more. */
bool rep_push(rep_store_t *store, rep_store_pool_t *pool, bool *more);

/* What waits while there is nobody to write it to, into the status. */
void rep_count_waiting(rep_store_t *store);

#endif
