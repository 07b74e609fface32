/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces: where a number is busy its newest bucket is cut by calls, so that the
 * judge's run may begin with any dozen of them and not with the hour. A piece is
 * the cells of some calls in a row, of whichever stratum and stamp. Pieces are
 * this proxy's own affair: cells are sent as the sum over them. */

#ifndef REP_PIECES_H
#define REP_PIECES_H

#include "cells.h"

#define REP_PIECE_CALLS 12 /* judged ones; then another piece begins */
#define REP_PIECES_MAX 16  /* a bucket: the oldest become one */

/* Where the reference to the cell of the bucket's newest piece is kept: in
 * number `i` or in the cell before it. A cell is put in its place if need be;
 * with `more` calls to come, in a piece of its own if that one is full and the
 * bucket is the number's newest. NULL without memory. */
uint32_t *rep_piece_find(
		rep_pool_t *pool, uint32_t i, const rep_cell_key_t *key, bool more);

/* Counts of a number under a key, over all pieces; own or others'. */
rep_counts_t rep_pieces_sum(const rep_pool_t *pool, const rep_number_t *number,
		const rep_cell_key_t *key, bool own);

/* Is it the newest of its key's? */
bool rep_piece_first(
		const rep_pool_t *pool, const rep_number_t *number, uint32_t ref);

/* Buckets before `from` become one piece each. */
void rep_pieces_fold(rep_pool_t *pool, uint32_t i, uint32_t from);

#endif
