/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "publish.h"

#include <stdio.h>

#include "served.h"
#include "store_pool.h"
#include "../engine/pool/pools.h"

#define RATE_STEP_MS 1000
#define RATE_MS 10000 /* what rates fade with */

static void fade(double *rate, uint64_t n, int64_t span)
{
	double latest = (double)n * 1000 / (double)span;

	*rate += (latest - *rate) * (double)span / (double)(span + RATE_MS);
}

static void rates(rep_store_t *store, rep_store_status_t *s)
{
	const rep_traffic_t *now = &store->traffic, *before = &store->rated;
	int64_t at = rep_mono_ms(), span = at - store->rated_at;

	s->commands = now->commands;
	if(store->rated_at && span < RATE_STEP_MS)
		return;
	if(store->rated_at) {
		fade(&s->commands_per_second, now->commands - before->commands, span);
		fade(&s->sent_per_second, now->sent - before->sent, span);
		fade(&s->read_per_second, now->read - before->read, span);
	}
	store->rated = store->traffic;
	store->rated_at = at;
}

static void masters(rep_store_t *store, rep_store_status_t *s)
{
	const rep_nodes_t *nodes = store->link.nodes;

	s->masters = s->masters_up = 0;
	snprintf(s->role, sizeof(s->role), "%s",
			nodes && rep_link_any(&store->link) ? "cluster" : store->link.role);
	for(size_t i = 0; nodes && i < REP_MASTERS_MAX; i++) {
		s->masters += nodes->slots.at[i].port != 0;
		s->masters_up += nodes->link[i].ctx != NULL;
	}
	if(!nodes) {
		s->masters = 1;
		s->masters_up = rep_link_any(&store->link);
	}
}

static rep_uneven_t look_at(rep_store_t *store, const rep_store_pool_t *pool)
{
	return (rep_uneven_t){.pool = pool->index,
			.waiting = pool->mirror.n_dirty,
			.behind = pool->listed
					  && (!pool->known || !pool->placed || pool->unread),
			.away = rep_served_away(store, pool),
			.mismatches = pool->mismatches};
}

/* Where there are too many, those first that something is wrong with now. */
static void add_uneven(
		rep_store_status_t *s, const rep_uneven_t *one, uint32_t *wrong)
{
	bool now = one->waiting > 0 || one->behind || one->away;

	if(!now && one->mismatches == 0)
		return;
	if(!now && s->n_uneven < REP_UNEVEN)
		s->uneven[s->n_uneven++] = *one;
	if(!now || *wrong == REP_UNEVEN)
		return;
	if(s->n_uneven < REP_UNEVEN)
		s->n_uneven++;
	memmove(&s->uneven[*wrong + 1], &s->uneven[*wrong],
			(s->n_uneven - *wrong - 1) * sizeof(*one));
	s->uneven[(*wrong)++] = *one;
}

static void pools(rep_store_t *store, rep_store_status_t *s)
{
	uint32_t wrong = 0;

	s->waiting = s->behind = s->away = s->n_uneven = 0;
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		const rep_store_pool_t *pool = rep_store_pool_at(store, i);
		rep_uneven_t one;

		if(!pool)
			continue;
		one = look_at(store, pool);
		s->waiting += one.waiting;
		s->behind += one.behind;
		s->away += one.away;
		add_uneven(s, &one, &wrong);
	}
}

void rep_publish(rep_store_t *store)
{
	rep_store_status_t *s = store->status;

	rep_lock(&s->lock);
	rates(store, s);
	masters(store, s);
	pools(store, s);
	s->events = store->events;
	s->lost_events = store->lost_events;
	rep_unlock(&s->lock);
}
