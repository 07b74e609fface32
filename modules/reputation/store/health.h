/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:health:{POOL}: what operators read at a glance. */

#ifndef REP_HEALTH_SYNC_H
#define REP_HEALTH_SYNC_H

#include "context.h"
#include "handle.h"

/* After the pool's counts and verdicts: send what changed, of numbers whose
 * verdict is among those offered from `from` on at once, of others a share of
 * those that wait. */
void rep_health_send(rep_store_t *store, rep_store_pool_t *pool, size_t from);
/* When the feed of that exchange was read: what others have done to a number
 * that we wrote meanwhile is not in what we wrote. Not `heard`: the link broke
 * before the feed was read, so that nobody knows. */
void rep_health_check(rep_store_t *store, rep_store_pool_t *pool, bool heard);
bool rep_health_remove(rep_store_t *store, const char *pool,
		const rep_e164_t *numbers, size_t n);
/* The same without waiting. */
void rep_health_gone(rep_store_t *store, rep_store_pool_t *pool,
		const rep_e164_t *numbers, size_t n);
bool rep_health_drop(rep_store_t *store, const char *pool);

#endif
