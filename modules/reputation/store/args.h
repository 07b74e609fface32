/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arguments of one Redis command, put together piece by piece. Each is
 * sent with its length: no format string ever sees data. */

#ifndef REP_ARGS_H
#define REP_ARGS_H

#include "../engine/base/types.h"

struct rep_arg
{
	size_t at, len;
};

/* All zero is an empty list. Reused from command to command. */
typedef struct rep_args
{
	struct rep_arg *arg;
	size_t n, room;
	char *text;
	size_t used, size;
	const char **argv; /* made by rep_args_ready() */
	size_t *argvlen;
	bool failed; /* no memory: nothing may be sent */
} rep_args_t;

void rep_args_free(rep_args_t *args); /* leaves it empty */
void rep_args_reset(rep_args_t *args);
/* Start a command. */
void rep_args_command(rep_args_t *args, const char *name);

void rep_args_span(rep_args_t *args, rep_span_t text);
void rep_args_text(rep_args_t *args, const char *text);
void rep_args_int(rep_args_t *args, int64_t value);
/* Give argument number `i` another value. */
void rep_args_patch(rep_args_t *args, size_t i, int64_t value);
void rep_args_patch_text(rep_args_t *args, size_t i, const char *text);

/* Fills in argv and argvlen; false when memory was short. */
bool rep_args_ready(rep_args_t *args);

#endif
