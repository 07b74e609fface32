/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clocks that are, or were, ahead. */

#include "ahead.h"

#include "rows.h"
#include "slot.h"
#include "verdict.h"
#include "../judge/bucket.h"

#define SLICE 512

/* Are the rows to be made anew? */
static bool follow(rep_pool_t *pool, rep_time_t now)
{
	uint32_t newest = rep_bucket_newest(&pool->policy, now);
	uint32_t before = rep_bucket_newest(&pool->policy, pool->ticked_at);
	bool back = newest < pool->newest_row;

	if(now < pool->ticked_at) {
		pool->refresh = 0;
		memset(pool->held_until, 0, sizeof(pool->held_until));
	}
	pool->ticked_at = now;
	if(back && pool->newest_row > pool->newest_ahead)
		pool->newest_ahead = pool->newest_row;
	if(back || (newest > before && pool->newest_ahead > before))
		rep_rows_rebuild(pool, newest);
	pool->newest_row = newest;
	if(pool->newest_ahead <= newest)
		pool->newest_ahead = 0;
	return pool->refill != REP_NONE;
}

void rep_pool_follow_clock(rep_pool_t *pool, rep_time_t now)
{
	bool more;

	rep_lock(&pool->lock);
	more = follow(pool, now);
	rep_unlock(&pool->lock);
	while(more) {
		rep_lock(&pool->lock);
		more = rep_rows_refill(pool, SLICE);
		rep_unlock(&pool->lock);
	}
}

void rep_verdict_follow_clock(
		rep_pool_t *pool, uint32_t i, rep_verdict_t *verdict, rep_time_t now)
{
	rep_time_t ahead = verdict->since - now;

	if(ahead <= pool->policy.bucket_minutes * (rep_time_t)REP_MINUTE)
		return;
	verdict->turn++;
	verdict->since = now;
	if(verdict->until)
		verdict->until -= ahead / REP_MS * REP_MS;
	if(verdict->struck > now / REP_MS)
		verdict->struck = (uint32_t)(now / REP_MS);
	rep_number_at(pool, i)->trial = 0;
	rep_verdict_moved(pool, i, verdict, now);
}

void rep_number_follow_clock(rep_pool_t *pool, uint32_t i, rep_time_t now)
{
	rep_number_t *number = rep_number_at(pool, i);
	rep_routed_t *routed;

	rep_verdict_follow_clock(pool, i, &number->verdict, now);
	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		rep_verdict_follow_clock(pool, i, &routed->verdict, now);
	}
}
