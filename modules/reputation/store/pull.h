/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other proxies' counts from Redis. */

#ifndef REP_PULL_H
#define REP_PULL_H

#include "context.h"
#include "handle.h"

/* Read (total, mine) of `n` cells of one bucket and hand them to the registry. */
bool rep_pull_cells(rep_store_t *store, rep_store_pool_t *pool, uint32_t bucket,
		const rep_cell_t *cells, size_t n);

#endif
