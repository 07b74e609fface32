/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts: offered to Redis, where the one with the higher turn stands, and
 * taken over from there. */

#ifndef REP_VERDICT_SYNC_H
#define REP_VERDICT_SYNC_H

#include "context.h"
#include "handle.h"

/* Offer the verdicts that moved; `*more`: there are more. */
bool rep_verdict_sync(rep_store_t *store, rep_store_pool_t *pool, bool *more);
/* Read these records and take over what stands. */
bool rep_pull_records(rep_store_t *store, rep_store_pool_t *pool,
		const rep_span_t *fields, size_t n);
/* A page of HSCAN on the records. */
void rep_pull_record_page(rep_store_t *store, const rep_store_pool_t *pool,
		const redisReply *pairs);

#endif
