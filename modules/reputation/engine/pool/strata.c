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
	struct rep_name *at;

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

/* Is anything counted there, by a number or in the window? */
static bool in_use(const rep_stratum_t *stratum)
{
	uint32_t calls = stratum->cells;

	for(int o = 0; o < REP_OUTCOMES; o++)
		calls |= stratum->window.n[o];
	return calls != 0;
}

/* The place for a fresh name; 0 = there is none. */
static uint32_t fresh_name(rep_pool_t *pool, rep_names_t *names)
{
	uint64_t used = 1; /* a bit each */
	uint32_t i = 1;

	if(names->n < REP_ROUTES_MAX)
		return make_name_room(names) ? names->n++ : 0;
	for(uint32_t s = 0; s < pool->n_strata; s++)
		if(in_use(pool->strata[s]))
			used |= UINT64_C(1)
					<< (names == &pool->campaigns ? pool->strata[s]->campaign
												  : pool->strata[s]->network);
	while(i < REP_ROUTES_MAX && used >> i & 1)
		i++;
	if(i == REP_ROUTES_MAX)
		return 0;
	names->at[i].life++;
	return i;
}

static uint16_t name_put(rep_pool_t *pool, rep_names_t *names, rep_span_t name)
{
	uint32_t i = 1;

	name = rep_trim(name);
	if(name.len == 0)
		return 0;
	while(i < names->n && !rep_span_is(name, names->at[i].text))
		i++;
	if(!names->n)
		names->n = make_name_room(names);
	if(i >= names->n) {
		bool fits = name.len <= REP_ROUTE_MAX && !memchr(name.s, '\0', name.len)
					&& names->n;
		i = fits ? fresh_name(pool, names) : 0;
		if(!i) {
			atomic_fetch_add(&pool->registry->full_strata, 1);
			return 0;
		}
		memset(names->at[i].text, 0, sizeof(names->at[i].text));
		memcpy(names->at[i].text, name.s, name.len);
	}
	return (uint16_t)(names->at[i].life << 8 | i);
}

uint16_t rep_campaign_put(rep_pool_t *pool, rep_span_t name)
{
	return name_put(pool, &pool->campaigns, name);
}

uint16_t rep_network_put(rep_pool_t *pool, rep_span_t name)
{
	return name_put(pool, &pool->networks, name);
}

/* The place of a name, 0 if it has made room for another. */
static uint8_t place_of(const rep_names_t *names, uint32_t name)
{
	uint8_t i = (uint8_t)name;

	return i < names->n && names->at[i].life == name >> 8 ? i : 0;
}

static const char *text_of(const rep_names_t *names, uint32_t i)
{
	return i < names->n ? names->at[i].text : "";
}

void rep_stratum_dims(
		const rep_pool_t *pool, const rep_stratum_t *stratum, rep_dims_t *out)
{
	memset(out, 0, sizeof(*out));
	strcpy(out->route, pool->routes[stratum->route]->label);
	strcpy(out->campaign, text_of(&pool->campaigns, stratum->campaign));
	strcpy(out->network, text_of(&pool->networks, stratum->network));
}

void rep_dims_of(const rep_pool_t *pool, uint32_t route, uint32_t campaign,
		uint32_t network, rep_dims_t *out)
{
	rep_stratum_t as = {.route = (uint8_t)(route < pool->n_routes ? route : 0),
			.campaign = place_of(&pool->campaigns, campaign),
			.network = place_of(&pool->networks, network)};

	rep_stratum_dims(pool, &as, out);
}

bool rep_stratum_is(const rep_pool_t *pool, const rep_stratum_t *stratum,
		const rep_dims_t *dims)
{
	return strcmp(pool->routes[stratum->route]->label, dims->route) == 0
		   && strcmp(text_of(&pool->campaigns, stratum->campaign),
					  dims->campaign)
					  == 0
		   && strcmp(text_of(&pool->networks, stratum->network), dims->network)
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
	strata = rep_alloc(room * sizeof(void *));
	keys = rep_alloc(room * sizeof(*keys));
	if(!strata || !keys) {
		rep_free(strata);
		rep_free(keys);
		return false;
	}
	if(pool->n_strata) {
		memcpy(strata, pool->strata, pool->n_strata * sizeof(void *));
		memcpy(keys, pool->strata_keys, pool->n_strata * sizeof(*keys));
	}
	rep_free(pool->strata);
	rep_free(pool->strata_keys);
	pool->strata = strata;
	pool->strata_keys = keys;
	pool->strata_room = room;
	return true;
}

/* One in which nothing is counted any more; n_strata: there is none. */
static uint32_t first_idle(const rep_pool_t *pool)
{
	uint32_t s = 0;

	while(s < pool->n_strata
			&& (in_use(pool->strata[s])
					|| !(pool->strata[s]->campaign
							|| pool->strata[s]->network)))
		s++;
	return s;
}

/* A stratum of these labels; REP_NONE: there is no room, or no memory. */
static uint32_t make(rep_pool_t *pool, uint32_t key, const rep_stratum_t *as)
{
	bool labelled = as->campaign || as->network;
	uint32_t s = pool->n_strata;
	rep_stratum_t *stratum;

	if(labelled && s >= REP_STRATA_MAX - KEPT)
		s = first_idle(pool);
	if(s == pool->n_strata) {
		if(labelled && s >= REP_STRATA_MAX - KEPT)
			return REP_NONE;
		stratum = make_room(pool) ? rep_alloc(sizeof(*as)) : NULL;
		if(!stratum) {
			atomic_fetch_add(&pool->registry->full_memory, 1);
			return REP_NONE;
		}
		pool->strata[pool->n_strata++] = stratum;
	} else {
		rep_free(pool->strata[s]->rows);
	}
	*pool->strata[s] = *as;
	pool->strata_keys[s] = key;
	return s;
}

uint32_t rep_stratum_put(rep_pool_t *pool, uint32_t route, uint32_t campaign,
		uint32_t network, bool repeat)
{
	const rep_stratum_t as = {.route = (uint8_t)route,
			.campaign = place_of(&pool->campaigns, campaign),
			.network = place_of(&pool->networks, network),
			.repeat = repeat};
	uint32_t key = (uint32_t)as.route << 24 | (uint32_t)as.campaign << 16
				   | (uint32_t)as.network << 8 | repeat;
	uint32_t s = 0;

	while(s < pool->n_strata && pool->strata_keys[s] != key)
		s++;
	if(s == pool->n_strata)
		s = make(pool, key, &as);
	if(s == REP_NONE && (as.campaign || as.network)) {
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
