/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which number a call gets, of those that may be used:
 *
 *   local_digits  sticky  the number is
 *   0             0       the first in the order
 *   0             1       the callee's own
 *   n             0       the first in the order of those with the longest
 *                         prefix in common with the callee; where none of them
 *                         may be used, of those with the next shorter one, and
 *                         so on; last, of all
 *   n             1       the callee's own among the same
 *
 * Local match comes before sticky: the callee alone decides which set it is,
 * so that what is chosen in it sticks as well, while sticky before local match
 * would leave nothing to choose. `order` is least_recent or weighted; with
 * sticky, weighted gives each number callees by its weight. What keeps a
 * number off (states, routes, tags, attestation, caps) comes before all.
 *
 * At most REP_CHOOSE_LOOKS numbers are looked at, then the order chooses. */

#ifndef REP_CHOOSE_H
#define REP_CHOOSE_H

#include "pool.h"
#include "trace.h"

#define REP_CHOOSE_LOOKS 256

typedef struct rep_ask
{
	rep_e164_t callee;
	rep_span_t label; /* of the route, which may not be known */
	uint8_t route;	  /* 0 also while it is not known */
	bool known;
	rep_time_t now;
	rep_trace_t *trace; /* NULL: nobody wants to see */
} rep_ask_t;

/* REP_NONE when no number may be used. */
uint32_t rep_choose(rep_pool_t *pool, const rep_ask_t *ask, rep_how_t *how);

#endif
