/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts: offered to Redis, where the one with the higher turn stands, and
 * taken over from there. */

#include "verdict_sync.h"

#include <stdio.h>

#include "errors.h"
#include "events.h"
#include "keys.h"
#include "pipe.h"
#include "refusal.h"
#include "scripts.h"
#include "../formats/record.h"

#define OFFERS 128

static void complain(rep_store_t *store, const rep_store_pool_t *pool,
		rep_span_t field, const char *sentence)
{
	char key[REP_KEY_MAX];

	rep_error_add(store, NULL, rep_key(store, key, "x:v1", pool->name), field,
			sentence);
}

void rep_verdict_take(rep_store_t *store, rep_store_pool_t *pool,
		rep_span_t field, rep_span_t text)
{
	size_t n = strlen(store->node);
	rep_record_t record;
	bool ours;

	if(!rep_unpack_record(field, text, &record)) {
		complain(store, pool, field, "not a verdict of layout 1");
		if(rep_unpack_record_field(field, &record))
			rep_pool_requeue_records(store->registry, pool->index, &record, 1);
		return;
	}
	/* the reply to our own writing may have been lost */
	ours = text.len > n && memcmp(text.s + text.len - n, store->node, n) == 0
		   && text.s[text.len - n - 1] == ' ';
	rep_events_decide(store, pool->index, &record, ours);
	rep_pool_adopt(store->registry, pool->index, &record, true, store->clock());
}

static void decided(rep_store_t *store, rep_store_pool_t *pool,
		const rep_record_t *record, const redisReply *answer)
{
	char field[REP_RECORD_FIELD];
	size_t n;

	if(!answer || answer->type == REDIS_REPLY_INTEGER) {
		rep_events_decide(store, pool->index, record, true);
		return;
	}
	n = rep_pack_record_field(record, field);
	rep_verdict_take(
			store, pool, (rep_span_t){field, n}, rep_reply_span(answer));
}

/* The next check is to find no less. */
static void now_there(rep_store_pool_t *pool, const redisReply *records,
		const redisReply *grew)
{
	if(records && records->integer > pool->records)
		pool->records = records->integer;
	if(grew && pool->turns >= 0)
		pool->turns += grew->integer;
}

static void answered(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	const rep_record_t *records = &store->offered[asked->at];

	if(!reply) {
		rep_pool_requeue_records(
				store->registry, pool->index, records, asked->n);
		if(rep_link_up(&store->link) && store->link.fault == REP_REDIS_TYPE)
			complain(store, pool, rep_span(""), store->link.error);
		else
			rep_store_refused(store, "writing verdicts");
		return;
	}
	now_there(pool, rep_reply_at(reply, 1), rep_reply_at(reply, 2));
	for(size_t i = 0; i < asked->n; i++)
		decided(store, pool, &records[i], rep_reply_at(reply, i + 3));
	rep_store_accepted(store);
}

void rep_verdict_send(rep_store_t *store, rep_store_pool_t *pool)
{
	rep_record_t *records = &store->offered[store->n_offered];
	size_t left = REP_OFFERED - store->n_offered, n;
	rep_args_t *args = &store->args;
	char text[REP_RECORD_TEXT];

	n = rep_pool_drain_records(store->registry, pool->index, records,
			left < OFFERS ? left : OFFERS);
	store->more = store->more || n == OFFERS || left < OFFERS;
	if(n == 0)
		return;
	rep_script_begin(store, REP_SHA_VERDICT, 3);
	rep_args_text(args, rep_key(store, text, "x:feed", pool->name));
	rep_args_text(args, rep_key(store, text, "x:seq", pool->name));
	rep_args_text(args, rep_key(store, text, "x:v1", pool->name));
	rep_args_text(args, store->writer);
	rep_args_int(args, pool->record_ttl);
	rep_args_int(args, REP_TURN_MAX);
	for(size_t i = 0; i < n; i++) {
		rep_pack_record_field(&records[i], text);
		rep_args_text(args, text);
		rep_args_int(args, records[i].turn);
		rep_pack_record(&records[i], store->node, text);
		rep_args_text(args, text);
	}
	rep_pipe_send(store, (rep_asked_t){answered, pool, store->n_offered, n});
	store->n_offered += n;
}
