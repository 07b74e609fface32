/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leases of caps. */

#include "leases.h"

#include <stdio.h>
#include <stdlib.h>

#include "errors.h"
#include "keys.h"
#include "pipe.h"
#include "refusal.h"
#include "scripts.h"
#include "served.h"
#include "store_pool.h"
#include "writer.h"
#include "../engine/base/decimal.h"
#include "../engine/pool/grants.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"

#define ROOM 16			  /* that an asking needs at least */
#define ANSWER 5		  /* integers for each that was asked for */
#define GUARD_MS 86400000 /* it is kept alive, without any asking */
#define RETRY_MS 5000

/* Of each cap: a letter for the key, how long its hash is kept, in s, and how
 * many there may be at once. It may be made before the period begins, by clocks
 * that differ. */
static const struct
{
	char letter;
	int64_t ttl;
	uint32_t slots;
} kinds[] = {{'m', 600, 4}, {'h', 10800, 4}, {'d', 259200, 4},
		{'c', 2764800, 4}, {'t', 2764800, 64}};
#define TRIAL 4

/* Which hash: of probations all that began on one day share one. */
static uint32_t hash_at(const rep_lease_ask_t *ask)
{
	return ask->cap == TRIAL ? ask->at / 86400 : ask->at;
}

/* The server's run id: a restart or another master changes it. */
void rep_leases_server(rep_store_t *store, size_t i)
{
	char *run_id = store->taps[i].run_id;
	redisReply *reply;
	const char *at = NULL;

	run_id[0] = '\0';
	rep_args_command(&store->args, "INFO");
	rep_args_text(&store->args, "server");
	reply = rep_link_call(rep_link_at(&store->link, i), &store->args);
	if(!reply)
		return;
	if(rep_reply_span(reply).len > 0)
		at = strstr(rep_reply_span(reply).s, "run_id:");
	if(at)
		snprintf(run_id, sizeof(store->taps[i].run_id), "%.*s",
				(int)strcspn(at + 7, "\r\n"), at + 7);
	rep_reply_free(reply);
}

void rep_leases_again(rep_store_t *store, rep_store_pool_t *pool)
{
	rep_pool_lease_again(store->registry, pool->index);
	pool->next_guard = 0;
}

void rep_leases_connected(rep_store_t *store)
{
	for(int i = 0; i < rep_registry_pools(store->registry); i++)
		if(store->pools[i])
			rep_leases_again(store, store->pools[i]);
}

static int by_period(const void *a, const void *b)
{
	const rep_lease_ask_t *x = a, *y = b;

	if(x->cap != y->cap)
		return x->cap - y->cap;
	return (hash_at(x) > hash_at(y)) - (hash_at(x) < hash_at(y));
}

static bool begins(const rep_lease_ask_t *asks, size_t i)
{
	return i == 0 || by_period(&asks[i - 1], &asks[i]) != 0;
}

static void add_ask(rep_store_t *store, const rep_store_pool_t *pool,
		const rep_lease_ask_t *ask)
{
	rep_args_t *args = &store->args;
	char text[REP_E164_MAX + 12], writer[REP_WRITER_MAX + 1];

	if(ask->number) {
		rep_e164_print(ask->number, text);
		if(ask->cap == TRIAL)
			snprintf(text + strlen(text), 12, "|%u", ask->at);
		rep_writer_of(store, pool, ask->number, writer);
	} else {
		strcpy(text, "*");
		rep_writer_of(store, pool, 0, writer);
	}
	rep_args_text(args, text);
	rep_args_text(args, writer);
	rep_args_int(args, ask->limit);
	rep_args_int(args, ask->have);
	rep_args_int(args, ask->want);
	rep_args_int(args, ask->used);
	rep_args_int(args, ask->others);
}

static void lease_args(rep_store_t *store, const rep_store_pool_t *pool,
		const rep_lease_ask_t *asks, size_t n)
{
	rep_args_t *args = &store->args;
	char key[REP_KEY_MAX], slot[16];
	size_t keys = 0, count_at = 0, count = 0;

	for(size_t i = 0; i < n; i++)
		keys += begins(asks, i);
	rep_script_begin(store, REP_SHA_LEASE, 1 + keys);
	rep_args_text(args, rep_key(store, key, "x:l1", pool->name));
	for(size_t i = 0; i < n; i++)
		if(begins(asks, i)) {
			rep_key(store, key, "x:l1", pool->name);
			snprintf(key + strlen(key), sizeof(key) - strlen(key), ":%c%u",
					kinds[asks[i].cap].letter, hash_at(&asks[i]));
			rep_args_text(args, key);
		}
	rep_args_text(args, store->taps[rep_served_by(store, pool)].run_id);
	rep_args_text(args, pool->lease_epoch);
	rep_args_int(args, (int64_t)++store->lease_calls);
	rep_args_text(args, store->writer);
	for(size_t i = 0; i < n; i++) {
		if(begins(asks, i)) {
			snprintf(slot, sizeof(slot), "%c%u", kinds[asks[i].cap].letter,
					hash_at(&asks[i]) % kinds[asks[i].cap].slots);
			rep_args_text(args, slot);
			rep_args_int(args, hash_at(&asks[i]));
			rep_args_int(args, kinds[asks[i].cap].ttl);
			count_at = args->n;
			count = 0;
			rep_args_int(args, 0);
		}
		add_ask(store, pool, &asks[i]);
		rep_args_patch(args, count_at, (int64_t)++count);
	}
}

