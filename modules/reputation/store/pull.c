/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other proxies' counts from Redis. */

#include "pull.h"

#include "errors.h"
#include "keys.h"
#include "writer.h"
#include "../formats/counts.h"

static bool parse_pair(
		const redisReply *total, const redisReply *mine, rep_counts_t *others)
{
	rep_counts_t own = {0};

	if(!rep_unpack_counts(rep_reply_span(total), others))
		return false;
	rep_unpack_counts(rep_reply_span(mine), &own);
	for(int i = 0; i < REP_OUTCOMES; i++)
		others->n[i] = others->n[i] > own.n[i] ? others->n[i] - own.n[i] : 0;
	return true;
}

bool rep_pull_cells(rep_store_t *store, rep_store_pool_t *pool, uint32_t bucket,
		const rep_cell_t *cells, size_t n)
{
	rep_time_t now = store->clock();
	char key[REP_KEY_MAX], text[REP_FIELD_TEXT], writer[REP_WRITER_MAX + 1];
	redisReply *reply;

	rep_args_command(&store->args, "HMGET");
	rep_bucket_key(store, pool->name, bucket, key);
	rep_args_text(&store->args, key);
	for(size_t i = 0; i < n; i++) {
		rep_pack_field(&cells[i], "*", text);
		rep_args_text(&store->args, text);
		rep_writer_of(store, pool, cells[i].number, writer);
		rep_pack_field(&cells[i], writer, text);
		rep_args_text(&store->args, text);
	}
	reply = rep_link_call(&store->link, &store->args);
	if(!reply) {
		if(rep_link_up(&store->link))
			rep_error_add(store, NULL, key, rep_span(""), store->link.error);
		return rep_link_up(&store->link);
	}
	for(size_t i = 0; i < n; i++) {
		rep_cell_t cell = cells[i];

		cell.bucket = bucket;
		if(parse_pair(rep_reply_at(reply, 2 * i),
				   rep_reply_at(reply, 2 * i + 1), &cell.counts))
			rep_pool_put_others(store->registry, pool->index, &cell, now);
	}
	freeReplyObject(reply);
	rep_lock(&store->status->lock);
	store->status->pulls += n;
	rep_unlock(&store->status->lock);
	return true;
}
