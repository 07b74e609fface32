/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows: the pool's own counts in each bucket in each stratum, which numbers are
 * judged by. A ring as long as the window. */

#ifndef REP_ROWS_H
#define REP_ROWS_H

#include "pool.h"

/* `by` calls of a cell with this outcome more, or fewer: in the row and the
 * windows, by the cell's weight. */
void rep_row_add(
		rep_pool_t *pool, const rep_cell_head_t *cell, int o, int64_t by);
/* `counts` of a cell are to weigh `by` more each, or less. */
void rep_row_weigh(rep_pool_t *pool, const rep_cell_head_t *cell,
		const rep_counts_t *counts, int by);
/* The pool's row for a bucket in a stratum; NULL when it has none. */
const rep_row_t *rep_row_of(
		const rep_pool_t *pool, uint16_t stratum, uint32_t bucket);

/* The weights have changed: make the sums of all rows anew. */
void rep_rows_resum(rep_pool_t *pool);
/* Rows of buckets that no longer count are taken out of the window. */
void rep_rows_expire(rep_pool_t *pool, uint32_t oldest);
/* Buckets, window or clock changed: begin to make all rows anew, up to the
 * bucket `newest`. What is counted of a number before its turn comes with it. */
void rep_rows_rebuild(rep_pool_t *pool, uint32_t newest);
/* Go on with at most `max` numbers; true when there are more. */
bool rep_rows_refill(rep_pool_t *pool, uint32_t max);
/* Is the number's evidence part of the rows, or will it come with it? */
bool rep_rows_hold(const rep_pool_t *pool, uint32_t i);

/* Let the calls of a cell of number `i` count `weight` of REP_WEIGHT each in
 * its row; those that come later too. */
void rep_cell_weigh(rep_pool_t *pool, uint32_t i, uint32_t ref, uint8_t weight);

#endif
