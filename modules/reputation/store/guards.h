/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callee guard over all proxies. What is new goes into the feed of its pool
 * (what is for all pools, into each), and into the sorted set rep:x:g1:{POOL},
 * from which proxies that start later have it. */

#ifndef REP_STORE_GUARDS_H
#define REP_STORE_GUARDS_H

#include "context.h"
#include "handle.h"

/* What is new, for the exchange that begins; what concerns rep:dnc is sent. */
void rep_guards_collect(rep_store_t *store);
/* Of it what is the pool's, and what is to be written again. */
void rep_guards_send(rep_store_t *store, rep_store_pool_t *pool);
/* All was answered: what could not be written is tried again. */
void rep_guards_done(rep_store_t *store);
/* What another proxy told. */
void rep_guards_hear(
		rep_store_t *store, rep_store_pool_t *pool, rep_span_t text);
/* Read the pool's set, if that is wanted. */
void rep_guards_read(rep_store_t *store, rep_store_pool_t *pool);
/* The set has so many members, and should have so many, -1 = not known. True
 * when they differ: what is known here is written again. What nobody knows any
 * more is given up after the second check in a row, when the others have
 * written, too. */
bool rep_guards_there(rep_store_pool_t *pool, int64_t members, int64_t meant);

#endif
