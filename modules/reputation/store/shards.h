/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools are spread over the masters of a cluster: what is to be done when one of
 * these goes or comes, or a pool moves. */

#ifndef REP_SHARDS_H
#define REP_SHARDS_H

#include "handle.h"

/* The link was opened: begin anew what is one connection's. */
void rep_shards_begin(rep_store_t *store);
/* See to masters that went, came or moved. Nothing with one server. */
void rep_shards_step(rep_store_t *store);

#endif
