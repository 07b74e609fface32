/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:dnc, followed live: Redis tells that it changed, not what, so it is read
 * again as a whole, in pages between the exchanges. */

#ifndef REP_STORE_DNC_H
#define REP_STORE_DNC_H

#include "context.h"
#include "handle.h"

/* The next page, if there is one to be asked for; true when there is more. */
bool rep_dnc_sync_send(rep_store_t *store);
/* Without word of edits it is read now and then, a long one less often. */
void rep_dnc_sync_poll(rep_store_t *store);
/* The link was lost, and with it where the reading stood. */
void rep_dnc_sync_lost(rep_store_t *store);

#endif
