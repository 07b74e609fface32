/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spread: how much healthy numbers differ from one another, and how much the
 * lists differ that one number is used for. Both are concentrations of a
 * Dirichlet distribution around the mean mix: as many calls would say as much
 * about a number as its pool does. Spiegelhalter, Qual Saf Health Care 2005,
 * 14:347 (over-dispersion); Minka, Estimating a Dirichlet distribution, 2000. */

#ifndef REP_SPREAD_H
#define REP_SPREAD_H

#include "counts.h"

#define REP_LIST_CALLS 32 /* calls that one list is worked with, about */

typedef struct rep_spread
{
	float between; /* concentration between numbers, in calls */
	float lists;   /* and between a number's lists */
} rep_spread_t;

/* What is taken while nothing is known. */
#define REP_SPREAD_PRIOR \
	{                    \
		1000, 1000       \
	}

/* Calls of one number, or of one list of it: how many of each outcome, and how
 * many were expected of a healthy number. */
typedef struct rep_spread_part
{
	float seen[REP_JUDGED], expected[REP_JUDGED];
} rep_spread_part_t;

/* The likeliest concentration between lists, whose length is that of the parts:
 * about REP_LIST_CALLS, or several lists together. `expected` is the number's
 * own mean. Drawn to a log-normal prior: median 1000, sd of the log 1.2. */
float rep_spread_lists(const rep_spread_part_t *parts, size_t n);

/* The likeliest concentration between numbers, a part for each number, given
 * what their lists do. The same prior. */
float rep_spread_between(const rep_spread_part_t *parts, size_t n, float lists);

#endif
