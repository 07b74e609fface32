/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool file into the registry. */

#ifndef REP_POOL_LOAD_H
#define REP_POOL_LOAD_H

#include "../engine/base/types.h"
#include "../engine/pool/handle.h"

/* What a load changed. */
typedef struct rep_pool_changes
{
	uint32_t pools, pools_added, pools_removed; /* pools: that it names */
	uint32_t added, changed, removed;			/* numbers */
	uint32_t errors;							/* faults that were told */
} rep_pool_changes_t;

/* Put the file's pools into the registry under load number `load` (not used
 * before in this registry; one load at a time): pools and numbers that it does
 * not name go, with their history. Faults are told and passed over: a number,
 * a field of a policy, a pool, its policy or its numbers that were known keep
 * what was good last. 0, or -1 when the file as a whole cannot be read:
 * nothing was changed then. `changes` may be NULL. */
int rep_pool_file_load(const char *path, rep_registry_t *registry,
		uint32_t load, rep_time_t now,
		void (*error)(void *ctx, const char *sentence), void *ctx,
		rep_pool_changes_t *changes);

#endif
