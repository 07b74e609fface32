/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "begun.h"

#include <stdio.h>
#include <stdlib.h>

#include "errors.h"
#include "keys.h"
#include "log.h"
#include "refusal.h"
#include "say.h"
#include "scripts.h"
#include "../engine/base/decimal.h"
#include "../engine/pool/count.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pools.h"
#include "../formats/begun.h"

#define TTL 86400		 /* s; as long a proxy may come back to count them */
#define BEAT_MS 3000	 /* a writer with calls says that it is there */
#define LOOK_MS 2000	 /* how often others are looked at */
#define OURS_MS 10000	 /* three beats are missing: it was killed */
#define OTHERS_MS 600000 /* it may only be cut off: better not too early */

bool rep_begun_gone(bool same, int64_t silent)
{
	return silent >= (same ? OURS_MS : OTHERS_MS);
}

/* ---- keys ------------------------------------------------------------------ */

static const char *writers_key(const rep_store_t *store, char out[REP_KEY_MAX])
{
	return rep_key(store, out, "x:begun", NULL);
}

/* By node, so that the one that is started in its place knows it. */
static const char *our_name(
		const rep_store_t *store, char out[REP_WRITER_MAX + 1])
{
	snprintf(out, REP_WRITER_MAX + 1, "%.*s.%.30s", REP_NODE_MAX, store->node,
			store->writer);
	return out;
}

/* In the slot of the former. */
static const char *calls_key(
		const rep_store_t *store, const char *writer, char out[REP_KEY_MAX])
{
	snprintf(out, REP_KEY_MAX, "%s:x:begun:{%s:x:begun}:%s", store->prefix,
			store->prefix, writer);
	return out;
}

static void script_begin(rep_store_t *store, int which, const char *writer)
{
	char key[REP_KEY_MAX];

	rep_script_begin(store, which, 2);
	rep_args_text(&store->args, writers_key(store, key));
	rep_args_text(&store->args, calls_key(store, writer, key));
	rep_args_text(&store->args, writer);
}

/* The reply, or NULL: the keys may hold another type. */
static redisReply *script_call(rep_store_t *store)
{
	redisReply *reply = rep_link_call(&store->link, &store->args);
	char key[REP_KEY_MAX];

	if(!reply && store->link.fault == REP_REDIS_SCRIPT)
		store->scripts_gone = true; /* the exchange loads them again */
	else if(!reply && rep_link_up(&store->link)) {
		rep_store_refused(store, "writing answered calls");
		rep_error_add(store, NULL, writers_key(store, key), rep_span(""),
				store->link.error);
	}
	return reply;
}

/* ---- ours -------------------------------------------------------------------- */

void rep_begun_connected(rep_store_t *store)
{
	store->begun.news.anew = true;
	store->begun.n_seen = 0;
	store->begun.next_look = 0;
}

static void add_call(rep_store_t *store, const rep_begun_t *begun)
{
	const rep_ticket_t *ticket = &begun->ticket;
	rep_cell_t cell = {.number = ticket->number, .stamp = ticket->stamp};
	char text[REP_BEGUN_TEXT];
	size_t n;

	rep_ticket_dims(store->registry, ticket, &cell.dims);
	n = rep_pack_begun(begun->serial,
			rep_registry_name(store->registry, ticket->pool), ticket->callee,
			&cell, text);
	rep_args_int(&store->args, (int64_t)begun->serial);
	rep_args_span(&store->args, (rep_span_t){text, n});
}

static bool write_news(rep_store_t *store)
{
	rep_store_begun_t *b = &store->begun;
	rep_begun_news_t *news = &b->news;
	rep_args_t *args = &store->args;
	char name[REP_WRITER_MAX + 1];
	redisReply *reply;

	script_begin(store, REP_SHA_BEGUN, our_name(store, name));
	rep_args_int(args, ++b->writes);
	rep_args_int(args, TTL);
	rep_args_int(args, news->anew);
	rep_args_int(args, (int64_t)news->oldest);
	rep_args_int(args, (int64_t)news->n_over);
	for(size_t i = 0; i < news->n_over; i++)
		rep_args_int(args, (int64_t)news->over[i]);
	for(size_t i = 0; i < news->n_begun; i++)
		add_call(store, &news->begun[i]);
	reply = script_call(store);
	if(!reply)
		return false;
	b->left = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
	rep_reply_free(reply);
	news->heard += news->n_over;
	if(news->n_begun > 0)
		news->told = news->begun[news->n_begun - 1].serial;
	/* somebody deleted what was told before */
	news->anew = b->left == 0 && news->oldest <= news->told;
	b->oldest = news->oldest;
	b->next_beat = rep_mono_ms() + BEAT_MS;
	return true;
}

/* What there is nothing of in Redis need not be said to be over. */
static bool is_news(const rep_store_begun_t *b)
{
	return b->news.anew || b->news.n_begun > 0
		   || (b->left > 0
				   && (b->news.n_over > 0 || b->news.oldest != b->oldest
						   || rep_mono_ms() >= b->next_beat));
}

