/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What operators say. */

#include "config_sync.h"

#include <stdio.h>

#include "dnc.h"
#include "errors.h"
#include "known.h"
#include "health.h"
#include "keys.h"
#include "log.h"
#include "numbers_sync.h"
#include "pipe.h"
#include "policy_sync.h"
#include "push.h"
#include "say.h"
#include "seed.h"
#include "served.h"
#include "store_pool.h"
#include "strays.h"
#include "verdict_sync.h"
#include "wanted.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/registry.h"

#define POLL_MS 500
#define RETRY_MS 5000

static bool any_pool(const rep_store_t *store)
{
	for(int i = 0; i < rep_registry_pools(store->registry); i++)
		if(rep_registry_name(store->registry, i)[0])
			return true;
	return false;
}

/* An empty store is no order to forget everything. */
static void no_pools(rep_store_t *store, const char *key)
{
	static const char lost[] =
			"the key is missing although pools are known: is this another or "
			"an emptied Redis? The pools stay as they are until the key "
			"exists again";

	store->empty = true;
	for(int i = 0; i < rep_registry_pools(store->registry); i++)
		if(store->pools[i])
			rep_numbers_abort(store->pools[i]);
	if(any_pool(store)) {
		rep_error_add(store, &store->pools_round, key, rep_span(""), lost);
		if(!store->told_empty)
			rep_store_suspect(store);
		store->told_empty = true;
	} else if(!store->told_waiting) {
		rep_say(store, REP_LOG_NOTICE, "no pools yet: %s is empty", key);
		store->told_waiting = true;
	}
}

static void merge_pool(rep_store_t *store, rep_span_t name, const char *key)
{
	int known = rep_registry_find(store->registry, name);
	int index = rep_registry_put(store->registry, name);
	rep_store_pool_t *pool;

	if(index == REP_NO_POOL) {
		rep_error_add(store, &store->pools_round, key, name,
				name.len > 0 && name.len <= REP_POOL_MAX
								&& rep_registry_pools(store->registry)
										   >= REP_POOLS_MAX
						? "there is no room for more pools"
						: "not a pool name: 1 to 64 of A-Z a-z 0-9 _ -");
		return;
	}
	pool = rep_store_pool_at(store, index);
	if(!pool)
		return;
	if(!pool->listed || known == REP_NO_POOL) {
		rep_strays_want(store);
		rep_want_pool(pool);
		pool->check_after = 0;
	}
	pool->listed = true;
}

/* What was wrong in a pool's keys goes with it. */
static void drop_errors(rep_store_t *store, rep_store_pool_t *pool)
{
	char key[REP_KEY_MAX];

	rep_key(store, key, "policy", pool->name);
	rep_round_begin(store, &pool->policy_round, key);
	rep_round_end(store, &pool->policy_round, key);
	rep_key(store, key, "numbers", pool->name);
	rep_round_begin(store, &pool->numbers_round, key);
	rep_round_end(store, &pool->numbers_round, key);
}

/* Write what it counted, and its verdicts. What is refused waits until the
 * pool comes back. */
static void write_the_last(rep_store_t *store, rep_store_pool_t *pool)
{
	uint32_t before;

	rep_registry_close(store->registry, pool->index);
	while(rep_push_collect_pool(store, pool))
		;
	store->n_offered = 0;
	rep_verdict_send(store, pool);
	do {
		before = pool->mirror.n_dirty;
		store->n_sent = 0;
		rep_push_send(store, pool);
	} while(rep_pipe_receive(store) && pool->mirror.n_dirty < before);
	if(pool->mirror.n_dirty == 0)
		rep_mirror_free(&pool->mirror);
}

static void drop_pool(rep_store_t *store, rep_store_pool_t *pool)
{
	char name[REP_POOL_MAX + 1];

	snprintf(name, sizeof(name), "%s", pool->name);
	rep_say(store, REP_LOG_NOTICE, "pool %s is removed", name);
	rep_numbers_abort(pool);
	drop_errors(store, pool);
	write_the_last(store, pool);
	rep_registry_drop(store->registry, pool->index);
	rep_policy_forget(pool);
	pool->life++; /* its numbers count from zero if they come back */
	pool->placed = pool->loaded = pool->known = false;
	pool->numbers_wanted = pool->policy_wanted = false;
	pool->records_pages.wanted = pool->health_pages.wanted = false;
	rep_health_drop(store, name);
	rep_strays_want(store);
}

