/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a call asks of the callee guard. */

#include "guarded.h"

#include "caps.h"
#include "usable.h"

/* Is there more to know of callees than is known here? */
static bool waits(const rep_pool_t *pool)
{
	const rep_registry_t *registry = pool->registry;

	return (!pool->guarded || !atomic_load(&registry->dnc_read))
		   && pool->policy.on_unknown == REP_WAIT && !rep_observed(pool)
		   && atomic_load_explicit(&registry->reach, memory_order_relaxed);
}

rep_pick_t rep_pool_guard(rep_pool_t *pool, rep_e164_t callee, rep_time_t now,
		bool chosen, rep_ticket_t *ticket)
{
	const rep_registry_t *registry = pool->registry;
	rep_pick_t result;

	if(!registry->guard)
		return REP_PICKED;
	if(rep_dnc_has(registry->dnc, callee))
		return REP_PICK_CALLEE_DNC;
	if(chosen && waits(pool))
		return REP_PICK_LOADING;
	result = rep_guard_check(registry->guard, pool->id, &pool->policy, callee,
			rep_seconds_of(now), ticket ? &ticket->tried : NULL);
	if(ticket && result == REP_PICKED)
		ticket->to = callee;
	return result;
}

void rep_pool_guard_outcome(rep_pool_t *pool, const rep_ticket_t *ticket,
		rep_outcome_t outcome, rep_time_t now)
{
	if(pool->registry->guard && ticket->to)
		rep_guard_outcome(pool->registry->guard, pool->id, &pool->policy,
				ticket->to, outcome, rep_seconds_of(now));
}
