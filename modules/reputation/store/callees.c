/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both ways read the same ring of the registry, each from where it stands. */

#include "callees.h"

#include <stdio.h>

#include "errors.h"
#include "keys.h"
#include "refusal.h"
#include "../engine/judge/bucket.h"
#include "../formats/callees.h"

#define EVERY_MS 10000	   /* the stream is written and read */
#define ENTRIES 16		   /* a reading: up to 16,384 of them */
#define EXPIRES_MS 3600000 /* how often its life is made longer */
#define TTL 2764800		   /* s; as long as that of a feed */

/* Up to REP_CALLEES_TOLD of those since `*cursor`, packed; `*n` of them. */
static rep_span_t packed(rep_store_t *store, uint64_t *cursor, size_t *n)
{
	rep_store_callees_t *c = &store->callees;

	*n = rep_callees_news(store->registry, cursor, c->list, REP_CALLEES_TOLD);
	rep_pack_callees(c->list, *n, c->text);
	return (rep_span_t){c->text, *n * REP_CALLEE_TEXT};
}

rep_span_t rep_callees_tell(rep_store_t *store)
{
	return packed(store, &store->callees.told, &store->callees.telling);
}

void rep_callees_told(rep_store_t *store)
{
	store->callees.told += store->callees.telling;
	store->callees.telling = 0;
}

void rep_callees_hear(rep_store_t *store, rep_span_t text)
{
	uint32_t now = rep_minute_of(store->clock());
	rep_callee_t callee;

	while(rep_unpack_callee(&text, &callee))
		rep_callees_heard(store->registry, &callee, 1, now);
}

/* ---- the stream -------------------------------------------------------------- */

static const char *key_of(const rep_store_t *store, char out[REP_KEY_MAX])
{
	return rep_key(store, out, "x:callees", NULL);
}

/* As many entries as fill a table, by what has been in one of late. */
static int64_t length(rep_store_t *store)
{
	rep_callees_stats_t stats;

	rep_callees_stats(store->registry, &stats);
	return (int64_t)((double)stats.max / store->callees.average) + 64;
}

static void averaged(rep_store_t *store, size_t n)
{
	rep_store_callees_t *c = &store->callees;

	c->average += c->average ? ((double)n - c->average) / 32 : (double)n;
	if(c->average < 1)
		c->average = 1;
}

/* The reply to what stands in the arguments, which is about the stream; NULL
 * when there is none to be had now. */
static redisReply *ask(rep_store_t *store, bool writes)
{
	redisReply *reply = rep_link_call(&store->link, &store->args);
	char key[REP_KEY_MAX];

	if(reply || !rep_link_up(&store->link))
		return reply;
	if(writes && store->link.fault != REP_REDIS_TYPE)
		rep_store_refused(store, "writing callees");
	else
		rep_error_add(store, NULL, key_of(store, key), rep_span(""),
				store->link.error);
	return NULL;
}

static void live_on(rep_store_t *store, int64_t now)
{
	char key[REP_KEY_MAX];
	redisReply *reply;

	if(now < store->callees.next_expire)
		return;
	store->callees.next_expire = now + EXPIRES_MS;
	rep_args_command(&store->args, "EXPIRE");
	rep_args_text(&store->args, key_of(store, key));
	rep_args_int(&store->args, TTL);
	reply = ask(store, true);
	if(reply)
		rep_reply_free(reply);
}

/* One entry, of what is there; false when nothing was written. */
static bool add_entry(rep_store_t *store, bool whole, int64_t now)
{
	rep_args_t *args = &store->args;
	char key[REP_KEY_MAX];
	redisReply *reply;
	size_t n;
	rep_span_t text = packed(store, &store->callees.kept, &n);

	if(n == 0 || (whole && n < REP_CALLEES_TOLD))
		return false;
	averaged(store, n);
	rep_args_command(args, "XADD");
	rep_args_text(args, key_of(store, key));
	rep_args_text(args, "MAXLEN");
	rep_args_text(args, "~");
	rep_args_int(args, length(store));
	rep_args_text(args, "*");
	rep_args_text(args, "w");
	rep_args_text(args, store->writer);
	rep_args_text(args, "b");
	rep_args_span(args, text);
	reply = ask(store, true);
	if(!reply)
		return false;
	rep_reply_free(reply);
	store->callees.kept += n;
	live_on(store, now);
	return true;
}

/* Not less than a whole entry, unless it is time. */
static void write_stream(rep_store_t *store, int64_t now)
{
	bool due = now >= store->callees.next_write;

	if(now < store->refused_until)
		return;
	if(due)
		store->callees.next_write = now + EVERY_MS;
	add_entry(store, !due, now);
}

static void take_entry(rep_store_t *store, const redisReply *entry)
{
	rep_span_t id = rep_reply_span(rep_reply_at(entry, 0));
	const redisReply *fields = rep_reply_at(entry, 1);
	rep_span_t text = rep_reply_span(rep_reply_at(fields, 3));

	snprintf(store->callees.id, sizeof(store->callees.id), "%.*s",
			id.len < 30 ? (int)id.len : 30, id.len ? id.s : "");
	if(!rep_span_is(rep_reply_span(rep_reply_at(fields, 0)), "w")
			|| !rep_span_is(rep_reply_span(rep_reply_at(fields, 2)), "b")
			|| rep_span_is(
					rep_reply_span(rep_reply_at(fields, 1)), store->writer))
		return;
	averaged(store, text.len / REP_CALLEE_TEXT);
	rep_callees_hear(store, text);
}

/* True when there is more. A stream that is not there has lost what it had: it
 * gets what this proxy still has at hand. */
static bool read_stream(rep_store_t *store)
{
	rep_args_t *args = &store->args;
	const redisReply *entries;
	char key[REP_KEY_MAX];
	redisReply *reply;
	size_t n = 0;

	rep_args_command(args, "XREAD");
	rep_args_text(args, "COUNT");
	rep_args_int(args, ENTRIES);
	rep_args_text(args, "STREAMS");
	rep_args_text(args, key_of(store, key));
	rep_args_text(args, store->callees.id);
	reply = ask(store, false);
	if(!reply)
		return false;
	entries = rep_reply_at(rep_reply_at(reply, 0), 1);
	for(; rep_reply_at(entries, n); n++)
		take_entry(store, rep_reply_at(entries, n));
	if(n == 0 && rep_span_is(rep_span(store->callees.id), "0"))
		store->callees.kept = 0;
	rep_reply_free(reply);
	return n == ENTRIES;
}

bool rep_callees_sync(rep_store_t *store, bool *more)
{
	int64_t now = rep_mono_ms();

	*more = false;
	write_stream(store, now);
	if(rep_link_up(&store->link) && now >= store->callees.next_read) {
		*more = read_stream(store);
		store->callees.next_read = *more ? 0 : now + EVERY_MS;
	}
	return rep_link_up(&store->link);
}

void rep_callees_flush(rep_store_t *store)
{
	while(rep_link_up(&store->link) && add_entry(store, false, rep_mono_ms()))
		;
}

void rep_callees_connected(rep_store_t *store)
{
	strcpy(store->callees.id, "0");
	store->callees.next_read = 0;
	store->callees.next_expire = 0;
}
