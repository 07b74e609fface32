/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool's shared history as a whole: at the start, after a reconnect, after
 * a gap in the feed, and when new numbers came. In slices, one pool at a
 * time, so that pushes and edits go on meanwhile. */

#include "resync.h"

#include <stdio.h>
#include <stdlib.h>

#include "errors.h"
#include "feed.h"
#include "health.h"
#include "keys.h"
#include "log.h"
#include "pull.h"
#include "say.h"
#include "store_pool.h"
#include "verdict_sync.h"
#include "../engine/base/decimal.h"
#include "../engine/pool/numbers.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"

#define SLICE "1000"
#define CHUNK 256

enum
{
	PLACE,
	RECORDS,
	INDEX,
	BUCKETS,
	HEALTH,
	DONE
};

void rep_resync_abort(rep_store_t *store)
{
	free(store->resync.buckets);
	store->resync = (rep_resync_t){0};
}

static void next_phase(rep_resync_t *r, int phase)
{
	r->phase = phase;
	strcpy(r->cursor, "0");
}

/* Not now: try again later. */
static bool put_off(rep_store_t *store)
{
	rep_store_pool_t *pool = store->resync.pool;

	pool->resync_wanted = true;
	pool->resync_after = rep_mono_ms() + 5000;
	rep_resync_abort(store);
	return rep_link_up(&store->link);
}

/* The next page of HSCAN on `key`; NULL on an error. Moves the cursor; at the
 * end it is "0" again. */
static redisReply *page(rep_store_t *store, const char *key, const char *match)
{
	rep_resync_t *r = &store->resync;
	redisReply *reply;
	rep_span_t cursor;

	rep_args_command(&store->args, "HSCAN");
	rep_args_text(&store->args, key);
	rep_args_text(&store->args, r->cursor);
	if(match) {
		rep_args_text(&store->args, "MATCH");
		rep_args_text(&store->args, match);
	}
	rep_args_text(&store->args, "COUNT");
	rep_args_text(&store->args, SLICE);
	reply = rep_link_call(&store->link, &store->args);
	if(reply) {
		cursor = rep_reply_span(rep_reply_at(reply, 0));
		snprintf(r->cursor, sizeof(r->cursor), "%.*s", (int)cursor.len,
				cursor.len ? cursor.s : "0");
	} else if(rep_link_up(&store->link)) {
		rep_error_add(store, NULL, key, rep_span(""), store->link.error);
	}
	return reply;
}

static bool ended(const rep_resync_t *r)
{
	return strcmp(r->cursor, "0") == 0;
}

static bool records(rep_store_t *store)
{
	rep_resync_t *r = &store->resync;
	char key[REP_KEY_MAX];
	redisReply *reply =
			page(store, rep_key(store, key, "x:v1", r->pool->name), NULL);

	if(!reply)
		return put_off(store);
	rep_pull_record_page(store, r->pool, rep_reply_at(reply, 1));
	freeReplyObject(reply);
	if(ended(r))
		next_phase(r, INDEX);
	return true;
}

/* Which buckets there are, as the writers keep them in a sorted set. */
static bool index_of(rep_store_t *store)
{
	rep_resync_t *r = &store->resync;
	int64_t oldest = store->clock() / 60000 - r->pool->ttl / 60;
	char key[REP_KEY_MAX];
	redisReply *reply;

	rep_args_command(&store->args, "ZRANGEBYSCORE");
	rep_args_text(&store->args, rep_key(store, key, "x:b1", r->pool->name));
	rep_args_int(&store->args, oldest > 0 ? oldest : 0);
	rep_args_text(&store->args, "+inf");
	reply = rep_link_call(&store->link, &store->args);
	if(!reply) {
		if(rep_link_up(&store->link))
			rep_error_add(store, NULL, key, rep_span(""), store->link.error);
		return put_off(store);
	}
	free(r->buckets);
	r->buckets = calloc(reply->elements + 1, sizeof(*r->buckets));
	r->n_buckets = r->at = 0;
	for(size_t i = 0; r->buckets && rep_reply_at(reply, i); i++) {
		uint64_t v;

		if(rep_u64_parse(rep_reply_span(reply->element[i]), UINT32_MAX, &v))
			r->buckets[r->n_buckets++] = (uint32_t)v;
	}
	freeReplyObject(reply);
	next_phase(r, BUCKETS);
	return true;
}

/* The names of totals in a page, then their values and ours in one command
 * each: HSCAN itself is no snapshot. */
