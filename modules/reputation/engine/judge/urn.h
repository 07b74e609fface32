/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The urn: how much likelier a run of calls is from a number that has gone bad
 * than from a healthy one, when healthy numbers differ.
 *
 * A healthy number's own mix is Dirichlet around what the yardstick expects,
 * so that the counts of a run are Dirichlet-multinomial (Polya's urn, in which
 * each ball drawn brings another of its colour). docs/judge.md has the formula
 * and what it reaches. Pure functions on plain data. */

#ifndef REP_URN_H
#define REP_URN_H

#include "spread.h"
#include "tally.h"

/* What the yardstick of a run rests on: calls of others in its buckets, and over
 * the window. */
typedef struct rep_known
{
	float buckets, window;
} rep_known_t;

/* The log-likelihood ratio of `run`, in nats, for each chart (the last lane is
 * 0): bad in the chart's way against healthy. `past`: the number's own calls
 * before the run, its prior; may be empty. */
vec_t rep_urn_ratio(const rep_charts_t *charts, const rep_spread_t *spread,
		const rep_tally_t *run, const rep_tally_t *past,
		const rep_known_t *known);

#endif
