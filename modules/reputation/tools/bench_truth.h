/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who rests when, and what the log says of those who rest. */

#ifndef REP_REPLAY_BENCH_TRUTH_H
#define REP_REPLAY_BENCH_TRUTH_H

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
typedef struct replay_benches
{
	replay_rest_t *number; /* everywhere; the head of those on routes */
	uint32_t n_numbers;
	replay_rest_t *routed;
	uint32_t n_routed;
	replay_bench_t *bench;
	uint32_t n_benches;
	rep_heap_t due; /* seconds of returns */
} replay_benches_t;

#define REPLAY_EVERYWHERE UINT16_MAX

bool replay_benches_init(replay_benches_t *benches, uint32_t numbers);
void replay_benches_free(replay_benches_t *benches);

/* A number goes to rest until `until`, by the chart of `policy` against `mix`;
 * `chart` REP_CHARTS: by none. False without memory. */
bool replay_benches_begin(replay_benches_t *benches, uint32_t number,
		uint16_t route, rep_time_t until, int32_t pool,
		const rep_policy_t *policy, int chart, const float mix[REP_OUTCOMES]);
void replay_benches_end(
		replay_benches_t *benches, uint32_t number, uint16_t route);

/* The next time up to `at` at which a rest ends, taken off; 0 = none. */
rep_time_t replay_benches_due(replay_benches_t *benches, rep_time_t at);

/* The rest that a call falls into, or NULL. */
const replay_rest_t *replay_benches_at(const replay_benches_t *benches,
		uint32_t number, uint16_t route, rep_time_t at);

/* A call that fell into a rest ended so. */
void replay_benches_saw(
		replay_benches_t *benches, const replay_rest_t *rest, unsigned outcome);

/* What the calls after a bench say of it. */
typedef enum replay_truth
{
	REPLAY_TRUE,
	REPLAY_FALSE,
	REPLAY_UNKNOWN
} replay_truth_t;

replay_truth_t replay_bench_truth(const replay_bench_t *bench);

#endif
