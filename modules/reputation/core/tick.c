/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What time brings: policies in force, yardsticks, returns, ageing. Bounded
 * work under each hold of a lock. */

#include "inside.h"

#define SLICE 512
#define SWEEP_SLICE 128 /* each walks through all its cells */
#define SPARE_CELLS 512
#define MEASURE_EVERY 60000 /* ms */
#define MEASURE_LEAST 1000

/* ---- yardsticks ------------------------------------------------------ */

static uint32_t moved_since(
		const rep_counts_t *made_of, const rep_counts_t *now)
{
	uint32_t moved = 0;

	for(int o = 0; o < REP_JUDGED; o++)
		moved += now->n[o] > made_of->n[o] ? now->n[o] - made_of->n[o]
										   : made_of->n[o] - now->n[o];
	return moved;
}

static bool out_of_date(const rep_yardstick_t *yardstick,
		const rep_counts_t *window, bool long_ago)
{
	uint32_t moved = moved_since(&yardstick->window, window);

	return rep_yardstick_due(rep_counts_judged(&yardstick->window), moved)
		   || (long_ago && moved);
}

/* `r` REP_ROUTES_MAX: the pool as a whole. */
static void measure_one(rep_pool_t *pool, uint32_t r, bool force, bool long_ago)
{
	rep_yardstick_t fresh, *kept;
	rep_counts_t window;
	rep_charts_t charts;
	uint32_t made;
	unsigned runs;
	bool due;

	rep_lock(&pool->lock);
	kept = r == REP_ROUTES_MAX ? &pool->yardstick : &pool->routes[r]->yardstick;
	window = r == REP_ROUTES_MAX ? pool->window : pool->routes[r]->window;
	charts = pool->charts;
	made = pool->charts_made;
	runs = pool->n_routes > 1 ? 2 : 1;
	due = force || out_of_date(kept, &window, long_ago);
	rep_unlock(&pool->lock);
	if(!due)
		return;
	rep_yardstick_make(&fresh, &charts, &window, runs);
	rep_lock(&pool->lock);
	if(made == pool->charts_made) /* else another policy came meanwhile */
		*kept = fresh;
	rep_unlock(&pool->lock);
}

static void measure(rep_pool_t *pool, bool force, rep_time_t now)
{
	bool long_ago = force || now - pool->yardstick_at >= MEASURE_EVERY
					|| now < pool->yardstick_at;

	if(!long_ago && now - pool->measured_at < MEASURE_LEAST
			&& now >= pool->measured_at)
		return;
	pool->measured_at = now;
	if(long_ago)
		pool->yardstick_at = now;
	measure_one(pool, REP_ROUTES_MAX, force, long_ago);
	/* one route is the pool itself */
	for(uint32_t r = 0; pool->n_routes > 1 && r < pool->n_routes; r++)
		measure_one(pool, r, force, long_ago);
}

void rep_pool_measure(rep_pool_t *pool, rep_time_t now)
{
	measure(pool, true, now);
}

/* ---- policy ---------------------------------------------------------- */

static bool on_probation(const rep_pool_t *pool, const rep_number_t *number)
{
	const rep_routed_t *routed;
	bool on = number->verdict.state == REP_PROBATION;

	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		on |= routed->verdict.state == REP_PROBATION;
	}
	return on;
}

bool rep_pool_refresh(rep_pool_t *pool, rep_time_t now, uint32_t max)
{
	uint32_t n = rep_slab_count(&pool->numbers);

	for(; pool->refresh < n && max > 0; max--) {
		uint32_t i = pool->refresh++;
		rep_number_t *number = rep_number_at(pool, i);
		if(!(number->flags & REP_LIVE))
			continue;
		rep_number_account(pool, number, -1);
		rep_number_match(pool, number);
		rep_number_account(pool, number, 1);
		if(on_probation(pool, number)) /* the budget may have changed */
			rep_verdict_judge(pool, i, now);
		rep_number_wake(pool, i, now);
	}
	if(pool->refresh != REP_NONE && pool->refresh >= n)
		pool->refresh = REP_NONE;
	return pool->refresh != REP_NONE;
}

