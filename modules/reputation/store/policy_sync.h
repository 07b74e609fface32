/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:policy:{POOL}: each field overrides a default; a malformed one keeps the
 * value that was last good. */

#ifndef REP_POLICY_SYNC_H
#define REP_POLICY_SYNC_H

#include "context.h"
#include "handle.h"

/* Ask for the pool's policy, to be taken over if it changed. */
void rep_policy_send(rep_store_t *store, rep_store_pool_t *pool);
/* Drop the good values that are kept. */
void rep_policy_forget(rep_store_pool_t *pool);

#endif
