/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "resync.h"

#include <stdio.h>
#include <stdlib.h>

#include "errors.h"
#include "feed.h"
#include "guards.h"
#include "health.h"
#include "keys.h"
#include "leases.h"
#include "log.h"
#include "pipe.h"
#include "pull.h"
#include "say.h"
#include "scripts.h"
#include "verdict_sync.h"
#include "../engine/base/decimal.h"
#include "../engine/judge/bucket.h"
#include "../engine/pool/numbers.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/reply/e164.h"
#include "../formats/counts.h"

#define CHECK_MS 8000	/* between the checks of a pool */
#define AGAIN_MS 2000	/* when what others should write back is missing */
#define REFUSED_MS 5000 /* when Redis would not tell */
#define SUMMED 2000		/* counts that a check adds up */
#define PAGE 2000		/* fields */
#define CALLS 1000		/* a bucket with more counts for more than one */
#define PAGES 64		/* an exchange, of all pools */
#define GONE 256		/* numbers a command */

static void complain(
		rep_store_t *store, const rep_store_pool_t *pool, const char *kind)
{
	char key[REP_KEY_MAX];

	if(rep_link_up(&store->link) && store->link.fault != REP_REDIS_SCRIPT)
		rep_error_add(store, NULL, rep_key(store, key, kind, pool->name),
				rep_span(""), store->link.error);
}

static int64_t whole(const redisReply *reply, int64_t otherwise)
{
	uint64_t v;

	if(reply && reply->type == REDIS_REPLY_INTEGER)
		return reply->integer;
	return rep_u64_parse(rep_reply_span(reply), INT64_MAX, &v) ? (int64_t)v
															   : otherwise;
}

/* ---- where we are --------------------------------------------------------- */

static void start(rep_store_t *store, rep_store_pool_t *pool)
{
	pool->known = false;
	pool->placed_at = rep_mono_ms();
	pool->records = pool->turns = pool->healthy = -1;
	pool->records_pages = (rep_pages_t){.wanted = true};
	rep_leases_again(store, pool);
	pool->guards_pages = (rep_pages_t){.wanted = true};
	pool->guards_at[0] = '\0';
	pool->guards_again = true;
	pool->guards_cursor = 0;
	/* in case that what we offered is lost */
	rep_pool_requeue_all(store->registry, pool->index);
}

/* Where the feed stands, and whether what we have read of it goes on from
 * there. False when there is something to be read first. */
static bool follow(
		rep_store_t *store, rep_store_pool_t *pool, const redisReply *reply)
{
	rep_span_t last = rep_reply_span(rep_reply_at(reply, 0));
	uint64_t seq = (uint64_t)whole(rep_reply_at(reply, 1), 0);
	uint64_t mine = (uint64_t)whole(rep_reply_at(reply, 2), 0);
	bool begun = pool->feed_seq > 0, lost = seq < pool->feed_seq;

	if(pool->placed && (!pool->doubted || mine == pool->feed_seq) && !lost
			&& !(seq > pool->feed_seq && rep_span_is(last, pool->feed_id))
			&& !(seq > pool->feed_seq && rep_span_is(last, "0-0"))) {
		bool unread = pool->doubted || seq > pool->feed_seq;
		pool->doubted = false;
		if(unread)
			pool->check_after = 0;
		return !unread;
	}
	if(begun)
		rep_say(store, REP_LOG_NOTICE,
				lost ? "the feed of pool %s began anew: Redis lost data, what "
					   "is known is compared and written back"
					 : "the feed of pool %s moved on without us: what differs "
					   "is read again",
				pool->name);
	rep_feed_place(pool, last, seq);
	pool->doubted = false;
	start(store, pool);
	return true;
}

/* ---- check sums ----------------------------------------------------------- */

/* What the index says, to the buckets of the mirror; those that are not there
 * yet are made, and read. */
static void take_index(rep_store_pool_t *pool, const redisReply *index,
		uint32_t oldest, uint32_t last)
{
	for(uint32_t i = 0; i < pool->mirror.n; i++)
		pool->mirror.bucket[i]->indexed = UINT64_MAX;
	for(size_t i = 0; rep_reply_at(index, i + 1); i += 2) {
		int64_t bucket = whole(rep_reply_at(index, i), -1);
		rep_mirror_bucket_t *b;

		if(bucket < oldest || bucket > last)
			continue;
		b = rep_mirror_bucket(&pool->mirror, (uint32_t)bucket, true);
		if(!b)
			continue;
		b->indexed = (uint64_t)whole(rep_reply_at(index, i + 1), 0);
		if(b->n == 0 && b->odd == 0)
			b->stale = true; /* others' alone */
	}
}

static uint64_t fields_of(const rep_mirror_bucket_t *b)
{
	return (uint64_t)b->n + b->odd;
}

