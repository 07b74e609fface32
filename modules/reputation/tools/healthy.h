/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Healthy traffic made from a log: its calls at their times, each ending as a
 * healthy number's call might have ended there. */

#ifndef REP_REPLAY_HEALTHY_H
#define REP_REPLAY_HEALTHY_H

#include "calls.h"
#include "../engine/judge/spread.h"

/* A number rested from `from` to `to`. */
typedef struct replay_absence
{
	uint32_t number; /* of the log */
	rep_time_t from, to;
} replay_absence_t;

typedef struct replay_mixes
{
	float share[REP_JUDGED];
} replay_mixes_t;

/* All zero is an empty one. */
typedef struct replay_healthy
{
	const replay_calls_t *log; /* borrowed */
	rep_time_t first;
	size_t hours;
	replay_mixes_t *pool;	  /* over the log */
	replay_mixes_t *hour;	  /* by pool and hour of the log */
	replay_names_t labels;	  /* routes with campaigns and networks */
	uint16_t *label;		  /* of each call */
	replay_mixes_t *by_label; /* and pool: how far from the pool's */
	uint32_t *same; /* by call: 1 + the call before it that had the same callee
					   and ended the same way, 0 = none; NULL: no callees */
} replay_healthy_t;

/* The mixes of the log's pools by hour and label, without the calls of numbers
 * that rested (`absences` by time of their start). False without memory. */
bool replay_healthy_learn(replay_healthy_t *healthy, const replay_calls_t *log,
		const replay_absence_t *absences, size_t n);

/* The log's calls with other ends: those that say nothing of a number stay,
 * those that end as the callee's last call did still do, the others are drawn
 * from the mix of their hour and labels, tilted by the number's own mix and its
 * list's, anew each REP_LIST_CALLS. `spread` by pool of the log, INFINITY =
 * alike; the same `seed`, the same ends. `out` has room for all calls. False
 * without memory. */
bool replay_healthy_draw(const replay_healthy_t *healthy,
		const rep_spread_t *spread, uint64_t seed, replay_call_t *out);

void replay_healthy_free(replay_healthy_t *healthy);

#endif
