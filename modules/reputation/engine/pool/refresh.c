/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A look at every number. */

#include "refresh.h"

#include "ahead.h"
#include "candidates.h"
#include "queue.h"
#include "slot.h"
#include "standing.h"
#include "tags.h"
#include "verdict.h"

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
		rep_candidate_update(pool, i);
		rep_number_account(pool, number, 1);
		rep_number_follow_clock(pool, i, now);
		if(on_probation(pool, number)) /* the budget may have changed */
			rep_verdict_judge(pool, i, now);
		rep_number_wake(pool, i, now);
	}
	if(pool->refresh != REP_NONE && pool->refresh >= n)
		pool->refresh = REP_NONE;
	return pool->refresh != REP_NONE;
}
