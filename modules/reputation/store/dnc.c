/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The do-not-call list. */

#include "dnc.h"

#include <stdio.h>

#include "errors.h"
#include "keys.h"
#include "pipe.h"
#include "../engine/pool/guards.h"
#include "../engine/reply/e164.h"

#define PAGE 5000
#define LONG_MS \
	1000 /* a reading that takes longer takes a quarter of the time */

static const char lost[] =
		"the key is missing although callees are known: is this another or an "
		"emptied Redis? The list stays as it is until the key exists again";
static const char full[] =
		"there is not enough shared memory for more callees: start Kamailio "
		"with a larger -m. Those that were taken in are in force";

static uint64_t held(rep_store_t *store)
{
	rep_dnc_stats_t stats;

	rep_dnc_stats(rep_registry_dnc(store->registry), &stats);
	return stats.callees;
}

static void finish(rep_store_t *store, const char *key)
{
	rep_store_dnc_t *d = &store->dnc;
	int64_t now = rep_mono_ms(), took = now - d->began;

	rep_round_end(store, &d->round, key);
	d->running = d->sweeping = false;
	d->after = took > LONG_MS ? now + took : now;
	d->next_poll = now + 500 + 10 * took;
	rep_registry_dnc_read(store->registry);
}

static void take(rep_store_t *store, rep_span_t member, const char *key)
{
	rep_store_dnc_t *d = &store->dnc;
	rep_e164_t callee;
	rep_e164_error_t error = rep_e164_parse(member, &callee);

	d->found = true;
	if(error != REP_E164_OK)
		rep_error_add(store, &d->round, key, member, rep_e164_strerror(error));
	else if(rep_dnc_put(rep_registry_dnc(store->registry), callee, false)
			== REP_DNC_FULL)
		rep_error_add(store, &d->round, key, rep_span(""), full);
}

static void page(rep_store_t *store, rep_store_pool_t *unused,
		const rep_asked_t *asked, const redisReply *reply)
{
	rep_store_dnc_t *d = &store->dnc;
	const redisReply *members = rep_reply_at(reply, 1);
	rep_span_t cursor = rep_reply_span(rep_reply_at(reply, 0));
	char key[REP_KEY_MAX];

	(void)unused, (void)asked;
	rep_key(store, key, "dnc", NULL);
	if(!reply && !rep_link_up(&store->link)) {
		d->running = false;
		d->wanted = true;
		d->after = rep_mono_ms() + 500;
		return;
	}
	if(!reply) {
		rep_error_refused(
				store, &d->round, key, rep_span(""), store->link.error);
		finish(store, key);
		d->failed = true;
		return;
	}
	for(size_t i = 0; rep_reply_at(members, i); i++)
		take(store, rep_reply_span(members->element[i]), key);
	snprintf(d->cursor, sizeof(d->cursor), "%.*s",
			cursor.len < 22 ? (int)cursor.len : 0, cursor.len ? cursor.s : "");
	if(d->cursor[0] && strcmp(d->cursor, "0") != 0)
		return;
	if(!d->found && held(store) > 1) {
		rep_error_add(store, &d->round, key, rep_span(""), lost);
		finish(store, key);
		return;
	}
	d->sweeping = true;
	d->swept = 0;
}

static void begin(rep_store_t *store)
{
	rep_store_dnc_t *d = &store->dnc;
	char key[REP_KEY_MAX];

	d->wanted = d->failed = d->found = false;
	d->running = true;
	d->began = rep_mono_ms();
	strcpy(d->cursor, "0");
	rep_round_begin(store, &d->round, rep_key(store, key, "dnc", NULL));
	rep_dnc_begin(rep_registry_dnc(store->registry));
}

bool rep_dnc_sync_send(rep_store_t *store)
{
	rep_store_dnc_t *d = &store->dnc;
	char key[REP_KEY_MAX];

	if(!rep_registry_guard(store->registry))
		return false;
	if(d->sweeping) {
		if(!rep_dnc_sweep(rep_registry_dnc(store->registry), &d->swept))
			finish(store, rep_key(store, key, "dnc", NULL));
		return d->running || d->wanted;
	}
	if(!d->running && d->wanted && rep_mono_ms() >= d->after)
		begin(store);
	if(!d->running)
		return false;
	rep_args_command(&store->args, "SSCAN");
	rep_args_text(&store->args, rep_key(store, key, "dnc", NULL));
	rep_args_text(&store->args, d->cursor);
	rep_args_text(&store->args, "COUNT");
	rep_args_int(&store->args, PAGE);
	rep_pipe_send(store, (rep_asked_t){.answer = page});
	return true;
}

void rep_dnc_sync_poll(rep_store_t *store)
{
	rep_store_dnc_t *d = &store->dnc;
	bool polls = store->follow == REP_FOLLOW_POLLING;

	if(d->failed || (polls && rep_mono_ms() >= d->next_poll))
		d->wanted = true;
}

void rep_dnc_sync_lost(rep_store_t *store)
{
	store->dnc.running = store->dnc.sweeping = false;
	store->dnc.wanted = true;
}
