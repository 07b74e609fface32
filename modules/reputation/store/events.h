/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:events: every event of the registry, written once over all proxies. */

#ifndef REP_EVENTS_SYNC_H
#define REP_EVENTS_SYNC_H

#include "handle.h"
#include "../engine/pool/records.h"

void rep_events_drain(rep_store_t *store);
/* Send those whose verdict is decided. */
void rep_events_send(rep_store_t *store);
/* Our record was accepted; or, `ours` false, this one stands. */
void rep_events_decide(
		rep_store_t *store, int pool, const rep_record_t *record, bool ours);

#endif
