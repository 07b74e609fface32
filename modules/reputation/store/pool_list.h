/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is rep:pools there? */

#ifndef REP_POOL_LIST_H
#define REP_POOL_LIST_H

#include "handle.h"
#include "../engine/base/types.h"

/* False when Redis could not be asked. */
bool rep_pools_listed(rep_store_t *store, bool *there);

#endif
