/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Evidence that goes to other proxies and comes from them. */

#ifndef REP_EXCHANGE_H
#define REP_EXCHANGE_H

#include "handle.h"
#include "labels.h"
#include "../judge/counts.h"

/* One cell of evidence: a number's outcomes in one bucket, under one set of labels, in
 * one turn of its verdict. Own counts only ever grow. */
typedef struct rep_cell
{
	rep_e164_t number;
	uint32_t bucket; /* its start, minutes since 1970 */
	uint32_t stamp;
	rep_dims_t dims;
	bool repeat; /* the callee had had this outcome from this number */
	rep_counts_t counts;
} rep_cell_t;

/* Copy out up to `max` cells whose own counts (this node's) changed since
 * they were last taken; of a pool that is closed, too. They count as taken. */
size_t rep_pool_drain_cells(
		rep_registry_t *registry, int pool, rep_cell_t *out, size_t max);

/* Taken but not delivered: they will be taken again. */
void rep_pool_requeue_cells(
		rep_registry_t *registry, int pool, const rep_cell_t *cells, size_t n);

/* Everything of this node's counts as changed again: cells and records. For
 * a store that may have lost what it acknowledged. Looks at every number. */
void rep_pool_requeue_all(rep_registry_t *registry, int pool);

/* What all the OTHER nodes together counted in each of these cells (absolute;
 * replaces what was known). Their numbers are then to be judged. What is of a
 * bucket that is not there yet counts when its time comes. Returns how many were
 * taken; not those of an unknown number, too old, further than a window ahead,
 * or without room. The lock is held for REP_HEARD of them at a time. */
#define REP_HEARD 64
size_t rep_pool_put_others(rep_registry_t *registry, int pool,
		const rep_cell_t *cells, size_t n, rep_time_t now);

/* Judge numbers that others' counts came of: each once, however many cells.
 * True when there are more. */
bool rep_pool_judge_others(rep_registry_t *registry, int pool, rep_time_t now);

#endif
