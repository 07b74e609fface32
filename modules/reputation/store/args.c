/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "args.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void rep_args_free(rep_args_t *args)
{
	free(args->arg);
	free(args->text);
	free(args->argv);
	free(args->argvlen);
	*args = (rep_args_t){0};
}

void rep_args_reset(rep_args_t *args)
{
	args->n = 0;
	args->used = 0;
	args->failed = false;
}

void rep_args_command(rep_args_t *args, const char *name)
{
	rep_args_reset(args);
	rep_args_text(args, name);
}

/* Room for one more argument; the three arrays grow together. */
static bool grow_list(rep_args_t *args)
{
	size_t room = args->room ? args->room * 2 : 64;
	void *a, *v, *l;

	if(args->n < args->room)
		return true;
	a = realloc(args->arg, room * sizeof(*args->arg));
	if(a)
		args->arg = a;
	v = realloc(args->argv, room * sizeof(*args->argv));
	if(v)
		args->argv = v;
	l = realloc(args->argvlen, room * sizeof(*args->argvlen));
	if(l)
		args->argvlen = l;
	if(!a || !v || !l)
		return false;
	args->room = room;
	return true;
}

static bool grow_text(rep_args_t *args, size_t more)
{
	size_t size = args->size ? args->size : 1024;
	char *text;

	while(size - args->used < more)
		size *= 2;
	if(size == args->size)
		return true;
	text = realloc(args->text, size);
	if(!text)
		return false;
	args->text = text;
	args->size = size;
	return true;
}

/* Copy `text`; where it stands goes to `*slot`. */
static bool keep(rep_args_t *args, rep_span_t text, struct rep_arg *slot)
{
	if(!grow_text(args, text.len + 1)) {
		args->failed = true;
		return false;
	}
	if(text.len > 0)
		memcpy(args->text + args->used, text.s, text.len);
	*slot = (struct rep_arg){args->used, text.len};
	args->used += text.len;
	return true;
}

void rep_args_span(rep_args_t *args, rep_span_t text)
{
	struct rep_arg slot;

	if(args->failed || !grow_list(args)) {
		args->failed = true;
		return;
	}
	if(keep(args, text, &slot))
		args->arg[args->n++] = slot;
}

void rep_args_text(rep_args_t *args, const char *text)
{
	rep_args_span(args, rep_span(text));
}

void rep_args_int(rep_args_t *args, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	rep_args_text(args, text);
}

void rep_args_patch_text(rep_args_t *args, size_t i, const char *text)
{
	struct rep_arg slot;

	if(i < args->n && keep(args, rep_span(text), &slot))
		args->arg[i] = slot;
}

void rep_args_patch(rep_args_t *args, size_t i, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	rep_args_patch_text(args, i, text);
}

bool rep_args_ready(rep_args_t *args)
{
	if(args->failed || args->n == 0)
		return false;
	for(size_t i = 0; i < args->n; i++) {
		args->argv[i] = args->text + args->arg[i].at;
		args->argvlen[i] = args->arg[i].len;
	}
	return true;
}
