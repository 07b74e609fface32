/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When many numbers shift at once it is not the numbers: what is it?
 *
 * Recent calls are held against long-term ones, in cells of one pool on one
 * route, by the weights of the three charts; docs/judge.md has the test and
 * its error rate. Pure functions on plain data. */

#ifndef REP_CAUSE_H
#define REP_CAUSE_H

#include "chart.h"

#define REP_CAUSE_CELLS 256 /* more are not looked at */

typedef struct rep_cause_cell
{
	uint32_t pool, route; /* the caller's own numbering */
	rep_counts_t recent;  /* the last hour, or however long the caller says */
	rep_counts_t past;	  /* long-term, without `recent`; best from the same
							 time of day */
} rep_cause_cell_t;

typedef enum rep_cause_kind
{
	REP_CAUSE_NONE,	  /* nothing shifted as a whole */
	REP_CAUSE_ROUTE,  /* one route, whichever pools use it: the carrier */
	REP_CAUSE_POOL,	  /* one pool, whichever routes it takes: its list or
						 campaign */
	REP_CAUSE_SEVERAL /* several pools at once: the practice, the network */
} rep_cause_kind_t;

typedef struct rep_cause
{
	rep_cause_kind_t kind;
	rep_chart_t chart; /* in which way they shifted */
	uint32_t pool;	   /* for REP_CAUSE_POOL */
	uint32_t route;	   /* for REP_CAUSE_ROUTE */
	float score;	   /* >= 1 with an alarm, below without */
	float shift;	   /* 1 = as far as the chart's weights say, 0 = none */
	bool beyond;	   /* a ceiling is passed: the numbers are not excused */
	rep_counts_t recent, past; /* of the cells that it names, added up */
} rep_cause_t;

/* What explains the cells best, if anything. `every`: how many times this is
 * asked, on average, between two alarms when all is well. To look for a second
 * cause, leave out the cells that the first names, and ask again. */
void rep_cause_find(const rep_charts_t *charts, const rep_cause_cell_t *cells,
		unsigned n, double arl0, rep_cause_t *cause);

#endif
