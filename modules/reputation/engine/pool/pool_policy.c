/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy of a pool in force. */

#include "pool_policy.h"

#include "local.h"
#include "lock.h"
#include "measure.h"
#include "pools.h"
#include "refresh.h"
#include "rows.h"
#include "refusals.h"
#include "../judge/bucket.h"

#define SLICE 512

void rep_pool_set_policy(rep_registry_t *registry, int id,
		const rep_policy_t *policy, rep_time_t now)
{
	rep_pool_t *pool;
	rep_charts_t charts;
	bool more;

	if(id < 0 || id >= rep_registry_pools(registry))
		return;
	pool = registry->pools[id];
	rep_charts_init(&charts, policy);
	rep_lock(&pool->lock);
	more = policy->window_hours != pool->policy.window_hours
		   || policy->bucket_minutes != pool->policy.bucket_minutes;
	if(policy->local_digits != pool->policy.local_digits)
		rep_local_clear(&pool->local); /* made anew by the look at all */
	pool->policy = *policy;
	memset(&pool->quiet, 0, sizeof(pool->quiet));
	pool->charts = charts;
	pool->charts_made++;
	if(more)
		rep_rows_rebuild(pool, rep_bucket_newest(policy, now));
	else
		rep_rows_resum(pool);
	pool->refresh = 0;
	rep_pool_check_stop(pool, now);
	rep_unlock(&pool->lock);
	do {
		rep_lock(&pool->lock);
		more = rep_rows_refill(pool, SLICE);
		rep_unlock(&pool->lock);
	} while(more);
	rep_pool_measure(pool, true, now);
	do {
		rep_lock(&pool->lock);
		more = rep_pool_refresh(pool, now, SLICE);
		rep_unlock(&pool->lock);
	} while(more);
}

bool rep_pool_policy(rep_registry_t *registry, int id, rep_policy_t *out)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return false;
	*out = pool->policy;
	rep_pool_unlock(pool);
	return true;
}

bool rep_pool_pause(rep_registry_t *registry, int id, bool paused,
		uint32_t until, rep_time_t now)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return false;
	pool->policy.status = paused ? REP_POOL_PAUSED : REP_POOL_ACTIVE;
	pool->policy.paused_until = paused ? until : 0;
	rep_pool_check_stop(pool, now);
	rep_pool_unlock(pool);
	return true;
}

bool rep_pool_set_mode(rep_registry_t *registry, int id, rep_mode_t mode)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return false;
	if(pool->policy.mode != mode) {
		pool->policy.mode = mode;
		pool->refresh = 0;
	}
	rep_pool_unlock(pool);
	return true;
}

bool rep_pool_observes(rep_registry_t *registry, int id)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	bool observes = pool && rep_observed(pool);

	if(pool)
		rep_pool_unlock(pool);
	return observes;
}

bool rep_pool_country(rep_registry_t *registry, int id, char out[3])
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return false;
	memcpy(out, pool->policy.default_country, 3);
	rep_pool_unlock(pool);
	return true;
}

void rep_pool_set_utc_offset(rep_registry_t *registry, int id, int32_t seconds)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return;
	if(pool->utc_offset != seconds) {
		pool->utc_offset = seconds;
		pool->refresh = 0;
	}
	rep_pool_unlock(pool);
}
