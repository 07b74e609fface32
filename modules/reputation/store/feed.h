/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The feed of each pool names the cells and verdicts that changed. Entries are
 * numbered without gaps; whoever misses one reads the whole again. */

#ifndef REP_FEED_H
#define REP_FEED_H

#include "context.h"
#include "handle.h"

/* A bounded reading; `*more`: there is more. */
bool rep_feed_read(rep_store_t *store, bool *more);
bool rep_feed_place(rep_store_t *store, rep_store_pool_t *pool);
bool rep_feed_check(rep_store_t *store);
void rep_feed_free(rep_store_t *store);

#endif
