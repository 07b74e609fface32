/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools that a script names and that there are not: the newest so many names,
 * each announced once, when calls for it begin, and when there were none for
 * five minutes, or the pool exists. Names beyond the table are counted together
 * as REP_NO_POOL_OTHERS. */

#ifndef REP_NO_POOL_H
#define REP_NO_POOL_H

#include "handle.h"
#include "../judge/state.h"

#define REP_NO_POOL_OTHERS "(others)"

/* A call is refused, for there is no such pool. What is no name is shown with
 * question marks. Takes a lock of its own. */
void rep_no_pool_refused(
		rep_registry_t *registry, rep_span_t name, rep_time_t now);

/* Announce what began and what is over. */
void rep_no_pools_tick(rep_registry_t *registry, rep_time_t now);

typedef struct rep_no_pool_view
{
	char name[REP_POOL_MAX + 1];
	rep_time_t since, last;
	uint32_t calls;
} rep_no_pool_view_t;

/* The names of now; returns how many of at most `max`. */
size_t rep_no_pools_list(
		rep_registry_t *registry, rep_no_pool_view_t *out, size_t max);

/* One more call was refused for this reason, outside of any pool. */
void rep_registry_refused(rep_registry_t *registry, rep_pick_t why);

#endif
