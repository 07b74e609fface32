/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Caps over all proxies: leases are asked for, told and given back. */

#ifndef REP_STORE_LEASES_H
#define REP_STORE_LEASES_H

#include "context.h"
#include "handle.h"

/* Redis may have lost what it had granted: what is held is told again. */
void rep_leases_again(rep_store_t *store, rep_store_pool_t *pool);
/* The link came up: likewise, of all pools. */
void rep_leases_connected(rep_store_t *store);
/* The link to the i-th server came up: which is it? */
void rep_leases_server(rep_store_t *store, size_t i);

/* What the pool's numbers need, if they need anything. Its guard is there before
 * it has caps: a new one grants nothing at first. */
void rep_leases_send(rep_store_t *store, rep_store_pool_t *pool);

/* The proxy ends: what it holds and did not use goes back. */
void rep_leases_end(rep_store_t *store);

#endif
