/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Own counts to Redis. A cell is written as an absolute value under this
 * process's own name, and the script adds only what is new to the total: to
 * send it again after a lost reply changes nothing. */

#include "push.h"

#include <stdio.h>
#include <stdlib.h>

#include "callees.h"
#include "errors.h"
#include "keys.h"
#include "refusal.h"
#include "scripts.h"
#include "writer.h"
#include "../engine/pool/pools.h"
#include "../formats/counts.h"

static int by_bucket(const void *a, const void *b)
{
	uint32_t x = ((const rep_cell_t *)a)->bucket;
	uint32_t y = ((const rep_cell_t *)b)->bucket;

	return (x > y) - (x < y);
}

static size_t count_buckets(const rep_cell_t *cells, size_t n)
{
	size_t buckets = 0;

	for(size_t i = 0; i < n; i++)
		buckets += i == 0 || cells[i].bucket != cells[i - 1].bucket;
	return buckets;
}

static void add_cell(rep_store_t *store, const rep_store_pool_t *pool,
		const rep_cell_t *cell)
{
	char writer[REP_WRITER_MAX + 1];
	char field[REP_FIELD_TEXT], counts[REP_COUNTS_TEXT];
	size_t n;

	rep_writer_of(store, pool, cell->number, writer);
	n = rep_pack_field(cell, writer, field);
	rep_args_span(&store->args, (rep_span_t){field, n});
	n = rep_pack_field(cell, "*", field);
	rep_args_span(&store->args, (rep_span_t){field, n});
	n = rep_pack_counts(&cell->counts, counts);
	rep_args_span(&store->args, (rep_span_t){counts, n});
}

/* The script's arguments, from cells in the order of their buckets. */
static void push_args(rep_store_t *store, const rep_store_pool_t *pool,
		const rep_cell_t *cells, size_t n)
{
	rep_args_t *args = &store->args;
	char key[REP_KEY_MAX];
	size_t count_at = 0, count = 0;

	rep_script_begin(store, REP_SHA_PUSH, 3 + count_buckets(cells, n));
	rep_args_text(args, rep_key(store, key, "x:feed", pool->name));
	rep_args_text(args, rep_key(store, key, "x:seq", pool->name));
	rep_args_text(args, rep_key(store, key, "x:b1", pool->name));
	for(size_t i = 0; i < n; i++)
		if(i == 0 || cells[i].bucket != cells[i - 1].bucket) {
			rep_bucket_key(store, pool->name, cells[i].bucket, key);
			rep_args_text(args, key);
		}
	rep_args_text(args, store->writer);
	rep_args_int(args, pool->ttl);
	rep_args_int(args, REP_FEED_LENGTH);
	rep_args_span(args, rep_callees_tell(store));
	for(size_t i = 0; i < n; i++) {
		if(i == 0 || cells[i].bucket != cells[i - 1].bucket) {
			rep_args_int(args, cells[i].bucket);
			count_at = args->n;
			count = 0;
			rep_args_int(args, 0);
		}
		add_cell(store, pool, &cells[i]);
		rep_args_patch(args, count_at, (int64_t)++count);
	}
}

/* Keys of the store that hold another type: somebody else wrote them. What
 * was to go there is given up until the next reconnect. */
static void report(rep_store_t *store, const rep_store_pool_t *pool,
		const redisReply *reply)
{
	rep_span_t wrong = rep_reply_span(rep_reply_at(reply, 0));
	const redisReply *bad = rep_reply_at(reply, 1);
	char key[REP_KEY_MAX], why[160];

	if(wrong.len > 0) {
		snprintf(why, sizeof(why), "other proxies are not told: %.*s",
				wrong.len < 120 ? (int)wrong.len : 120, wrong.s);
		rep_error_add(store, NULL, rep_key(store, key, "x:feed", pool->name),
				rep_span(""), why);
	}
	if(rep_reply_at(bad, 0))
		rep_error_add(store, NULL, rep_key(store, key, "x:c1", pool->name),
				rep_span(""),
				"a bucket's key holds another type: its counts are not "
				"shared");
}

static bool push_batch(
		rep_store_t *store, rep_store_pool_t *pool, rep_cell_t *cells, size_t n)
{
	redisReply *reply;

	qsort(cells, n, sizeof(*cells), by_bucket);
	push_args(store, pool, cells, n);
	reply = rep_script_call(store, REP_SHA_PUSH);
	if(!reply) {
		rep_pool_requeue_cells(store->registry, pool->index, cells, n);
		rep_store_refused(store, "writing counts");
		return false;
	}
	report(store, pool, reply);
	freeReplyObject(reply);
	rep_callees_told(store);
	rep_store_accepted(store);
	rep_lock(&store->status->lock);
	store->status->pushes += n;
	store->status->waiting = 0;
	rep_unlock(&store->status->lock);
	return true;
}

bool rep_push(rep_store_t *store, rep_store_pool_t *pool, bool *more)
{
	size_t n = rep_pool_drain_cells(
			store->registry, pool->index, store->cells, REP_BATCH);

	*more = n == REP_BATCH;
	return n == 0 || push_batch(store, pool, store->cells, n);
}

/* What waits while there is nobody to write it to: looked at, and put back. */
void rep_count_waiting(rep_store_t *store)
{
	uint32_t waiting = 0;

	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		size_t n = rep_pool_drain_cells(
				store->registry, i, store->cells, REP_BATCH);

		if(n)
			rep_pool_requeue_cells(store->registry, i, store->cells, n);
		waiting += (uint32_t)n;
	}
	rep_lock(&store->status->lock);
	store->status->waiting = waiting;
	rep_unlock(&store->status->lock);
}
