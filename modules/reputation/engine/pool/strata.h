/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strata: calls on one route, of one campaign to one network. What a call is
 * counted in, and held against. A pool makes them as they come, up to
 * REP_STRATA_MAX; then those in which nothing is counted any more make room. */

#ifndef REP_STRATA_H
#define REP_STRATA_H

#include "labels.h"
#include "pool.h"

/* Name -> what names it from here on, made if need be; 0 (none) when there are
 * REP_ROUTES_MAX of them with calls in the window, when it is longer than
 * REP_ROUTE_MAX or holds a zero, or without memory. Its place in the pool, and
 * how many names stood there before: one that has made room is none. */
uint16_t rep_campaign_put(rep_pool_t *pool, rep_span_t name);
uint16_t rep_network_put(rep_pool_t *pool, rep_span_t name);

/* Labels -> the stratum's index, made if need be. When there are too many,
 * that of the route alone. REP_NONE without memory. */
uint32_t rep_stratum_put(rep_pool_t *pool, uint32_t route, uint32_t campaign,
		uint32_t network, bool repeat);

static inline const rep_stratum_t *rep_stratum_of(
		const rep_pool_t *pool, const rep_cell_head_t *cell)
{
	return pool->strata[cell->stratum];
}

/* Its labels as text, and those of a ticket. */
void rep_stratum_dims(
		const rep_pool_t *pool, const rep_stratum_t *stratum, rep_dims_t *out);
void rep_dims_of(const rep_pool_t *pool, uint32_t route, uint32_t campaign,
		uint32_t network, rep_dims_t *out);
/* Are these the labels of the stratum? */
bool rep_stratum_is(const rep_pool_t *pool, const rep_stratum_t *stratum,
		const rep_dims_t *dims);

/* Calls of the window, repeats among them, of all strata. */
void rep_strata_window(const rep_pool_t *pool, rep_counts_t *out);

void rep_strata_clear(rep_pool_t *pool);

#endif
