/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No pick before the verdict is known: once a pool's numbers are read, what is
 * decided of those that are new is read at once, ahead of the evidence. */

#ifndef REP_STORE_KNOWN_H
#define REP_STORE_KNOWN_H

#include "context.h"
#include "handle.h"

/* The link came up, or could not be brought up. */
void rep_known_reach(rep_store_t *store, bool reach);

/* Ask for a page, if numbers of the pool wait. */
void rep_known_send(rep_store_t *store, rep_store_pool_t *pool);

#endif