bool rep_begun_tell(rep_store_t *store)
{
	rep_begun_news_t *news = &store->begun.news;
	bool more = store->begun_news && rep_mono_ms() >= store->refused_until;

	while(more) {
		store->begun_news(news);
		more = news->n_begun == REP_BEGUN_MAX || news->n_over == REP_BEGUN_MAX;
		if(!is_news(&store->begun))
			news->heard += news->n_over;
		else if(!write_news(store))
			more = false;
	}
	return rep_link_up(&store->link);
}

/* ---- of those that are gone ---------------------------------------------------- */

static bool is_of_our_node(const rep_store_t *store, rep_span_t writer)
{
	char ours[REP_WRITER_MAX + 1];
	size_t n = strrchr(our_name(store, ours), '.') - ours + 1;

	return writer.len > n && memcmp(writer.s, ours, n) == 0
		   && !memchr(writer.s + n, '.', writer.len - n);
}

/* One call; false when its number is not known here. */
static bool count(rep_store_t *store, rep_span_t text)
{
	rep_ticket_t ticket;
	rep_cell_t cell = {.number = 0};
	rep_span_t name;
	uint64_t callee;
	int pool;

	if(!rep_unpack_begun(text, &name, &callee, &cell))
		return false;
	pool = rep_registry_find(store->registry, name);
	if(pool == REP_NO_POOL
			|| !rep_pool_ticket(store->registry, pool, cell.number,
					rep_span(cell.dims.route), &ticket))
		return false;
	rep_ticket_label(store->registry, &ticket, rep_span(cell.dims.campaign),
			rep_span(cell.dims.network));
	ticket.stamp = (rep_stamp_t)cell.stamp;
	ticket.callee = callee;
	return rep_ticket_count(
			store->registry, &ticket, REP_ANSWERED, store->clock());
}

/* Take over the calls of one that is gone, unless it, or another heir, was
 * heard of since. */
static bool claim(rep_store_t *store, const rep_begun_seen_t *seen)
{
	redisReply *reply;
	size_t n = 0, counted = 0;

	script_begin(store, REP_SHA_CLAIM, seen->writer);
	rep_args_int(&store->args, seen->writes);
	reply = script_call(store);
	if(!reply)
		return false;
	for(; rep_reply_at(reply, n); n++)
		counted += count(store, rep_reply_span(rep_reply_at(reply, n)));
	rep_reply_free(reply);
	if(n > 0)
		rep_say(store, REP_LOG_NOTICE,
				"%s is gone: its %zu calls that might still have been short"
				" are counted as answered (%zu of numbers that are known)",
				seen->writer, n, counted);
	return true;
}

/* Since when it has said nothing. */
static int64_t silent_since(
		const rep_begun_seen_t *seen, size_t n, const rep_begun_seen_t *now)
{
	for(size_t i = 0; i < n; i++)
		if(strcmp(seen[i].writer, now->writer) == 0
				&& seen[i].writes == now->writes)
			return seen[i].since;
	return now->since;
}

static void look_at(rep_store_t *store, const redisReply *reply, int64_t now)
{
	rep_store_begun_t *b = &store->begun;
	rep_begun_seen_t before[REP_BEGUN_WRITERS];
	char ours[REP_WRITER_MAX + 1];
	size_t n = b->n_seen;

	our_name(store, ours);
	memcpy(before, b->seen, sizeof(before));
	b->n_seen = 0;
	for(size_t i = 0;
			rep_reply_at(reply, i + 1) && b->n_seen < REP_BEGUN_WRITERS;
			i += 2) {
		rep_begun_seen_t *seen = &b->seen[b->n_seen];
		rep_span_t writer = rep_reply_span(rep_reply_at(reply, i));
		rep_span_t writes = rep_reply_span(rep_reply_at(reply, i + 1));

		if(writer.len == 0 || writer.len > REP_WRITER_MAX
				|| rep_span_is(writer, ours)
				|| !rep_whole_parse(writes, 0, UINT32_MAX, &seen->writes))
			continue;
		memcpy(seen->writer, writer.s, writer.len);
		seen->writer[writer.len] = '\0';
		seen->same = is_of_our_node(store, writer);
		seen->since = now;
		seen->since = silent_since(before, n, seen);
		b->n_seen++;
	}
}

/* A number that is not read yet is not known. */
static bool all_is_read(const rep_store_t *store)
{
	for(int i = 0; i < rep_registry_pools(store->registry); i++)
		if(store->pools[i] && store->pools[i]->listed
				&& !store->pools[i]->loaded)
			return false;
	return store->seen_pools;
}

bool rep_begun_settle(rep_store_t *store)
{
	rep_store_begun_t *b = &store->begun;
	int64_t now = rep_mono_ms();
	char key[REP_KEY_MAX];
	redisReply *reply;

	if(now < b->next_look || !all_is_read(store))
		return true;
	b->next_look = now + LOOK_MS;
	rep_args_command(&store->args, "HGETALL");
	rep_args_text(&store->args, writers_key(store, key));
	reply = rep_link_call(&store->link, &store->args);
	if(!reply)
		return rep_link_up(&store->link);
	look_at(store, reply, now);
	rep_reply_free(reply);
	for(size_t i = 0; i < b->n_seen; i++)
		if(rep_begun_gone(b->seen[i].same, now - b->seen[i].since)
				&& !claim(store, &b->seen[i]))
			return rep_link_up(&store->link);
	return true;
}
