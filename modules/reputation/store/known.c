/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts of numbers that are new here. */

#include "known.h"

#include <stdio.h>

#include "errors.h"
#include "keys.h"
#include "pipe.h"
#include "verdict_sync.h"
#include "../engine/pool/known.h"
#include "../engine/pool/pools.h"

#define PAGE "1000"

void rep_known_reach(rep_store_t *store, bool reach)
{
	for(int i = 0; i < rep_registry_pools(store->registry); i++)
		if(store->pools[i])
			store->pools[i]->knowing = 0; /* another server's cursor */
	rep_registry_reach(store->registry, reach, store->clock());
}

static void ask(rep_store_t *store, rep_store_pool_t *pool);

static void page(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	const redisReply *pairs = rep_reply_at(reply, 1);
	rep_span_t cursor = rep_span("0"); /* the end */
	char key[REP_KEY_MAX];

	(void)asked;
	pool->known_asked = false;
	if(!rep_link_up(&store->link)) {
		pool->knowing = 0;
		return;
	}
	for(size_t i = 0; rep_reply_at(pairs, i + 1); i += 2)
		rep_verdict_take(store, pool, rep_reply_span(rep_reply_at(pairs, i)),
				rep_reply_span(rep_reply_at(pairs, i + 1)));
	if(!reply) /* it cannot be read: calls are not to wait for it */
		rep_error_add(store, NULL, rep_key(store, key, "x:v1", pool->name),
				rep_span(""), store->link.error);
	else if(rep_reply_span(rep_reply_at(reply, 0)).len > 0)
		cursor = rep_reply_span(rep_reply_at(reply, 0));
	snprintf(pool->known_cursor, sizeof(pool->known_cursor), "%.*s",
			(int)cursor.len, cursor.s);
	if(strcmp(pool->known_cursor, "0") != 0) {
		ask(store, pool);
		return;
	}
	rep_pool_known(store->registry, pool->index, pool->knowing, store->clock());
	pool->knowing = 0;
}

static void ask(rep_store_t *store, rep_store_pool_t *pool)
{
	char key[REP_KEY_MAX];

	rep_args_command(&store->args, "HSCAN");
	rep_args_text(&store->args, rep_key(store, key, "x:v1", pool->name));
	rep_args_text(&store->args, pool->known_cursor);
	rep_args_text(&store->args, "COUNT");
	rep_args_text(&store->args, PAGE);
	pool->known_asked = true;
	rep_pipe_send(store, (rep_asked_t){.answer = page, .pool = pool});
}

void rep_known_send(rep_store_t *store, rep_store_pool_t *pool)
{
	/* else there will be more numbers to read them for */
	if(pool->phase != REP_LOAD_IDLE || pool->numbers_wanted
			|| pool->policy_wanted || pool->known_asked)
		return;
	if(!pool->knowing) {
		pool->knowing = rep_pool_unknown(store->registry, pool->index);
		if(!pool->knowing)
			return;
		strcpy(pool->known_cursor, "0");
	}
	ask(store, pool);
}
