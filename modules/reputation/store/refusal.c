/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redis refuses writes, or takes them again. */

#include "refusal.h"

#include "context.h"
#include "log.h"
#include "say.h"

void rep_store_refused(rep_store_t *store, const char *what)
{
	if(store->link.fault == REP_REDIS_SCRIPT
			|| store->link.fault == REP_REDIS_AWAY)
		return; /* sent again, with the scripts, or to whom serves it then */
	store->refused_until = rep_mono_ms() + 1000;
	if(!rep_link_up(&store->link) || store->refused == store->link.fault)
		return;
	store->refused = store->link.fault;
	store->refused_by = store->link.nodes ? store->link.nodes->master : 0;
	rep_say(store, REP_LOG_ERR, "Redis %s (%s: %s); calls go on, counts wait",
			rep_redis_error_words(store->link.fault), what, store->link.error);
}

void rep_store_accepted(rep_store_t *store)
{
	if(store->link.nodes && store->link.nodes->master != store->refused_by)
		return; /* another master */
	if(store->refused != REP_REDIS_NONE)
		rep_say(store, REP_LOG_NOTICE, "Redis takes writes again");
	store->refused = REP_REDIS_NONE;
	store->refused_until = 0;
}
