/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:health:{POOL}: what operators read at a glance. */

#include "health.h"

#include "errors.h"
#include "keys.h"
#include "refusal.h"
#include "../engine/reply/e164.h"
#include "../formats/health.h"

#define BATCHES 4 /* a second and pool */

static void trouble(rep_store_t *store, const char *key)
{
	if(!rep_link_up(&store->link))
		return;
	if(store->link.fault == REP_REDIS_TYPE)
		rep_error_add(store, NULL, key, rep_span(""), store->link.error);
	else
		rep_store_refused(store, "writing health");
}

static void labels_of(rep_store_t *store, const rep_store_pool_t *pool,
		rep_e164_t number, rep_health_labels_t *out)
{
	for(int d = 0; d < REP_DIMS; d++)
		out->n[d] = rep_view_by_label(store->registry, pool->index, number,
				(rep_dim_t)d, store->clock(), out->labels[d],
				REP_HEALTH_LABELS);
}

static bool write_batch(rep_store_t *store, rep_store_pool_t *pool,
		const rep_number_view_t *views, size_t n)
{
	char key[REP_KEY_MAX], number[REP_E164_MAX], json[REP_HEALTH_TEXT];
	rep_health_labels_t labels;
	redisReply *reply;

	rep_args_command(&store->args, "HSET");
	rep_args_text(&store->args, rep_key(store, key, "health", pool->name));
	for(size_t i = 0; i < n; i++) {
		size_t len = rep_e164_print(views[i].number, number);

		rep_args_span(&store->args, (rep_span_t){number, len});
		labels_of(store, pool, views[i].number, &labels);
		len = rep_pack_health(&views[i], &labels, json);
		rep_args_span(&store->args, (rep_span_t){json, len});
	}
	reply = rep_link_call(&store->link, &store->args);
	if(reply) {
		freeReplyObject(reply);
		return true;
	}
	rep_pool_requeue_health(store->registry, pool->index, views, n);
	pool->health_after = rep_mono_ms() + 5000;
	trouble(store, key);
	return false;
}

bool rep_health_write(rep_store_t *store, rep_store_pool_t *pool)
{
	rep_number_view_t *views = store->views;
	size_t n = REP_BATCH;

	if(rep_mono_ms() < pool->health_after)
		return true;
	for(int i = 0; i < BATCHES && n == REP_BATCH; i++) {
		n = rep_pool_drain_health(
				store->registry, pool->index, store->clock(), views, REP_BATCH);
		if(n && !write_batch(store, pool, views, n))
			return rep_link_up(&store->link);
	}
	return true;
}

static bool simple(rep_store_t *store, const char *key)
{
	redisReply *reply = rep_link_call(&store->link, &store->args);

	if(reply)
		freeReplyObject(reply);
	else
		trouble(store, key);
	return rep_link_up(&store->link);
}

bool rep_health_remove(rep_store_t *store, const char *pool,
		const rep_e164_t *numbers, size_t n)
{
	char key[REP_KEY_MAX], number[REP_E164_MAX];

	rep_args_command(&store->args, "HDEL");
	rep_args_text(&store->args, rep_key(store, key, "health", pool));
	for(size_t i = 0; i < n; i++) {
		rep_e164_print(numbers[i], number);
		rep_args_text(&store->args, number);
	}
	return simple(store, key);
}

bool rep_health_drop(rep_store_t *store, const char *pool)
{
	char key[REP_KEY_MAX];

	rep_args_command(&store->args, "DEL");
	rep_args_text(&store->args, rep_key(store, key, "health", pool));
	return simple(store, key);
}
