/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:health:{POOL}: what operators read at a glance. */

#include "health.h"

#include "errors.h"
#include "keys.h"
#include "pipe.h"
#include "refusal.h"
#include "../engine/reply/e164.h"
#include "../formats/health.h"

#define EACH_MS 1000	/* some of those that wait, */
#define LEAST 32		/* so many, or what it takes */
#define LAP 24			/* that none waits longer: s */
#define REFUSED_MS 5000 /* when Redis would not take it */

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
	rep_pool_requeue_health(store->registry, pool->index,
			&store->views[asked->at], asked->n, 0);
	pool->next_health = rep_mono_ms() + REFUSED_MS;
	trouble(store, rep_key(store, key, "health", pool->name));
}

/* Numbers whose verdict goes out at the same time, each once: ahead of their
 * turn. */
static size_t moved(rep_store_t *store, rep_store_pool_t *pool, size_t from,
		rep_number_view_t *views, size_t left)
{
	size_t n = 0;

	for(size_t i = from; i < store->n_offered && n < left; i++) {
		rep_e164_t number = store->offered[i].number;

		if((n == 0 || views[n - 1].number != number)
				&& rep_view_number(store->registry, pool->index, number,
						store->clock(), &views[n], NULL, 0, NULL))
			n++;
	}
	return n;
}

/* How many of those that wait may go now. */
static uint32_t allowed(rep_store_t *store, rep_store_pool_t *pool)
{
	int64_t now = rep_mono_ms();
	uint32_t waits;

	if(store->stop)
		return UINT32_MAX;
	if(now < pool->next_health)
		return pool->health_left;
	waits = rep_pool_health_waits(store->registry, pool->index);
	if(now >= pool->next_pace || waits > pool->health_pace * LAP) {
		pool->health_pace = waits / LAP < LEAST ? LEAST : waits / LAP + 1;
		pool->next_pace = now + LAP * EACH_MS;
	}
	pool->next_health = now + EACH_MS;
	return pool->health_pace;
}

/* Not before the counts that it tells of have gone out, and only where the feed
 * is read: who is the last to write then has heard of all calls, or hears of
 * them in the same exchange and writes again. */
void rep_health_send(rep_store_t *store, rep_store_pool_t *pool, size_t from)
{
	rep_number_view_t *views = &store->views[store->n_views];
	size_t left = REP_BATCH - store->n_views, n, waiting;
	char key[REP_KEY_MAX], number[REP_E164_MAX], json[REP_HEALTH_TEXT];
	rep_health_labels_t labels;

	pool->n_views = 0;
	if(!pool->known || pool->mirror.n_dirty > 0
			|| ((!pool->placed || pool->doubted) && !store->stop))
		return;
	n = moved(store, pool, from, views, left);
	pool->health_left = allowed(store, pool);
	waiting = rep_pool_drain_health(store->registry, pool->index,
			store->clock(), views + n,
			pool->health_left < left - n ? pool->health_left : left - n);
	pool->health_left -= (uint32_t)waiting;
	store->more = store->more || (pool->health_left && waiting == left - n);
	n += waiting;
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
	pool->views_at = store->n_views;
	pool->n_views = n;
	store->n_views += n;
}

void rep_health_check(rep_store_t *store, rep_store_pool_t *pool, bool heard)
{
	rep_pool_requeue_health(store->registry, pool->index,
			&store->views[pool->views_at], pool->n_views,
			heard && pool->placed && !pool->unread ? store->clock() : 0);
	pool->n_views = 0;
}

static bool simple(rep_store_t *store, const char *key)
{
	redisReply *reply = rep_link_call(&store->link, &store->args);

	if(reply)
		rep_reply_free(reply);
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
