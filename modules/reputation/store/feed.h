/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The feed of each pool: the counts and verdicts that changed, as they are now.
 * Entries are numbered without gaps, so that whoever misses one knows. */

#ifndef REP_FEED_H
#define REP_FEED_H

#include "context.h"
#include "handle.h"

/* Ask for what the feeds of all placed pools have got since. */
void rep_feed_send(rep_store_t *store);
/* From here on. */
void rep_feed_place(rep_store_pool_t *pool, rep_span_t id, uint64_t seq);

#endif
