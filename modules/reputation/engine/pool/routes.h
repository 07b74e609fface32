/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Labels of routes. */

#ifndef REP_ROUTES_H
#define REP_ROUTES_H

#include "pool.h"

/* ---- lists of labels: "a,b,c", in the order in which they are tried ----- */

#define REP_ROUTES_LISTED 16 /* labels in one list, at most */

/* Is it one label? 1 to REP_ROUTE_MAX bytes, neither a comma nor a zero among
 * them. White space at its ends counts for nothing, here and below. */
bool rep_route_fits(rep_span_t label);
/* Is it empty (no route), or a list of 1 to REP_ROUTES_LISTED labels? */
bool rep_routes_fit(rep_span_t routes);
/* A list as rep_item_next() walks through it: an empty one has one label, no
 * route. */
static inline rep_span_t rep_routes_of(rep_span_t list)
{
	return list.s ? list : rep_span("");
}

/* ---- the labels of a pool ----------------------------------------------- */

/* Route label -> index, made if need be; 0 (no route) when the table is full,
 * the label is too long, or there is no memory. */
uint32_t rep_route_put(rep_pool_t *pool, rep_span_t label);
/* The same, but none is made: 0 for one that is not known. */
uint32_t rep_route_find(const rep_pool_t *pool, rep_span_t label);
/* Index -> label; stays true while the pool is there. */
rep_span_t rep_route_label(const rep_pool_t *pool, uint32_t route);

#endif
