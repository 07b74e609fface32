/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One replay: the log's calls through a registry, by the log's own clock. */

#ifndef REP_REPLAY_RUN_H
#define REP_REPLAY_RUN_H

#include "bench_truth.h"
#include "calls.h"
#include "policies.h"
#include "progress.h"
#include "../engine/pool/event.h"

/* What a pool came to: counts by these. */
typedef enum replay_count
{
	REPLAY_N_NUMBERS,
	REPLAY_N_CALLS,
	REPLAY_N_WITHHELD,
	REPLAY_N_STOPPED, /* while the pool as a whole would have stopped */
	REPLAY_N_BENCHES,
	REPLAY_N_BENCHES_BY, /* this chart; then the other charts */
	REPLAY_N_RETURNS = REPLAY_N_BENCHES_BY + REP_CHARTS,
	REPLAY_N_RESTING, /* at the end */
	REPLAY_N_ALARMS,
	REPLAY_N_EXHAUSTED,
	REPLAY_N_REFUSED,
	REPLAY_N_EVIDENCE, /* calls that made the benches, added up */
	REPLAY_N_TRUTHS,   /* benches that were true; then replay_truth_t's rest */
	REPLAY_N_OUTCOMES = REPLAY_N_TRUTHS + REPLAY_UNKNOWN + 1, /* in the log */
	REPLAY_COUNTS = REPLAY_N_OUTCOMES + REP_OUTCOMES
} replay_count_t;

typedef struct replay_tally
{
	uint64_t n[REPLAY_COUNTS];
} replay_tally_t;

typedef struct replay_run
{
	/* to be set; the rest zero */
	const replay_calls_t *calls;
	const replay_policies_t *policies;
	const replay_setting_t *more; /* on top of the policies */
	size_t n_more;
	bool count_all; /* calls of those that rest are evidence too */
	bool tell;		/* complain about the policies */
	void (*event)(
			void *ctx, rep_registry_t *registry, const rep_event_t *event);
	void *ctx;
	replay_progress_t *progress;
	/* what came of it, by the registry's pools */
	rep_registry_t *registry;
	replay_tally_t *tally;
	uint64_t lost_events, lost_calls;
	/* the rest is the implementation's */
	rep_policy_t fresh;
	replay_benches_t benches;
	int *pool_of;	   /* of the log's pools, in the registry */
	uint32_t *pool_in; /* the reverse */
	bool *stopped;
	uint32_t *since; /* calls of a pool since the last tick */
	uint64_t event_cursor;
	rep_time_t ticked, asked, step;
} replay_run_t;

/* False when the policies cannot be read or there is no memory, after a
 * message. */
bool replay_run(replay_run_t *run);
void replay_run_free(replay_run_t *run);

#endif
