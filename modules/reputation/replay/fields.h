/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns that a call log may have, and the names they go by. */

#ifndef REP_REPLAY_FIELDS_H
#define REP_REPLAY_FIELDS_H

#include "../engine/base/types.h"

typedef enum replay_field
{
	REPLAY_TIME,
	REPLAY_NUMBER,
	REPLAY_POOL,
	REPLAY_ROUTE,
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

#endif
