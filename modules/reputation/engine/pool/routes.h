/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The labels of a pool's routes. */

#ifndef REP_ROUTES_H
#define REP_ROUTES_H

#include "labels.h"
#include "pool.h"

/* Route label -> index, made if need be; 0 (no route) when the table is full,
 * the label is too long, or there is no memory. */
uint32_t rep_route_put(rep_pool_t *pool, rep_span_t label);
/* The same, but none is made: 0 for one that is not known. */
uint32_t rep_route_find(const rep_pool_t *pool, rep_span_t label);
/* Index -> label; stays true while the pool is there. */
rep_span_t rep_route_label(const rep_pool_t *pool, uint32_t route);

#endif
