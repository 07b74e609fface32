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

static uint32_t first_that_fits(rep_pool_t *pool, rep_prefer_t *prefer,
		const rep_ask_t *ask, rep_step_t *step, unsigned *looks)
{
	uint32_t i;

	while(*looks > 0 && (i = rep_prefer_next(prefer)) != REP_NONE) {
		--*looks;
		if(fits(pool, i, ask, step))
			return i;
	}
	return REP_NONE;
}

/* ---- local match -------------------------------------------------------- */

static bool is_sticky(const rep_pool_t *pool)
{
	return pool->policy.sticky != 0;
}

/* Those of a group of few, from the longest prefix to the group's own. */
static uint32_t local_few(rep_pool_t *pool, const rep_group_t *group,
		const rep_ask_t *ask, unsigned *looks)
{
	unsigned n_before = 0, digits = rep_group_common(group, ask->callee), n;
	uint64_t entries[REP_GROUP_FEW];
	uint32_t i = REP_NONE;
	rep_prefer_t prefer;

	for(; i == REP_NONE && digits >= group->digits; digits--) {
		n = rep_group_list(group, ask->callee, digits, entries);
		if(n == n_before)
			continue;
		n_before = n;
		rep_prefer_list(
				&prefer, pool, entries, n, ask->callee, is_sticky(pool));
		i = first_that_fits(pool, &prefer, ask,
				rep_trace_step(ask->trace, rep_e164_prefix(ask->callee, digits),
						n, is_sticky(pool)),
				looks);
	}
	return i;
}

static uint32_t local_many(rep_pool_t *pool, const rep_group_t *group,
		const rep_ask_t *ask, unsigned *looks)
{
	rep_prefer_t prefer;

	rep_prefer_ring(&prefer, pool, &group->ring, ask->callee, is_sticky(pool));
	return first_that_fits(pool, &prefer, ask,
			rep_trace_step(ask->trace, group->prefix, group->ring.count,
					is_sticky(pool)),
			looks);
}

static uint32_t local(rep_pool_t *pool, const rep_ask_t *ask, unsigned *looks)
{
	const rep_group_t *groups[REP_TRACE_STEPS];
	unsigned from =
			rep_calling_code_digits(ask->callee) + pool->policy.local_digits;
	unsigned n = 0;
	uint32_t i = REP_NONE;

	while(n < REP_TRACE_STEPS
			&& (groups[n] = rep_local_find(
						&pool->local, ask->callee, from + n)))
		if(!groups[n++]->many)
			break;
	while(i == REP_NONE && n-- > 0)
		i = groups[n]->many ? local_many(pool, groups[n], ask, looks)
							: local_few(pool, groups[n], ask, looks);
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
	unsigned looks = REP_CHOOSE_LOOKS;
	rep_prefer_t prefer;
	uint32_t i = REP_NONE;

	*how = REP_HOW_LOCAL;
	if(pool->policy.local_digits)
		i = local(pool, ask, &looks);
	if(i == REP_NONE && is_sticky(pool) && pool->candidates.count) {
		*how = REP_HOW_STICKY;
		rep_prefer_ring(&prefer, pool, &pool->candidates, ask->callee, true);
		i = first_that_fits(pool, &prefer, ask,
				rep_trace_step(ask->trace, 0, pool->candidates.count, true),
				&looks);
	}
	if(i == REP_NONE) {
		*how = REP_HOW_ORDER;
		i = by_order(pool, ask);
	}
	return i;
}
