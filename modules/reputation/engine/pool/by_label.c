/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts by campaign and by network. */

#include "by_label.h"

#include "cells.h"
#include "index.h"
#include "lock.h"
#include "slot.h"
#include "strata.h"
#include "../judge/bucket.h"

static const char *const names[REP_DIMS] = {"campaign", "network"};

const char *rep_dim_name(rep_dim_t dim)
{
	return names[dim];
}

static unsigned index_of(const rep_stratum_t *stratum, rep_dim_t dim)
{
	return dim == REP_DIM_CAMPAIGN ? stratum->campaign : stratum->network;
}

static void count_pool(const rep_pool_t *pool, rep_dim_t dim, rep_counts_t *by)
{
	for(uint32_t s = 0; s < pool->n_strata; s++)
		rep_counts_add(
				&by[index_of(pool->strata[s], dim)], &pool->strata[s]->window);
}

static void count_number(const rep_pool_t *pool, const rep_number_t *number,
		rep_dim_t dim, rep_time_t now, rep_counts_t *by)
{
	uint32_t oldest = rep_bucket_oldest(&pool->policy, now);
	const rep_cell_head_t *cell;

	for(uint32_t ref = number->cells; ref != REP_NONE; ref = cell->next) {
		cell = rep_cell_at(pool, ref);
		if(cell->bucket < oldest)
			break;
		rep_cell_add(pool, ref, &by[index_of(rep_stratum_of(pool, cell), dim)]);
	}
}

static uint64_t calls_of(const rep_counts_t *counts)
{
	uint64_t n = 0;

	for(int o = 0; o < REP_OUTCOMES; o++)
		n += counts->n[o];
	return n;
}

/* Those with most calls, taken out of `by`. */
static size_t most_first(const rep_names_t *labels, rep_counts_t *by,
		rep_label_view_t *out, size_t max)
{
	size_t n = 0;

	for(; n < max; n++) {
		uint32_t most = 0;
		for(uint32_t i = 1; i < labels->n; i++)
			if(calls_of(&by[i]) > calls_of(&by[most]))
				most = i;
		if(!calls_of(&by[most]))
			break;
		strcpy(out[n].label, labels->at[most].text);
		out[n].counts = by[most];
		by[most] = (rep_counts_t){{0}};
	}
	return n;
}

size_t rep_view_by_label(rep_registry_t *registry, int id, rep_e164_t e164,
		rep_dim_t dim, rep_time_t now, rep_label_view_t *out, size_t max)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	rep_counts_t by[REP_ROUTES_MAX] = {0};
	const rep_names_t *labels;
	size_t n = 0;
	uint32_t i;

	if(!pool)
		return 0;
	labels = dim == REP_DIM_CAMPAIGN ? &pool->campaigns : &pool->networks;
	i = e164 && labels->n ? rep_number_find(pool, e164) : REP_NONE;
	if(labels->n && !e164)
		count_pool(pool, dim, by);
	if(i != REP_NONE)
		count_number(pool, rep_number_at(pool, i), dim, now, by);
	if(labels->n)
		n = most_first(labels, by, out, max);
	rep_pool_unlock(pool);
	/* a number without any label has nothing to be told apart by */
	return n == 1 && !out[0].label[0] ? 0 : n;
}

bool rep_view_dims(
		rep_registry_t *registry, int id, uint32_t n, rep_dims_t *out)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	bool known = false;

	if(!pool)
		return false;
	if(n < pool->n_routes) {
		rep_dims_of(pool, n, 0, 0, out);
		known = true;
	} else if(n - pool->n_routes < pool->n_strata) {
		rep_stratum_dims(pool, pool->strata[n - pool->n_routes], out);
		known = true;
	}
	rep_pool_unlock(pool);
	return known;
}
