/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What time brings: returns, ageing, baselines. Bounded work under each hold of
 * a lock. */

#include "tick.h"

#include "ahead.h"
#include "alarm.h"
#include "dirty.h"
#include "evidence.h"
#include "measure.h"
#include "no_pool.h"
#include "pieces.h"
#include "pools.h"
#include "refresh.h"
#include "rows.h"
#include "slot.h"
#include "refusals.h"
#include "survey.h"
#include "timer.h"
#include "../judge/bucket.h"

#define SLICE 512
#define SWEEP_SLICE 128 /* each walks through all its cells */
#define SPARE_CELLS 512

/* How far the look at all numbers is to have come: once a bucket, in its
 * first tenth, since that is when evidence grows too old. */
static uint32_t sweep_target(const rep_pool_t *pool, rep_time_t now, uint32_t n)
{
	uint64_t target = (uint64_t)rep_bucket_elapsed(&pool->policy, now, n) * 10;

	return target < n ? (uint32_t)target : n;
}

/* Numbers that nobody calls still have evidence that ages; their health is
 * published again as it does. */
static void age(rep_pool_t *pool, rep_time_t now, uint32_t oldest)
{
	uint32_t last = rep_bucket_last(&pool->policy, now);
	uint32_t last_but_one =
			rep_bucket_of(&pool->policy, now) - pool->policy.bucket_minutes;
	uint32_t n = rep_slab_count(&pool->numbers);
	uint32_t target = sweep_target(pool, now, n);

	for(uint32_t k = 0; k < SWEEP_SLICE && pool->sweep != target; k++) {
		uint32_t i, before;
		rep_number_t *number;
		if(pool->sweep >= n)
			pool->sweep = 0;
		if(pool->sweep == target)
			break;
		i = pool->sweep++;
		number = rep_number_at(pool, i);
		if(!(number->flags & REP_LIVE) || number->cells == REP_NONE)
			continue;
		before = pool->narrow.spare + pool->wide.spare;
		rep_evidence_trim(pool, number, oldest, last);
		rep_pieces_fold(pool, i, last_but_one);
		if(before != pool->narrow.spare + pool->wide.spare)
			rep_number_mark(pool, i, REP_DIRTY_HEALTH);
	}
}

/* Memory that counting may need: asked for here, not on the way of a call. */
static void reserve(rep_pool_t *pool)
{
	uint32_t want =
			pool->live_numbers < SPARE_CELLS ? pool->live_numbers : SPARE_CELLS;

	while(pool->narrow.spare < want && rep_slab_grow(&pool->narrow) == 0)
		;
}

static bool tick_pool(rep_pool_t *pool, rep_time_t now)
{
	uint32_t oldest;
	bool more;

	rep_pool_follow_clock(pool, now);
	rep_lock(&pool->lock);
	oldest = rep_bucket_oldest(&pool->policy, now);
	rep_pool_check_stop(pool, now);
	more = rep_timer_run(pool, now, SLICE);
	more |= rep_pool_refresh(pool, now, SLICE);
	age(pool, now, oldest);
	reserve(pool);
	if(pool->baseline_at / REP_MINUTE != now / REP_MINUTE)
		rep_rows_expire(pool, oldest);
	rep_unlock(&pool->lock);
	rep_pool_measure(pool, false, now);
	return rep_pool_survey(pool, now) || more;
}

bool rep_registry_tick(rep_registry_t *registry, rep_time_t now)
{
	bool more = false;

	if(!atomic_load(&registry->started)
			|| now < atomic_load(&registry->started)) /* it was ahead */
		atomic_store(&registry->started, now);
	for(int i = 0; i < rep_registry_pools(registry); i++)
		if(atomic_load(&registry->pools[i]->live))
			more |= tick_pool(registry->pools[i], now);
	rep_no_pools_tick(registry, now);
	rep_alarms_tick(registry, now);
	return more;
}
