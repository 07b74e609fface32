/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A count is written as an absolute value under its writer's name, and the
 * script keeps the larger one: to send it again after a lost reply, or late,
 * changes nothing. */

#include "push.h"

#include <stdio.h>

#include "callees.h"
#include "errors.h"
#include "keys.h"
#include "pipe.h"
#include "refusal.h"
#include "scripts.h"
#include "store_pool.h"
#include "writer.h"
#include "../engine/pool/pools.h"
#include "../formats/cell.h"
#include "../formats/counts.h"

#define TOUCHED 64 /* buckets a script call */

/* ---- what was counted here ------------------------------------------------ */

static void collect(
		rep_store_t *store, rep_store_pool_t *pool, const rep_cell_t *cell)
{
	char writer[REP_WRITER_MAX + 1];
	rep_merged_t merged;

	rep_writer_of(store, pool, cell->number, writer);
	merged = rep_mirror_own(&pool->mirror, cell, rep_span(writer));
	if(merged == REP_MERGED_LESS
			&& rep_incarnations_add(
					&store->incarnations, pool->index, cell->number)) {
		/* it was removed and came back unseen: what was counted before is
		 * another's now */
		rep_writer_of(store, pool, cell->number, writer);
		merged = rep_mirror_own(&pool->mirror, cell, rep_span(writer));
		pool->replay = true;
		pool->replayed = 0;
	}
	if(merged == REP_MERGED_FULL || merged == REP_MERGED_LESS)
		rep_pool_requeue_cells(store->registry, pool->index, cell, 1);
}

bool rep_push_collect_pool(rep_store_t *store, rep_store_pool_t *pool)
{
	size_t n = REP_BATCH;

	for(int left = REP_SENT / REP_BATCH; n == REP_BATCH && left > 0; left--) {
		n = rep_pool_drain_cells(
				store->registry, pool->index, store->cells, REP_BATCH);
		for(size_t k = 0; k < n; k++)
			collect(store, pool, &store->cells[k]);
	}
	return n == REP_BATCH;
}

void rep_push_collect(rep_store_t *store)
{
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		if(!pool)
			continue;
		store->more = rep_push_collect_pool(store, pool) || store->more;
	}
}

/* ---- writing -------------------------------------------------------------- */

static void begin(rep_store_t *store, const rep_store_pool_t *pool,
		const uint32_t *buckets, size_t n)
{
	rep_args_t *args = &store->args;
	char key[REP_KEY_MAX];

	rep_script_begin(store, REP_SHA_PUSH, 3 + n);
	rep_args_text(args, rep_key(store, key, "x:feed", pool->name));
	rep_args_text(args, rep_key(store, key, "x:seq", pool->name));
	rep_args_text(args, rep_key(store, key, "x:b2", pool->name));
	for(size_t i = 0; i < n; i++) {
		rep_bucket_key(store, pool->name, buckets[i], key);
		rep_args_text(args, key);
	}
	rep_args_text(args, store->writer);
	rep_args_int(args, pool->ttl);
}

static void add_count(rep_store_t *store, const rep_store_pool_t *pool,
		const rep_mirror_ref_t *ref)
{
	char field[REP_FIELD_TEXT], counts[REP_COUNTS_TEXT];
	rep_span_t writer;
	rep_cell_t cell;
	size_t n;

	rep_mirror_get(&pool->mirror, ref, &cell, &writer);
	n = rep_pack_field(&cell, writer, field);
	rep_args_span(&store->args, (rep_span_t){field, n});
	n = rep_pack_counts(&cell.counts, counts);
	rep_args_span(&store->args, (rep_span_t){counts, n});
}

