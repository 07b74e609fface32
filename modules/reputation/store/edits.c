/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits made by RPC, written where an operator would have written them. */

#include "internal.h"
#include "../core/e164.h"

static bool write_edit(rep_store_t *store, const rep_edit_t *edit)
{
	char key[REP_KEY_MAX], number[REP_E164_MAX];
	redisReply *reply;

	rep_e164_print(edit->number, number);
	rep_args_command(&store->args, edit->remove ? "HDEL" : "HSET");
	rep_args_text(
			&store->args, rep_key(store, key, "numbers",
								  rep_book_name(store->book, edit->pool)));
	rep_args_text(&store->args, number);
	if(!edit->remove)
		rep_args_text(&store->args, edit->json);
	reply = rep_link_call(&store->link, &store->args);
	store->commands++;
	if(reply && reply->type == REDIS_REPLY_ERROR)
		rep_error_add(store, NULL, key, rep_span(number), reply->str);
	if(!reply)
		return false;
	freeReplyObject(reply);
	return true;
}

bool rep_edits_write(rep_store_t *store)
{
	rep_edit_t edit;

	while(rep_book_take_edit(store->book, &edit)) {
		if(!*rep_book_name(store->book, edit.pool))
			continue; /* the pool went in the meantime */
		if(write_edit(store, &edit))
			continue;
		rep_book_edit(store->book, &edit); /* for the next link */
		return false;
	}
	return true;
}
