/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The feed of each pool names the cells and verdicts that changed. Entries
 * are numbered without gaps; whoever misses one reads the whole again. */

#include "feed.h"

#include <stdio.h>
#include <stdlib.h>

#include "callees.h"
#include "errors.h"
#include "keys.h"
#include "log.h"
#include "pull.h"
#include "say.h"
#include "scripts.h"
#include "store_pool.h"
#include "verdict_sync.h"
#include "../engine/base/decimal.h"
#include "../engine/pool/pools.h"
#include "../formats/record.h"

#define ENTRIES 16 /* a reading, of each feed: up to 8,192 cells */
#define CHUNK 256  /* cells a command */

/* What one reading brought for one pool. */
struct rep_news
{
	rep_cell_t *cells;
	size_t n_cells, room_cells;
	rep_record_t *records; /* number and route only */
	size_t n_records, room_records;
	bool failed; /* no memory: read the whole instead */
};

void rep_feed_free(rep_store_t *store)
{
	if(store->news) {
		free(store->news->cells);
		free(store->news->records);
	}
	free(store->news);
}

static bool room_for(void **list, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 256;
	void *p;

	if(n < *room)
		return true;
	p = realloc(*list, more * size);
	if(!p)
		return false;
	*list = p;
	*room = more;
	return true;
}

/* ---- where the feed stands ------------------------------------------------ */

static redisReply *position(rep_store_t *store, const rep_store_pool_t *pool)
{
	char key[REP_KEY_MAX];

	rep_script_begin(store, REP_SHA_POSITION, 2);
	rep_args_text(&store->args, rep_key(store, key, "x:feed", pool->name));
	rep_args_text(&store->args, rep_key(store, key, "x:seq", pool->name));
	return rep_script_call(store, REP_SHA_POSITION);
}

static void set_position(rep_store_pool_t *pool, rep_span_t id, uint64_t seq)
{
	snprintf(pool->feed_id, sizeof(pool->feed_id), "%.*s",
			id.len < 30 ? (int)id.len : 30, id.len ? id.s : "");
	pool->feed_seq = seq;
}

/* Left out for a while. */
static void complain(rep_store_t *store, rep_store_pool_t *pool)
{
	char key[REP_KEY_MAX];

	rep_error_add(store, NULL, rep_key(store, key, "x:feed", pool->name),
			rep_span(""), store->link.error);
	pool->placed = false;
	pool->resync_wanted = true;
	pool->resync_after = rep_mono_ms() + 5000;
}

bool rep_feed_place(rep_store_t *store, rep_store_pool_t *pool)
{
	redisReply *reply = position(store, pool);
	uint64_t seq = 0;

	if(!reply) {
		if(rep_link_up(&store->link))
			complain(store, pool);
		return false;
	}
	rep_u64_parse(rep_reply_span(rep_reply_at(reply, 1)), UINT64_MAX, &seq);
	set_position(pool, rep_reply_span(rep_reply_at(reply, 0)), seq);
	pool->placed = pool->feed_id[0] != '\0';
	freeReplyObject(reply);
	return pool->placed;
}

static void gap(rep_store_t *store, rep_store_pool_t *pool, bool lost)
{
	rep_say(store, REP_LOG_NOTICE,
			lost ? "the feed of pool %s began anew: Redis lost data, "
				   "everything is written and read again"
				 : "the feed of pool %s moved on without us: the whole is "
				   "read again",
			pool->name);
	if(lost)
		rep_pool_requeue_all(store->registry, pool->index);
	pool->placed = false;
	pool->resync_wanted = true;
	pool->resync_after = 0;
}

/* Nothing comes from a feed that was deleted: look at one pool a second. */
bool rep_feed_check(rep_store_t *store)
{
	int n = rep_registry_pools(store->registry);
	rep_store_pool_t *pool = NULL;
	redisReply *reply;
	uint64_t seq = 0;

	for(int i = 0; i < n && (!pool || !pool->placed); i++) {
		store->check_pool = (store->check_pool + 1) % n;
		pool = rep_store_pool_at(store, store->check_pool);
	}
	if(!pool || !pool->placed)
		return true;
	reply = position(store, pool);
	if(!reply)
		return rep_link_up(&store->link);
	rep_u64_parse(rep_reply_span(rep_reply_at(reply, 1)), UINT64_MAX, &seq);
	freeReplyObject(reply);
	if(seq < pool->feed_seq)
		gap(store, pool, true);
	return true;
}

