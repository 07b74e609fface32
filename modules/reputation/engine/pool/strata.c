/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strata. */

#include "strata.h"

#include "../base/text.h"

/* Room that is kept for those of a route alone, with and without repeats. */
#define KEPT (2 * REP_ROUTES_MAX)

/* ---- names -------------------------------------------------------------- */

static bool make_name_room(rep_names_t *names)
{
	uint32_t room = names->room ? names->room * 2 : 4;
	char(*at)[REP_ROUTE_MAX + 1];

	if(names->n < names->room)
		return true;
	at = rep_alloc(room * sizeof(*at));
	if(!at)
		return false;
	memset(at, 0, room * sizeof(*at));
	if(names->n)
		memcpy(at, names->at, names->n * sizeof(*at));
	rep_free(names->at);
	names->at = at;
	names->room = room;
	return true;
}

static uint8_t name_put(rep_pool_t *pool, rep_names_t *names, rep_span_t name)
{
	name = rep_trim(name);
	if(name.len == 0)
		return 0;
	for(uint32_t i = 1; i < names->n; i++)
		if(rep_span_is(name, names->at[i]))
			return (uint8_t)i;
	if(!names->n)
		names->n = make_name_room(names);
	if(names->n == REP_ROUTES_MAX || name.len > REP_ROUTE_MAX
			|| memchr(name.s, '\0', name.len) || !make_name_room(names)) {
		atomic_fetch_add(&pool->registry->full_strata, 1);
		return 0;
	}
	memcpy(names->at[names->n], name.s, name.len);
	return (uint8_t)names->n++;
}

uint8_t rep_campaign_put(rep_pool_t *pool, rep_span_t name)
{
	return name_put(pool, &pool->campaigns, name);
}

uint8_t rep_network_put(rep_pool_t *pool, rep_span_t name)
{
	return name_put(pool, &pool->networks, name);
}

static const char *name_of(const rep_names_t *names, uint32_t i)
{
	return i < names->n ? names->at[i] : "";
}

void rep_dims_of(const rep_pool_t *pool, uint32_t route, uint32_t campaign,
		uint32_t network, rep_dims_t *out)
{
	memset(out, 0, sizeof(*out));
	if(route < pool->n_routes)
		strcpy(out->route, pool->routes[route]->label);
	strcpy(out->campaign, name_of(&pool->campaigns, campaign));
	strcpy(out->network, name_of(&pool->networks, network));
}

bool rep_stratum_is(const rep_pool_t *pool, const rep_stratum_t *stratum,
		const rep_dims_t *dims)
{
	return strcmp(pool->routes[stratum->route]->label, dims->route) == 0
		   && strcmp(name_of(&pool->campaigns, stratum->campaign),
					  dims->campaign)
					  == 0
		   && strcmp(name_of(&pool->networks, stratum->network), dims->network)
					  == 0;
}

/* ---- strata ------------------------------------------------------------- */

static bool make_room(rep_pool_t *pool)
{
	uint32_t room = pool->strata_room ? pool->strata_room * 2 : 4;
	rep_stratum_t **strata;
	uint32_t *keys;

	if(pool->n_strata < pool->strata_room)
		return true;
	strata = rep_alloc(room * sizeof(*strata));
	keys = rep_alloc(room * sizeof(*keys));
	if(!strata || !keys) {
		rep_free(strata);
		rep_free(keys);
		return false;
	}
	if(pool->n_strata) {
		memcpy(strata, pool->strata, pool->n_strata * sizeof(*strata));
		memcpy(keys, pool->strata_keys, pool->n_strata * sizeof(*keys));
	}
	rep_free(pool->strata);
	rep_free(pool->strata_keys);
	pool->strata = strata;
	pool->strata_keys = keys;
	pool->strata_room = room;
	return true;
}

static uint32_t make(rep_pool_t *pool, uint32_t key, const rep_stratum_t *as)
{
	rep_stratum_t *stratum = make_room(pool) ? rep_alloc(sizeof(*as)) : NULL;

	if(!stratum) {
		atomic_fetch_add(&pool->registry->full_memory, 1);
		return REP_NONE;
	}
	*stratum = *as;
	rep_baseline_make(&stratum->baseline, &pool->charts, &stratum->window, 2);
	pool->strata[pool->n_strata] = stratum;
	pool->strata_keys[pool->n_strata] = key;
	return pool->n_strata++;
}

uint32_t rep_stratum_put(rep_pool_t *pool, uint32_t route, uint32_t campaign,
		uint32_t network, bool repeat)
{
	uint32_t key = route << 24 | campaign << 16 | network << 8 | repeat, s = 0;
	bool labelled = campaign || network;

	while(s < pool->n_strata && pool->strata_keys[s] != key)
		s++;
	if(s < pool->n_strata)
		return s;
	if(!labelled || s < REP_STRATA_MAX - KEPT)
		s = make(pool, key,
				&(rep_stratum_t){.route = (uint8_t)route,
						.campaign = (uint8_t)campaign,
						.network = (uint8_t)network,
						.repeat = repeat});
	else
		s = REP_NONE;
	if(s == REP_NONE && labelled) {
		atomic_fetch_add(&pool->registry->full_strata, 1);
		s = rep_stratum_put(pool, route, 0, 0, repeat);
	}
	return s;
}

void rep_strata_window(const rep_pool_t *pool, rep_counts_t *out)
{
	*out = (rep_counts_t){{0}};
	for(uint32_t s = 0; s < pool->n_strata; s++)
		rep_counts_add(out, &pool->strata[s]->window);
}

void rep_strata_clear(rep_pool_t *pool)
{
	for(uint32_t s = 0; s < pool->n_strata; s++) {
		rep_free(pool->strata[s]->rows);
		rep_free(pool->strata[s]);
	}
	rep_free(pool->strata);
	rep_free(pool->strata_keys);
	rep_free(pool->campaigns.at);
	rep_free(pool->networks.at);
}
