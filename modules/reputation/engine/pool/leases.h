/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leases asked for, and told, where the caps are shared. */

#ifndef REP_LEASES_H
#define REP_LEASES_H

#include "handle.h"
#include "../base/types.h"

/* One cap of one number (0 = the pool's own) in one period. */
typedef struct rep_lease_ask
{
	rep_e164_t number;
	int cap; /* 0 a minute, 1 an hour, 2 a day of the pool's clock, 3 calls at
					 * once, 4 of a probation */
	uint32_t at;	 /* which; of a probation the second in which it began */
	uint32_t limit;	 /* calls that all proxies may make in it; 0 = this one
					  * ends: what it has in use is over soon */
	uint32_t have;	 /* granted before, or used: never taken away again */
	uint32_t want;	 /* in all; less than `have` is never asked for: what is
					 * returned was given up before it is told */
	uint32_t used;	 /* of a probation: judged; the others may come back */
	uint32_t others; /* granted to others, when last heard */
	/* the answer */
	uint32_t granted; /* in all */
	uint32_t left;	  /* to nobody */
	uint32_t spare;	  /* to others, and not used by them as far as they told */
	bool wanted;	  /* somebody asked of late, and got nothing */
} rep_lease_ask_t;

/* Caps hold over all proxies, or (at first) each on its own. */
void rep_registry_lease(rep_registry_t *registry, bool shared);
/* How many proxies share the caps: for `caps` = `soft`. */
void rep_registry_nodes(rep_registry_t *registry, uint32_t nodes);

/* What is to be asked for and told now: numbers that came up without a lease,
 * those at the head of the queues, and those that hold what they do not use.
 * To be answered or put back, all of them. Returns how many of `max`, which is
 * 10 or more. */
size_t rep_pool_lease_asks(rep_registry_t *registry, int pool, rep_time_t now,
		rep_lease_ask_t *out, size_t max);

/* The proxy ends: what is not used is given up, and told. */
void rep_pool_lease_end(rep_registry_t *registry, int pool);

/* Everything that is held is told again: it may have been lost there. */
void rep_pool_lease_again(rep_registry_t *registry, int pool);

#endif
