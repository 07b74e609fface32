/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The yardstick: the mix that a healthy number would show in the same stratum
 * and bucket, which is that of the pool's other numbers there.
 *
 * What is counted in a pool counts in sixteenths (REP_WEIGHT): calls of a
 * number that is suspected, and of one that rests, weigh less or nothing. */

#ifndef REP_YARDSTICK_H
#define REP_YARDSTICK_H

#include "baseline.h"
#include "tally.h"

/* Of one number in one stratum. */
typedef struct rep_yardstick
{
	float mix[REP_OUTCOMES]; /* over the window, drawn to the parent's */
	float common[REP_LANES]; /* its sums with e^w, times the calls that it */
	float rare[REP_LANES];	 /* weighs against one bucket */
} rep_yardstick_t;

/* `others`: what the pool's other numbers did in this stratum over the window;
 * `parent`: the mix of what the stratum is a part of (the route, the pool; in
 * the end the policy's prior), to which it is drawn. */
void rep_yardstick_make(rep_yardstick_t *yardstick, const rep_charts_t *charts,
		const shares_t *others, const float parent[REP_JUDGED]);

/* The rest of it from its mix. */
void rep_yardstick_of(rep_yardstick_t *yardstick, const rep_charts_t *charts);

/* Calls of a number in one bucket of a stratum, and the pool's there. */
typedef struct rep_seen
{
	shares_t own;
	shares_t in_row;		 /* all that the number has in the row */
	const rep_counts_t *row; /* in sixteenths */
	const rep_sums_t *sums;	 /* made of it */
} rep_seen_t;

/* What each of these calls takes from the charts: the log of the sum of P e^w,
 * in nats; the last lane is 0. */
vec_t rep_yardstick_log_z(const rep_yardstick_t *yardstick,
		const rep_charts_t *charts, const rep_seen_t *seen);

/* The mix that is expected here. Returns how many calls of others there were in
 * the bucket. */
float rep_yardstick_expect(const rep_yardstick_t *yardstick,
		const rep_charts_t *charts, const rep_seen_t *seen,
		float mix[REP_JUDGED]);

#endif
