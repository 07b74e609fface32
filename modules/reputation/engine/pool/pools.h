/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pools there are. A pool is named by its index, which stays valid for the
 * life of the registry: pools are few, never move and never change their
 * names. Everything here is lock-free unless it says otherwise. */

#ifndef REP_POOLS_H
#define REP_POOLS_H

#include "edit.h"
#include "event.h"
#include "handle.h"
#include "../callee/clocks.h"

/* [A-Za-z0-9_-]{1,64} */
bool rep_pool_name_fits(rep_span_t name);

/* The pool of that name, or REP_NO_POOL. */
int rep_registry_find(const rep_registry_t *registry, rep_span_t name);

/* Pools there are or were: indices 0 .. count - 1. */
int rep_registry_pools(const rep_registry_t *registry);
/* The name of a pool, "" when it is dropped. Valid as long as the registry. */
const char *rep_registry_name(const rep_registry_t *registry, int pool);

/* Observe mode (`mode = observe`) of the pools that have none of their own:
 * everything is judged, nothing withheld. Takes the lock of one pool after the other. */
void rep_registry_observe(rep_registry_t *registry, bool observe);
bool rep_registry_observes(const rep_registry_t *registry);

/* The ring of events and the queue of edits, to be read by anybody. */
rep_event_ring_t *rep_registry_events(rep_registry_t *registry);
rep_edit_queue_t *rep_registry_edits(rep_registry_t *registry);

/* The clocks of callees' time zones, for quiet hours: to be set by one process.
 */
rep_clocks_t *rep_registry_clocks(rep_registry_t *registry);

/* Nothing is shared: nobody will drain cells, records or health. */
void rep_registry_alone(rep_registry_t *registry);

#endif
