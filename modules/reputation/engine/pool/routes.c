/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Labels of routes. */

#include "routes.h"

static uint32_t find_route(const rep_pool_t *pool, rep_span_t label)
{
	uint32_t r = 0;

	label = rep_trim(label);
	while(r < pool->n_routes && !rep_span_is(label, pool->routes[r]->label))
		r++;
	return r;
}

uint32_t rep_route_find(const rep_pool_t *pool, rep_span_t label)
{
	uint32_t r = find_route(pool, label);

	return r < pool->n_routes ? r : 0;
}

rep_span_t rep_route_label(const rep_pool_t *pool, uint32_t route)
{
	return (rep_span_t){pool->routes[route]->label, pool->routes[route]->len};
}

uint32_t rep_route_put(rep_pool_t *pool, rep_span_t label)
{
	rep_route_t *route;
	uint32_t found = find_route(pool, label);

	if(found < pool->n_routes)
		return found;
	label = rep_trim(label);
	if(pool->n_routes == REP_ROUTES_MAX || label.len > REP_ROUTE_MAX
			|| (label.len && memchr(label.s, '\0', label.len)))
		goto full;
	route = rep_alloc(sizeof(*route));
	if(!route)
		goto full;
	memset(route, 0, sizeof(*route));
	if(label.len)
		memcpy(route->label, label.s, label.len);
	route->len = (uint8_t)label.len;
	rep_baseline_make(&route->baseline, &pool->charts, &route->weighed, 2);
	pool->routes[pool->n_routes] = route;
	return pool->n_routes++;

full:
	atomic_fetch_add(&pool->registry->full_routes, 1);
	return 0;
}
