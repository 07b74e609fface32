/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a pool stops. */

#include "stop.h"

#include "caps.h"
#include "usable.h"

bool rep_pool_pauses(const rep_pool_t *pool, rep_time_t now)
{
	const rep_policy_t *policy = &pool->policy;

	return policy->status == REP_POOL_PAUSED
		   && (!policy->paused_until
				   || rep_seconds_of(now) < policy->paused_until);
}

rep_pick_t rep_pool_short(const rep_pool_t *pool, uint8_t r)
{
	const rep_policy_t *policy = &pool->policy;
	const uint32_t *in = pool->matching, *of = pool->by_state;
	uint32_t benched = in[REP_BENCHED] + (r ? pool->routes[r]->benched : 0);
	uint32_t all = in[REP_ACTIVE] + in[REP_PROBATION] + in[REP_BENCHED];
	uint32_t need = policy->min_available < all ? policy->min_available : all;

	if(of[REP_ACTIVE] + of[REP_PROBATION] + of[REP_BENCHED] == 0)
		return REP_PICK_EMPTY_POOL;
	if(all == 0)
		return REP_PICK_NO_MATCH;
	if(benched >= all)
		return REP_PICK_ALL_BENCHED;
	if(benched > policy->max_benched_share * all || all - benched < need)
		return REP_PICK_SHARE_BENCHED;
	return REP_PICKED;
}

rep_pick_t rep_pool_stop(const rep_pool_t *pool, uint8_t r)
{
	return pool->paused ? REP_PICK_POOL_PAUSED : rep_pool_short(pool, r);
}

bool rep_stop_rests(rep_pick_t stop)
{
	return stop == REP_PICK_ALL_BENCHED || stop == REP_PICK_SHARE_BENCHED;
}

bool rep_stop_is_whole(rep_pick_t stop)
{
	return stop == REP_PICK_POOL_PAUSED || stop == REP_PICK_EMPTY_POOL;
}

rep_pick_t rep_pool_refuses(const rep_pool_t *pool, uint8_t r)
{
	rep_pick_t stop = rep_pool_stop(pool, r);
	bool bad_too =
			rep_observed(pool) || pool->policy.on_exhausted == REP_LEAST_BAD;

	return rep_stop_rests(stop) && bad_too ? REP_PICKED : stop;
}
