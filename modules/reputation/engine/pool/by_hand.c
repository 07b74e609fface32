/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts by hand. */

#include "by_hand.h"

#include "index.h"
#include "lock.h"
#include "slot.h"
#include "verdict.h"
#include "../judge/bucket.h"

bool rep_pool_bench(rep_registry_t *registry, int id, rep_e164_t e164,
		uint32_t seconds, rep_reason_t reason, rep_time_t now)
{
	uint32_t i;
	rep_pool_t *pool = rep_number_lock(registry, id, e164, &i);

	if(!pool)
		return false;
	rep_verdict_bench(
			pool, i, 0, reason, (rep_time_t)seconds * REP_MS, NULL, now);
	rep_pool_unlock(pool);
	return true;
}

bool rep_pool_release(
		rep_registry_t *registry, int id, rep_e164_t e164, rep_time_t now)
{
	uint32_t i;
	rep_pool_t *pool = rep_number_lock(registry, id, e164, &i);
	const rep_routed_t *routed;

	if(!pool)
		return false;
	for(uint32_t r = rep_number_at(pool, i)->routed; r != REP_NONE;
			r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		if(routed->verdict.state != REP_ACTIVE)
			rep_verdict_restore(
					pool, i, routed->route, REP_ACTIVE, now, NULL, now);
	}
	if(rep_number_at(pool, i)->verdict.state != REP_ACTIVE)
		rep_verdict_restore(pool, i, 0, REP_ACTIVE, now, NULL, now);
	rep_pool_unlock(pool);
	return true;
}

bool rep_pool_reset(
		rep_registry_t *registry, int id, rep_e164_t e164, rep_time_t now)
{
	uint32_t i;
	rep_pool_t *pool;
	rep_verdict_t *verdict;
	rep_routed_t *routed;

	if(!rep_pool_release(registry, id, e164, now))
		return false;
	pool = rep_number_lock(registry, id, e164, &i);
	if(!pool)
		return false;
	verdict = &rep_number_at(pool, i)->verdict;
	verdict->reset = ++verdict->turn;
	verdict->strikes = 0;
	verdict->since = 0;
	for(uint32_t r = rep_number_at(pool, i)->routed; r != REP_NONE;
			r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		routed->verdict.strikes = 0;
		routed->verdict.turn++;
		routed->verdict.flags |= REP_VERDICT_DIRTY;
	}
	rep_verdict_forget(pool, i);
	rep_verdict_moved(pool, i, verdict, now);
	rep_pool_unlock(pool);
	return true;
}
