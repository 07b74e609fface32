/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:numbers:{POOL}: read in slices, so that neither Redis nor this process
 * is kept busy for long by a pool of a million numbers. */

#include "numbers_sync.h"

#include <stdio.h>

#include "errors.h"
#include "health.h"
#include "keys.h"
#include "log.h"
#include "pipe.h"
#include "pool_list.h"
#include "push.h"
#include "say.h"
#include "watch.h"
#include "../engine/base/text.h"
#include "../engine/pool/numbers.h"
#include "../engine/pool/view.h"
#include "../engine/reply/e164.h"
#include "../formats/attrs.h"

#define SLICE "1000"
#define SLICES_A_STEP 8
#define SWEEP_SLICE 1024
#define PUT_OFF_MAX 3

/* Set on the hash of attributes that were taken with a remark, so that they
 * are read, and remarked upon, at each load. */
#define REMARKED 0x5bd1e9955bd1e995u

typedef struct rep_reading
{
	rep_store_t *store;
	rep_store_pool_t *pool;
	const char *key;
	rep_span_t field;
	rep_e164_t number;
} rep_reading_t;

static void complain(const rep_reading_t *r, const char *sentence)
{
	rep_error_add(
			r->store, &r->pool->numbers_round, r->key, r->field, sentence);
}

static void put(const rep_reading_t *r, const rep_attrs_t *attrs, uint64_t hash)
{
	int done = rep_pool_put(r->store->registry, r->pool->index, r->number,
			attrs, hash, r->pool->load, r->store->clock());

	if(done > 0)
		r->pool->fresh = true;
	else if(done < 0) {
		r->pool->crowded = true;
		rep_error_add(r->store, &r->pool->numbers_round, r->key, rep_span(""),
				"there is no room for more numbers (max_numbers)");
	}
}

static void parse_attrs(const rep_reading_t *r, rep_span_t json, uint64_t hash)
{
	rep_attrs_text_t attrs;
	char why[160];
	const char *wrong = rep_attrs_parse(json, &attrs, why, sizeof(why));

	if(wrong) {
		rep_error_refused(
				r->store, &r->pool->numbers_round, r->key, r->field, wrong);
		rep_pool_seen(
				r->store->registry, r->pool->index, r->number, r->pool->load);
		return;
	}
	if(attrs.unknown[0]) {
		snprintf(why, sizeof(why),
				"%s is no attribute; the others are in force", attrs.unknown);
		complain(r, why);
		hash ^= REMARKED;
		if(rep_pool_same(r->store->registry, r->pool->index, r->number, hash,
				   r->pool->load))
			return;
	}
	put(r, &attrs.attrs, hash);
}

static void parse_number(rep_reading_t *r, rep_span_t json)
{
	rep_e164_error_t error = rep_e164_parse(r->field, &r->number);
	uint64_t hash = rep_hash(json);

	if(error != REP_E164_OK) {
		char why[120];

		snprintf(why, sizeof(why), "not an E.164 number: %s",
				rep_e164_strerror(error));
		complain(r, why);
		return;
	}
	if(!rep_pool_same(r->store->registry, r->pool->index, r->number, hash,
			   r->pool->load))
		parse_attrs(r, json, hash);
}

static void begin(rep_store_t *store, rep_store_pool_t *pool, const char *key)
{
	pool->numbers_wanted = false;
	pool->phase = REP_LOAD_SCAN;
	pool->load = ++store->loads;
	pool->began = rep_mono_ms();
	pool->sweep = 0;
	pool->found = pool->crowded = pool->fresh = false;
	strcpy(pool->cursor, "0");
	rep_round_begin(store, &pool->numbers_round, key);
}

void rep_numbers_abort(rep_store_pool_t *pool)
{
	if(pool->phase != REP_LOAD_IDLE)
		pool->numbers_wanted = true;
	pool->phase = REP_LOAD_IDLE;
}

static void refuse(rep_store_t *store, rep_store_pool_t *pool, const char *key)
{
	int64_t now = rep_mono_ms();

	rep_error_refused(
			store, &pool->numbers_round, key, rep_span(""), store->link.error);
	rep_round_end(store, &pool->numbers_round, key);
	pool->phase = REP_LOAD_IDLE;
	pool->next_poll = now + 500;
	pool->failed = true;
}

/* Nobody removes two numbers or more at once with the key itself: it was lost.
 * One goes with its last number. */
static bool lost(const rep_store_t *store, const rep_store_pool_t *pool)
{
	rep_pool_view_t view;

	return !pool->found
		   && rep_view_pool(store->registry, pool->index, store->clock(), &view)
		   && view.numbers > 1;
}

static void keep(rep_store_t *store, rep_store_pool_t *pool, const char *key)
{
	rep_error_add(store, &pool->numbers_round, key, rep_span(""),
			"the key is missing although numbers are known: they stay as they "
			"are until it exists again");
	rep_round_end(store, &pool->numbers_round, key);
	pool->phase = REP_LOAD_IDLE;
	pool->next_poll = rep_mono_ms() + 500;
}

