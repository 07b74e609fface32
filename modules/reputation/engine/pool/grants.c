/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was granted, and what that means for those who wait for it. */

#include "grants.h"

#include "caps.h"
#include "dirty.h"
#include "index.h"
#include "lease.h"
#include "lock.h"
#include "queue.h"
#include "slot.h"

#define ASK_AGAIN \
	3 /* doublings of 1 s, while others hold what they may return */
#define ALL_USED 300 /* s, while they do not: picks may be cancelled */

static uint32_t less(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t wait_for(const rep_pool_t *pool, rep_leases_t *leases,
		const rep_lease_ask_t *ask, uint32_t young, rep_time_t now)
{
	uint32_t s = rep_seconds_of(now);
	uint32_t end = rep_cap_end(pool, (rep_cap_t)ask->cap, ask->at);

	if(young)
		return s + young / 1000 + 1;
	if(!ask->spare && !ask->left && ask->cap < REP_CAP_PERIODS)
		return less(end, s + ALL_USED);
	if(leases->refused < ASK_AGAIN)
		leases->refused++;
	return less(end, s + (1u << (leases->refused - 1)));
}

static void take(rep_lease_t *lease, const rep_lease_ask_t *ask, rep_time_t now)
{
	lease->heard = rep_seconds_of(now);
	lease->granted = ask->granted;
	lease->others = ask->others;
	lease->left = ask->left;
	lease->wanted = ask->wanted;
}

static void answer_number(rep_pool_t *pool, const rep_lease_ask_t *ask,
		uint32_t young, rep_time_t now)
{
	uint32_t i = rep_number_find(pool, ask->number);
	rep_number_t *number = i != REP_NONE ? rep_number_at(pool, i) : NULL;
	rep_leases_t *leases;
	rep_lease_t *lease;
	rep_window_t window;
	bool current;

	if(!number || number->leases == REP_NONE)
		return;
	leases = rep_slab_at(&pool->leases, number->leases);
	lease = rep_lease_of(leases, (rep_cap_t)ask->cap, ask->at);
	if(!lease)
		return;
	take(lease, ask, now);
	window = rep_number_window(number, (rep_cap_t)ask->cap);
	if(lease->wanted && rep_lease_rest(lease, &window))
		leases->told = 0; /* told, or given back, at the next exchange */
	current = ask->at == rep_cap_at(pool, number, (rep_cap_t)ask->cap, now);
	if(rep_number_leased(pool, number, now))
		number->lease_wait = leases->refused = 0;
	else if(current && ask->want == ask->have && lease->left)
		number->lease_wait = 0; /* there is some again */
	else if(current && ask->want > ask->have && !rep_lease_rest(lease, &window))
		number->lease_wait = wait_for(pool, leases, ask, young, now);
	rep_number_wake(pool, i, now);
}

void rep_pool_lease_answers(rep_registry_t *registry, int id,
		const rep_lease_ask_t *asks, size_t n, uint32_t young, rep_time_t now)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return;
	for(size_t k = 0; k < n; k++) {
		rep_lease_t *lease;

		if(asks[k].number) {
			answer_number(pool, &asks[k], young, now);
			continue;
		}
		lease = rep_lease_of(&pool->lease, (rep_cap_t)asks[k].cap, asks[k].at);
		if(lease)
			take(lease, &asks[k], now);
	}
	rep_pool_unlock(pool);
}

void rep_pool_lease_requeue(
		rep_registry_t *registry, int id, const rep_lease_ask_t *asks, size_t n)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return;
	for(size_t k = 0; k < n; k++) {
		uint32_t i = asks[k].number ? rep_number_find(pool, asks[k].number)
									: REP_NONE;

		if(!asks[k].number) {
			pool->wants_pool_lease = true;
		} else if(i != REP_NONE) {
			if(asks[k].want > asks[k].have)
				rep_number_mark(pool, i, REP_WANTS_LEASE);
			rep_number_mark(pool, i, REP_HAS_LEASE);
			if(rep_number_at(pool, i)->leases != REP_NONE)
				((rep_leases_t *)rep_slab_at(
						 &pool->leases, rep_number_at(pool, i)->leases))
						->told = 0;
		}
	}
	rep_pool_unlock(pool);
}
