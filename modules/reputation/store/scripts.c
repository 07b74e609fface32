/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Lua scripts that Redis runs. */

#include "scripts.h"

#include <stdio.h>

#include "context.h"
#include "refusal.h"
#include "script_text.h"
#include "lists_script.h"

static const char *const scripts[REP_SHAS] = {
		[REP_SHA_PUSH] = REP_SCRIPT_PUSH,
		[REP_SHA_VERDICT] = REP_SCRIPT_VERDICT,
		[REP_SHA_CHECK] = REP_SCRIPT_CHECK,
		[REP_SHA_ONCE] = REP_SCRIPT_ONCE,
		[REP_SHA_BEGUN] = REP_SCRIPT_BEGUN,
		[REP_SHA_CLAIM] = REP_SCRIPT_CLAIM,
		[REP_SHA_LEASE] = REP_SCRIPT_LEASE,
		[REP_SHA_GUARD] = REP_SCRIPT_GUARD,
		[REP_SHA_LISTS] = REP_SCRIPT_LISTS,
};

bool rep_scripts_load(rep_store_t *store, rep_link_t *link)
{
	for(int i = 0; i < REP_SHAS; i++) {
		redisReply *reply;
		rep_span_t sha;

		rep_args_command(&store->args, "SCRIPT");
		rep_args_text(&store->args, "LOAD");
		rep_args_text(&store->args, scripts[i]);
		reply = rep_link_call(link, &store->args);
		if(!reply) {
			if(link != &store->link) {
				store->link.fault =
						rep_link_up(link) ? link->fault : REP_REDIS_AWAY;
				memcpy(store->link.error, link->error, sizeof(link->error));
			}
			rep_store_refused(store, "SCRIPT LOAD");
			return false;
		}
		sha = rep_reply_span(reply);
		snprintf(store->sha[i], sizeof(store->sha[i]), "%.*s", (int)sha.len,
				sha.len ? sha.s : "");
		rep_reply_free(reply);
	}
	return true;
}

bool rep_scripts_load_all(rep_store_t *store)
{
	rep_link_t *one;

	for(size_t i = 0; (one = rep_link_at(&store->link, i)); i++)
		if(one->ctx && !rep_scripts_load(store, one) && !store->link.nodes)
			return false;
	return rep_link_any(&store->link);
}

void rep_script_begin(rep_store_t *store, int which, size_t keys)
{
	rep_args_command(&store->args, "EVALSHA");
	rep_args_text(&store->args, store->sha[which]);
	rep_args_int(&store->args, (int64_t)keys);
}
