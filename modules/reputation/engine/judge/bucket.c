/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buckets of time. */

#include "bucket.h"

uint32_t rep_bucket_of(const rep_policy_t *policy, rep_time_t now)
{
	return rep_bucket_at(policy, rep_minute_of(now));
}

uint32_t rep_bucket_oldest(const rep_policy_t *policy, rep_time_t now)
{
	uint32_t newest = rep_bucket_of(policy, now);
	uint32_t window = policy->window_hours * 60;
	uint32_t span = window > policy->bucket_minutes
							? window - policy->bucket_minutes
							: 0;

	return newest > span ? newest - span : 0;
}

uint32_t rep_bucket_newest(const rep_policy_t *policy, rep_time_t now)
{
	return rep_bucket_of(policy, now) + policy->bucket_minutes;
}

uint32_t rep_bucket_last(const rep_policy_t *policy, rep_time_t now)
{
	return rep_bucket_newest(policy, now) + policy->window_hours * 60;
}

uint32_t rep_bucket_slots(const rep_policy_t *policy)
{
	return policy->window_hours * 60 / policy->bucket_minutes + 2;
}

uint32_t rep_bucket_elapsed(
		const rep_policy_t *policy, rep_time_t now, uint32_t of)
{
	int64_t bucket = policy->bucket_minutes * (int64_t)REP_MINUTE;

	return now > 0 ? (uint32_t)(now % bucket * of / bucket) : 0;
}
