/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Caps. */

#include "caps.h"

#include "pools.h"

static const uint32_t seconds[REP_CAP_PERIODS] = {60, 3600, 86400};

uint32_t rep_window_used(const rep_window_t *window, uint32_t at)
{
	return window->at == at ? window->used : 0;
}

static void window_use(rep_window_t *window, uint32_t at)
{
	window->used = rep_window_used(window, at) + 1;
	window->at = at;
}

uint32_t rep_day_of(const rep_pool_t *pool, rep_time_t now)
{
	return (uint32_t)(((int64_t)rep_seconds_of(now) + pool->utc_offset)
					  / 86400);
}

/* Calls a day that the warm-up allows; 0 = the ramp is over, or there is
 * none. */
static uint32_t warmup_cap(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	int64_t age = (int64_t)rep_day_of(pool, now) - number->since_day;

	if(!number->since_day)
		return 0;
	for(uint32_t s = 0; s < pool->policy.warmup_stages; s++) {
		if(age < pool->policy.warmup[s].days)
			return pool->policy.warmup[s].calls;
		age -= pool->policy.warmup[s].days;
	}
	return 0;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return !a ? b : !b ? a : a < b ? a : b;
}

uint32_t rep_number_cap_day(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	uint32_t cap = number->cap_day ? number->cap_day : pool->policy.cap_day;

	return least(cap, warmup_cap(pool, number, now));
}

bool rep_number_warming(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	return warmup_cap(pool, number, now) > 0;
}

bool rep_window_over(const rep_window_t *window, uint32_t at, uint32_t cap)
{
	return cap && rep_window_used(window, at) >= cap;
}

/* When the probation began; all proxies have it from the verdict. */
static uint32_t trial_at(const rep_number_t *number)
{
	return number->verdict.state == REP_PROBATION
				   ? rep_seconds_of(number->verdict.since)
				   : 0;
}

uint32_t rep_cap_at(const rep_pool_t *pool, const rep_number_t *number,
		rep_cap_t cap, rep_time_t now)
{
	if(cap == REP_CAP_CONCURRENT)
		return 1;
	if(cap == REP_CAP_TRIAL)
		return number ? trial_at(number) : 0;
	return cap == REP_CAP_DAY ? rep_day_of(pool, now)
							  : rep_seconds_of(now) / seconds[cap];
}

uint32_t rep_cap_end(const rep_pool_t *pool, rep_cap_t cap, uint32_t at)
{
	int64_t end;

	if(cap >= REP_CAP_PERIODS)
		return UINT32_MAX;
	end = ((int64_t)at + 1) * seconds[cap];
	return (uint32_t)(cap == REP_CAP_DAY ? end - pool->utc_offset : end);
}

rep_window_t rep_number_window(const rep_number_t *number, rep_cap_t cap)
{
	if(cap == REP_CAP_CONCURRENT)
		return (rep_window_t){1, number->in_flight};
	if(cap == REP_CAP_TRIAL)
		return (rep_window_t){trial_at(number),
				rep_window_used(&number->tried, trial_at(number))
						+ number->in_flight};
	return number->windows[cap];
}

uint32_t rep_number_cap(const rep_pool_t *pool, const rep_number_t *number,
		rep_cap_t cap, rep_time_t now)
{
	switch(cap) {
		case REP_CAP_MINUTE:
			return pool->policy.cap_minute;
		case REP_CAP_HOUR:
			return pool->policy.cap_hour;
		case REP_CAP_CONCURRENT:
			return pool->policy.cap_concurrent;
		case REP_CAP_TRIAL:
			return trial_at(number) && !rep_observed(pool)
						   ? pool->policy.probation_calls
						   : 0;
		default:
			return rep_number_cap_day(pool, number, now);
	}
}

uint32_t rep_number_capped_until(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	const rep_policy_t *policy = &pool->policy;

	for(int c = REP_CAP_PERIODS - 1; c >= 0; c--) {
		rep_cap_t cap = (rep_cap_t)c;
		uint32_t at = rep_cap_at(pool, number, cap, now);

		if(rep_window_over(&number->windows[c], at,
				   rep_number_cap(pool, number, cap, now)))
			return rep_cap_end(pool, cap, at);
	}
	if(policy->cap_concurrent && number->in_flight >= policy->cap_concurrent)
		return REP_UNTIL_HANG_UP;
	return 0;
}

void rep_caps_use(rep_pool_t *pool, rep_number_t *number, rep_time_t now,
		rep_taken_t *taken)
{
	for(int c = 0; c < REP_CAP_PERIODS; c++) {
		taken->at[c] = rep_cap_at(pool, number, (rep_cap_t)c, now);
		window_use(&number->windows[c], taken->at[c]);
	}
	window_use(&pool->day, taken->at[REP_CAP_DAY]);
}

void rep_caps_tried(rep_number_t *number, rep_stamp_t stamp)
{
	uint32_t at = trial_at(number);

	if(at && stamp >> 8 == (number->verdict.turn & 0xff))
		window_use(&number->tried, at);
}

static void window_give_back(rep_window_t *window, uint32_t at)
{
	if(rep_window_used(window, at) > 0)
		window->used--;
}

void rep_caps_give_back(
		rep_pool_t *pool, rep_number_t *number, const rep_taken_t *taken)
{
	for(int c = 0; c < REP_CAP_PERIODS; c++)
		window_give_back(&number->windows[c], taken->at[c]);
	window_give_back(&pool->day, taken->at[REP_CAP_DAY]);
}
