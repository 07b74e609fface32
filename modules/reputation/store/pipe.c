/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "pipe.h"

#include <stdlib.h>

#include "scripts.h"
#include "served.h"

static bool make_room(rep_store_t *store)
{
	size_t room = store->room_asked ? store->room_asked * 2 : 64;
	void *more;

	if(store->n_asked < store->room_asked)
		return true;
	more = realloc(store->asked, room * sizeof(*store->asked));
	if(!more)
		return false;
	store->asked = more;
	store->room_asked = room;
	return true;
}

void rep_pipe_send(rep_store_t *store, rep_asked_t asked)
{
	if(asked.pool && !rep_served(store, asked.pool)) {
		/* its master changed under our hands */
		store->link.fault = REP_REDIS_AWAY;
		asked.answer(store, asked.pool, &asked, NULL);
	} else if(make_room(store) && rep_link_send(&store->link, &store->args)) {
		store->asked[store->n_asked++] = asked;
	} else {
		asked.answer(store, asked.pool, &asked, NULL);
	}
}

bool rep_pipe_receive(rep_store_t *store)
{
	for(size_t i = 0; i < store->n_asked; i++) {
		rep_asked_t asked = store->asked[i];
		redisReply *reply = rep_link_recv(&store->link);

		if(!reply && rep_link_up(&store->link)
				&& store->link.fault == REP_REDIS_SCRIPT)
			store->scripts_gone = true;
		if(!reply && asked.pool && store->link.fault == REP_REDIS_AWAY)
			rep_served_broken(store, asked.pool);
		else if(reply && asked.pool)
			asked.pool->broken = 0;
		asked.answer(store, asked.pool, &asked, reply);
		if(reply)
			rep_reply_free(reply);
	}
	store->n_asked = 0;
	if(store->scripts_gone && rep_link_any(&store->link)) {
		store->scripts_gone = !rep_scripts_load_all(store);
		store->more = true;
	}
	return rep_link_any(&store->link);
}

void rep_pipe_free(rep_store_t *store)
{
	free(store->asked);
}
