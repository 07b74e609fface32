/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "secret_sync.h"

#include "context.h"
#include "keys.h"
#include "secret.h"

static redisReply *call(rep_store_t *store, const char *name, rep_span_t value)
{
	rep_args_t *args = &store->args;
	char key[REP_KEY_MAX];

	rep_args_command(args, name);
	rep_args_text(args, rep_key(store, key, "x:secret", NULL));
	if(value.len > 0) {
		rep_args_span(args, value);
		rep_args_text(args, "NX");
	}
	return rep_link_call(&store->link, args);
}

/* Takes over what the reply holds. */
static void take(rep_store_t *store, redisReply *reply)
{
	rep_span_t theirs = rep_reply_span(reply);

	if(rep_secret_set(store->secret, theirs.s, theirs.len))
		rep_callees_key(store->registry, theirs);
	rep_reply_free(reply);
}

bool rep_secret_sync(rep_store_t *store)
{
	char ours[REP_SECRET_MAX];
	rep_secret_t *secret = store->secret;
	redisReply *reply;
	bool missing;

	if(!secret || secret->fixed)
		return true;
	reply = call(store, "GET", (rep_span_t){NULL, 0});
	if(!reply)
		return rep_link_up(&store->link);
	missing = reply->type == REDIS_REPLY_NIL;
	take(store, reply);
	if(!missing)
		return true;
	reply = call(
			store, "SET", (rep_span_t){ours, rep_secret_read(secret, ours)});
	if(reply)
		rep_reply_free(reply);
	/* another proxy may have been first */
	reply = rep_link_up(&store->link)
					? call(store, "GET", (rep_span_t){NULL, 0})
					: NULL;
	if(!reply)
		return rep_link_up(&store->link);
	take(store, reply);
	return true;
}