void rep_pool_set_policy(
		rep_book_t *book, int id, const rep_policy_t *policy, rep_time_t now)
{
	rep_pool_t *pool;
	rep_charts_t charts;
	bool more;

	if(id < 0 || id >= rep_book_pools(book))
		return;
	pool = book->pools[id];
	rep_charts_init(&charts, policy);
	rep_lock(&pool->lock);
	more = policy->window_hours != pool->policy.window_hours
		   || policy->bucket_minutes != pool->policy.bucket_minutes;
	pool->policy = *policy;
	pool->charts = charts;
	pool->charts_made++;
	if(more)
		rep_rows_rebuild(pool);
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
	rep_pool_measure(pool, now);
	do {
		rep_lock(&pool->lock);
		more = rep_pool_refresh(pool, now, SLICE);
		rep_unlock(&pool->lock);
	} while(more);
}

bool rep_pool_policy(rep_book_t *book, int id, rep_policy_t *out)
{
	rep_pool_t *pool = rep_pool_lock(book, id);

	if(!pool)
		return false;
	*out = pool->policy;
	rep_pool_unlock(pool);
	return true;
}

bool rep_pool_country(rep_book_t *book, int id, char out[3])
{
	rep_pool_t *pool = rep_pool_lock(book, id);

	if(!pool)
		return false;
	memcpy(out, pool->policy.default_country, 3);
	rep_pool_unlock(pool);
	return true;
}

void rep_pool_set_utc_offset(rep_book_t *book, int id, int32_t seconds)
{
	rep_pool_t *pool = rep_pool_lock(book, id);

	if(!pool)
		return;
	if(pool->utc_offset != seconds) {
		pool->utc_offset = seconds;
		pool->refresh = 0;
	}
	rep_pool_unlock(pool);
}

/* ---- ageing ---------------------------------------------------------- */

/* How far the look at all numbers is to have come: once a bucket, in its
 * first tenth, since that is when evidence grows too old. */
static uint32_t sweep_target(const rep_pool_t *pool, rep_time_t now, uint32_t n)
{
	int64_t bucket = pool->policy.bucket_minutes * (int64_t)60000;
	int64_t within = now > 0 ? now % bucket * 10 : 0;

	return within < bucket ? (uint32_t)(within * n / bucket) : n;
}

/* Numbers that nobody calls still have evidence that ages; their health is
 * published again as it does. */
static void age(rep_pool_t *pool, rep_time_t now, uint32_t oldest)
{
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
		rep_evidence_trim(pool, number, oldest);
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
	uint32_t oldest = rep_bucket_oldest(&pool->policy, now);
	bool more;

	rep_lock(&pool->lock);
	if(now < pool->ticked_at) /* the clock was set back */
		pool->refresh = 0;
	pool->ticked_at = now;
	rep_pool_check_stop(pool, now);
	more = rep_timer_run(pool, now, SLICE);
	more |= rep_pool_refresh(pool, now, SLICE);
	age(pool, now, oldest);
	reserve(pool);
	if(pool->yardstick_at / MEASURE_EVERY != now / MEASURE_EVERY)
		rep_rows_expire(pool, oldest);
	rep_unlock(&pool->lock);
	measure(pool, false, now);
	return more;
}

bool rep_book_tick(rep_book_t *book, rep_time_t now)
{
	bool more = false;

	if(!atomic_load(&book->started))
		atomic_store(&book->started, now);
	for(int i = 0; i < rep_book_pools(book); i++)
		if(atomic_load(&book->pools[i]->live))
			more |= tick_pool(book->pools[i], now);
	rep_alarms_tick(book, now);
	return more;
}
