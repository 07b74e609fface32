/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of a report: JSON objects, and words and shares in columns. */

#ifndef REP_REPLAY_LINES_H
#define REP_REPLAY_LINES_H

#include <stdio.h>
#include <json-c/json.h>

#include "../engine/judge/counts.h"

/* Add a member. Labels come from the log: what is not UTF-8 in a text is
 * replaced. A time is milliseconds since 1970, shown in words. */
void replay_add_text(
		struct json_object *to, const char *name, const char *text);
void replay_add_number(
		struct json_object *to, const char *name, double x, int decimals);
void replay_add_count(struct json_object *to, const char *name, uint64_t n);
void replay_add_time(struct json_object *to, const char *name, rep_time_t at);
/* Returns the new object, which is its parent's. */
struct json_object *replay_add_object(struct json_object *to, const char *name);
/* Prints and frees it. */
void replay_print_line(FILE *out, struct json_object *object);

/* A label as one word of a column: what would end it becomes _, nothing -. */
#define REPLAY_WORD 80
const char *replay_word(const char *text, char out[REPLAY_WORD]);
/* The shares of outcomes among so many calls, and the end of the line. */
void replay_print_mix(FILE *out, const uint64_t *outcomes, uint64_t calls);

#endif
