/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Labels of routes. */

#ifndef REP_ROUTES_H
#define REP_ROUTES_H

#include "pool.h"

/* Route label -> index, made if need be; 0 (no route) when the table is full
 * or the label is too long. */
uint32_t rep_route_put(rep_pool_t *pool, rep_span_t label);
/* The same, but none is made: 0 for one that is not known. */
uint32_t rep_route_find(const rep_pool_t *pool, rep_span_t label);

#endif
