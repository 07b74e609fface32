/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which master of a cluster serves which pool: a pool whose master is away, or
 * another, is to it what a lost link is to all. With one server all pools are
 * served while the link is up. */

#ifndef REP_SERVED_H
#define REP_SERVED_H

#include "context.h"
#include "handle.h"

/* May the pool be asked for now? The master that its last reading began at is
 * there. */
bool rep_served(const rep_store_t *store, const rep_store_pool_t *pool);
/* Index of that master. */
size_t rep_served_by(const rep_store_t *store, const rep_store_pool_t *pool);
/* Has the cluster served it to nobody for longer than a slot takes to move? */
bool rep_served_away(const rep_store_t *store, const rep_store_pool_t *pool);

/* What was asked about the pool was not answered: it rests a moment, and what
 * was being read of it is read anew. */
void rep_served_broken(rep_store_t *store, rep_store_pool_t *pool);

/* "HOST:PORT", with brackets where the host is an IPv6 address. */
void rep_print_host(const rep_host_t *at, char *out, size_t size);
/* That of the server, of a cluster those of its masters that are there. */
const char *rep_served_at(const rep_store_t *store, char *out, size_t size);

#endif
