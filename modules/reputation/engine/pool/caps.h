/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Caps: how often a number may be used in a minute, an hour and a day (of the
 * pool's clock), and at once; the warm-up among them. */

#ifndef REP_CAPS_H
#define REP_CAPS_H

#include "pool.h"

static inline uint32_t rep_seconds_of(rep_time_t now)
{
	return now > 0 ? (uint32_t)(now / 1000) : 0;
}

/* Days since 1970 by the pool's clock. */
uint32_t rep_day_of(const rep_pool_t *pool, rep_time_t now);

/* Which minute, hour or day it is, and when the one `at` ends, in seconds since
 * 1970. Calls at once are counted in 1, and those of a probation in the second
 * in which it began (0 = it is none): these do not end. `number` may be NULL
 * but for a probation. */
uint32_t rep_cap_at(const rep_pool_t *pool, const rep_number_t *number,
		rep_cap_t cap, rep_time_t now);
uint32_t rep_cap_end(const rep_pool_t *pool, rep_cap_t cap, uint32_t at);

/* How much of a window is used in the minute, hour or day `at`. */
uint32_t rep_window_used(const rep_window_t *window, uint32_t at);
bool rep_window_over(const rep_window_t *window, uint32_t at, uint32_t cap);
/* One more use, of the number and the pool; `taken` says of which windows. */
void rep_caps_use(rep_pool_t *pool, rep_number_t *number, rep_time_t now,
		rep_taken_t *taken);
/* That use was none: one less in those of its windows that still run. */
void rep_caps_give_back(
		rep_pool_t *pool, rep_number_t *number, const rep_taken_t *taken);

/* Is the number in its first days (`since`, policy `warmup`)? */
bool rep_number_warming(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);
/* The cap of a day in force: the least of policy, number and warm-up; 0 none. */
uint32_t rep_number_cap_day(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);

/* A call was judged whose verdict had that stamp. */
void rep_caps_tried(rep_number_t *number, rep_stamp_t stamp);

/* What counts against a cap. */
rep_window_t rep_number_window(const rep_number_t *number, rep_cap_t cap);
/* The cap in force; 0 = none. */
uint32_t rep_number_cap(const rep_pool_t *pool, const rep_number_t *number,
		rep_cap_t cap, rep_time_t now);

/* When the caps let the number go on, in seconds since 1970; 0 = now,
 * REP_UNTIL_HANG_UP = when a call ends. */
#define REP_UNTIL_HANG_UP UINT32_MAX
uint32_t rep_number_capped_until(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);

#endif
