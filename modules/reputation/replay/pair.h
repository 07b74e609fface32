/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kamailio's acc writes one record per transaction: an answered call is an
 * INVITE here and a BYE elsewhere, perhaps in another process's file, and a
 * call that failed may be written twice. They are brought together by
 * Call-ID. */

#ifndef REP_REPLAY_PAIR_H
#define REP_REPLAY_PAIR_H

#include "calls.h"

#define REPLAY_BYE SIZE_MAX /* in place of a call's index */

typedef struct replay_half
{
	uint64_t hash; /* of the Call-ID */
	rep_time_t at;
	size_t call; /* index, or REPLAY_BYE */
	bool unwanted;
} replay_half_t;

/* All zero is an empty one. */
typedef struct replay_pairs
{
	replay_half_t *half;
	size_t n, room;
} replay_pairs_t;

bool replay_half_add(replay_pairs_t *pairs, const replay_half_t *half);

/* Answered calls whose BYE came within `short_ms` become short, those whose
 * BYE says 607 unwanted, records of the same attempt REP_OUTCOMES. Before the
 * calls are sorted. Returns how many are to be dropped. Frees `pairs`. */
size_t replay_pairs_join(
		replay_pairs_t *pairs, replay_calls_t *calls, rep_time_t short_ms);

#endif
