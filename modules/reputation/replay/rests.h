/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who rests when, and what the log says of those who rest. */

#ifndef REP_REPLAY_RESTS_H
#define REP_REPLAY_RESTS_H

#include "../engine/base/heap.h"
#include "../engine/judge/counts.h"
#include "../engine/judge/policy.h"

typedef struct replay_bench
{
	uint32_t number;
	int32_t pool; /* in the registry */
	double after; /* log likelihood: as bad as its chart says, or healthy */
	float step[REP_JUDGED]; /* what a call adds to it */
} replay_bench_t;

typedef struct replay_rest
{
	rep_time_t until; /* 0 = none */
	uint32_t bench;	  /* index below */
	uint32_t next;	  /* the same number's on another route; index + 1 */
	uint16_t route;
} replay_rest_t;

/* All zero is an empty one, but for `number`. */
typedef struct replay_rests
{
	replay_rest_t *number; /* everywhere; the head of those on routes */
	uint32_t n_numbers;
	replay_rest_t *routed;
	uint32_t n_routed;
	replay_bench_t *bench;
	uint32_t n_benches;
	rep_heap_t due; /* seconds of returns */
} replay_rests_t;

#define REPLAY_EVERYWHERE UINT16_MAX

bool replay_rests_init(replay_rests_t *rests, uint32_t numbers);
void replay_rests_free(replay_rests_t *rests);

/* A number goes to rest until `until`, by the chart of `policy` against `mix`;
 * `chart` REP_CHARTS: by none. False without memory. */
bool replay_rests_begin(replay_rests_t *rests, uint32_t number, uint16_t route,
		rep_time_t until, int32_t pool, const rep_policy_t *policy, int chart,
		const float mix[REP_OUTCOMES]);
void replay_rests_end(replay_rests_t *rests, uint32_t number, uint16_t route);

/* The rest that a call falls into, or NULL. */
const replay_rest_t *replay_rests_at(const replay_rests_t *rests,
		uint32_t number, uint16_t route, rep_time_t at);

/* A call that fell into a rest ended so. */
void replay_rests_saw(
		replay_rests_t *rests, const replay_rest_t *rest, unsigned outcome);

/* What the calls after a bench say of it. */
typedef enum replay_truth
{
	REPLAY_TRUE,
	REPLAY_FALSE,
	REPLAY_UNKNOWN
} replay_truth_t;

replay_truth_t replay_bench_truth(const replay_bench_t *bench);

#endif