static uint64_t sum_of(const rep_mirror_bucket_t *b)
{
	return b->sum + b->odd_sum;
}

static void touch(rep_store_pool_t *pool, rep_mirror_bucket_t *b)
{
	b->touch = true;
	pool->touch = true;
}

/* True when the bucket is to be read. */
static bool differs(rep_store_pool_t *pool, rep_mirror_bucket_t *b,
		int64_t fields, int64_t sum)
{
	if(b->stale)
		return false; /* it is being read */
	if(fields == (int64_t)fields_of(b) && b->indexed == sum_of(b)
			&& (sum < 0 || (uint64_t)sum == sum_of(b))) {
		b->readings = 0;
		return false;
	}
	if(fields == (int64_t)fields_of(b) && sum >= 0
			&& (uint64_t)sum == sum_of(b))
		touch(pool, b); /* the index alone is wrong */
	else
		b->stale = true;
	return true;
}

/* Verdicts and health do not become fewer by themselves. */
static bool fewer(
		rep_store_t *store, rep_store_pool_t *pool, const redisReply *reply)
{
	int64_t records = whole(rep_reply_at(reply, 6), -1);
	int64_t turns = whole(rep_reply_at(reply, 7), -1);
	int64_t healthy = whole(rep_reply_at(reply, 8), 0);
	bool less = records < pool->records || (turns >= 0 && turns < pool->turns)
				|| (healthy == 0 && pool->healthy > 0);

	if(less) {
		pool->records_pages = (rep_pages_t){.wanted = true};
		rep_pool_requeue_all(store->registry, pool->index);
	}
	pool->healthy = healthy;
	pool->records = records;
	pool->turns = turns >= 0 || less ? turns : pool->turns;
	return less;
}

static void compare(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	const redisReply *fields = rep_reply_at(reply, 4);
	const redisReply *sums = rep_reply_at(reply, 5);
	unsigned differ = 0, verdicts, callees;
	rep_policy_t policy;
	rep_time_t now = store->clock();

	if(!rep_pool_policy(store->registry, pool->index, &policy))
		return;
	take_index(pool, rep_reply_at(reply, 3), rep_bucket_oldest(&policy, now),
			rep_bucket_last(&policy, now));
	for(size_t i = 0; i < asked->n; i++) {
		uint32_t bucket = store->checked[asked->at + i];
		rep_mirror_bucket_t *b =
				rep_mirror_bucket(&pool->mirror, bucket, false);
		int64_t sum = whole(rep_reply_at(sums, i), -1);

		if(!b)
			continue;
		differ += differs(pool, b, whole(rep_reply_at(fields, i), 0), sum);
		if(sum >= 0)
			pool->summed = bucket + 1;
		else if(bucket == pool->summed)
			pool->summed++; /* too many to be added up */
	}
	if(asked->n > 0 && pool->summed > store->checked[asked->at + asked->n - 1])
		pool->summed = 0;
	verdicts = fewer(store, pool, reply);
	callees = rep_guards_there(pool, whole(rep_reply_at(reply, 9), -1),
			whole(rep_reply_at(reply, 10), -1));
	if(!pool->known || (differ == 0 && !verdicts && !callees))
		return;
	pool->mending = pool->mending || differ > 0;
	pool->mismatches += differ + verdicts + callees;
	rep_lock(&store->status->lock);
	store->status->mismatches += differ + verdicts + callees;
	rep_unlock(&store->status->lock);
	rep_say(store, REP_LOG_NOTICE,
			"pool %s: Redis is not what it was: %u buckets%s%s are read and "
			"mended",
			pool->name, differ, verdicts ? ", verdicts and health" : "",
			callees ? ", the callee guard" : "");
}

static void checked(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	int64_t now = rep_mono_ms();

	if(!reply) {
		complain(store, pool, "x:feed");
		if(rep_link_up(&store->link) && store->link.fault != REP_REDIS_SCRIPT) {
			pool->placed = false; /* left out for a while */
			pool->check_after = now + REFUSED_MS;
		}
		return;
	}
	pool->check_after = now + CHECK_MS;
	if(!follow(store, pool, reply)) {
		store->more = true;
	} else if(pool->mirror.n_dirty == 0) {
		compare(store, pool, asked, reply);
	} else {
		pool->check_after = now + 100;
	}
	store->more = store->more || !pool->known; /* there is to be read */
}

static bool remember(rep_store_t *store, uint32_t bucket)
{
	size_t room = store->room_checked ? store->room_checked * 2 : 256;
	void *more;

	if(store->n_checked == store->room_checked) {
		more = realloc(store->checked, room * sizeof(*store->checked));
		if(!more)
			return false;
		store->checked = more;
		store->room_checked = room;
	}
	store->checked[store->n_checked++] = bucket;
	return true;
}

