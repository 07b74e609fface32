/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number's evidence as it is read for the judge: the cells of the window,
 * newest first, each with its yardstick. */

#ifndef REP_READING_H
#define REP_READING_H

#include "pool.h"
#include "../judge/yardstick.h"

#define REP_READ_CELLS 2048 /* older ones are counted, and not judged */

/* Judged calls of one cell. */
typedef struct rep_read_cell
{
	uint32_t bucket;
	uint16_t stratum;
	uint8_t route; /* place among the reading's routes */
	bool turn;	   /* counted in this turn: judged; else only its past */
	bool first;	   /* the newest of its bucket and stratum */
	float weight;  /* in its row, 0 .. 1 */
	float calls;   /* above 0 */
	shares_t seen, in_row; /* the number's in the row: of all such cells */
	const rep_row_t *row;  /* of its bucket and stratum; NULL = none */
	vec_t says;			   /* nats, by chart; of this turn's cells alone */
} rep_read_cell_t;

typedef struct rep_read_route
{
	uint8_t route;
	rep_stamp_t stamp; /* of this turn */
	/* A route with a verdict of its own speaks for itself: what it benched the
	 * number for there is not held against it everywhere. */
	bool in_sum;
	rep_counts_t window; /* all turns, repeats too */
	rep_counts_t counts; /* of this turn */
	shares_t own;		 /* the number's part of the route's window */
} rep_read_route_t;

typedef struct rep_reading
{
	unsigned n_cells, n_routes;
	float others; /* calls of other numbers in the pool's window */
	rep_read_route_t routes[REP_ROUTES_MAX];
	rep_read_cell_t cells[REP_READ_CELLS];
} rep_reading_t;

/* Read the number. The pool's lock is held. The result is the calling
 * thread's, good until it reads again. */
const rep_reading_t *rep_read(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);

/* Read its newer cells alone, by the yardsticks that number->screen keeps; NULL
 * when there are calls in a stratum that none is kept of. What is summed over
 * the window is not in it. */
const rep_reading_t *rep_read_newer(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);

/* The calls of a cell as the yardstick sees them; `sums` of no row. */
rep_seen_t rep_read_seen(const rep_read_cell_t *cell);

/* The yardstick of a stratum that the number was read in. */
const rep_yardstick_t *rep_read_yardstick(uint16_t stratum);

/* What was seen in a cell, and what was to be expected. `known`: calls of
 * others in the bucket; may be NULL. */
rep_tally_t rep_read_tally(
		const rep_pool_t *pool, const rep_read_cell_t *cell, float *known);

#endif