static bool pull_page(
		rep_store_t *store, uint32_t bucket, const redisReply *pairs)
{
	rep_cell_t *cells = store->cells; /* no push is under way */
	size_t n = 0;

	for(size_t i = 0; rep_reply_at(pairs, i + 1); i += 2) {
		rep_span_t writer;

		if(!rep_unpack_field(
				   rep_reply_span(pairs->element[i]), &cells[n], &writer)
				|| !rep_span_is(writer, "*"))
			continue;
		if(++n < CHUNK)
			continue;
		if(!rep_pull_cells(store, store->resync.pool, bucket, cells, n))
			return false;
		n = 0;
	}
	return n == 0
		   || rep_pull_cells(store, store->resync.pool, bucket, cells, n);
}

static bool buckets(rep_store_t *store)
{
	rep_resync_t *r = &store->resync;
	char key[REP_KEY_MAX];
	redisReply *reply;
	size_t len;
	bool ok;

	if(r->at >= r->n_buckets) {
		next_phase(r, HEALTH);
		return true;
	}
	rep_key(store, key, "x:c1", r->pool->name);
	len = strlen(key);
	snprintf(key + len, sizeof(key) - len, ":%u", r->buckets[r->at]);
	reply = page(store, key, "*|\\*|*");
	if(!reply) {
		r->at++; /* that one is spoilt, the others are not */
		strcpy(r->cursor, "0");
		return rep_link_up(&store->link);
	}
	ok = pull_page(store, r->buckets[r->at], rep_reply_at(reply, 1));
	freeReplyObject(reply);
	if(ended(r))
		r->at++;
	return ok;
}

/* Health of numbers that went while nobody looked. */
static bool health(rep_store_t *store)
{
	rep_resync_t *r = &store->resync;
	rep_store_pool_t *pool = r->pool;
	rep_e164_t gone[CHUNK], number;
	char key[REP_KEY_MAX];
	redisReply *reply, *pairs;
	bool ok = true;
	size_t n = 0;

	/* while a load is under way what is known is in flux: its end asks again */
	if(!pool->sweep_health || pool->phase != REP_LOAD_IDLE) {
		next_phase(r, DONE);
		return true;
	}
	reply = page(store, rep_key(store, key, "health", pool->name), NULL);
	if(!reply) {
		pool->sweep_health = false;
		return rep_link_up(&store->link);
	}
	pairs = rep_reply_at(reply, 1);
	for(size_t i = 0; ok && rep_reply_at(pairs, i + 1); i += 2) {
		if(rep_e164_parse(rep_reply_span(pairs->element[i]), &number)
						!= REP_E164_OK
				|| rep_pool_seen(
						store->registry, pool->index, number, pool->load))
			continue;
		gone[n++] = number;
		if(n == CHUNK) {
			ok = rep_health_remove(store, pool->name, gone, n);
			n = 0;
		}
	}
	freeReplyObject(reply);
	if(ok && n)
		ok = rep_health_remove(store, pool->name, gone, n);
	if(ended(r))
		pool->sweep_health = false;
	return ok;
}

static void done(rep_store_t *store)
{
	rep_resync_t *r = &store->resync;
	int64_t now = rep_mono_ms(), took = now - r->began;

	/* a pool that takes long is not read again at once */
	r->pool->resync_after = now + took * 4;
	rep_say(store, REP_LOG_DBG,
			"pool %s: shared history of %zu buckets read "
			"in %lld ms",
			r->pool->name, r->n_buckets, (long long)took);
	rep_resync_abort(store);
	rep_lock(&store->status->lock);
	store->status->resyncs++;
	rep_unlock(&store->status->lock);
}

static bool start(rep_store_t *store)
{
	int64_t now = rep_mono_ms();

	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		/* what is not known yet could not be taken in */
		if(!pool || !pool->resync_wanted || !pool->loaded
				|| now < pool->resync_after)
			continue;
		store->resync = (rep_resync_t){.pool = pool, .began = now};
		pool->resync_wanted = false;
		next_phase(&store->resync, pool->placed ? RECORDS : PLACE);
		return true;
	}
	return false;
}

/* One slice; true when there is more to do now. */
bool rep_resync_step(rep_store_t *store)
{
	bool ok = true;

	if(!store->resync.pool)
		return start(store);
	switch(store->resync.phase) {
		case PLACE:
			if(!rep_feed_place(store, store->resync.pool)) {
				put_off(store);
				return false;
			}
			next_phase(&store->resync, RECORDS);
			break;
		case RECORDS:
			ok = records(store);
			break;
		case INDEX:
			ok = index_of(store);
			break;
		case BUCKETS:
			ok = buckets(store);
			break;
		case HEALTH:
			ok = health(store);
			break;
		default:
			done(store);
			return false;
	}
	return ok && store->resync.pool;
}
