/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings a number's cells before the judge. */

#ifndef REP_ASSESS_H
#define REP_ASSESS_H

#include "pool.h"

/* What the evidence of one number says, as a whole and by route. */
typedef struct rep_assessment
{
	rep_judged_t sum;
	rep_counts_t counts; /* of this turn */
	rep_counts_t window; /* of the window, all turns */
	rep_counts_t pool;	 /* the pool's, in the buckets of this turn */
	unsigned n_routes;	 /* with evidence, "" among them */
	struct rep_assessed
	{
		uint8_t route;
		rep_judged_t judged;
		rep_counts_t counts, window, pool;
	} routes[REP_ROUTES_MAX];
} rep_assessment_t;

/* Judge all evidence of the number in the window. The pool's lock is held: the
 * chain of cells is turned round, and back, on the way. */
void rep_assess(const rep_pool_t *pool, const rep_number_t *number,
		rep_time_t now, rep_assessment_t *out);

#endif
