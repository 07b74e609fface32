/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has spoken on which proxy. The counts' own writing tells it to the others
 * at once, in the feed; a stream keeps it for proxies that start later or
 * missed something. */

#ifndef REP_STORE_CALLEES_H
#define REP_STORE_CALLEES_H

#include "context.h"
#include "handle.h"

/* What is to be told next, of REP_CALLEES_TOLD at most; it is told again until
 * rep_callees_told(). Valid until the next call. */
rep_span_t rep_callees_tell(rep_store_t *store);
void rep_callees_told(rep_store_t *store);
/* What another proxy told. */
void rep_callees_hear(rep_store_t *store, rep_span_t text);

/* One step of writing the stream and reading it; `*more`: it is not done. */
bool rep_callees_sync(rep_store_t *store, bool *more);
/* Writes what the stream has not got yet. */
void rep_callees_flush(rep_store_t *store);
/* The link is new: the stream is read from its beginning. */
void rep_callees_connected(rep_store_t *store);

#endif
