/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "feed.h"

#include <stdio.h>

#include "callees.h"
#include "errors.h"
#include "guards.h"
#include "keys.h"
#include "pipe.h"
#include "pull.h"
#include "served.h"
#include "store_pool.h"
#include "verdict_sync.h"
#include "../engine/base/decimal.h"
#include "../engine/pool/pools.h"

#define ENTRIES 16 /* an exchange, of each feed: up to 8,192 counts */

void rep_feed_place(rep_store_pool_t *pool, rep_span_t id, uint64_t seq)
{
	snprintf(pool->feed_id, sizeof(pool->feed_id), "%.*s",
			id.len < 30 ? (int)id.len : 30, id.len ? id.s : "0-0");
	pool->feed_seq = seq;
	pool->placed = true;
}

/* "BUCKET|FIELD" and counts, "vFIELD" and a verdict, "c" and callees that have
 * spoken, or "g" and what the guard knows. */
static void take_pair(rep_store_t *store, rep_store_pool_t *pool,
		rep_span_t name, rep_span_t text)
{
	rep_span_t part;
	uint64_t bucket;

	if(rep_span_is(name, "c"))
		rep_callees_hear(store, text);
	else if(rep_span_is(name, "g"))
		rep_guards_hear(store, pool, text);
	else if(name.len > 0 && name.s[0] == 'v') {
		rep_pull_done(store, pool); /* what was counted before it */
		rep_verdict_take(
				store, pool, (rep_span_t){name.s + 1, name.len - 1}, text);
	} else if(rep_span_cut(&name, '|', &part) && name.s
			  && rep_u64_parse(part, UINT32_MAX, &bucket))
		rep_pull_count(store, pool, (uint32_t)bucket, name, text);
}

/* One entry: w WRITER s NUMBER, then pairs. False on a gap. */
static bool take_entry(
		rep_store_t *store, rep_store_pool_t *pool, const redisReply *entry)
{
	const redisReply *f = rep_reply_at(entry, 1);
	uint64_t seq;

	if(!rep_span_is(rep_reply_span(rep_reply_at(f, 0)), "w")
			|| !rep_span_is(rep_reply_span(rep_reply_at(f, 2)), "s")
			|| !rep_u64_parse(
					rep_reply_span(rep_reply_at(f, 3)), UINT64_MAX, &seq))
		return true; /* not written by a proxy */
	if(seq != pool->feed_seq + 1)
		return false;
	rep_feed_place(pool, rep_reply_span(rep_reply_at(entry, 0)), seq);
	if(rep_span_is(rep_reply_span(rep_reply_at(f, 1)), store->writer))
		return true;
	for(size_t i = 4; rep_reply_at(f, i + 1); i += 2)
		take_pair(store, pool, rep_reply_span(rep_reply_at(f, i)),
				rep_reply_span(rep_reply_at(f, i + 1)));
	rep_pull_done(store, pool);
	rep_lock(&store->status->lock);
	store->status->pulls += f->elements / 2 - 2;
	rep_unlock(&store->status->lock);
	return true;
}

static void take_feed(
		rep_store_t *store, rep_store_pool_t *pool, const redisReply *entries)
{
	size_t i = 0;

	for(; rep_reply_at(entries, i); i++)
		if(!take_entry(store, pool, rep_reply_at(entries, i))) {
			/* missed one, or it began anew: the check says what there is */
			pool->placed = false;
			pool->check_after = 0;
			return;
		}
	pool->unread = i == ENTRIES;
	store->more = store->more || pool->unread;
	rep_lock(&store->status->lock);
	memcpy(store->status->feed, pool->feed_id, sizeof(pool->feed_id));
	rep_unlock(&store->status->lock);
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

static void answered(rep_store_t *store, rep_store_pool_t *unused,
		const rep_asked_t *asked, const redisReply *reply)
{
	(void)unused, (void)asked;
	if(!reply && rep_link_up(&store->link)) {
		/* a feed of another type spoils it for all: the check finds it, and
		 * leaves it out */
		rep_store_suspect(store);
		return;
	}
	for(size_t i = 0; rep_reply_at(reply, i); i++) {
		const redisReply *feed = rep_reply_at(reply, i);
		rep_store_pool_t *pool =
				pool_of_key(store, rep_reply_span(rep_reply_at(feed, 0)));

		if(pool)
			take_feed(store, pool, rep_reply_at(feed, 1));
	}
}

static const rep_store_pool_t *placed(rep_store_t *store, int i)
{
	const rep_store_pool_t *pool = rep_store_pool_at(store, i);

	return pool && pool->placed && !pool->doubted && rep_served(store, pool)
				   ? pool
				   : NULL;
}

/* Those of the pools from `first` to before `last`. */
static void send_some(rep_store_t *store, int first, int last)
{
	const rep_store_pool_t *pool;
	char key[REP_KEY_MAX];
	size_t n = 0;

	rep_args_command(&store->args, "XREAD");
	rep_args_text(&store->args, "COUNT");
	rep_args_int(&store->args, ENTRIES);
	rep_args_text(&store->args, "STREAMS");
	for(int i = first; i < last; i++)
		if((pool = placed(store, i))) {
			rep_args_text(
					&store->args, rep_key(store, key, "x:feed", pool->name));
			n++;
		}
	for(int i = first; i < last; i++)
		if((pool = placed(store, i)))
			rep_args_text(&store->args, pool->feed_id);
	if(n > 0)
		rep_pipe_send(store, (rep_asked_t){answered, NULL, 0, 0});
}

void rep_feed_send(rep_store_t *store)
{
	int pools = rep_registry_pools(store->registry);

	if(!store->link.nodes)
		send_some(store, 0, pools);
	else /* one command is about one slot */
		for(int i = 0; i < pools; i++)
			send_some(store, i, i + 1);
}
