/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names under which this process writes counts: a new one for each incarnation
 * of the process, of a pool and of a number, since their counts start anew. */

#ifndef REP_WRITER_H
#define REP_WRITER_H

#include "context.h"
#include "handle.h"

/* Make up the process's own name; take what a name of a node must not hold out
 * of its node's. */
void rep_writer_init(rep_store_t *store);

/* Name under which this process writes cells of `number`. */
void rep_writer_of(const rep_store_t *store, const rep_store_pool_t *pool,
		rep_e164_t number, char out[REP_WRITER_MAX + 1]);

#endif
