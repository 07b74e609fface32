/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the store remembers of each pool. */

#ifndef REP_STORE_POOL_H
#define REP_STORE_POOL_H

#include "context.h"
#include "handle.h"

/* State of the pool with that index, made if need be; NULL: dropped, or no
 * memory. */
rep_store_pool_t *rep_store_pool_at(rep_store_t *store, int index);

/* Redis may have lost what it had acknowledged: every pool is looked at. */
void rep_store_suspect(rep_store_t *store);

#endif
