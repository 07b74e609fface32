/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Live edits: Redis sends the names of edited keys over a second connection
 * (client-side caching in broadcast mode, redirected, as RESP2 has it). Where it
 * does not, the keys are polled. */

#ifndef REP_WATCH_H
#define REP_WATCH_H

#include <stddef.h>

#include "handle.h"

/* On the i-th server. */
void rep_watch_start(rep_store_t *store, size_t i);
void rep_watch_stop(rep_store_t *store, size_t i);
void rep_watch_step(rep_store_t *store);
void rep_watch_stop_all(rep_store_t *store);

#endif
