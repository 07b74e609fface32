/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pool file into a Redis that has no rep:pools. One proxy does it, under
 * a lock; rep:pools comes last, so that nobody sees half of it; and what an
 * operator has written meanwhile is never overwritten. */

#include "seed.h"

#include <stdio.h>
#include <json-c/json.h>

#include "keys.h"
#include "log.h"
#include "pool_list.h"
#include "refusal.h"
#include "say.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"
#include "../formats/attrs.h"
#include "../formats/policy.h"
#include "../formats/pool_file.h"

#define LOCK_SECONDS "30"
#define PIPELINE 256

typedef struct rep_seeding
{
	rep_store_t *store;
	size_t waiting; /* replies */
	size_t numbers;
	bool failed;
	char why[200];
	rep_args_t pools; /* SADD, sent at the end */
	rep_policy_t scratch;
} rep_seeding_t;

static void error(void *ctx, const char *sentence)
{
	rep_seeding_t *s = ctx;

	rep_say(s->store, REP_LOG_ERR, "%s", sentence);
}

static void collect(rep_seeding_t *s)
{
	for(; s->waiting; s->waiting--) {
		redisReply *reply = rep_link_recv(&s->store->link);

		if(reply) {
			rep_reply_free(reply);
			continue;
		}
		s->failed = true;
		snprintf(s->why, sizeof(s->why), "%s", s->store->link.error);
	}
	s->waiting = 0;
}

/* HSETNX: pipelined, as there may be a million. */
static void set(rep_seeding_t *s, const char *kind, rep_span_t pool,
		rep_span_t field, const char *value)
{
	rep_args_t *args = &s->store->args;
	char key[REP_KEY_MAX];

	if(s->failed)
		return;
	rep_args_command(args, "HSETNX");
	rep_args_text(args, rep_key(s->store, key, kind, pool.s));
	rep_args_span(args, field);
	rep_args_text(args, value);
	if(!rep_link_send(&s->store->link, args)) {
		s->failed = true;
		return;
	}
	if(++s->waiting == PIPELINE)
		collect(s);
}

static void seed_pool(void *ctx, rep_span_t name)
{
	rep_seeding_t *s = ctx;

	if(rep_pool_name_fits(name))
		rep_args_span(&s->pools, name);
	else
		rep_say(s->store, REP_LOG_ERR, "pool_file: %.64s is not a pool name",
				name.s);
}

static void seed_policy(
		void *ctx, rep_span_t pool, rep_span_t field, rep_span_t value)
{
	rep_seeding_t *s = ctx;
	char why[160];
	const char *wrong;

	if(!rep_pool_name_fits(pool))
		return;
	rep_policy_default(&s->scratch);
	wrong = rep_policy_parse(&s->scratch, field, value, why, sizeof(why));
	if(wrong)
		rep_say(s->store, REP_LOG_ERR, "pool_file: pool %s, policy %.60s: %s",
				pool.s, field.s, wrong);
	else
		set(s, "policy", pool, field, value.s);
}

static void seed_number(void *ctx, rep_span_t pool, rep_span_t number,
		struct json_object *attributes)
{
	rep_seeding_t *s = ctx;
	rep_attrs_text_t attrs;
	rep_e164_t value;
	char why[160];
	const char *wrong = NULL;
	rep_e164_error_t e = rep_e164_parse(number, &value);

	if(!rep_pool_name_fits(pool))
		return;
	wrong = e != REP_E164_OK
					? rep_e164_strerror(e)
					: rep_attrs_from(attributes, &attrs, why, sizeof(why));
	if(wrong) {
		rep_say(s->store, REP_LOG_ERR, "pool_file: pool %s, number %.40s: %s",
				pool.s, number.s, wrong);
		return;
	}
	s->numbers++;
	set(s, "numbers", pool, number,
			json_object_to_json_string_ext(attributes, JSON_C_TO_STRING_PLAIN));
}

static bool lock(rep_store_t *store, const char *key, bool *got)
{
	redisReply *reply;

	rep_args_command(&store->args, "SET");
	rep_args_text(&store->args, key);
	rep_args_text(&store->args, store->writer);
	rep_args_text(&store->args, "NX");
	rep_args_text(&store->args, "EX");
	rep_args_text(&store->args, LOCK_SECONDS);
	reply = rep_link_call(&store->link, &store->args);
	if(!reply) {
		rep_store_refused(store, "seeding from pool_file");
		return false;
	}
	*got = reply->type == REDIS_REPLY_STATUS;
	rep_reply_free(reply);
	return true;
}

static void unlock(rep_store_t *store, const char *key)
{
	redisReply *reply;

	rep_args_command(&store->args, "DEL");
	rep_args_text(&store->args, key);
	reply = rep_link_call(&store->link, &store->args);
	if(reply)
		rep_reply_free(reply);
}

static void finish(rep_seeding_t *s)
{
	rep_store_t *store = s->store;
	redisReply *reply;

	collect(s);
	if(!s->failed && s->pools.n > 2) {
		reply = rep_link_call(&store->link, &s->pools);
		if(reply) {
			rep_reply_free(reply);
			rep_say(store, REP_LOG_NOTICE,
					"empty Redis filled from %s: %zu pools, %zu numbers",
					store->pool_file, s->pools.n - 2, s->numbers);
			return;
		}
		s->failed = true;
		snprintf(s->why, sizeof(s->why), "%s", store->link.error);
	}
	if(s->failed)
		rep_say(store, REP_LOG_ERR, "seeding from pool_file: %s", s->why);
}

/* False when Redis could not be asked, or refused. */
bool rep_seed(rep_store_t *store)
{
	rep_seeding_t s = {.store = store};
	const rep_pool_file_visitor_t to = {.ctx = &s,
			.pool = seed_pool,
			.policy = seed_policy,
			.number = seed_number,
			.error = error};
	char key[REP_KEY_MAX], pools[REP_KEY_MAX];
	bool got = false, there = true;

	rep_key(store, key, "x:seed", NULL);
	if(!lock(store, key, &got))
		return false;
	if(!got)
		return true; /* another proxy is at it */
	if(rep_pools_listed(store, &there) && !there) {
		rep_args_command(&s.pools, "SADD");
		rep_args_text(&s.pools, rep_key(store, pools, "pools", NULL));
		if(rep_pool_file_walk(store->pool_file, &to) == 0)
			finish(&s);
		rep_args_free(&s.pools);
	}
	if(rep_link_up(&store->link))
		unlock(store, key);
	return rep_link_up(&store->link);
}
