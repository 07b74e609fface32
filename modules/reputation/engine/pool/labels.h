/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Labels of routes as text: one, or a list "a,b,c" in the order in which they
 * are tried. White space at the ends of a label counts for nothing. */

#ifndef REP_LABELS_H
#define REP_LABELS_H

#include "../base/text.h"

/* What a call is counted under: each a label, or "" for none. */
typedef struct rep_dims
{
	char route[REP_ROUTE_MAX + 1];	  /* the trunk */
	char campaign[REP_ROUTE_MAX + 1]; /* the list that the callee is from */
	char network[REP_ROUTE_MAX + 1];  /* the callee's carrier */
} rep_dims_t;

#define REP_ROUTES_LISTED 16 /* labels in one list, at most */

/* Is it one label? 1 to REP_ROUTE_MAX bytes, neither a comma nor a zero among
 * them. */
bool rep_route_fits(rep_span_t label);
/* Is it no route (empty), or one label? */
bool rep_route_or_none(rep_span_t label);
/* Is it no route, or a list of 1 to REP_ROUTES_LISTED labels? */
bool rep_routes_fit(rep_span_t routes);

/* A list as rep_item_next() walks through it: an empty one has one label, no
 * route. */
static inline rep_span_t rep_routes_of(rep_span_t list)
{
	return list.s ? list : rep_span("");
}

#endif
