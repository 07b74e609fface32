/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock of a pool: everything of a pool is under it. */

#ifndef REP_LOCK_H
#define REP_LOCK_H

#include "pool.h"

/* The pool of that index with its lock held, or NULL (nothing held) when
 * there is none or it is dropped. */
rep_pool_t *rep_pool_lock(const rep_registry_t *registry, int pool);
/* The same of one that is closed or dropped, too. */
rep_pool_t *rep_pool_lock_any(const rep_registry_t *registry, int pool);
void rep_pool_unlock(rep_pool_t *pool);

#endif
