/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When many numbers shift at once it is not the numbers: what is it?
 *
 * Recent calls are held against long-term ones, in cells of one pool, route,
 * campaign and network, by the weights of the three charts; docs/judge.md has
 * the test and its error rate. Pure functions on plain data. */

#ifndef REP_CAUSE_H
#define REP_CAUSE_H

#include "chart.h"

#define REP_CAUSE_CELLS 512 /* more are not looked at */

/* The dimensions of a cell: those with one value there are a set that may
 * shift by itself. */
typedef enum rep_cause_kind
{
	REP_CAUSE_POOL,	   /* one pool, whichever ways its calls take */
	REP_CAUSE_SEVERAL, /* all cells, with the value 0: the practice, the time */
	REP_CAUSE_ROUTE,   /* one route, whichever pools use it: the carrier */
	REP_CAUSE_CAMPAIGN, /* one campaign: its list */
	REP_CAUSE_NETWORK,	/* one terminating network */
	REP_CAUSE_DIMENSIONS,
	REP_CAUSE_NONE = REP_CAUSE_DIMENSIONS /* nothing shifted as a whole */
} rep_cause_kind_t;

typedef struct rep_cause_cell
{
	const rep_charts_t *charts;		   /* of its pool */
	uint32_t at[REP_CAUSE_DIMENSIONS]; /* the caller's own numbering */
	rep_counts_t recent; /* the last hour, or however long the caller says */
	rep_counts_t past;	 /* long-term, without `recent` */
	rep_counts_t same;	 /* of these, the calls at the same time of day */
	rep_counts_t one;	 /* of `recent`, one number's: rep_cause_is_of_one() */
	/* by rep_cause_expect() and rep_cause_explain(): */
	float mix[REP_JUDGED];	 /* that the recent calls are expected to show */
	float doubt;			 /* share of a call's variance that it has of the
							  time of day, for each recent call */
	float drift[REP_CHARTS]; /* variance of a tilt that is no wonder */
} rep_cause_cell_t;

typedef struct rep_cause
{
	rep_cause_kind_t kind;
	uint32_t id;	   /* the value in that dimension */
	rep_chart_t chart; /* in which way they shifted */
	float score;	   /* >= 1 with an alarm, below without */
	float shift;	   /* 1 = as far as the chart's weights say, 0 = none */
	bool beyond;	   /* a ceiling is passed: the numbers are not excused */
	rep_counts_t recent, past; /* of the cells that it names, added up */
} rep_cause_t;

/* The expected mixes: of a cell's past, drawn to that of the rest of its pool,
 * as the pool's differs at this time of day, and cut at the ceilings. Before
 * the others; cells of a pool stand together. */
void rep_cause_expect(rep_cause_cell_t *cells, unsigned n);

/* The set that explains the cells best, of those whose score is near that of an
 * alarm: the smallest may get there first, by chance. None if there is none.
 * The score is the highest of all. `hours`: between two alarms when all is
 * well, if `recent` is an hour that slides and this is asked every minute. */
#define REP_CAUSE_NEARLY 0.75f
void rep_cause_find(const rep_cause_cell_t *cells, unsigned n, double hours,
		rep_cause_t *cause);

/* The same of one kind, id and chart, those of `*cause`: how far is it so
 * now? */
void rep_cause_measure(const rep_cause_cell_t *cells, unsigned n, double hours,
		rep_cause_t *cause);

/* How much likelier these calls of a cell are, if the cause is: nats. */
double rep_cause_says(const rep_cause_cell_t *cell, const rep_counts_t *calls,
		const rep_cause_t *cause);

/* Is it the number whose calls are `one`, rather? That it alone shifted would
 * explain as much as the cause does. */
bool rep_cause_is_of_one(
		rep_cause_cell_t *cells, unsigned n, const rep_cause_t *cause);

/* From now on, what this cause explains is expected of the cells it names: to
 * look for a further cause. */
void rep_cause_explain(
		rep_cause_cell_t *cells, unsigned n, const rep_cause_t *cause);

bool rep_cause_names(const rep_cause_t *cause, const rep_cause_cell_t *cell);

#endif
