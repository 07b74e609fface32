/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "list_reading.h"

#include <stdio.h>

#include "errors.h"
#include "keys.h"
#include "pipe.h"
#include "../engine/pool/probes.h"
#include "../engine/pool/redress.h"
#include "../formats/probe.h"
#include "../formats/redress.h"

#define PAGE "200"
#define EVERY_MS 1000 /* at most, */
#define EACH_MS 4	  /* and longer for each entry there was */
#define POLL_MS 5000  /* where nobody tells of edits */

/* ---- entries ------------------------------------------------------------------ */

static const char *take_redress(rep_store_t *store,
		const rep_store_pool_t *pool, rep_span_t field, rep_span_t text)
{
	rep_redress_entry_t entry;
	const char *why;
	bool usable;
	uint64_t id;

	if(!rep_party_id_parse(field, &id))
		return "its name is not sixteen hexadecimal digits";
	why = rep_unpack_redress(text, pool->index, id, &entry, &usable);
	if(usable)
		rep_redress_heard(store->registry, &entry,
				pool->reading[REP_LIST_REDRESS].number);
	else if(rep_redress_again(store->registry, pool->index, id))
		why = NULL; /* somebody wrote over it: it is made whole again */
	return why;
}

static const char *take_probe(rep_store_t *store, const rep_store_pool_t *pool,
		rep_span_t field, rep_span_t text)
{
	rep_probe_t probe;
	const char *why = rep_unpack_probe(field, text, pool->index, &probe);

	if(!why)
		rep_probes_heard(
				store->registry, &probe, pool->reading[REP_LIST_PROBES].number);
	return why;
}

static const struct
{
	const char *key;
	const char *(*take)(rep_store_t *store, const rep_store_pool_t *pool,
			rep_span_t field, rep_span_t text);
	void (*sweep)(rep_registry_t *registry, int pool, uint32_t seen, bool lost);
	uint32_t (*entries)(rep_registry_t *registry, int pool);
} lists[REP_LISTS] = {
		[REP_LIST_REDRESS] = {"redress", take_redress, rep_redress_sweep,
				rep_redress_entries},
		[REP_LIST_PROBES] = {"probes", take_probe, rep_probes_sweep,
				rep_probes_entries},
};

static void take(rep_store_t *store, rep_store_pool_t *pool, int list,
		rep_span_t field, rep_span_t text)
{
	char key[REP_KEY_MAX];
	const char *why = lists[list].take(store, pool, field, text);

	if(why)
		rep_error_add(store, &pool->reading[list].round,
				rep_key(store, key, lists[list].key, pool->name), field, why);
}

/* ---- readings ----------------------------------------------------------------- */

static void ask(rep_store_t *store, rep_store_pool_t *pool, int list);

/* A key that is gone although there were entries was lost, not emptied by
 * somebody; but for one alone, which somebody may have deleted. */
static void end(rep_store_t *store, rep_store_pool_t *pool, int list)
{
	rep_list_reading_t *r = &pool->reading[list];
	char key[REP_KEY_MAX];
	bool lost =
			pool->lists_lost
			|| (r->found == 0
					&& lists[list].entries(store->registry, pool->index) > 1);

	lists[list].sweep(store->registry, pool->index, r->number, lost);
	rep_round_end(
			store, &r->round, rep_key(store, key, lists[list].key, pool->name));
	r->running = false;
	r->due = rep_mono_ms() + EVERY_MS + (int64_t)r->found * EACH_MS;
	if(!pool->reading[!list].running && !pool->reading[!list].wanted)
		pool->lists_lost = false;
}

static void page(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	int list = (int)asked->at;
	rep_list_reading_t *r = &pool->reading[list];
	const redisReply *pairs = rep_reply_at(reply, 1);
	rep_span_t cursor = rep_reply_span(rep_reply_at(reply, 0));
	char key[REP_KEY_MAX];

	if(!reply || cursor.len == 0) {
		r->running = false;
		r->wanted = true;
		r->due = rep_mono_ms() + POLL_MS;
		if(rep_link_up(&store->link) && store->link.fault != REP_REDIS_AWAY)
			rep_error_add(store, NULL,
					rep_key(store, key, lists[list].key, pool->name),
					rep_span(""), store->link.error);
		return;
	}
	for(size_t i = 0; rep_reply_at(pairs, i + 1); i += 2, r->found++)
		take(store, pool, list, rep_reply_span(rep_reply_at(pairs, i)),
				rep_reply_span(rep_reply_at(pairs, i + 1)));
	snprintf(r->cursor, sizeof(r->cursor), "%.*s", (int)cursor.len, cursor.s);
	if(strcmp(r->cursor, "0") == 0)
		end(store, pool, list);
	else
		ask(store, pool, list);
}

static void ask(rep_store_t *store, rep_store_pool_t *pool, int list)
{
	char key[REP_KEY_MAX];

	rep_args_command(&store->args, "HSCAN");
	rep_args_text(
			&store->args, rep_key(store, key, lists[list].key, pool->name));
	rep_args_text(&store->args, pool->reading[list].cursor);
	rep_args_text(&store->args, "COUNT");
	rep_args_text(&store->args, PAGE);
	rep_pipe_send(store,
			(rep_asked_t){.answer = page, .pool = pool, .at = (size_t)list});
}

void rep_list_read(rep_store_t *store, rep_store_pool_t *pool)
{
	int64_t now = rep_mono_ms();
	char key[REP_KEY_MAX];

	for(int list = 0; list < REP_LISTS; list++) {
		rep_list_reading_t *r = &pool->reading[list];

		if(now < r->due)
			continue;
		if(!r->wanted && store->follow != REP_FOLLOW_POLLING)
			continue;
		r->wanted = false;
		r->running = true;
		r->number++;
		r->found = 0;
		r->due = now + POLL_MS;
		strcpy(r->cursor, "0");
		rep_round_begin(store, &r->round,
				rep_key(store, key, lists[list].key, pool->name));
		ask(store, pool, list);
	}
}