static uint32_t whole(const redisReply *reply, size_t i)
{
	const redisReply *one = rep_reply_at(reply, i);

	if(!one || one->type != REDIS_REPLY_INTEGER || one->integer < 0)
		return 0;
	return one->integer > UINT32_MAX ? UINT32_MAX : (uint32_t)one->integer;
}

/* False when the reply is not what the script returns. */
static bool take(rep_store_t *store, rep_store_pool_t *pool,
		rep_lease_ask_t *asks, size_t n, const redisReply *reply)
{
	rep_span_t epoch = rep_reply_span(rep_reply_at(reply, 0));

	if(!rep_reply_at(reply, 3 + ANSWER * n - 1))
		return false;
	for(size_t i = 0; i < n; i++) {
		asks[i].granted = whole(reply, 3 + ANSWER * i);
		asks[i].left = whole(reply, 4 + ANSWER * i);
		asks[i].spare = whole(reply, 5 + ANSWER * i);
		asks[i].others = whole(reply, 6 + ANSWER * i);
		asks[i].wanted = whole(reply, 7 + ANSWER * i) > 0;
	}
	rep_pool_lease_answers(store->registry, pool->index, asks, n,
			whole(reply, 1), store->clock());
	rep_registry_nodes(store->registry, whole(reply, 2));
	if(!rep_span_is(epoch, pool->lease_epoch)) {
		if(pool->lease_epoch[0])
			rep_pool_lease_again(store->registry, pool->index);
		snprintf(pool->lease_epoch, sizeof(pool->lease_epoch), "%.*s",
				(int)epoch.len, epoch.s);
	}
	return true;
}

static void answered(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	rep_lease_ask_t *asks = &store->asks[asked->at];
	char key[REP_KEY_MAX];

	if(reply && take(store, pool, asks, asked->n, reply))
		return;
	rep_pool_lease_requeue(store->registry, pool->index, asks, asked->n);
	pool->next_guard = rep_mono_ms() + RETRY_MS;
	if(!rep_link_up(&store->link))
		return;
	if(store->link.fault == REP_REDIS_FULL
			|| store->link.fault == REP_REDIS_DISK)
		rep_store_refused(store, "granting leases");
	else if(store->link.fault != REP_REDIS_SCRIPT)
		rep_error_add(store, NULL, rep_key(store, key, "x:l1", pool->name),
				rep_span(""), store->link.error);
}

void rep_leases_send(rep_store_t *store, rep_store_pool_t *pool)
{
	size_t at = store->n_asks, n;

	if(at + ROOM > REP_BATCH) {
		store->more = true;
		return;
	}
	n = rep_pool_lease_asks(store->registry, pool->index, store->clock(),
			&store->asks[at], REP_BATCH - at);
	if(n == 0 && rep_mono_ms() < pool->next_guard)
		return;
	pool->next_guard = rep_mono_ms() + GUARD_MS;
	store->n_asks += n;
	store->more = store->more || store->n_asks + ROOM > REP_BATCH;
	qsort(&store->asks[at], n, sizeof(store->asks[0]), by_period);
	lease_args(store, pool, &store->asks[at], n);
	rep_pipe_send(store, (rep_asked_t){answered, pool, at, n});
}

void rep_leases_end(rep_store_t *store)
{
	int pools = rep_registry_pools(store->registry);

	for(int i = 0; i < pools; i++)
		rep_pool_lease_end(store->registry, i);
	store->more = true;
	while(store->more && rep_link_any(&store->link)) {
		store->more = false;
		store->n_asks = 0;
		for(int i = 0; i < pools; i++) {
			rep_store_pool_t *pool = rep_store_pool_at(store, i);

			if(pool && rep_served(store, pool))
				rep_leases_send(store, pool);
		}
		rep_pipe_receive(store);
	}
}
