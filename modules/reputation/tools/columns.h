/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns that a call log may have, the names they go by, and what one
 * record comes to. */

#ifndef REP_REPLAY_COLUMNS_H
#define REP_REPLAY_COLUMNS_H

#include "calls.h"

typedef enum replay_field
{
	REPLAY_TIME,
	REPLAY_NUMBER,
	REPLAY_CALLEE,
	REPLAY_POOL,
	REPLAY_ROUTE,
	REPLAY_CAMPAIGN,
	REPLAY_NETWORK, /* the callee's */
	REPLAY_STATUS,
	REPLAY_REASON, /* the reason phrase */
	REPLAY_REASON_HEADER,
	REPLAY_DURATION,
	REPLAY_OUTCOME,
	REPLAY_CALL_ID,
	REPLAY_METHOD,
	REPLAY_FIELDS /* how many there are; also "none of them" */
} replay_field_t;

/* One record: what it says, NULL where it says nothing. */
typedef struct replay_row
{
	rep_span_t field[REPLAY_FIELDS];
} replay_row_t;

const char *replay_field_name(replay_field_t field);
/* The n-th synonym of a field, NULL after the last. */
const char *replay_field_synonym(replay_field_t field, unsigned n);

#define REPLAY_ALIASES 32

/* What the user calls them: `--column number=ani2`. All zero = nothing. */
typedef struct replay_aliases
{
	struct
	{
		replay_field_t field;
		const char *name;
	} alias[REPLAY_ALIASES];
	unsigned n;
} replay_aliases_t;

/* "number=ani2"; the text must last. NULL, or what is wrong. */
const char *replay_alias_add(replay_aliases_t *aliases, const char *text);

/* The field that goes by this name, in any case, with spaces and dashes taken
 * for underscores; `*rank` 0 for the user's own name, 1 for the proper one, 2
 * and more for synonyms. */
replay_field_t replay_field_of(
		const replay_aliases_t *aliases, rep_span_t name, unsigned *rank);

/* Records of a file mostly have the same names in the same places. */
#define REPLAY_PLACES 64

typedef struct replay_places
{
	struct
	{
		char name[32];
		size_t len;
		replay_field_t field;
		unsigned rank;
	} place[REPLAY_PLACES];
} replay_places_t;

/* As replay_field_of(), for the name in place `i` of a record. */
replay_field_t replay_field_at(const replay_aliases_t *aliases,
		replay_places_t *places, unsigned i, rep_span_t name, unsigned *rank);

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

/* Whether the record's Reason header says 607, as a BYE's may. */
bool replay_row_unwanted(const replay_row_t *row);

#endif
