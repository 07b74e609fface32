/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits made by RPC, written where an operator would have written them. */

#include "edits.h"

#include "errors.h"
#include "health.h"
#include "keys.h"
#include "refusal.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"

/* The number is gone from the registry already, and may come back any time. */
static void remember_removal(rep_store_t *store, const rep_edit_t *edit)
{
	if(edit->remove)
		rep_incarnations_add(&store->incarnations, edit->pool, edit->number);
}

/* False when it must be tried again: to write an edit twice does no harm. */
static bool write_edit(
		rep_store_t *store, const rep_edit_t *edit, const char *pool)
{
	char key[REP_KEY_MAX], number[REP_E164_MAX];
	redisReply *reply;

	rep_e164_print(edit->number, number);
	rep_args_command(&store->args, edit->remove ? "HDEL" : "HSET");
	rep_args_text(&store->args, rep_key(store, key, "numbers", pool));
	rep_args_text(&store->args, number);
	if(!edit->remove)
		rep_args_text(&store->args, edit->json);
	reply = rep_link_call(&store->link, &store->args);
	if(reply) {
		freeReplyObject(reply);
		return !edit->remove
			   || rep_health_remove(store, pool, &edit->number, 1);
	}
	if(!rep_link_up(&store->link) || store->link.fault == REP_REDIS_FULL
			|| store->link.fault == REP_REDIS_DISK) {
		rep_store_refused(store, "writing an edit");
		return false;
	}
	rep_error_add(store, NULL, key, rep_span(number), store->link.error);
	return true;
}

bool rep_edits_write(rep_store_t *store)
{
	const char *pool;

	if(rep_mono_ms() < store->refused_until)
		return true;
	/* one that failed stays in front: the order of edits matters */
	while(store->has_edit
			|| rep_edit_drain(
					rep_registry_edits(store->registry), &store->edit)) {
		if(!store->has_edit)
			remember_removal(store, &store->edit);
		store->has_edit = true;
		pool = rep_registry_name(store->registry, store->edit.pool);
		if(pool[0] && !write_edit(store, &store->edit, pool))
			return false;
		store->has_edit = false; /* written, or the pool is gone */
	}
	return true;
}
