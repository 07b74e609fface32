/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Live edits: Redis sends the names of edited keys over a second connection
 * (client-side caching in broadcast mode, redirected, as RESP2 has it). Where
 * it does not, the keys are polled. */

#include "watch.h"

#include <stdio.h>

#include "log.h"
#include "nodes.h"
#include "say.h"
#include "store_pool.h"
#include "wanted.h"

#define CHANNEL "__redis__:invalidate"
#define PING_MS 2000

static void set_follow(rep_store_t *store, rep_follow_t follow)
{
	store->follow = follow;
	rep_lock(&store->status->lock);
	store->status->follow = follow;
	rep_unlock(&store->status->lock);
}

static void fall_back(rep_store_t *store, const char *why)
{
	if(store->follow != REP_FOLLOW_POLLING)
		rep_say(store, REP_LOG_NOTICE,
				"edits are found by polling, as Redis cannot tell of them: "
				"%s",
				why);
	set_follow(store, REP_FOLLOW_POLLING);
	store->next_poll = 0;
}

/* The subscriber's client id, 0 when it has none to tell. */
static long long client_id(rep_store_t *store, rep_link_t *sub)
{
	redisReply *reply;
	long long id = 0;

	rep_args_command(&store->args, "CLIENT");
	rep_args_text(&store->args, "ID");
	reply = rep_link_call(sub, &store->args);
	if(reply) {
		id = reply->integer;
		rep_reply_free(reply);
	}
	return id;
}

static bool subscribe(rep_store_t *store, rep_link_t *sub)
{
	redisReply *reply;

	rep_args_command(&store->args, "SUBSCRIBE");
	rep_args_text(&store->args, CHANNEL);
	reply = rep_link_call(sub, &store->args);
	if(!reply)
		return false;
	rep_reply_free(reply);
	return true;
}

static void tracking_args(rep_args_t *args, const char *prefix, long long id)
{
	rep_args_command(args, "CLIENT");
	rep_args_text(args, "TRACKING");
	rep_args_text(args, id ? "ON" : "OFF");
	if(!id)
		return;
	rep_args_text(args, "REDIRECT");
	rep_args_int(args, id);
	rep_args_text(args, "BCAST");
	for(size_t i = 0; i < REP_OPERATOR_KEYS; i++) {
		const rep_operator_key_t *key = &rep_operator_keys[i];
		char text[REP_KEY_MAX];

		snprintf(text, sizeof(text), "%s:%s%s", prefix, key->kind,
				key->by_pool ? ":" : "");
		rep_args_text(args, "PREFIX");
		rep_args_text(args, text);
	}
}

/* Have the main connection's edits sent to client `id`; 0 = no longer. */
static bool track(rep_store_t *store, rep_link_t *link, long long id)
{
	redisReply *reply;

	tracking_args(&store->args, store->prefix, id);
	reply = rep_link_call(link, &store->args);
	if(!reply)
		return false;
	rep_reply_free(reply);
	return true;
}

static bool all_tell(rep_store_t *store)
{
	const rep_link_t *one;

	for(size_t i = 0; (one = rep_link_at(&store->link, i)); i++)
		if(one->ctx && !store->taps[i].sub.ctx)
			return false;
	return true;
}

void rep_watch_start(rep_store_t *store, size_t i)
{
	rep_link_t *link = rep_link_at(&store->link, i);
	rep_tap_t *tap = &store->taps[i];
	rep_link_t *sub = &tap->sub;
	long long id;

	if(rep_link_open(sub, store->link.nodes ? &store->link.nodes->leads[i]
											: &store->server)
			!= 0) {
		fall_back(store, sub->error);
		return;
	}
	id = client_id(store, sub);
	if(!id || !subscribe(store, sub)) {
		fall_back(store, sub->error);
	} else if(!(track(store, link, 0) && track(store, link, id))) {
		if(rep_link_up(link))
			fall_back(store, link->error);
	} else {
		tap->pinged = 0;
		tap->next_ping = rep_mono_ms() + PING_MS;
		if(all_tell(store)) {
			if(store->follow == REP_FOLLOW_POLLING)
				rep_say(store, REP_LOG_NOTICE, "Redis tells of edits");
			set_follow(store, REP_FOLLOW_TRACKING);
		}
		/* what was edited before this moment nobody told */
		rep_want_all(store);
		return;
	}
	rep_link_close(sub);
	/* refused, not lost: it will be so again */
	sub->next_try = rep_mono_ms() + 30000;
}

void rep_watch_stop(rep_store_t *store, size_t i)
{
	rep_link_t *sub = &store->taps[i].sub;

	rep_link_close(sub);
	sub->backoff_ms = 0;
	sub->next_try = 0;
}

void rep_watch_stop_all(rep_store_t *store)
{
	for(size_t i = 0; i < REP_MASTERS_MAX; i++)
		rep_watch_stop(store, i);
	if(store->follow != REP_FOLLOW_POLLING)
		set_follow(store, REP_FOLLOW_NONE);
}

/* One message: ["message", CHANNEL, [key, …] or nil], or ["pong", ""]. */
static void parse_message(
		rep_store_t *store, rep_tap_t *tap, const redisReply *reply)
{
	rep_span_t kind = rep_reply_span(rep_reply_at(reply, 0));
	const redisReply *keys = rep_reply_at(reply, 2);

	if(rep_span_is(kind, "pong"))
		tap->pinged = 0;
	if(!rep_span_is(kind, "message") || !keys)
		return;
	if(keys->type == REDIS_REPLY_NIL) { /* FLUSHALL, FLUSHDB */
		rep_want_all(store);
		rep_store_suspect(store);
	}
	for(size_t i = 0; rep_reply_at(keys, i); i++)
		rep_want_key(store, rep_reply_span(rep_reply_at(keys, i)));
	if(keys->type == REDIS_REPLY_STRING)
		rep_want_key(store, rep_reply_span(keys));
}

/* A connection that died without a word is found by its silence. */
static void ping(rep_store_t *store, rep_tap_t *tap)
{
	int64_t now = rep_mono_ms();
	rep_link_t *sub = &tap->sub;

	if(tap->pinged && now - tap->pinged > PING_MS) {
		rep_link_close(sub);
		snprintf(sub->error, sizeof(sub->error), "no answer");
		return;
	}
	if(tap->pinged || now < tap->next_ping)
		return;
	rep_args_command(&store->args, "PING");
	if(!rep_link_send(sub, &store->args))
		return;
	rep_link_flush(sub);
	tap->pinged = now;
	tap->next_ping = now + PING_MS;
}

static void step(rep_store_t *store, size_t i)
{
	rep_tap_t *tap = &store->taps[i];
	rep_link_t *sub = &tap->sub;
	redisReply *reply;

	if(!rep_link_up(sub)) {
		if(rep_mono_ms() >= sub->next_try)
			rep_watch_start(store, i);
		return;
	}
	while((reply = rep_link_poll(sub))) {
		parse_message(store, tap, reply);
		rep_reply_free(reply);
	}
	if(rep_link_up(sub))
		ping(store, tap);
	if(!rep_link_up(sub)) {
		fall_back(store, sub->error);
		sub->next_try = rep_mono_ms() + 100;
	}
}

void rep_watch_step(rep_store_t *store)
{
	const rep_link_t *one;

	for(size_t i = 0; (one = rep_link_at(&store->link, i)); i++)
		if(one->ctx)
			step(store, i);
}