static void parse_page(rep_store_t *store, rep_store_pool_t *pool,
		const char *key, const redisReply *pairs)
{
	rep_reading_t r = {store, pool, key, {NULL, 0}, 0};

	for(size_t i = 0; pairs && i + 1 < pairs->elements; i += 2) {
		pool->found = true;
		r.field = rep_reply_span(pairs->element[i]);
		parse_number(&r, rep_reply_span(pairs->element[i + 1]));
	}
}

/* All is read, and rep:pools was asked for: is what was not found really
 * gone? */
static void listed(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	char key[REP_KEY_MAX];

	/* with another master than its pool's rep:pools may be out of reach */
	bool gone =
			reply ? reply->integer == 0 : store->link.fault != REP_REDIS_AWAY;

	(void)asked;
	if(gone) { /* emptied under our hands */
		store->pools_wanted = true;
		pool->numbers_wanted = true;
		pool->phase = REP_LOAD_IDLE;
	} else if(lost(store, pool)) {
		keep(store, pool, rep_key(store, key, "numbers", pool->name));
	} else {
		pool->phase = REP_LOAD_SWEEP;
	}
}

static void scanned(rep_store_t *store, rep_store_pool_t *pool)
{
	rep_watch_step(store);
	if(pool->numbers_wanted && pool->put_off < PUT_OFF_MAX) {
		/* edited meanwhile: what was moved may have been overlooked */
		pool->put_off++;
		pool->phase = REP_LOAD_IDLE;
		return;
	}
	pool->put_off = 0;
	rep_pools_ask(store);
	rep_pipe_send(store, (rep_asked_t){listed, pool, 0, 0});
}

static void ask(rep_store_t *store, rep_store_pool_t *pool, size_t pages);

/* A few pages a step; while one is taken in, Redis looks for the next. */
static void page(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	rep_span_t cursor = rep_reply_span(rep_reply_at(reply, 0));
	char key[REP_KEY_MAX];

	rep_key(store, key, "numbers", pool->name);
	if(!reply) {
		if(rep_link_up(&store->link))
			refuse(store, pool, key);
		return;
	}
	snprintf(pool->cursor, sizeof(pool->cursor), "%.*s", (int)cursor.len,
			cursor.len ? cursor.s : "0");
	if(strcmp(pool->cursor, "0") != 0 && asked->n > 1)
		ask(store, pool, asked->n - 1);
	parse_page(store, pool, key, rep_reply_at(reply, 1));
	if(strcmp(pool->cursor, "0") == 0)
		scanned(store, pool);
}

static void ask(rep_store_t *store, rep_store_pool_t *pool, size_t pages)
{
	char key[REP_KEY_MAX];

	rep_args_command(&store->args, "HSCAN");
	rep_args_text(&store->args, rep_key(store, key, "numbers", pool->name));
	rep_args_text(&store->args, pool->cursor);
	rep_args_text(&store->args, "COUNT");
	rep_args_text(&store->args, SLICE);
	rep_pipe_send(store, (rep_asked_t){page, pool, 0, pages});
	rep_link_flush(&store->link);
}

static void finish(rep_store_t *store, rep_store_pool_t *pool, const char *key)
{
	int64_t now = rep_mono_ms();
	int64_t took = now - pool->began;

	pool->phase = REP_LOAD_IDLE;
	pool->next_poll = now + (took * 10 > 500 ? took * 10 : 500);
	rep_round_end(store, &pool->numbers_round, key);
	if(!pool->loaded)
		rep_say(store, REP_LOG_INFO, "%s is read in %lld ms", key,
				(long long)took);
	if(!pool->loaded)
		pool->health_pages.wanted = true;
	pool->loaded = true;
	if(!pool->known)
		store->next_exchange = 0; /* its history is read now */
	if(pool->fresh) {			  /* there may be a history of the new ones */
		pool->replay = true;
		pool->replayed = 0;
		pool->records_pages.wanted = true;
	}
}

static void sweep(rep_store_t *store, rep_store_pool_t *pool)
{
	rep_e164_t gone[SWEEP_SLICE];
	char key[REP_KEY_MAX];
	size_t n = 0;
	bool more;

	/* what one that goes has counted is its old incarnation's */
	rep_push_collect_pool(store, pool);
	more = rep_pool_sweep(store->registry, pool->index, pool->load, true,
			&pool->sweep, SWEEP_SLICE, gone, &n);

	for(size_t i = 0; i < n; i++)
		rep_incarnations_add(&store->incarnations, pool->index, gone[i]);
	/* those that go make room for those that found none */
	pool->numbers_wanted = pool->numbers_wanted || (n && pool->crowded);
	if(!more)
		finish(store, pool, rep_key(store, key, "numbers", pool->name));
	rep_health_gone(store, pool, gone, n);
}

void rep_numbers_send(rep_store_t *store, rep_store_pool_t *pool)
{
	char key[REP_KEY_MAX];

	if(pool->phase == REP_LOAD_SWEEP) {
		sweep(store, pool);
	} else if(pool->phase == REP_LOAD_SCAN) {
		ask(store, pool, SLICES_A_STEP);
	} else if(pool->numbers_wanted) {
		begin(store, pool, rep_key(store, key, "numbers", pool->name));
		ask(store, pool, SLICES_A_STEP);
	}
}
