/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "pool_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <json-c/json.h>

#include "../engine/base/text.h"

#define DEPTH_MAX 16
#define SIZE_MAX_FILE (INT32_MAX - 1)

typedef struct rep_walk
{
	const char *path;
	const rep_pool_file_visitor_t *to;
} rep_walk_t;

__attribute__((format(printf, 2, 3))) static void complain(
		const rep_walk_t *w, const char *format, ...)
{
	char text[400];
	va_list ap;
	int n = snprintf(text, sizeof(text), "pool_file %.200s: ", w->path);

	va_start(ap, format);
	vsnprintf(text + n, sizeof(text) - (size_t)n, format, ap);
	va_end(ap);
	if(w->to->error)
		w->to->error(w->to->ctx, text);
}

static void unread(const rep_walk_t *w, const char *pool, const char *part)
{
	if(w->to->unread)
		w->to->unread(w->to->ctx, rep_span(pool), part);
}

/* The whole file, to be freed; NULL after an error. */
static char *read_file(const rep_walk_t *w, size_t *len)
{
	FILE *file = fopen(w->path, "r");
	char *text = NULL;
	long size;

	if(!file) {
		complain(w, "%s", strerror(errno));
		return NULL;
	}
	if(fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0
			&& size < SIZE_MAX_FILE && fseek(file, 0, SEEK_SET) == 0)
		text = malloc((size_t)size + 1);
	if(text) {
		*len = fread(text, 1, (size_t)size, file);
		text[*len] = '\0';
		if(ferror(file)) {
			free(text);
			text = NULL;
		}
	}
	if(!text)
		complain(w, "cannot be read into memory");
	fclose(file);
	return text;
}

static int line_of(const char *text, size_t at)
{
	int line = 1;

	for(size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

static bool blank(const char *text, size_t len)
{
	for(size_t i = 0; i < len; i++)
		if(!strchr(" \t\r\n", text[i]))
			return false;
	return true;
}

static struct json_object *parse(
		const rep_walk_t *w, const char *text, size_t len)
{
	struct json_tokener *t = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *root = NULL;
	enum json_tokener_error error;
	size_t end;

	if(!t) {
		complain(w, "no memory");
		return NULL;
	}
	end = rep_utf8_prefix((rep_span_t){text, len});
	if(end < len) {
		complain(w, "line %d: not JSON: invalid UTF-8", line_of(text, end));
		json_tokener_free(t);
		return NULL;
	}
	root = json_tokener_parse_ex(t, text, (int)len);
	error = json_tokener_get_error(t);
	end = json_tokener_get_parse_end(t);
	if(error == json_tokener_success && !blank(text + end, len - end))
		error = json_tokener_error_parse_unexpected;
	if(error != json_tokener_success) {
		complain(w, "line %d: not JSON: %s", line_of(text, end),
				error == json_tokener_continue
						? "it ends too early"
						: json_tokener_error_desc(error));
		json_object_put(root);
		root = NULL;
	} else if(!json_object_is_type(root, json_type_object)) {
		complain(w, "not a JSON object");
		json_object_put(root);
		root = NULL;
	}
	json_tokener_free(t);
	return root;
}

/* ---- walking ------------------------------------------------------------------ */

__attribute__((nonnull(2))) static void bad_field(
		const rep_walk_t *w, const char *pool, const char *field)
{
	if(w->to->bad_field)
		w->to->bad_field(w->to->ctx, rep_span(pool), rep_span(field));
	complain(
			w, "pool %s, policy %.60s: neither text nor a number", pool, field);
}

__attribute__((nonnull(2))) static void walk_policy(
		const rep_walk_t *w, const char *pool, struct json_object *policy)
{
	if(!json_object_is_type(policy, json_type_object)) {
		unread(w, pool, "policy");
		complain(w, "pool %s: policy is not an object", pool);
		return;
	}
	json_object_object_foreach(policy, field, value)
	{
		enum json_type type = json_object_get_type(value);

		if(type != json_type_string && type != json_type_int
				&& type != json_type_double)
			bad_field(w, pool, field);
		else if(w->to->policy)
			w->to->policy(w->to->ctx, rep_span(pool), rep_span(field),
					rep_span(json_object_get_string(value)));
	}
}

__attribute__((nonnull(2))) static void walk_list(
		const rep_walk_t *w, const char *pool, struct json_object *numbers)
{
	struct json_object *none = json_object_new_object();

	for(size_t i = 0; i < json_object_array_length(numbers); i++) {
		struct json_object *n = json_object_array_get_idx(numbers, i);

		if(!json_object_is_type(n, json_type_string))
			complain(w, "pool %s: number %zu of the list is not text", pool,
					i + 1);
		else if(w->to->number && none)
			w->to->number(w->to->ctx, rep_span(pool),
					rep_span(json_object_get_string(n)), none);
	}
	json_object_put(none);
}

__attribute__((nonnull(2))) static void walk_numbers(
		const rep_walk_t *w, const char *pool, struct json_object *numbers)
{
	if(json_object_is_type(numbers, json_type_array)) {
		walk_list(w, pool, numbers);
		return;
	}
	if(!json_object_is_type(numbers, json_type_object)) {
		unread(w, pool, "numbers");
		complain(w, "pool %s: numbers is neither an object nor a list", pool);
		return;
	}
	json_object_object_foreach(numbers, number, attributes)
	{
		if(w->to->number)
			w->to->number(
					w->to->ctx, rep_span(pool), rep_span(number), attributes);
	}
}

__attribute__((nonnull(2))) static void walk_pool(
		const rep_walk_t *w, const char *name, struct json_object *pool)
{
	if(!json_object_is_type(pool, json_type_object)) {
		unread(w, name, NULL);
		complain(w, "pool %.64s: not an object", name);
		return;
	}
	if(w->to->pool)
		w->to->pool(w->to->ctx, rep_span(name));
	json_object_object_foreach(pool, part, value)
	{
		if(strcmp(part, "policy") == 0)
			walk_policy(w, name, value);
		else if(strcmp(part, "numbers") == 0)
			walk_numbers(w, name, value);
		else
			complain(w, "pool %.64s: %.60s is neither policy nor numbers", name,
					part);
	}
}

int rep_pool_file_walk(const char *path, const rep_pool_file_visitor_t *to)
{
	rep_walk_t w = {path, to};
	struct json_object *root = NULL, *pools = NULL;
	size_t len = 0;
	char *text = read_file(&w, &len);

	if(text)
		root = parse(&w, text, len);
	free(text);
	if(!root)
		return -1;
	json_object_object_get_ex(root, "pools", &pools);
	if(!json_object_is_type(pools, json_type_object)) {
		complain(&w, "there is no object \"pools\"");
		json_object_put(root);
		return -1;
	}
	json_object_object_foreach(pools, name, pool)
	{
		walk_pool(&w, name, pool);
	}
	json_object_put(root);
	return 0;
}
