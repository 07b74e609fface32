/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is new of redress, of test calls and of callees to be reported, to
 * Redis: a batch a pool and exchange, taken over once. One that nobody confirmed
 * is sent again as it was, under its number. */

#ifndef REP_LISTS_H
#define REP_LISTS_H

#include "context.h"
#include "handle.h"

void rep_lists_send(rep_store_t *store, rep_store_pool_t *pool);
void rep_batch_free(rep_store_pool_t *pool);

#endif
