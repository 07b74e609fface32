/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callee guard, written and read. */

#include "guards.h"

#include <stdio.h>

#include "errors.h"
#include "keys.h"
#include "pipe.h"
#include "refusal.h"
#include "scripts.h"
#include "../engine/pool/guards.h"
#include "../engine/reply/e164.h"
#include "../formats/guard.h"

#define AGAIN 256 /* facts an exchange, written again */
#define PAGE 1000

static uint32_t seconds(rep_store_t *store)
{
	return (uint32_t)(store->clock() / 1000);
}

static const char *key_of(const rep_store_t *store,
		const rep_store_pool_t *pool, char out[REP_KEY_MAX])
{
	return rep_key(store, out, "x:g1", pool->name);
}

/* ---- the do-not-call list, by hand -------------------------------------------- */

static void strike_off(rep_dnc_t *dnc, rep_e164_t callee)
{
	while(rep_dnc_remove(dnc, callee) >= 0)
		;
}

static void listed(rep_store_t *store, rep_store_pool_t *unused,
		const rep_asked_t *asked, const redisReply *reply)
{
	const rep_guard_fact_t *fact = &store->guards.list[asked->at];
	rep_dnc_t *dnc = rep_registry_dnc(store->registry);
	char key[REP_KEY_MAX], number[REP_E164_MAX];

	(void)unused;
	if(reply) {
		if(fact->gone)
			strike_off(dnc, fact->callee);
		else
			rep_dnc_put(dnc, 0, fact->callee);
	} else if(!rep_link_up(&store->link)
			  || store->link.fault != REP_REDIS_TYPE) {
		rep_store_refused(store, "writing the do-not-call list");
		store->guards.failed = true;
	} else {
		rep_e164_print(fact->callee, number);
		rep_error_add(store, NULL, rep_dnc_key(store, key, fact->n),
				rep_span(number), store->link.error);
	}
}

static void send_listed(rep_store_t *store, size_t i)
{
	const rep_guard_fact_t *fact = &store->guards.list[i];
	char key[REP_KEY_MAX], number[REP_E164_MAX];

	rep_e164_print(fact->callee, number);
	rep_args_command(&store->args, fact->gone ? "SREM" : "SADD");
	rep_args_text(&store->args, rep_dnc_key(store, key, fact->n));
	rep_args_text(&store->args, number);
	rep_pipe_send(store, (rep_asked_t){listed, NULL, i, 1});
}

/* ---- writing ------------------------------------------------------------------- */

void rep_guards_collect(rep_store_t *store)
{
	rep_store_guards_t *g = &store->guards;
	rep_guard_t *guard = rep_registry_guard(store->registry);
	bool missed = false;

	g->n = 0;
	g->failed = false;
	if(!guard || rep_mono_ms() < store->refused_until)
		return;
	g->n = rep_guard_news(guard, &g->cursor, g->list, REP_BATCH, &missed);
	for(int i = 0; missed && i < REP_POOLS_MAX; i++)
		if(store->pools[i])
			store->pools[i]->guards_again = true;
	for(size_t i = 0; i < g->n; i++)
		if(g->list[i].kind == REP_GUARD_LISTED)
			send_listed(store, i);
	store->more = store->more || g->n == REP_BATCH;
}

static void begin(
		rep_store_t *store, const rep_store_pool_t *pool, const char *what)
{
	rep_args_t *args = &store->args;
	char key[REP_KEY_MAX];
	rep_guard_stats_t stats;

	rep_guard_stats(rep_registry_guard(store->registry), &stats);
	rep_script_begin(store, REP_SHA_GUARD, 4);
	rep_args_text(args, rep_key(store, key, "x:feed", pool->name));
	rep_args_text(args, rep_key(store, key, "x:seq", pool->name));
	rep_args_text(args, key_of(store, pool, key));
	rep_args_text(args, rep_key(store, key, "x:gn1", pool->name));
	rep_args_text(args, store->writer);
	rep_args_int(args, stats.max);
	rep_args_int(args, seconds(store));
	rep_args_text(args, what);
}

static void add_fact(rep_store_t *store, const rep_guard_fact_t *fact)
{
	char member[REP_GUARD_TEXT];
	int64_t score;

	rep_pack_guard(fact, member, &score);
	rep_args_text(&store->args, member);
	rep_args_int(&store->args, score);
}

/* Is it worth while to write the same again? */
static bool passes(rep_redis_error_t fault)
{
	return fault == REP_REDIS_FULL || fault == REP_REDIS_DISK
		   || fault == REP_REDIS_SCRIPT;
}

static void written(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	char key[REP_KEY_MAX];

	(void)asked;
	if(reply)
		return;
	if(store->link.fault == REP_REDIS_AWAY)
		pool->guards_again = true; /* the others' do not wait for it */
	else if(rep_link_up(&store->link) && !passes(store->link.fault))
		rep_error_add(store, NULL, key_of(store, pool, key), rep_span(""),
				store->link.error);
	else {
		store->guards.failed = true;
		rep_store_refused(store, "writing callees that are left alone");
	}
}

