/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callee guard and the do-not-call list of a registry. */

#include "guards.h"

#include "caps.h"
#include "lock.h"
#include "pool.h"

bool rep_guarded_create(rep_registry_t *registry, uint32_t max, uint8_t salt)
{
	registry->guard = rep_guard_create(max, salt);
	registry->dnc = registry->guard ? rep_dnc_create() : NULL;
	if(registry->dnc)
		return true;
	rep_guarded_destroy(registry);
	return false;
}

void rep_guarded_destroy(rep_registry_t *registry)
{
	rep_guard_destroy(registry->guard);
	rep_dnc_destroy(registry->dnc);
	registry->guard = NULL;
	registry->dnc = NULL;
}

rep_guard_t *rep_registry_guard(const rep_registry_t *registry)
{
	return registry->guard;
}

rep_dnc_t *rep_registry_dnc(const rep_registry_t *registry)
{
	return registry->dnc;
}

/* ---- attempts ---------------------------------------------------------------- */

void rep_ticket_tries(rep_registry_t *registry, rep_ticket_t *ticket,
		rep_e164_t callee, bool probe, rep_time_t now)
{
	rep_pool_t *pool;

	ticket->to = ticket->tried = 0;
	if(!registry->guard || probe)
		return;
	pool = rep_pool_lock(registry, ticket->pool);
	if(!pool)
		return;
	ticket->to = callee;
	ticket->tried = rep_guard_note(registry->guard, pool->id, &pool->policy,
			callee, rep_seconds_of(now));
	rep_pool_unlock(pool);
}

void rep_ticket_untry(rep_registry_t *registry, rep_ticket_t *ticket)
{
	if(registry->guard && ticket->tried)
		rep_guard_untry(
				registry->guard, ticket->pool, ticket->to, ticket->tried);
	ticket->tried = 0;
}

/* ---- by hand ----------------------------------------------------------------- */

/* `set`: in which of the list it stands, or stood. */
static void tell_listed(
		rep_guard_t *guard, rep_e164_t callee, int set, bool gone)
{
	rep_guard_fact_t fact = {.callee = callee,
			.pool = REP_GUARD_ALL,
			.until = UINT32_MAX,
			.kind = REP_GUARD_LISTED,
			.n = (uint8_t)(set == REP_DNC_HELD ? 0 : set),
			.gone = gone};

	rep_guard_tell(guard, &fact);
}

bool rep_registry_suppress(rep_registry_t *registry, rep_e164_t callee,
		uint32_t seconds, rep_time_t now)
{
	uint32_t from = rep_seconds_of(now);

	if(seconds > 0)
		return rep_guard_suppress(registry->guard, callee,
				seconds < UINT32_MAX - from ? from + seconds : UINT32_MAX,
				from);
	if(rep_dnc_put(registry->dnc, REP_DNC_HELD, callee) == REP_DNC_FULL)
		return false;
	tell_listed(registry->guard, callee, REP_DNC_HELD, false);
	return true;
}

bool rep_registry_unsuppress(
		rep_registry_t *registry, rep_e164_t callee, rep_time_t now)
{
	bool listed = false;
	int set;

	while((set = rep_dnc_remove(registry->dnc, callee)) >= 0) {
		tell_listed(registry->guard, callee, set, true);
		listed = true;
	}
	return rep_guard_suppress(registry->guard, callee, 0, rep_seconds_of(now))
		   || listed;
}

/* ---- readings ------------------------------------------------------------------ */

void rep_pool_guarded(rep_registry_t *registry, int id)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return;
	pool->guarded = true;
	rep_pool_unlock(pool);
}

void rep_registry_dnc_read(rep_registry_t *registry)
{
	atomic_store(&registry->dnc_read, true);
}
