/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits made by RPC, written where an operator would have written them. */

#include "edits.h"

#include "errors.h"
#include "health.h"
#include "keys.h"
#include "refusal.h"
#include "served.h"
#include "store_pool.h"
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
	const char *kind = edit->number ? "numbers" : "policy";
	char key[REP_KEY_MAX], number[REP_E164_MAX];
	const char *field = edit->number ? number : edit->field;
	redisReply *reply;

	if(edit->number)
		rep_e164_print(edit->number, number);
	rep_args_command(&store->args, edit->remove ? "HDEL" : "HSET");
	rep_args_text(&store->args, rep_key(store, key, kind, pool));
	rep_args_text(&store->args, field);
	if(!edit->remove)
		rep_args_text(&store->args, edit->value);
	reply = rep_link_call(&store->link, &store->args);
	if(reply) {
		rep_reply_free(reply);
		return !edit->remove
			   || rep_health_remove(store, pool, &edit->number, 1);
	}
	if(!rep_link_up(&store->link) || store->link.fault == REP_REDIS_FULL
			|| store->link.fault == REP_REDIS_DISK) {
		rep_store_refused(store, "writing an edit");
		return false;
	}
	rep_error_add(store, NULL, key, rep_span(field), store->link.error);
	return true;
}

/* A pool's edits are written in their order; another's do not wait for them
 * while its master is away. */
bool rep_edits_write(rep_store_t *store)
{
	rep_edit_queue_t *queue = rep_registry_edits(store->registry);
	size_t n = store->n_edits;
	bool ok = true;

	if(rep_mono_ms() < store->refused_until)
		return true;
	for(; n < REP_EDITS && rep_edit_drain(queue, &store->edits[n]); n++)
		remember_removal(store, &store->edits[n]);
	store->n_edits = 0;
	for(size_t i = 0; i < n; i++) {
		const rep_edit_t *edit = &store->edits[i];
		rep_store_pool_t *pool = rep_store_pool_at(store, edit->pool);

		if(!pool) /* it is gone */
			continue;
		if(ok && rep_served(store, pool)) {
			if(write_edit(store, edit, pool->name))
				continue;
			rep_served_broken(store, pool);
			ok = !rep_served(store, pool);
		}
		store->edits[store->n_edits++] = *edit;
	}
	return ok;
}
