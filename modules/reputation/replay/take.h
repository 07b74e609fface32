/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one record of the log comes to. */

#ifndef REP_REPLAY_TAKE_H
#define REP_REPLAY_TAKE_H

#include "calls.h"
#include "fields.h"

typedef struct replay_take
{
	replay_calls_t *calls;
	const char *pool;	 /* where the record names none; NULL = refuse */
	const char *country; /* completes numbers without a plus; "" = refuse */
	int32_t utc_offset;	 /* as for replay_time_parse() */
	rep_time_t short_ms;
} replay_take_t;

/* Read the record into `call` (not added yet). NULL, or what is wrong with
 * it. */
const char *replay_take(const replay_take_t *take, const replay_row_t *row,
		replay_call_t *call);

/* The signs that the record's Reason header holds; a BYE's 607. */
bool replay_row_unwanted(const replay_row_t *row);

#endif
