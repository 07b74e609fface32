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
	int pool;				  /* being read; REP_NO_POOL: it was refused */
	rep_policy_t policy, old; /* the new one, and that in force */
	bool known;				  /* `old` is one */
	bool keeps_policy, keeps_numbers;
	bool named[REP_POOLS_MAX];
	bool full;
	rep_pool_changes_t changes;
} rep_filling_t;

__attribute__((format(printf, 2, 3))) static void complain(
		rep_filling_t *f, const char *format, ...)
{
	char text[400];
	va_list ap;
	int n = snprintf(text, sizeof(text), "pool_file %.200s: ", f->path);

	va_start(ap, format);
	vsnprintf(text + n, sizeof(text) - (size_t)n, format, ap);
	va_end(ap);
	f->changes.errors++;
	f->error(f->ctx, text);
}

/* What this load did not name goes. */
static void sweep(rep_filling_t *f, int pool)
{
	uint32_t cursor = 0;
	rep_e164_t gone[256];
	bool more = true;
	size_t n;

	while(more) {
		more = rep_pool_sweep(
				f->registry, pool, f->load, false, &cursor, 256, gone, &n);
		f->changes.removed += (uint32_t)n;
	}
}

/* The pool that was being read is complete: its policy and what is gone. */
static void close_pool(rep_filling_t *f)
{
	if(f->pool == REP_NO_POOL)
		return;
	if(!f->keeps_policy)
		rep_pool_set_policy(f->registry, f->pool, &f->policy, f->now);
	if(!f->keeps_numbers)
		sweep(f, f->pool);
	f->pool = REP_NO_POOL;
}

static void on_pool(void *ctx, rep_span_t name)
{
	rep_filling_t *f = ctx;

	close_pool(f);
	f->known = rep_registry_find(f->registry, name) != REP_NO_POOL;
	f->pool = rep_registry_put(f->registry, name);
	f->keeps_policy = f->keeps_numbers = false;
	rep_policy_default(&f->policy);
	f->known = f->known && rep_pool_policy(f->registry, f->pool, &f->old);
	if(f->pool == REP_NO_POOL) {
		complain(f,
				"pool %.64s: not a name of 1 to 64 of A-Z a-z 0-9 _ -, "
				"or too many pools",
				name.s);
		return;
	}
	f->named[f->pool] = true;
	f->changes.pools++;
	f->changes.pools_added += !f->known;
}

/* The field keeps the value that is in force. */
static void on_bad_field(void *ctx, rep_span_t pool, rep_span_t field)
{
	rep_filling_t *f = ctx;
	char value[REP_POLICY_VALUE_MAX], why[160];
	const char *name;

	(void)pool;
	if(f->pool == REP_NO_POOL || !f->known)
		return;
	for(unsigned i = 0;
			(name = rep_policy_get(&f->old, i, value, sizeof(value))); i++)
		if(rep_span_is(field, name))
			rep_policy_parse(
					&f->policy, field, rep_span(value), why, sizeof(why));
}

static void on_unread(void *ctx, rep_span_t pool, const char *part)
{
	rep_filling_t *f = ctx;
	int known;

	if(!part) {
		known = rep_registry_find(f->registry, pool);
		if(known != REP_NO_POOL)
			f->named[known] = true;
	} else if(strcmp(part, "policy") == 0) {
		f->keeps_policy = true;
	} else {
		f->keeps_numbers = true;
	}
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
	if(!wrong)
		return;
	complain(f, "pool %.64s, policy %.60s: %s", pool.s, field.s, wrong);
	on_bad_field(f, pool, field);
}

static void put(rep_filling_t *f, rep_e164_t number, const rep_attrs_t *attrs,
		uint64_t hash)
{
	int put;

	if(rep_pool_same(f->registry, f->pool, number, hash, f->load))
		return;
	put = rep_pool_put(
			f->registry, f->pool, number, attrs, hash, f->load, f->now);
	f->changes.added += put == 1;
	f->changes.changed += put == 0;
	if(put < 0 && !f->full) {
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

	f->changes.errors++;
	f->error(f->ctx, sentence);
}

int rep_pool_file_load(const char *path, rep_registry_t *registry,
		uint32_t load, rep_time_t now,
		void (*error)(void *ctx, const char *sentence), void *ctx,
		rep_pool_changes_t *changes)
{
	rep_filling_t f = {.path = path,
			.registry = registry,
			.load = load,
			.now = now,
			.error = error,
			.ctx = ctx,
			.pool = REP_NO_POOL};
	const rep_pool_file_visitor_t to = {.ctx = &f,
			.pool = on_pool,
			.policy = on_policy,
			.number = on_number,
			.bad_field = on_bad_field,
			.unread = on_unread,
			.error = pass_error};
	int result = rep_pool_file_walk(path, &to);

	close_pool(&f);
	for(int i = 0; result == 0 && i < rep_registry_pools(registry); i++)
		if(!f.named[i] && rep_registry_name(registry, i)[0]) {
			f.changes.pools_removed++;
			sweep(&f, i);
			rep_registry_drop(registry, i);
		}
	if(changes)
		*changes = f.changes;
	return result;
}
