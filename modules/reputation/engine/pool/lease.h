/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Caps that hold over all proxies, by leases: a proxy may make as many calls of
 * a number in a period as it was granted of the number's cap; what all were
 * granted is never more than the cap (docs/redis.md). Without others to share
 * with (rep_registry_t.leases is false) a cap is the proxy's own. */

#ifndef REP_LEASE_H
#define REP_LEASE_H

#include "pool.h"

/* s: calls at once (and not judged, of a probation) that a proxy was granted and
 * does not confirm are taken for ended. It does not begin any with those that it
 * could not confirm for half of that. */
#define REP_LEASE_ALIVE 3600

/* The lease of a period, NULL when none was asked for. */
rep_lease_t *rep_lease_of(rep_leases_t *leases, rep_cap_t cap, uint32_t at);
/* Calls that may still be made of it, in a window of the same cap. */
uint32_t rep_lease_rest(const rep_lease_t *lease, const rep_window_t *window);

/* Has it a cap that needs a lease? */
bool rep_number_limited(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);
/* May one more call be made, by all leases that are needed? */
bool rep_number_leased(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);
/* s: the same of a pool's calls a second. */
#define REP_PACE_ALIVE 120

/* One of the pool's own caps is reached, or there is no lease of it: it is asked
 * for. */
bool rep_pool_capped(rep_pool_t *pool, rep_time_t now);

/* The pool has begun a call. */
void rep_pool_paced(rep_pool_t *pool, rep_time_t now);
/* Number `i` has made a call: one that is used often is leased ahead. */
void rep_lease_used(rep_pool_t *pool, uint32_t i, rep_time_t now);

#endif
