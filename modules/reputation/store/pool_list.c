/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is rep:pools there? */

#include "pool_list.h"

#include "keys.h"

void rep_pools_ask(rep_store_t *store)
{
	char key[REP_KEY_MAX];

	rep_args_command(&store->args, "EXISTS");
	rep_args_text(&store->args, rep_key(store, key, "pools", NULL));
}

bool rep_pools_listed(rep_store_t *store, bool *there)
{
	redisReply *reply;

	rep_pools_ask(store);
	reply = rep_link_call(&store->link, &store->args);
	if(!reply)
		return false;
	*there = reply->integer > 0;
	rep_reply_free(reply);
	return true;
}