static void written_again(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	written(store, pool, asked, reply);
	if(!reply
			&& (!rep_link_up(&store->link) || passes(store->link.fault)
					|| store->link.fault == REP_REDIS_AWAY)) {
		pool->guards_again = true;
		pool->guards_cursor = 0;
	}
}

/* Everything that is known here, in slices. */
static void send_again(rep_store_t *store, rep_store_pool_t *pool)
{
	rep_guard_fact_t facts[AGAIN];
	size_t n = 0;
	bool last;

	for(int look = 0; look < 64 && n == 0 && pool->guards_again; look++) {
		n = rep_guard_walk(rep_registry_guard(store->registry),
				&pool->guards_cursor, pool->index, seconds(store), facts,
				AGAIN);
		pool->guards_again = pool->guards_cursor != 0;
	}
	store->more = store->more || pool->guards_again;
	last = !pool->guards_again && pool->guards_lost > 1;
	if(n == 0 && !last)
		return;
	begin(store, pool, last ? "last" : "old");
	for(size_t i = 0; i < n; i++)
		add_fact(store, &facts[i]);
	rep_pipe_send(store, (rep_asked_t){written_again, pool, 0, n});
}

void rep_guards_send(rep_store_t *store, rep_store_pool_t *pool)
{
	const rep_store_guards_t *g = &store->guards;
	size_t n = 0;

	if(!rep_registry_guard(store->registry))
		return;
	for(size_t i = 0; i < g->n; i++) {
		if(g->list[i].pool != pool->index && g->list[i].pool != REP_GUARD_ALL)
			continue;
		if(n++ == 0)
			begin(store, pool, "new");
		add_fact(store, &g->list[i]);
	}
	if(n > 0)
		rep_pipe_send(store, (rep_asked_t){written, pool, 0, n});
	/* what is there is read before */
	if(pool->guards_again && !pool->guards_pages.wanted)
		send_again(store, pool);
}

void rep_guards_done(rep_store_t *store)
{
	rep_store_guards_t *g = &store->guards;

	if(!g->failed)
		g->cursor += g->n;
	g->n = 0;
}

/* ---- reading -------------------------------------------------------------------- */

static void hear(rep_store_t *store, const rep_guard_fact_t *fact)
{
	rep_dnc_t *dnc = rep_registry_dnc(store->registry);

	if(fact->kind != REP_GUARD_LISTED)
		rep_guard_take(
				rep_registry_guard(store->registry), fact, seconds(store));
	else if(fact->gone)
		strike_off(dnc, fact->callee);
	else
		rep_dnc_put(dnc, 0, fact->callee);
}

void rep_guards_hear(
		rep_store_t *store, rep_store_pool_t *pool, rep_span_t text)
{
	rep_guard_fact_t fact;

	while(rep_registry_guard(store->registry)
			&& rep_guard_next(&text, pool->index, &fact))
		if(fact.kind != REP_GUARD_NOTHING)
			hear(store, &fact);
}

static void page(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	const redisReply *pairs = rep_reply_at(reply, 1);
	rep_span_t cursor = rep_reply_span(rep_reply_at(reply, 0));
	rep_guard_fact_t fact;
	char key[REP_KEY_MAX];

	(void)asked;
	if(!reply && !rep_link_up(&store->link))
		return; /* it begins anew */
	if(!reply)	/* calls are not to wait for it */
		rep_error_add(store, NULL, key_of(store, pool, key), rep_span(""),
				store->link.error);
	for(size_t i = 0; rep_reply_at(pairs, i + 1); i += 2)
		if(rep_unpack_guard(rep_reply_span(pairs->element[i]),
				   rep_reply_span(pairs->element[i + 1]), pool->index, &fact)
				&& fact.kind != REP_GUARD_LISTED)
			hear(store, &fact);
	snprintf(pool->guards_at, sizeof(pool->guards_at), "%.*s",
			cursor.len < 22 ? (int)cursor.len : 0, cursor.len ? cursor.s : "");
	if(pool->guards_at[0] && strcmp(pool->guards_at, "0") != 0)
		return;
	pool->guards_pages.wanted = false;
	rep_pool_guarded(store->registry, pool->index);
}

void rep_guards_read(rep_store_t *store, rep_store_pool_t *pool)
{
	char key[REP_KEY_MAX];

	if(!pool->guards_pages.wanted || !rep_registry_guard(store->registry))
		return;
	rep_args_command(&store->args, "ZSCAN");
	rep_args_text(&store->args, key_of(store, pool, key));
	rep_args_text(&store->args, pool->guards_at[0] ? pool->guards_at : "0");
	rep_args_text(&store->args, "COUNT");
	rep_args_int(&store->args, PAGE);
	rep_pipe_send(store, (rep_asked_t){.answer = page, .pool = pool});
	store->more = true;
}

bool rep_guards_there(rep_store_pool_t *pool, int64_t members, int64_t meant)
{
	bool lost = members >= 0 && meant >= 0 && members != meant;
	/* it may have ended by itself, with its count */
	bool gone = members == 0 && pool->guards > 0;

	pool->guards = members;
	pool->guards_lost = lost ? 1 + (pool->guards_lost > 0) : 0;
	if(lost || gone) {
		pool->guards_cursor = pool->guards_again ? pool->guards_cursor : 0;
		pool->guards_again = true;
	}
	return lost;
}
