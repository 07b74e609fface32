/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leases of caps. */

#include "lease.h"

#include "caps.h"
#include "dirty.h"
#include "pace.h"
#include "slot.h"

rep_lease_t *rep_lease_of(rep_leases_t *leases, rep_cap_t cap, uint32_t at)
{
	rep_lease_t *lease = &leases->of[cap][at & 1];

	return lease->at == at ? lease : NULL;
}

uint32_t rep_lease_rest(const rep_lease_t *lease, const rep_window_t *window)
{
	uint32_t used = rep_window_used(window, lease->at);

	return lease->granted > used ? lease->granted - used : 0;
}

/* A proxy that cannot ask has its fair share of the cap, if the policy says
 * so. */
static uint32_t share_of(const rep_pool_t *pool, uint32_t cap)
{
	uint32_t nodes = atomic_load(&pool->registry->nodes);

	if(pool->policy.caps != REP_SOFT
			|| atomic_load_explicit(
					&pool->registry->reach, memory_order_relaxed))
		return 0;
	return cap / (nodes ? nodes : 1);
}

static bool holds(const rep_pool_t *pool, const rep_number_t *number,
		const rep_leases_t *leases, rep_cap_t cap, const rep_window_t *window,
		uint32_t limit, rep_time_t now)
{
	uint32_t at = rep_cap_at(pool, number, cap, now);
	const rep_lease_t *lease = leases ? &leases->of[cap][at & 1] : NULL;

	if(rep_window_used(window, at) < share_of(pool, limit))
		return true;
	if(!lease || lease->at != at || !rep_lease_rest(lease, window))
		return false;
	return cap < REP_CAP_PERIODS
		   || rep_seconds_of(now) - lease->heard < REP_LEASE_ALIVE / 2;
}

static bool leasing(const rep_pool_t *pool)
{
	return atomic_load_explicit(&pool->registry->leases, memory_order_relaxed);
}

bool rep_number_limited(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	bool limited = false;

	for(int c = 0; leasing(pool) && c < REP_CAPS; c++)
		limited |= rep_number_cap(pool, number, (rep_cap_t)c, now) > 0;
	return limited;
}

bool rep_number_leased(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	const rep_leases_t *leases = number->leases != REP_NONE ? rep_slab_at(
										 &pool->leases, number->leases)
															: NULL;

	if(!leasing(pool))
		return true;
	for(int c = 0; c < REP_CAPS; c++) {
		rep_cap_t cap = (rep_cap_t)c;
		uint32_t limit = rep_number_cap(pool, number, cap, now);
		rep_window_t window = rep_number_window(number, cap);

		if(limit && !holds(pool, number, leases, cap, &window, limit, now))
			return false;
	}
	return true;
}

static bool day_over(rep_pool_t *pool, rep_time_t now)
{
	uint32_t limit = pool->policy.pool_cap_day;

	if(!limit)
		return false;
	if(rep_window_over(
			   &pool->day, rep_cap_at(pool, NULL, REP_CAP_DAY, now), limit))
		return true;
	if(!leasing(pool)
			|| holds(pool, NULL, &pool->lease, REP_CAP_DAY, &pool->day, limit,
					now))
		return false;
	pool->wants_pool_lease = true;
	return true;
}

/* Calls a second that this proxy may begin. */
static uint32_t rate_of(const rep_pool_t *pool, rep_time_t now)
{
	const rep_lease_t *lease = &pool->lease.of[REP_CAP_CONCURRENT][1];
	uint32_t limit = pool->policy.pool_cap_second;
	uint32_t rate = share_of(pool, limit);

	if(!leasing(pool))
		return limit;
	if(lease->at == 1 && lease->granted > rate
			&& rep_seconds_of(now) - lease->heard < REP_PACE_ALIVE / 2)
		rate = lease->granted;
	return rate < limit ? rate : limit;
}

static bool too_fast(rep_pool_t *pool, rep_time_t now)
{
	uint32_t limit = pool->policy.pool_cap_second, rate;

	if(!limit)
		return false;
	rate = rate_of(pool, now);
	if(rep_pace_used(&pool->pace, now) < rate
			&& rep_pace_ready(&pool->pace, now))
		return false;
	pool->wants_pace = rate < limit;
	return true;
}

bool rep_pool_capped(rep_pool_t *pool, rep_time_t now)
{
	return day_over(pool, now) || too_fast(pool, now);
}

void rep_pool_paced(rep_pool_t *pool, rep_time_t now)
{
	if(pool->policy.pool_cap_second)
		rep_pace_use(&pool->pace, rate_of(pool, now), now);
}

void rep_lease_used(rep_pool_t *pool, uint32_t i, rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);
	const rep_leases_t *leases;

	if(!leasing(pool) || number->leases == REP_NONE)
		return;
	leases = rep_slab_at(&pool->leases, number->leases);
	for(int c = 0; c < REP_CAPS; c++) {
		uint32_t at = rep_cap_at(pool, number, (rep_cap_t)c, now);
		const rep_lease_t *lease = &leases->of[c][at & 1];
		rep_window_t window = rep_number_window(number, (rep_cap_t)c);

		if(leases->size > 1 && lease->at == at && lease->left
				&& rep_lease_rest(lease, &window) < leases->size / 2u)
			rep_number_mark(pool, i, REP_WANTS_LEASE);
	}
}