/* Keys of the store that hold another type: somebody else wrote them. */
static void report(rep_store_t *store, const rep_store_pool_t *pool,
		const redisReply *reply)
{
	rep_span_t wrong = rep_reply_span(rep_reply_at(reply, 0));
	rep_span_t index = rep_reply_span(rep_reply_at(reply, 2));
	char key[REP_KEY_MAX], why[160];

	if(wrong.len > 0) {
		snprintf(why, sizeof(why), "other proxies are not told: %.*s",
				wrong.len < 120 ? (int)wrong.len : 120, wrong.s);
		rep_error_add(store, NULL, rep_key(store, key, "x:feed", pool->name),
				rep_span(""), why);
	}
	if(index.len > 0)
		rep_error_add(store, NULL, rep_key(store, key, "x:b2", pool->name),
				rep_span(""), "the index of buckets holds another type");
	if(rep_reply_at(rep_reply_at(reply, 1), 0))
		rep_error_add(store, NULL, rep_key(store, key, "x:c2", pool->name),
				rep_span(""),
				"a bucket's key holds another type: its counts are not "
				"shared");
}

static void written(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	if(!reply) {
		rep_mirror_give_back(&pool->mirror, &store->sent[asked->at], asked->n);
		rep_store_refused(store, "writing counts");
		return;
	}
	report(store, pool, reply);
	if(asked->at == 0)
		rep_callees_told(store);
	rep_store_accepted(store);
	rep_lock(&store->status->lock);
	store->status->pushes += asked->n;
	rep_unlock(&store->status->lock);
}

/* One batch, in the order of its buckets: the mirror gives it so. */
static size_t send_batch(rep_store_t *store, rep_store_pool_t *pool)
{
	rep_mirror_ref_t *ref = &store->sent[store->n_sent];
	size_t left = REP_SENT - store->n_sent, buckets = 0, count_at = 0, n;
	uint32_t bucket[REP_BATCH];

	n = rep_mirror_take(
			&pool->mirror, ref, left < REP_BATCH ? left : REP_BATCH);
	for(size_t i = 0; i < n; i++)
		if(i == 0 || ref[i].bucket != ref[i - 1].bucket)
			bucket[buckets++] = ref[i].bucket->bucket;
	if(n == 0)
		return 0;
	begin(store, pool, bucket, buckets);
	rep_args_span(&store->args,
			store->n_sent == 0 ? rep_callees_tell(store) : rep_span(""));
	for(size_t i = 0, count = 0; i < n; i++) {
		if(i == 0 || ref[i].bucket != ref[i - 1].bucket) {
			rep_args_int(&store->args, ref[i].bucket->bucket);
			count_at = store->args.n;
			count = 0;
			rep_args_int(&store->args, 0);
		}
		add_count(store, pool, &ref[i]);
		rep_args_patch(&store->args, count_at, (int64_t)++count);
	}
	rep_pipe_send(store, (rep_asked_t){written, pool, store->n_sent, n});
	store->n_sent += n;
	return n;
}

/* ---- the index ------------------------------------------------------------ */

static void touched(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	(void)asked;
	if(reply)
		report(store, pool, reply);
}

static void send_touch(rep_store_t *store, rep_store_pool_t *pool)
{
	uint32_t bucket[TOUCHED];
	size_t n = 0;

	for(uint32_t i = 0; i < pool->mirror.n && n < TOUCHED; i++)
		if(pool->mirror.bucket[i]->touch) {
			bucket[n++] = pool->mirror.bucket[i]->bucket;
			pool->mirror.bucket[i]->touch = false;
		}
	pool->touch = n == TOUCHED;
	if(n == 0)
		return;
	begin(store, pool, bucket, n);
	rep_args_text(&store->args, "");
	for(size_t i = 0; i < n; i++) {
		rep_args_int(&store->args, bucket[i]);
		rep_args_int(&store->args, 0);
	}
	rep_pipe_send(store, (rep_asked_t){touched, pool, 0, 0});
}

void rep_push_send(rep_store_t *store, rep_store_pool_t *pool)
{
	/* others' turn comes, too */
	for(int left = 4; left > 0 && send_batch(store, pool) == REP_BATCH; left--)
		;
	if(pool->touch)
		send_touch(store, pool);
	store->more = store->more || pool->mirror.n_dirty > 0;
}
