/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes due by number. */

#include "timer.h"

#include "caps.h"
#include "queue.h"
#include "slot.h"
#include "verdict.h"

bool rep_timer_run(rep_pool_t *pool, rep_time_t now, uint32_t max)
{
	uint32_t s = rep_seconds_of(now);

	while(pool->timer.count && pool->timer.entries[0].key <= s) {
		uint32_t i = pool->timer.entries[0].item;
		uint32_t key = (uint32_t)pool->timer.entries[0].key;
		rep_number_t *number = rep_number_at(pool, i);
		if(max-- == 0)
			return true;
		rep_heap_pop(&pool->timer);
		if(number->later == key)
			number->later = 0;
		if(number->wake != key)
			continue; /* out of date */
		number->wake = 0;
		if(!(number->flags & REP_LIVE)) {
			rep_number_reap(pool, i);
			continue;
		}
		rep_verdict_due(pool, i, now);
		rep_number_wake(pool, i, now);
	}
	return false;
}
