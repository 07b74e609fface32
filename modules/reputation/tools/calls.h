/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of the log, all in memory: 32 bytes each. */

#ifndef REP_REPLAY_CALLS_H
#define REP_REPLAY_CALLS_H

#include "../engine/base/types.h"

/* Texts by number: the same text has the same number. All zero is an empty
 * one. */
typedef struct replay_names
{
	char **text;
	uint32_t *slots;
	uint32_t n, room; /* of slots, a power of two */
} replay_names_t;

#define REPLAY_NO_NAME UINT32_MAX

/* The text's number, given one if need be; REPLAY_NO_NAME when there are
 * `max` of them already, or no memory. */
uint32_t replay_name_put(replay_names_t *names, rep_span_t text, uint32_t max);
/* The text's number, or REPLAY_NO_NAME. */
uint32_t replay_name_find(const replay_names_t *names, rep_span_t text);
void replay_names_free(replay_names_t *names);

typedef struct replay_call
{
	rep_time_t at;
	uint64_t callee; /* number, or what stands for one; 0 = unknown */
	uint32_t number; /* index below */
	uint16_t route, campaign, network; /* likewise */
	uint8_t outcome; /* rep_outcome_t; REP_OUTCOMES: to be dropped */
} replay_call_t;

typedef struct replay_number
{
	rep_e164_t e164;
	uint32_t pool; /* index below */
} replay_number_t;

/* All zero is an empty log. */
typedef struct replay_calls
{
	replay_call_t *call;
	size_t n, room, max;
	replay_number_t *number;
	uint32_t n_numbers;
	bool callees; /* some are known */
	size_t number_room;
	replay_names_t numbers, pools, routes, campaigns, networks;
} replay_calls_t;

/* Index of the number, made if need be; UINT32_MAX without memory. */
uint32_t replay_number_put(
		replay_calls_t *calls, uint32_t pool, rep_e164_t e164);
/* Index of the number, or UINT32_MAX. */
uint32_t replay_number_find(
		const replay_calls_t *calls, uint32_t pool, rep_e164_t e164);

/* False when there are `max` calls, or no memory. */
bool replay_call_add(replay_calls_t *calls, const replay_call_t *call);

/* Take out what is to be dropped. */
void replay_calls_drop(replay_calls_t *calls);

/* By time; calls of the same time stay in their order. `*moved`: whether
 * anything was out of order. False without memory. */
bool replay_calls_sort(replay_calls_t *calls, bool *moved);

void replay_calls_free(replay_calls_t *calls);

/* Kamailio's acc writes one record per transaction: an answered call is an
 * INVITE here and a BYE elsewhere, perhaps in another process's file, and a
 * call that failed may be written twice. They are brought together by
 * Call-ID. */
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
