/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of the log, all in memory: 16 bytes each. */

#ifndef REP_REPLAY_CALLS_H
#define REP_REPLAY_CALLS_H

#include "names.h"

#define REPLAY_ROUTES_MAX 4096

typedef struct replay_call
{
	rep_time_t at;
	uint32_t number; /* index below */
	uint16_t route;	 /* index below */
	uint8_t outcome; /* rep_outcome_t; REP_OUTCOMES: to be dropped */
	uint8_t unused;
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
	uint32_t n_numbers, number_room;
	uint32_t *slots; /* of numbers, by hash: index + 1 */
	uint32_t n_slots;
	replay_names_t pools, routes;
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

#endif
