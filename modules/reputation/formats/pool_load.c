/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool file into the registry. */

#include "pool_load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <json-c/json.h>

#include "attrs.h"
#include "policy.h"
#include "pool_file.h"
#include "../engine/base/text.h"
#include "../engine/pool/numbers.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/registry.h"
#include "../engine/reply/e164.h"

typedef struct rep_filling
{
	const char *path;
	rep_registry_t *registry;
	uint32_t load;
	rep_time_t now;
	void (*error)(void *ctx, const char *sentence);
	void *ctx;
	int pool; /* being read; REP_NO_POOL: it was refused */
	rep_policy_t policy;
	bool named[REP_POOLS_MAX];
	bool full;
} rep_filling_t;

__attribute__((format(printf, 2, 3))) static void complain(
		const rep_filling_t *f, const char *format, ...)
{
	char text[400];
	va_list ap;
	int n = snprintf(text, sizeof(text), "pool_file %.200s: ", f->path);

	va_start(ap, format);
	vsnprintf(text + n, sizeof(text) - (size_t)n, format, ap);
	va_end(ap);
	f->error(f->ctx, text);
}

/* The pool that was being read is complete: its policy and what is gone. */
static void close_pool(rep_filling_t *f)
{
	uint32_t cursor = 0;
	rep_e164_t gone[256];
	size_t n;

	if(f->pool == REP_NO_POOL)
		return;
	rep_pool_set_policy(f->registry, f->pool, &f->policy, f->now);
	while(rep_pool_sweep(f->registry, f->pool, f->load, &cursor, 256, gone, &n))
		;
	f->pool = REP_NO_POOL;
}

static void on_pool(void *ctx, rep_span_t name)
{
	rep_filling_t *f = ctx;

	close_pool(f);
	f->pool = rep_registry_put(f->registry, name);
	rep_policy_default(&f->policy);
	if(f->pool == REP_NO_POOL)
		complain(f,
				"pool %.64s: not a name of 1 to 64 of A-Z a-z 0-9 _ -, "
				"or too many pools",
				name.s);
	else
		f->named[f->pool] = true;
}

static void on_policy(
		void *ctx, rep_span_t pool, rep_span_t field, rep_span_t value)
{
	rep_filling_t *f = ctx;
	char why[160];
	const char *wrong;

	if(f->pool == REP_NO_POOL)
		return;
	wrong = rep_policy_parse(&f->policy, field, value, why, sizeof(why));
	if(wrong)
		complain(f, "pool %.64s, policy %.60s: %s", pool.s, field.s, wrong);
}

static void put(rep_filling_t *f, rep_e164_t number, const rep_attrs_t *attrs,
		uint64_t hash)
{
	if(rep_pool_same(f->registry, f->pool, number, hash, f->load))
		return;
	if(rep_pool_put(f->registry, f->pool, number, attrs, hash, f->load, f->now)
					< 0
			&& !f->full) {
		f->full = true;
		complain(f, "there is no room for all its numbers (max_numbers)");
	}
}

static void on_number(void *ctx, rep_span_t pool, rep_span_t number,
		struct json_object *attributes)
{
	rep_filling_t *f = ctx;
	rep_attrs_text_t attrs;
	const char *wrong;
	rep_e164_t value;
	rep_e164_error_t error = rep_e164_parse(number, &value);
	char why[160];

	if(f->pool == REP_NO_POOL)
		return;
	if(error != REP_E164_OK) {
		complain(f, "pool %.64s, number %.40s: %s", pool.s, number.s,
				rep_e164_strerror(error));
		return;
	}
	wrong = rep_attrs_from(attributes, &attrs, why, sizeof(why));
	if(wrong) {
		complain(f, "pool %.64s, number %.40s: %s", pool.s, number.s, wrong);
		rep_pool_seen(f->registry, f->pool, value, f->load);
		return;
	}
	if(attrs.unknown[0])
		complain(f, "pool %.64s, number %.40s: %s is no attribute", pool.s,
				number.s, attrs.unknown);
	put(f, value, &attrs.attrs,
			rep_hash(rep_span(json_object_to_json_string_ext(
					attributes, JSON_C_TO_STRING_PLAIN))));
}

static void pass_error(void *ctx, const char *sentence)
{
	rep_filling_t *f = ctx;

	f->error(f->ctx, sentence);
}

int rep_pool_file_load(const char *path, rep_registry_t *registry,
		uint32_t load, rep_time_t now,
		void (*error)(void *ctx, const char *sentence), void *ctx)
{
	rep_filling_t f = {.path = path,
			.registry = registry,
			.load = load,
			.now = now,
			.error = error,
			.ctx = ctx,
			.pool = REP_NO_POOL};
	const rep_pool_file_visitor_t to = {
			&f, on_pool, on_policy, on_number, pass_error};
	int result = rep_pool_file_walk(path, &to);

	close_pool(&f);
	for(int i = 0; result == 0 && i < rep_registry_pools(registry); i++)
		if(!f.named[i] && rep_registry_name(registry, i)[0])
			rep_registry_drop(registry, i);
	return result;
}
