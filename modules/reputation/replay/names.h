/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts by number: the same text has the same number. */

#ifndef REP_REPLAY_NAMES_H
#define REP_REPLAY_NAMES_H

#include "../engine/base/types.h"

/* All zero is an empty one. */
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

#endif
