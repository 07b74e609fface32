/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is rep:pools there? */

#ifndef REP_POOL_LIST_H
#define REP_POOL_LIST_H

#include "handle.h"
#include "../engine/base/types.h"

/* Put the question into the store's arguments; the answer is above 0. */
void rep_pools_ask(rep_store_t *store);
/* The same, asked and answered; false when Redis could not be asked. */
bool rep_pools_listed(rep_store_t *store, bool *there);

#endif
