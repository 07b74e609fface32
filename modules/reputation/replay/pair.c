/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "pair.h"

#include <stdlib.h>

#include "../engine/reply/outcome.h"

#define SAME_ATTEMPT 1000 /* ms between two records of one */

bool replay_half_add(replay_pairs_t *pairs, const replay_half_t *half)
{
	if(pairs->n == pairs->room) {
		size_t room = pairs->room ? pairs->room + pairs->room / 2 : 4096;
		replay_half_t *grown = realloc(pairs->half, room * sizeof(*grown));

		if(!grown)
			return false;
		pairs->half = grown;
		pairs->room = room;
	}
	pairs->half[pairs->n++] = *half;
	return true;
}

/* By Call-ID, time, and place in the log; a BYE after its INVITE. */
static int compare(const void *left, const void *right)
{
	const replay_half_t *a = left, *b = right;

	if(a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if(a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->call < b->call ? -1 : a->call > b->call;
}

static bool same_attempt(const replay_call_t *a, const replay_call_t *b)
{
	return a->number == b->number && a->route == b->route
		   && a->outcome == b->outcome && b->at - a->at <= SAME_ATTEMPT;
}

static void end(
		replay_call_t *call, const replay_half_t *bye, rep_time_t short_ms)
{
	if(call->outcome != REP_ANSWERED && call->outcome != REP_SHORT)
		return;
	if(bye->unwanted)
		call->outcome = REP_UNWANTED;
	else if(short_ms && bye->at - call->at <= short_ms)
		call->outcome = REP_SHORT;
}

size_t replay_pairs_join(
		replay_pairs_t *pairs, replay_calls_t *calls, rep_time_t short_ms)
{
	replay_call_t *last = NULL;
	bool ended = false;
	size_t dropped = 0;

	if(pairs->n)
		qsort(pairs->half, pairs->n, sizeof(*pairs->half), compare);
	for(size_t i = 0; i < pairs->n; i++) {
		const replay_half_t *half = &pairs->half[i];

		if(i == 0 || half[-1].hash != half->hash)
			last = NULL;
		if(half->call == REPLAY_BYE) {
			if(last && !ended)
				end(last, half, short_ms);
			ended = true;
			continue;
		}
		if(last && !ended && same_attempt(last, &calls->call[half->call])) {
			calls->call[half->call].outcome = REP_OUTCOMES;
			dropped++;
			continue;
		}
		last = &calls->call[half->call];
		ended = false;
	}
	free(pairs->half);
	*pairs = (replay_pairs_t){0};
	return dropped;
}
