/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts: offered to Redis, where the one with the higher turn stands, and
 * taken over from there. */

#include "verdict_sync.h"

#include <stdio.h>

#include "errors.h"
#include "events.h"
#include "keys.h"
#include "refusal.h"
#include "scripts.h"
#include "../formats/record.h"

#define OFFERS 128

static void sync_args(rep_store_t *store, const rep_store_pool_t *pool,
		const rep_record_t *records, size_t n)
{
	rep_args_t *args = &store->args;
	char text[REP_RECORD_TEXT];

	rep_script_begin(store, REP_SHA_VERDICT, 3);
	rep_args_text(args, rep_key(store, text, "x:feed", pool->name));
	rep_args_text(args, rep_key(store, text, "x:seq", pool->name));
	rep_args_text(args, rep_key(store, text, "x:v1", pool->name));
	rep_args_text(args, store->writer);
	rep_args_int(args, pool->record_ttl);
	rep_args_int(args, REP_FEED_LENGTH);
	for(size_t i = 0; i < n; i++) {
		rep_pack_record_field(&records[i], text);
		rep_args_text(args, text);
		rep_args_int(args, records[i].turn);
		rep_pack_record(&records[i], store->node, text);
		rep_args_text(args, text);
	}
}

static void complain(rep_store_t *store, const rep_store_pool_t *pool,
		rep_span_t field, const char *sentence)
{
	char key[REP_KEY_MAX];

	rep_error_add(store, NULL, rep_key(store, key, "x:v1", pool->name), field,
			sentence);
}

/* Take over what stands in Redis. */
static void adopt(rep_store_t *store, const rep_store_pool_t *pool,
		rep_span_t field, rep_span_t text)
{
	size_t n = strlen(store->node);
	rep_record_t record;
	bool ours;

	if(!rep_unpack_record(field, text, &record)) {
		complain(store, pool, field, "not a verdict of layout 1");
		return;
	}
	/* the reply to our own writing may have been lost */
	ours = text.len > n && memcmp(text.s + text.len - n, store->node, n) == 0
		   && text.s[text.len - n - 1] == ' ';
	rep_events_decide(store, pool->index, &record, ours);
	rep_pool_adopt(store->registry, pool->index, &record, true, store->clock());
}

static void decided(rep_store_t *store, const rep_store_pool_t *pool,
		const rep_record_t *record, const redisReply *answer)
{
	char field[REP_RECORD_FIELD];
	size_t n;

	if(!answer || answer->type == REDIS_REPLY_INTEGER) {
		rep_events_decide(store, pool->index, record, true);
		return;
	}
	n = rep_pack_record_field(record, field);
	adopt(store, pool, (rep_span_t){field, n}, rep_reply_span(answer));
}

bool rep_verdict_sync(rep_store_t *store, rep_store_pool_t *pool, bool *more)
{
	rep_record_t records[OFFERS];
	size_t n = rep_pool_drain_records(
			store->registry, pool->index, records, OFFERS);
	redisReply *reply;

	*more = n == OFFERS;
	if(n == 0)
		return true;
	/* the edges of these records are in the ring by now */
	rep_events_drain(store);
	sync_args(store, pool, records, n);
	reply = rep_script_call(store, REP_SHA_VERDICT);
	if(!reply) {
		rep_pool_requeue_records(store->registry, pool->index, records, n);
		rep_store_refused(store, "writing verdicts");
		return false;
	}
	for(size_t i = 0; i < n; i++)
		decided(store, pool, &records[i], rep_reply_at(reply, i + 1));
	freeReplyObject(reply);
	rep_store_accepted(store);
	return true;
}

bool rep_pull_records(rep_store_t *store, rep_store_pool_t *pool,
		const rep_span_t *fields, size_t n)
{
	char key[REP_KEY_MAX];
	redisReply *reply;

	rep_args_command(&store->args, "HMGET");
	rep_args_text(&store->args, rep_key(store, key, "x:v1", pool->name));
	for(size_t i = 0; i < n; i++)
		rep_args_span(&store->args, fields[i]);
	reply = rep_link_call(&store->link, &store->args);
	if(!reply) {
		if(rep_link_up(&store->link))
			complain(store, pool, rep_span(""), store->link.error);
		return rep_link_up(&store->link);
	}
	for(size_t i = 0; i < n; i++) {
		rep_span_t text = rep_reply_span(rep_reply_at(reply, i));

		if(text.s)
			adopt(store, pool, fields[i], text);
	}
	freeReplyObject(reply);
	return true;
}

/* A page of the records' hash, for resync.c. */
void rep_pull_record_page(rep_store_t *store, const rep_store_pool_t *pool,
		const redisReply *pairs)
{
	for(size_t i = 0; rep_reply_at(pairs, i + 1); i += 2)
		adopt(store, pool, rep_reply_span(rep_reply_at(pairs, i)),
				rep_reply_span(rep_reply_at(pairs, i + 1)));
}