static void merge_pools(
		rep_store_t *store, const redisReply *reply, const char *key)
{
	bool was[REP_POOLS_MAX];
	int n = rep_registry_pools(store->registry);

	for(int i = 0; i < n; i++) {
		was[i] = store->pools[i] && store->pools[i]->listed;
		if(store->pools[i])
			store->pools[i]->listed = false;
	}
	store->seen_pools = true;
	store->empty = store->told_empty = store->told_waiting = false;
	for(size_t i = 0; i < reply->elements; i++) {
		rep_span_t name = rep_reply_span(reply->element[i]);
		int at = rep_registry_find(store->registry, name);

		if(at != REP_NO_POOL && at < n && store->pools[at])
			store->pools[at]->listed = was[at];
		merge_pool(store, name, key);
	}
	for(int i = 0; i < n; i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		if(pool && !pool->listed)
			drop_pool(store, pool);
	}
}

static bool load_pools(rep_store_t *store)
{
	char key[REP_KEY_MAX];
	redisReply *reply;

	store->pools_wanted = false;
	rep_args_command(&store->args, "SMEMBERS");
	rep_args_text(&store->args, rep_key(store, key, "pools", NULL));
	reply = rep_link_call(&store->link, &store->args);
	if(!reply && !rep_link_up(&store->link)) {
		store->pools_wanted = true;
		store->pools_after = rep_mono_ms() + POLL_MS;
		return false;
	}
	rep_round_begin(store, &store->pools_round, key);
	if(!reply) {
		rep_error_refused(store, &store->pools_round, key, rep_span(""),
				store->link.error);
		store->pools_failed = true;
	} else if(reply->elements == 0) {
		no_pools(store, key);
	} else {
		merge_pools(store, reply, key);
	}
	rep_round_end(store, &store->pools_round, key);
	if(reply)
		rep_reply_free(reply);
	return true;
}

/* What Redis refused to tell may be told later: nobody sends a message when
 * an ACL is mended. */
static void retry_keys(rep_store_t *store)
{
	store->next_poll = rep_mono_ms() + RETRY_MS;
	store->pools_wanted = store->pools_wanted || store->pools_failed;
	store->pools_failed = false;
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		if(pool && pool->failed)
			rep_want_pool(pool);
		if(pool)
			pool->failed = false;
	}
}

/* Without tracking every key is read in turn, big pools less often. */
static void poll_keys(rep_store_t *store)
{
	int64_t now = rep_mono_ms();

	if(now < store->next_poll)
		return;
	rep_dnc_sync_poll(store);
	if(store->follow != REP_FOLLOW_POLLING) {
		retry_keys(store);
		return;
	}
	store->next_poll = now + POLL_MS;
	store->pools_wanted = true;
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		if(!pool)
			continue;
		pool->policy_wanted = true;
		if(now >= pool->next_poll)
			pool->numbers_wanted = true;
	}
}

static bool seed_if_empty(rep_store_t *store)
{
	int64_t now = rep_mono_ms();

	if(!store->empty || store->seen_pools || !store->pool_file[0]
			|| now < store->next_seed)
		return true;
	store->next_seed = now + 1000;
	if(!rep_seed(store))
		return false;
	store->pools_wanted = true; /* our own edit, or soon another node's */
	return true;
}

static bool pools_due(const rep_store_t *store)
{
	return store->pools_wanted && rep_mono_ms() >= store->pools_after;
}

bool rep_config_sync_step(rep_store_t *store)
{
	bool more = false;

	poll_keys(store);
	if(pools_due(store) && !load_pools(store) && !rep_link_any(&store->link))
		return false;
	if(!seed_if_empty(store))
		return false;
	if(store->empty)
		return false; /* nothing is believed until rep:pools is there */
	more = rep_dnc_sync_send(store);
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		if(!pool || !pool->listed || !rep_served(store, pool))
			continue;
		/* numbers only under a policy that is known */
		if(pool->policy_wanted)
			rep_policy_send(store, pool);
		else
			rep_numbers_send(store, pool);
		rep_known_send(store, pool);
	}
	if(!rep_pipe_receive(store))
		return false;
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		const rep_store_pool_t *pool = rep_store_pool_at(store, i);

		more = more
			   || (pool && pool->listed && rep_served(store, pool)
					   && (pool->policy_wanted || pool->numbers_wanted
							   || pool->phase != REP_LOAD_IDLE
							   || pool->knowing));
	}
	return more || pools_due(store);
}
