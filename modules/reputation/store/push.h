/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts to Redis: own ones, and others' that Redis has lost. */

#ifndef REP_PUSH_H
#define REP_PUSH_H

#include "context.h"
#include "handle.h"

/* Take over what was counted here since, into the mirror of each pool: what is
 * not written waits there. */
void rep_push_collect(rep_store_t *store);
/* The same of one pool, closed or not. True when there may be more. */
bool rep_push_collect_pool(rep_store_t *store, rep_store_pool_t *pool);
/* Send what waits, as far as there is room in the exchange. */
void rep_push_send(rep_store_t *store, rep_store_pool_t *pool);

#endif
