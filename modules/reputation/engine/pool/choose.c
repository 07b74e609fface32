/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "choose.h"

#include "caps.h"
#include "dirty.h"
#include "lease.h"
#include "local.h"
#include "prefer.h"
#include "queue.h"
#include "slot.h"
#include "usable.h"
#include "../reply/calling_code.h"

/* ---- may it be used ----------------------------------------------------- */

static rep_skip_t why_not(const rep_pool_t *pool, const rep_number_t *number,
		const rep_ask_t *ask)
{
	if(!rep_number_suits(pool, number, ask->label))
		return REP_SKIP_MATCH;
	if(!rep_number_known(pool, number))
		return REP_SKIP_LOADING;
	if(!rep_number_allowed(pool, number, ask->route))
		return rep_number_rests(pool, number, ask->route) ? REP_SKIP_RESTS
														  : REP_SKIP_PROBATION;
	return rep_number_capped_until(pool, number, ask->now) ? REP_SKIP_CAPPED
														   : REP_SKIP_LEASE;
}

/* One that only lacks a lease has one asked for. */
static bool fits(
		rep_pool_t *pool, uint32_t i, const rep_ask_t *ask, rep_step_t *step)
{
	const rep_number_t *number = rep_number_at(pool, i);
	bool suits = ask->known || rep_number_suits(pool, number, ask->label);
	bool queues =
			suits && rep_number_queues(pool, number, ask->route, ask->now);
	bool may = queues && rep_number_leased(pool, number, ask->now);

	if(queues && !may)
		rep_number_mark(pool, i, REP_WANTS_LEASE);
	if(step)
		rep_trace_look(ask->trace, step, number->e164,
				may ? REP_SKIP_NONE : why_not(pool, number, ask));
	return may;
}

/* A choice under way. */
typedef struct search
{
	rep_pool_t *pool;
	const rep_ask_t *ask;
	bool sticky;
	unsigned looks; /* that are left */
	rep_prefer_t *prefer;
} search_t;

/* Of a set that is in `prefer`, so many of this prefix. */
static uint32_t first_that_fits(
		search_t *search, rep_e164_t prefix, uint32_t numbers)
{
	rep_step_t *step =
			rep_trace_step(search->ask->trace, prefix, numbers, search->sticky);
	uint32_t i;

	while(search->looks > 0
			&& (i = rep_prefer_next(search->prefer)) != REP_NONE) {
		search->looks--;
		if(fits(search->pool, i, search->ask, step))
			return i;
	}
	return REP_NONE;
}

static uint32_t of_ring(
		search_t *search, rep_e164_t prefix, const rep_ring_t *ring)
{
	rep_prefer_ring(search->prefer, search->pool, ring, search->ask->callee,
			search->sticky);
	return first_that_fits(search, prefix, ring->count);
}

/* ---- local match -------------------------------------------------------- */

/* Those of a group of few, from the longest prefix to the group's own. */
static uint32_t of_few(search_t *search, const rep_group_t *group)
{
	rep_e164_t callee = search->ask->callee;
	unsigned n_before = 0, digits = rep_group_common(group, callee), n;
	uint64_t entries[REP_GROUP_FEW];
	uint32_t i = REP_NONE;

	for(; i == REP_NONE && digits >= group->digits; digits--) {
		n = rep_group_list(group, callee, digits, entries);
		if(n == n_before)
			continue;
		n_before = n;
		rep_prefer_list(search->prefer, search->pool, entries, n, callee,
				search->sticky);
		i = first_that_fits(search, rep_e164_prefix(callee, digits), n);
	}
	return i;
}

static uint32_t local(search_t *search)
{
	const rep_group_t *groups[REP_TRACE_STEPS];
	rep_e164_t callee = search->ask->callee;
	unsigned from =
			rep_calling_code_digits(callee) + search->pool->policy.local_digits;
	unsigned n = 0;
	uint32_t i = REP_NONE;

	while(n < REP_TRACE_STEPS
			&& (groups[n] = rep_local_find(
						&search->pool->local, callee, from + n)))
		if(!groups[n++]->many)
			break;
	while(i == REP_NONE && n-- > 0)
		i = groups[n]->many
					? of_ring(search, groups[n]->prefix, &groups[n]->ring)
					: of_few(search, groups[n]);
	return i;
}

/* ---- the order ---------------------------------------------------------- */

/* The first in the order that is attested for a label without a queue. Looks at
 * every number. */
static uint32_t first_attested(rep_pool_t *pool, const rep_ask_t *ask)
{
	uint32_t n = rep_slab_count(&pool->numbers), first = REP_NONE;

	for(uint32_t i = 0; i < n; i++)
		if(fits(pool, i, ask, NULL)
				&& (first == REP_NONE
						|| rep_number_at(pool, i)->key
								   < rep_number_at(pool, first)->key))
			first = i;
	return first;
}

static uint32_t by_order(rep_pool_t *pool, const rep_ask_t *ask)
{
	rep_step_t *step =
			rep_trace_step(ask->trace, 0, pool->candidates.count, false);
	uint32_t i;

	if(!ask->known && pool->policy.require_attest) {
		i = first_attested(pool, ask);
	} else {
		rep_queue_open(pool, ask->route, ask->now);
		i = rep_queue_top(pool, ask->route, ask->now);
	}
	if(i != REP_NONE)
		rep_trace_look(
				ask->trace, step, rep_number_at(pool, i)->e164, REP_SKIP_NONE);
	return i;
}

uint32_t rep_choose(rep_pool_t *pool, const rep_ask_t *ask, rep_how_t *how)
{
	rep_prefer_t prefer;
	search_t search = {.pool = pool,
			.ask = ask,
			.sticky = pool->policy.sticky != 0,
			.looks = REP_CHOOSE_LOOKS,
			.prefer = &prefer};
	uint32_t i = REP_NONE;

	*how = REP_HOW_LOCAL;
	if(pool->policy.local_digits)
		i = local(&search);
	if(i == REP_NONE && search.sticky && pool->candidates.count) {
		*how = REP_HOW_STICKY;
		i = of_ring(&search, 0, &pool->candidates);
	}
	if(i == REP_NONE) {
		*how = REP_HOW_ORDER;
		i = by_order(pool, ask);
	}
	return i;
}