/* ---- reading ---------------------------------------------------------------- */

static void parse_cell(
		struct rep_news *news, rep_span_t bucket, rep_span_t name)
{
	rep_cell_t cell;
	uint64_t v;

	if(!rep_u64_parse(bucket, UINT32_MAX, &v)
			|| !rep_unpack_field(name, &cell, NULL))
		return;
	if(!room_for((void **)&news->cells, news->n_cells, &news->room_cells,
			   sizeof(cell))) {
		news->failed = true;
		return;
	}
	cell.bucket = (uint32_t)v;
	news->cells[news->n_cells++] = cell;
}

static void parse_record(struct rep_news *news, rep_span_t field)
{
	rep_record_t record = {0};

	if(!rep_unpack_record_field(field, &record))
		return;
	if(!room_for((void **)&news->records, news->n_records, &news->room_records,
			   sizeof(record))) {
		news->failed = true;
		return;
	}
	news->records[news->n_records++] = record;
}

/* One entry: w WRITER s NUMBER, then BUCKET CELL, v RECORD or c CALLEES, any
 * number.
 * False on a gap. */
static bool parse_entry(
		rep_store_t *store, rep_store_pool_t *pool, const redisReply *entry)
{
	const redisReply *f = rep_reply_at(entry, 1);
	rep_span_t writer = {NULL, 0};
	uint64_t seq;

	if(!rep_span_is(rep_reply_span(rep_reply_at(f, 0)), "w")
			|| !rep_span_is(rep_reply_span(rep_reply_at(f, 2)), "s")
			|| !rep_u64_parse(
					rep_reply_span(rep_reply_at(f, 3)), UINT64_MAX, &seq))
		return true; /* not written by a proxy */
	if(seq != pool->feed_seq + 1) {
		gap(store, pool, seq <= pool->feed_seq);
		return false;
	}
	set_position(pool, rep_reply_span(rep_reply_at(entry, 0)), seq);
	writer = rep_reply_span(rep_reply_at(f, 1));
	if(rep_span_is(writer, store->writer))
		return true;
	for(size_t i = 4; rep_reply_at(f, i + 1); i += 2) {
		rep_span_t kind = rep_reply_span(rep_reply_at(f, i));
		rep_span_t name = rep_reply_span(rep_reply_at(f, i + 1));

		if(rep_span_is(kind, "v"))
			parse_record(store->news, name);
		else if(rep_span_is(kind, "c"))
			rep_callees_hear(store, name);
		else
			parse_cell(store->news, kind, name);
	}
	return true;
}

