/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:policy:{POOL}: each field overrides a default; a malformed one keeps
 * the value that was last good. */

#include "policy_sync.h"

#include <stdlib.h>

#include "errors.h"
#include "keys.h"
#include "log.h"
#include "pipe.h"
#include "say.h"
#include "../engine/base/text.h"
#include "../engine/pool/pool_policy.h"
#include "../formats/policy.h"

#define FIELDS_MAX 1000

void rep_policy_forget(rep_store_pool_t *pool)
{
	for(size_t i = 0; i < pool->n_good; i++) {
		free(pool->good[i].field);
		free(pool->good[i].value);
	}
	free(pool->good);
	pool->good = NULL;
	pool->n_good = 0;
	pool->policy_known = false;
}

static rep_good_t *find_good(rep_store_pool_t *pool, rep_span_t field)
{
	for(size_t i = 0; i < pool->n_good; i++)
		if(rep_span_is(field, pool->good[i].field))
			return &pool->good[i];
	return NULL;
}

static char *copy(rep_span_t text)
{
	char *s = malloc(text.len + 1);

	if(s) {
		if(text.len)
			memcpy(s, text.s, text.len);
		s[text.len] = '\0';
	}
	return s;
}

/* Without memory the value is in force all the same, it is only not there to
 * fall back upon. */
static void keep_good(
		rep_store_pool_t *pool, rep_span_t field, rep_span_t value)
{
	rep_good_t *good = find_good(pool, field);
	char *text = copy(value);

	if(!good && text) {
		rep_good_t *more =
				realloc(pool->good, (pool->n_good + 1) * sizeof(*pool->good));

		if(!more) {
			free(text);
			return;
		}
		pool->good = more;
		good = &more[pool->n_good];
		*good = (rep_good_t){.field = copy(field)};
		if(!good->field) {
			free(text);
			return;
		}
		pool->n_good++;
	}
	if(!text)
		return;
	free(good->value);
	good->value = text;
	good->used = true;
}

/* Forget the last good values of fields that are no longer there. */
static void drop_unused(rep_store_pool_t *pool)
{
	size_t n = 0;

	for(size_t i = 0; i < pool->n_good; i++) {
		if(pool->good[i].used) {
			pool->good[n++] = pool->good[i];
		} else {
			free(pool->good[i].field);
			free(pool->good[i].value);
		}
	}
	pool->n_good = n;
}

static void set_field(rep_store_t *store, rep_store_pool_t *pool,
		rep_policy_t *policy, const char *key, rep_span_t field,
		rep_span_t value)
{
	char why[160];
	const char *wrong =
			rep_policy_parse(policy, field, value, why, sizeof(why));
	rep_good_t *good;

	if(!wrong) {
		keep_good(pool, field, value);
		return;
	}
	rep_error_refused(store, &pool->policy_round, key, field, wrong);
	good = find_good(pool, field);
	if(!good)
		return;
	rep_policy_set(policy, field, rep_span(good->value), why, sizeof(why));
	good->used = true;
}

static void set_ttl(rep_store_pool_t *pool, const rep_policy_t *policy)
{
	uint64_t record = (uint64_t)policy->rest_max + policy->strike_decay_seconds
					  + (uint64_t)policy->window_hours * 3600 + 86400;

	pool->ttl = (policy->window_hours + 24) * 3600;
	pool->record_ttl = record > INT32_MAX ? INT32_MAX : (uint32_t)record;
}

/* HGETALL gives the fields in any order: what counts is their sum. */
static uint64_t hash_fields(const redisReply *reply)
{
	uint64_t sum = 1;

	for(size_t i = 0; i + 1 < reply->elements; i += 2)
		sum += (rep_hash(rep_reply_span(reply->element[i])) * 31)
			   ^ rep_hash(rep_reply_span(reply->element[i + 1]));
	return sum;
}

static void apply(rep_store_t *store, rep_store_pool_t *pool,
		const redisReply *reply, const char *key)
{
	rep_policy_t policy;

	rep_policy_default(&policy);
	rep_round_begin(store, &pool->policy_round, key);
	for(size_t i = 0; i < pool->n_good; i++)
		pool->good[i].used = false;
	for(size_t i = 0; i + 1 < reply->elements; i += 2)
		set_field(store, pool, &policy, key, rep_reply_span(reply->element[i]),
				rep_reply_span(reply->element[i + 1]));
	drop_unused(pool);
	rep_round_end(store, &pool->policy_round, key);
	rep_pool_set_policy(store->registry, pool->index, &policy, store->clock());
	set_ttl(pool, &policy);
	if(!pool->policy_known)
		return;
	rep_say(store, REP_LOG_INFO, "%s is edited: %zu fields", key,
			reply->elements / 2);
	store->next_exchange = 0; /* new caps want leases */
}

/* The whole key as it is wrong: one error, nothing changes. */
static void refuse(rep_store_t *store, rep_store_pool_t *pool, const char *why)
{
	char key[REP_KEY_MAX];

	rep_key(store, key, "policy", pool->name);
	rep_round_begin(store, &pool->policy_round, key);
	rep_error_refused(store, &pool->policy_round, key, rep_span(""), why);
	rep_round_end(store, &pool->policy_round, key);
	pool->policy_hash = 0;
	pool->failed = true;
}

static void fields(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	char key[REP_KEY_MAX];

	(void)asked;
	if(!reply) {
		pool->policy_wanted = true;
		return;
	}
	if(pool->policy_known && pool->policy_hash == hash_fields(reply))
		return;
	apply(store, pool, reply, rep_key(store, key, "policy", pool->name));
	pool->policy_known = true;
	pool->policy_hash = hash_fields(reply);
}

static void length(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	char key[REP_KEY_MAX];

	(void)asked;
	if(!reply && !rep_link_up(&store->link))
		return;
	pool->policy_wanted = false;
	if(!reply) {
		refuse(store, pool, store->link.error);
		return;
	}
	if(reply->integer > FIELDS_MAX) {
		refuse(store, pool, "more than 1000 fields");
		return;
	}
	rep_args_command(&store->args, "HGETALL");
	rep_args_text(&store->args, rep_key(store, key, "policy", pool->name));
	rep_pipe_send(store, (rep_asked_t){fields, pool, 0, 0});
}

void rep_policy_send(rep_store_t *store, rep_store_pool_t *pool)
{
	char key[REP_KEY_MAX];

	rep_args_command(&store->args, "HLEN");
	rep_args_text(&store->args, rep_key(store, key, "policy", pool->name));
	rep_pipe_send(store, (rep_asked_t){length, pool, 0, 0});
}
