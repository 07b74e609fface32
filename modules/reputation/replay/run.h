/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One replay: the log's calls through a registry, by the log's own clock. */

#ifndef REP_REPLAY_RUN_H
#define REP_REPLAY_RUN_H

#include "calls.h"
#include "policies.h"
#include "progress.h"
#include "rests.h"
#include "../engine/pool/event.h"

/* What a pool came to. */
typedef struct replay_tally
{
	uint64_t calls, withheld;
	uint64_t stopped; /* while the pool as a whole would have stopped */
	uint64_t outcomes[REP_OUTCOMES]; /* of all its calls in the log */
	uint64_t benches[REP_CHARTS], returns;
	uint64_t alarms, exhausted, refused;
	uint64_t evidence; /* calls that made the benches, added up */
	uint64_t truths[REPLAY_UNKNOWN + 1]; /* of its benches */
	uint32_t numbers, resting;			 /* at the end */
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
	replay_rests_t rests;
	int *pool_of;	   /* of the log's pools, in the registry */
	uint32_t *pool_in; /* the reverse */
	bool *stopped;
	uint32_t *since; /* calls of a pool since the last tick */
	uint64_t event_cursor;
	rep_time_t ticked, step;
} replay_run_t;

/* False when the policies cannot be read or there is no memory, after a
 * message. */
bool replay_run(replay_run_t *run);
void replay_run_free(replay_run_t *run);

/* The mean number of calls that it took to bench, 0 = nothing was. */
double replay_tally_delay(const replay_tally_t *tally);
uint64_t replay_tally_benches(const replay_tally_t *tally);
/* Add one pool's to another's. */
void replay_tally_add(replay_tally_t *sum, const replay_tally_t *tally);

#endif
