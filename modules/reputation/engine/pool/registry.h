/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registry: made, filled with pools, taken down. */

#ifndef REP_REGISTRY_H
#define REP_REGISTRY_H

#include "handle.h"
#include "event.h"
#include "../base/types.h"

/* `max_numbers`: over all pools. NULL when there is no memory. */
rep_registry_t *rep_registry_create(uint32_t max_numbers);
void rep_registry_destroy(rep_registry_t *registry); /* NULL is fine */

/* The pool of that name, made if need be; REP_NO_POOL when the name is not
 * [A-Za-z0-9_-]{1,64} or there is no room. */
int rep_registry_put(rep_registry_t *registry, rep_span_t name);

/* The pool is no longer offered, nothing is counted in it, and
 * rep_registry_find() passes it over. What it counted can still be drained. */
void rep_registry_close(rep_registry_t *registry, int pool);
/* The same; its numbers and their history go. Its index is kept for the same
 * name. */
void rep_registry_drop(rep_registry_t *registry, int pool);

typedef struct rep_registry_stats
{
	uint32_t pools, numbers, max_numbers;
	uint32_t by_state[REP_STATES]; /* numbers; warming ones are active here */
	uint32_t in_flight;
	uint64_t picks, refusals, counted, lost; /* lost: the number was gone */
	/* of those counted, of those refused, and what was announced first here */
	uint64_t outcomes[REP_OUTCOMES], refused[REP_PICKS], events[REP_EVENTS];
	uint64_t full_numbers, full_memory, full_routes, full_strata;
	size_t bytes; /* memory in use */
} rep_registry_stats_t;

void rep_registry_stats(rep_registry_t *registry, rep_registry_stats_t *out);

#endif