/* By order: everything is read, whatever the check sums say. */
static void read_anew(rep_store_pool_t *pool)
{
	for(uint32_t i = 0; i < pool->mirror.n; i++)
		pool->mirror.bucket[i]->stale = true;
	pool->numbers_wanted = pool->policy_wanted = true;
	pool->placed = false;
	pool->feed_seq = 0;
	pool->check_after = 0;
}

void rep_resync_check(rep_store_t *store, rep_store_pool_t *pool)
{
	rep_args_t *args = &store->args;
	size_t at = store->n_checked, from = 1;
	char key[REP_KEY_MAX];
	rep_policy_t policy;

	if(rep_status_wanted(store->status, pool->index))
		read_anew(pool);

	if(!pool->loaded || rep_mono_ms() < pool->check_after)
		return;
	if(rep_pool_policy(store->registry, pool->index, &policy))
		rep_mirror_trim(
				&pool->mirror, rep_bucket_oldest(&policy, store->clock()));
	for(uint32_t i = 0; i < pool->mirror.n; i++)
		if(!remember(store, pool->mirror.bucket[i]->bucket))
			return;
	rep_script_begin(store, REP_SHA_CHECK, 7 + store->n_checked - at);
	rep_args_text(args, rep_key(store, key, "x:feed", pool->name));
	rep_args_text(args, rep_key(store, key, "x:seq", pool->name));
	rep_args_text(args, rep_key(store, key, "x:b2", pool->name));
	rep_args_text(args, rep_key(store, key, "x:v1", pool->name));
	rep_args_text(args, rep_key(store, key, "health", pool->name));
	rep_args_text(args, rep_key(store, key, "x:g1", pool->name));
	rep_args_text(args, rep_key(store, key, "x:gn1", pool->name));
	for(size_t i = at; i < store->n_checked; i++) {
		rep_bucket_key(store, pool->name, store->checked[i], key);
		rep_args_text(args, key);
		from += store->checked[i] < pool->summed;
	}
	rep_args_text(args, pool->feed_id);
	rep_args_int(args, (int64_t)from);
	rep_args_int(args, SUMMED);
	rep_pipe_send(
			store, (rep_asked_t){checked, pool, at, store->n_checked - at});
}

/* ---- reading as a whole --------------------------------------------------- */

/* One page of HSCAN. */
static void ask_page(rep_store_t *store, rep_store_pool_t *pool,
		const char *key, uint64_t cursor, rep_asked_t asked)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)cursor);
	rep_args_command(&store->args, "HSCAN");
	rep_args_text(&store->args, key);
	rep_args_text(&store->args, text);
	rep_args_text(&store->args, "COUNT");
	rep_args_int(&store->args, PAGE);
	asked.pool = pool;
	rep_pipe_send(store, asked);
	store->n_pages++;
}

/* Where the next page begins; true at the end. */
static bool turn_page(const redisReply *reply, uint64_t *cursor)
{
	if(!rep_u64_parse(
			   rep_reply_span(rep_reply_at(reply, 0)), UINT64_MAX, cursor))
		*cursor = 0;
	return *cursor == 0;
}

static void records_page(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	const redisReply *pairs = rep_reply_at(reply, 1);

	(void)asked;
	if(!reply && !rep_link_up(&store->link))
		return; /* it begins anew */
	if(!reply)
		complain(store, pool, "x:v1");
	for(size_t i = 0; rep_reply_at(pairs, i + 1); i += 2)
		rep_verdict_take(store, pool, rep_reply_span(rep_reply_at(pairs, i)),
				rep_reply_span(rep_reply_at(pairs, i + 1)));
	pool->records_pages.wanted = !turn_page(reply, &pool->records_pages.cursor);
}

/* Health of numbers that went while nobody looked. */
static void health_page(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	const redisReply *pairs = rep_reply_at(reply, 1);
	rep_e164_t gone[GONE];
	size_t n = 0;

	(void)asked;
	if(!reply && !rep_link_up(&store->link))
		return;
	for(size_t i = 0; rep_reply_at(pairs, i + 1); i += 2) {
		if(rep_e164_parse(rep_reply_span(pairs->element[i]), &gone[n])
						!= REP_E164_OK
				|| rep_pool_seen(
						store->registry, pool->index, gone[n], pool->load)
				|| ++n < GONE)
			continue;
		rep_health_gone(store, pool, gone, n);
		n = 0;
	}
	rep_health_gone(store, pool, gone, n);
	pool->health_pages.wanted = !turn_page(reply, &pool->health_pages.cursor);
}

static void read_whole(
		rep_store_t *store, rep_store_pool_t *pool, rep_mirror_bucket_t *b)
{
	uint32_t missing = rep_mirror_was_read(
			&pool->mirror, b, rep_span(store->writer), b->readings > 0);

	b->stale = false;
	b->begun = false;
	if(missing && b->readings == 0) {
		/* of others: they will see to it, or do not run any more */
		b->readings = 1;
		if(pool->check_after > rep_mono_ms() + AGAIN_MS)
			pool->check_after = rep_mono_ms() + AGAIN_MS;
	}
	if(!missing && b->indexed != sum_of(b))
		touch(pool, b);
}

