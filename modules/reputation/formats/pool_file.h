/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pool file: {"pools": {"sales": {"policy": {"field": value, …},
 * "numbers": {"+1…": {attributes}, …} or ["+1…", …]}}} */

#ifndef REP_POOL_FILE_H
#define REP_POOL_FILE_H

#include "../engine/base/types.h"

struct json_object;

/* Who is told what the file says, in its order. Any may be NULL. */
typedef struct rep_pool_file_visitor
{
	void *ctx;
	void (*pool)(void *ctx, rep_span_t name);
	void (*policy)(
			void *ctx, rep_span_t pool, rep_span_t field, rep_span_t value);
	/* `attributes` is an object; checked by the visitor */
	void (*number)(void *ctx, rep_span_t pool, rep_span_t number,
			struct json_object *attributes);
	/* one sentence that names the file and the place */
	void (*error)(void *ctx, const char *sentence);
	/* a field whose value is of a wrong type: an error follows */
	void (*bad_field)(void *ctx, rep_span_t pool, rep_span_t field);
	/* what the file has in place of the pool, or of its `part` ("policy",
	 * "numbers"; else NULL), cannot be read: an error follows */
	void (*unread)(void *ctx, rep_span_t pool, const char *part);
} rep_pool_file_visitor_t;

/* 0, or -1 after one error when the file cannot be read or is not JSON of
 * that shape as a whole: nothing else was called then. Parts of a wrong type
 * are errors of their own, and passed over. */
int rep_pool_file_walk(const char *path, const rep_pool_file_visitor_t *to);

#endif
