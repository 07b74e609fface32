/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:dnc and its parts, followed live: Redis tells which set changed, not what
 * in it, so that set is read again, in pages between the exchanges. A set is
 * asked for the number of its members first: most parts do not exist. */

#ifndef REP_STORE_DNC_H
#define REP_STORE_DNC_H

#include "context.h"
#include "handle.h"

/* What there is to ask for now; true when there is more. */
bool rep_dnc_sync_send(rep_store_t *store);
/* Without word of edits all sets are asked for their number of members, and read
 * now and then, long ones less often. */
void rep_dnc_sync_poll(rep_store_t *store);
/* The link was lost, and with it where the readings stood. */
void rep_dnc_sync_lost(rep_store_t *store);

#endif