static void take_page(rep_store_t *store, rep_store_pool_t *pool,
		rep_mirror_bucket_t *b, const redisReply *pairs)
{
	for(size_t i = 0; rep_reply_at(pairs, i + 1); i += 2) {
		rep_span_t text = rep_reply_span(pairs->element[i + 1]);
		rep_counts_t counts;

		if(rep_pull_count(store, pool, b->bucket,
				   rep_reply_span(pairs->element[i]), text))
			continue;
		b->odd++;
		if(rep_unpack_counts(text, &counts))
			for(int o = 0; o < REP_OUTCOMES; o++)
				b->odd_sum += counts.n[o];
	}
	rep_pull_done(store, pool);
	rep_lock(&store->status->lock);
	store->status->pulls += pairs ? pairs->elements / 2 : 0;
	rep_unlock(&store->status->lock);
}

static void ask_bucket(rep_store_t *store, rep_store_pool_t *pool,
		const rep_mirror_bucket_t *b);

static void bucket_page(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	rep_mirror_bucket_t *b =
			rep_mirror_bucket(&pool->mirror, (uint32_t)asked->at, false);
	bool last;

	if(!b || (!reply && !rep_link_up(&store->link)))
		return;
	if(!reply) {
		complain(store, pool, "x:c2");
		b->stale = b->begun = false; /* until the next check */
		return;
	}
	last = turn_page(reply, &b->cursor);
	if(!last && rep_mono_ms() < store->pages_until) {
		/* Redis looks the next one up while we look at this one */
		ask_bucket(store, pool, b);
		rep_link_flush(&store->link);
	}
	take_page(store, pool, b, rep_reply_at(reply, 1));
	if(last)
		read_whole(store, pool, b);
}

static void ask_bucket(rep_store_t *store, rep_store_pool_t *pool,
		const rep_mirror_bucket_t *b)
{
	char key[REP_KEY_MAX];

	rep_bucket_key(store, pool->name, b->bucket, key);
	ask_page(store, pool, key, b->cursor,
			(rep_asked_t){bucket_page, NULL, b->bucket, 0});
}

/* All is read that there was when the feed was placed. */
static void done(rep_store_t *store, rep_store_pool_t *pool)
{
	if(pool->mending) /* health may have been written of what was known */
		rep_pool_requeue_all(store->registry, pool->index);
	pool->mending = false;
	if(pool->known)
		return;
	pool->known = true;
	/* the first time goes without saying */
	rep_say(store, pool->was_known ? REP_LOG_NOTICE : REP_LOG_DBG,
			"pool %s: resynchronised, %u buckets, in %lld ms", pool->name,
			pool->mirror.n, (long long)(rep_mono_ms() - pool->placed_at));
	pool->was_known = true;
	rep_lock(&store->status->lock);
	store->status->resyncs++;
	rep_unlock(&store->status->lock);
}

void rep_resync_pages(rep_store_t *store, rep_store_pool_t *pool)
{
	char key[REP_KEY_MAX];
	size_t before = store->n_pages, big = 0;

	if(!pool->placed)
		return;
	if(pool->records_pages.wanted)
		ask_page(store, pool, rep_key(store, key, "x:v1", pool->name),
				pool->records_pages.cursor,
				(rep_asked_t){.answer = records_page});
	rep_guards_read(store, pool);
	if(pool->health_pages.wanted && pool->phase == REP_LOAD_IDLE)
		ask_page(store, pool, rep_key(store, key, "health", pool->name),
				pool->health_pages.cursor,
				(rep_asked_t){.answer = health_page});
	/* oldest first, and big ones one after the other: a number's cells are
	 * soonest put where the newest of them are */
	for(uint32_t i = 0; i < pool->mirror.n && store->n_pages + big < PAGES;
			i++) {
		rep_mirror_bucket_t *b = pool->mirror.bucket[i];

		if(!b->stale)
			continue;
		if(b->indexed != UINT64_MAX)
			big += (size_t)(b->indexed / CALLS);
		if(!b->begun) {
			rep_mirror_reading(b);
			b->begun = true;
			b->cursor = 0;
		}
		ask_bucket(store, pool, b);
	}
	if(store->n_pages > before)
		store->more = true;
	else if(store->n_pages < PAGES)
		done(store, pool);
}

void rep_resync_lost(rep_store_pool_t *pool)
{
	for(uint32_t i = 0; i < pool->mirror.n; i++)
		pool->mirror.bucket[i]->begun = false;
	pool->records_pages.cursor = pool->health_pages.cursor = 0;
}
