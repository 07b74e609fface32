/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings a number's evidence before the judge. */

#ifndef REP_ASSESS_H
#define REP_ASSESS_H

#include "pool.h"
#include "../judge/urn.h"

/* What the evidence says of a number as a whole, or on one route. */
struct rep_assessed
{
	uint8_t route;
	rep_judged_t judged;
	rep_counts_t counts; /* of this turn */
	rep_counts_t window; /* of the window, all turns, repeats too */
	/* the run that each chart found: the newest so many cells of this turn */
	uint32_t run[REP_CHARTS];
	/* Only of a number that is on probation or under suspicion, and of one that
	 * is assessed as a whole: the pool's calls in the buckets of this turn; this
	 * turn, the turns before it, and what their yardstick rests on. */
	rep_counts_t pool;
	rep_tally_t turn, earlier;
	rep_known_t known;
};

typedef struct rep_assessment
{
	const struct rep_reading *reading; /* that it was made of */
	bool suspect;					   /* the urn was asked */
	bool on_trial; /* on probation, on some route at least */
	struct rep_assessed sum;
	unsigned n_routes; /* with evidence, "" among them */
	struct rep_assessed routes[REP_ROUTES_MAX];
} rep_assessment_t;

/* Judge all evidence of the number in the window. The pool's lock is held.
 * The result is the calling thread's, good until it calls this again. */
const rep_assessment_t *rep_assess(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);
/* The same, with all members, whatever the number's standing. */
const rep_assessment_t *rep_assess_whole(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);

#endif
