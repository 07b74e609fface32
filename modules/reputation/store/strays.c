/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of pools that rep:pools does not name. */

#include "strays.h"

#include <stdio.h>

#include "context.h"
#include "errors.h"
#include "keys.h"
#include "nodes.h"
#include "../engine/base/text.h"
#include "../engine/pool/pools.h"

#define SLICE "1000" /* keys that Redis looks at for one call */
#define SETTLE_MS 2000
#define AGAIN_MS 30000 /* when it was refused, or nobody tells of edits */
#define READING "keys of no pool" /* as the log has it */
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const char *const kinds[] = {"numbers", "policy", "dnc"};

void rep_strays_want(rep_store_t *store)
{
	if(!store->strays.wanted)
		store->strays.due = rep_mono_ms() + SETTLE_MS;
	store->strays.wanted = true;
}

/* "PREFIX:KIND:*", with what SCAN would take for a pattern taken literally. */
static void pattern_of(
		const rep_store_t *store, const char *kind, char out[REP_KEY_MAX])
{
	size_t n = 0;

	for(const char *p = store->prefix; *p && n < REP_KEY_MAX / 2; p++) {
		if(strchr("*?[]^\\", *p))
			out[n++] = '\\';
		out[n++] = *p;
	}
	snprintf(out + n, REP_KEY_MAX - n, ":%s:*", kind);
}

/* 1 when it is a pool, 0 when not, -1 when Redis could not be asked: it has
 * the last word, for rep:pools may have been edited this moment. */
static int is_pool(rep_store_t *store, rep_span_t name)
{
	int index = rep_registry_find(store->registry, name);
	char pools[REP_KEY_MAX];
	redisReply *reply;
	int found;

	if(index != REP_NO_POOL && store->pools[index]
			&& store->pools[index]->listed)
		return 1;
	rep_args_command(&store->args, "SISMEMBER");
	rep_args_text(&store->args, rep_key(store, pools, "pools", NULL));
	rep_args_span(&store->args, name);
	reply = rep_link_call(&store->link, &store->args);
	if(!reply)
		return -1;
	found = reply->integer != 0;
	rep_reply_free(reply);
	return found;
}

/* `head`: bytes of "PREFIX:KIND:". False when the question was not answered. */
static bool look_at(rep_store_t *store, rep_span_t key, size_t head)
{
	rep_strays_t *s = &store->strays;
	char text[REP_KEY_MAX];
	int found;

	snprintf(text, sizeof(text), "%.*s", (int)key.len, key.s);
	if(strcmp(kinds[s->kind], "dnc") == 0) {
		if(rep_dnc_set(store, key) < 0)
			rep_error_add(store, &s->round, text, rep_span(""),
					"it is not read: parts of the list end in :00 to :99");
		return true;
	}
	if(key.len < head + 2 || key.s[head] != '{' || key.s[key.len - 1] != '}') {
		rep_error_add(store, &s->round, text, rep_span(""),
				"it is not read: the pool's name goes in braces");
		return true;
	}
	found = is_pool(store, (rep_span_t){key.s + head + 1, key.len - head - 2});
	if(found == 0)
		rep_error_add(store, &s->round, text, rep_span(""),
				"it is not read: no such pool in rep:pools");
	return found >= 0;
}

/* The next slice of the keys of one kind. */
static bool slice(rep_store_t *store, rep_link_t *link, const char *kind)
{
	rep_strays_t *s = &store->strays;
	char pattern[REP_KEY_MAX], head[REP_KEY_MAX];
	redisReply *reply;
	const redisReply *keys;
	rep_span_t cursor;
	bool ok = true;

	pattern_of(store, kind, pattern);
	rep_args_command(&store->args, "SCAN");
	rep_args_text(&store->args, s->cursor);
	rep_args_text(&store->args, "MATCH");
	rep_args_text(&store->args, pattern);
	rep_args_text(&store->args, "COUNT");
	rep_args_text(&store->args, SLICE);
	reply = rep_link_call(link, &store->args);
	if(!reply)
		return false;
	rep_key(store, head, kind, NULL);
	cursor = rep_reply_span(rep_reply_at(reply, 0));
	keys = rep_reply_at(reply, 1);
	for(size_t i = 0; ok && rep_reply_at(keys, i); i++)
		ok = look_at(
				store, rep_reply_span(rep_reply_at(keys, i)), strlen(head) + 1);
	if(ok)
		snprintf(s->cursor, sizeof(s->cursor), "%.*s", (int)cursor.len,
				cursor.len ? cursor.s : "0");
	rep_reply_free(reply);
	return ok;
}

static void begin(rep_store_t *store)
{
	rep_strays_t *s = &store->strays;

	s->wanted = false;
	s->running = true;
	s->kind = s->server = 0;
	strcpy(s->cursor, "0");
	rep_round_begin(store, &s->round, READING);
}

static void end(rep_store_t *store, bool again)
{
	rep_strays_t *s = &store->strays;

	s->running = false;
	rep_round_end(store, &s->round, READING);
	if(again && !s->wanted) {
		s->wanted = true;
		s->due = rep_mono_ms() + AGAIN_MS;
	}
}

static void refused(rep_store_t *store, const char *why)
{
	rep_strays_t *s = &store->strays;
	char pattern[REP_KEY_MAX];

	pattern_of(store, kinds[s->kind], pattern);
	rep_error_add(store, &s->round, pattern, rep_span(""), why);
	end(store, true);
}

/* The next server that is there, of its first kind; false at the end. */
static bool next_server(rep_store_t *store)
{
	rep_strays_t *s = &store->strays;
	const rep_link_t *link;

	s->kind = 0;
	while((link = rep_link_at(&store->link, ++s->server)))
		if(link->ctx)
			return true;
	return false;
}

void rep_strays_step(rep_store_t *store)
{
	rep_strays_t *s = &store->strays;
	rep_link_t *link;

	if(!s->running && s->wanted && rep_mono_ms() >= s->due)
		begin(store);
	if(!s->running)
		return;
	link = rep_link_at(&store->link, s->server);
	if(!link->ctx) { /* that master is away */
		if(!next_server(store))
			end(store, true);
		return;
	}
	if(!slice(store, link, kinds[s->kind])) {
		if(rep_link_up(link) && rep_link_up(&store->link))
			refused(store, link->error[0] ? link->error : store->link.error);
		else if(store->link.nodes)
			end(store, true);
		return;
	}
	if(strcmp(s->cursor, "0") == 0 && ++s->kind == KINDS && !next_server(store))
		end(store, store->follow == REP_FOLLOW_POLLING);
}
