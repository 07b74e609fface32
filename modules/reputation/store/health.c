/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:health:{POOL}: what operators read at a glance. */

#include "health.h"

#include "errors.h"
#include "keys.h"
#include "pipe.h"
#include "refusal.h"
#include "../engine/reply/e164.h"
#include "../formats/health.h"

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

static void written(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	char key[REP_KEY_MAX];

	if(reply)
		return;
	rep_pool_requeue_health(
			store->registry, pool->index, &store->views[asked->at], asked->n);
	pool->health_after = rep_mono_ms() + 5000;
	trouble(store, rep_key(store, key, "health", pool->name));
}

void rep_health_send(rep_store_t *store, rep_store_pool_t *pool)
{
	rep_number_view_t *views = &store->views[store->n_views];
	size_t left = REP_BATCH - store->n_views, n;
	char key[REP_KEY_MAX], number[REP_E164_MAX], json[REP_HEALTH_TEXT];
	rep_health_labels_t labels;

	if(rep_mono_ms() < pool->health_after)
		return;
	n = rep_pool_drain_health(
			store->registry, pool->index, store->clock(), views, left);
	if(n == 0)
		return;
	rep_args_command(&store->args, "HSET");
	rep_args_text(&store->args, rep_key(store, key, "health", pool->name));
	for(size_t i = 0; i < n; i++) {
		size_t len = rep_e164_print(views[i].number, number);

		rep_args_span(&store->args, (rep_span_t){number, len});
		labels_of(store, pool, views[i].number, &labels);
		len = rep_pack_health(&views[i], &labels, json);
		rep_args_span(&store->args, (rep_span_t){json, len});
	}
	rep_pipe_send(store, (rep_asked_t){written, pool, store->n_views, n});
	store->n_views += n;
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

static void remove_args(rep_store_t *store, const char *key,
		const rep_e164_t *numbers, size_t n)
{
	char number[REP_E164_MAX];

	rep_args_command(&store->args, "HDEL");
	rep_args_text(&store->args, key);
	for(size_t i = 0; i < n; i++) {
		rep_e164_print(numbers[i], number);
		rep_args_text(&store->args, number);
	}
}

bool rep_health_remove(rep_store_t *store, const char *pool,
		const rep_e164_t *numbers, size_t n)
{
	char key[REP_KEY_MAX];

	remove_args(store, rep_key(store, key, "health", pool), numbers, n);
	return simple(store, key);
}

static void removed(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	(void)store, (void)pool, (void)asked, (void)reply;
}

void rep_health_gone(rep_store_t *store, rep_store_pool_t *pool,
		const rep_e164_t *numbers, size_t n)
{
	char key[REP_KEY_MAX];

	if(n == 0)
		return;
	remove_args(store, rep_key(store, key, "health", pool->name), numbers, n);
	rep_pipe_send(store, (rep_asked_t){removed, pool, 0, 0});
}

bool rep_health_drop(rep_store_t *store, const char *pool)
{
	char key[REP_KEY_MAX];

	rep_args_command(&store->args, "DEL");
	rep_args_text(&store->args, rep_key(store, key, "health", pool));
	return simple(store, key);
}
