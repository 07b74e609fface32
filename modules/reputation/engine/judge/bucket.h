/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buckets of time: evidence is kept in steps of `bucket_minutes`, over
 * `window_hours`. A bucket is named by its start, in minutes since 1970-01-01
 * UTC. Pure. */

#ifndef REP_BUCKET_H
#define REP_BUCKET_H

#include "policy.h"

#define REP_MS 1000				 /* ms a second */
#define REP_MINUTE (60 * REP_MS) /* ms */

/* Minutes since 1970; 0 for times before. */
static inline uint32_t rep_minute_of(rep_time_t now)
{
	return now > 0 ? (uint32_t)(now / REP_MINUTE) : 0;
}

/* The bucket that a minute falls into. */
static inline uint32_t rep_bucket_at(
		const rep_policy_t *policy, uint32_t minute)
{
	return minute - minute % policy->bucket_minutes;
}

/* The bucket of this moment. */
uint32_t rep_bucket_of(const rep_policy_t *policy, rep_time_t now);

/* The oldest bucket that still counts. */
uint32_t rep_bucket_oldest(const rep_policy_t *policy, rep_time_t now);

/* The newest bucket that counts: the next one, in which a proxy whose clock is
 * a little ahead counts already. */
uint32_t rep_bucket_newest(const rep_policy_t *policy, rep_time_t now);

/* The last bucket that is kept, a window beyond that: evidence of a clock that
 * is, or was, ahead. It counts when its time comes. */
uint32_t rep_bucket_last(const rep_policy_t *policy, rep_time_t now);

/* How many buckets a ring needs: the window's, a part of one, and the next
 * one. */
uint32_t rep_bucket_slots(const rep_policy_t *policy);

/* How far the present bucket has gone, as a share of `of`: 0 .. of. */
uint32_t rep_bucket_elapsed(
		const rep_policy_t *policy, rep_time_t now, uint32_t of);

#endif