static int compare_cells(const void *a, const void *b)
{
	const rep_cell_t *x = a, *y = b;

	if(x->bucket != y->bucket)
		return x->bucket < y->bucket ? -1 : 1;
	if(x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if(x->stamp != y->stamp)
		return x->stamp < y->stamp ? -1 : 1;
	if(x->repeat != y->repeat)
		return x->repeat ? 1 : -1;
	return memcmp(&x->dims, &y->dims, sizeof(x->dims));
}

static size_t unique(rep_cell_t *cells, size_t n)
{
	size_t kept = 0;

	if(n > 1)
		qsort(cells, n, sizeof(*cells), compare_cells);
	for(size_t i = 0; i < n; i++)
		if(i == 0 || compare_cells(&cells[kept - 1], &cells[i]) != 0)
			cells[kept++] = cells[i];
	return kept;
}

static bool read_cells(rep_store_t *store, rep_store_pool_t *pool)
{
	struct rep_news *news = store->news;
	size_t n = unique(news->cells, news->n_cells);

	for(size_t i = 0, end; i < n; i = end) {
		for(end = i + 1; end < n && end - i < CHUNK
						 && news->cells[end].bucket == news->cells[i].bucket;)
			end++;
		if(!rep_pull_cells(store, pool, news->cells[i].bucket, &news->cells[i],
				   end - i))
			return false;
	}
	return true;
}

static bool read_records(rep_store_t *store, rep_store_pool_t *pool)
{
	struct rep_news *news = store->news;
	char text[32][REP_RECORD_FIELD];
	rep_span_t fields[32];

	for(size_t i = 0; i < news->n_records;) {
		size_t n = 0;

		for(; n < 32 && i < news->n_records; n++, i++) {
			size_t len = rep_pack_record_field(&news->records[i], text[n]);

			fields[n] = (rep_span_t){text[n], len};
		}
		if(!rep_pull_records(store, pool, fields, n))
			return false;
	}
	return true;
}

/* The verdicts first: their turns say which cells still count. */
static bool merge_feed(rep_store_t *store, rep_store_pool_t *pool,
		const redisReply *entries, bool *full)
{
	struct rep_news *news = store->news;

	news->n_cells = news->n_records = 0;
	news->failed = false;
	for(size_t i = 0; rep_reply_at(entries, i); i++) {
		if(!parse_entry(store, pool, rep_reply_at(entries, i)))
			return true;
		if(i + 1 == ENTRIES)
			*full = true;
	}
	if(news->failed)
		gap(store, pool, false);
	return read_records(store, pool) && read_cells(store, pool);
}

static rep_store_pool_t *pool_of_key(rep_store_t *store, rep_span_t key)
{
	const char *at = key.len ? memchr(key.s, '{', key.len) : NULL;
	int index;

	if(!at || key.s[key.len - 1] != '}')
		return NULL;
	at++;
	index = rep_registry_find(store->registry,
			(rep_span_t){at, (size_t)(key.s + key.len - 1 - at)});
	return index == REP_NO_POOL ? NULL : rep_store_pool_at(store, index);
}

/* XREAD on the feeds of all placed pools; how many there are. */
static size_t feed_args(rep_store_t *store)
{
	int pools = rep_registry_pools(store->registry);
	char key[REP_KEY_MAX];
	size_t n = 0;

	rep_args_command(&store->args, "XREAD");
	rep_args_text(&store->args, "COUNT");
	rep_args_int(&store->args, ENTRIES);
	rep_args_text(&store->args, "STREAMS");
	for(int i = 0; i < pools; i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		if(pool && pool->placed) {
			rep_key(store, key, "x:feed", pool->name);
			rep_args_text(&store->args, key);
			n++;
		}
	}
	for(int i = 0; i < pools; i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		if(pool && pool->placed)
			rep_args_text(&store->args, pool->feed_id);
	}
	return n;
}

/* A feed of another type spoils XREAD for all: find it, and leave it out. */
static void find_bad_feed(rep_store_t *store)
{
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);
		redisReply *reply;

		if(!pool || !pool->placed)
			continue;
		reply = position(store, pool);
		if(reply)
			freeReplyObject(reply);
		else if(!rep_link_up(&store->link))
			return;
		else
			complain(store, pool);
	}
}

static bool feed_once(rep_store_t *store, bool *full)
{
	redisReply *reply;
	bool ok = true;

	*full = false;
	if(feed_args(store) == 0)
		return true;
	reply = rep_link_call(&store->link, &store->args);
	if(!reply) {
		if(rep_link_up(&store->link))
			find_bad_feed(store);
		return rep_link_up(&store->link);
	}
	for(size_t i = 0; ok && rep_reply_at(reply, i); i++) {
		const redisReply *feed = rep_reply_at(reply, i);
		rep_store_pool_t *pool =
				pool_of_key(store, rep_reply_span(rep_reply_at(feed, 0)));

		if(!pool)
			continue;
		ok = merge_feed(store, pool, rep_reply_at(feed, 1), full);
		rep_lock(&store->status->lock);
		memcpy(store->status->feed, pool->feed_id, sizeof(pool->feed_id));
		rep_unlock(&store->status->lock);
	}
	freeReplyObject(reply);
	return ok;
}

bool rep_feed_read(rep_store_t *store, bool *more)
{
	if(!store->news)
		store->news = calloc(1, sizeof(*store->news));
	*more = false;
	return !store->news || feed_once(store, more);
}
