/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "shards.h"

#include "begun.h"
#include "callees.h"
#include "eviction.h"
#include "keys.h"
#include "leases.h"
#include "log.h"
#include "nodes.h"
#include "numbers_sync.h"
#include "resync.h"
#include "say.h"
#include "scripts.h"
#include "served.h"
#include "store_pool.h"
#include "wanted.h"
#include "watch.h"
#include "../engine/pool/known.h"
#include "../engine/pool/pools.h"

/* ---- one master -------------------------------------------------------------- */

static void begin(rep_store_t *store, size_t i)
{
	rep_leases_server(store, i);
	rep_eviction_check(store, rep_link_at(&store->link, i));
	rep_watch_start(store, i);
}

void rep_shards_begin(rep_store_t *store)
{
	rep_link_t *one;

	for(size_t i = 0; (one = rep_link_at(&store->link, i)); i++)
		if(one->ctx)
			begin(store, i);
	if(store->link.nodes)
		for(size_t i = 0; i < REP_MASTERS_MAX; i++)
			store->taps[i].number = store->link.nodes->number[i];
}

static unsigned pools_at(const rep_store_t *store, size_t master)
{
	unsigned n = 0;

	for(int i = 0; i < rep_registry_pools(store->registry); i++)
		n += store->pools[i] && store->pools[i]->listed
			 && store->link.nodes->slots.owner[store->pools[i]->slot] == master;
	return n;
}

/* One line at each edge. */
static void look_at(rep_store_t *store, size_t i)
{
	rep_nodes_t *nodes = store->link.nodes;
	rep_tap_t *tap = &store->taps[i];
	rep_link_t *one = &nodes->link[i];
	char where[REP_HOST_TEXT];

	if(nodes->slots.at[i].port != 0)
		rep_print_host(&nodes->slots.at[i], where, sizeof(where));
	if(one->ctx && tap->number != nodes->number[i]) {
		tap->number = nodes->number[i];
		rep_say(store, REP_LOG_NOTICE,
				"connected to Redis master %s, of %u pools", where,
				pools_at(store, i));
		tap->told = false;
		if(rep_scripts_load(store, one))
			begin(store, i);
	}
	if(one->ctx)
		return;
	rep_watch_stop(store, i);
	if(nodes->slots.at[i].port == 0) {
		tap->told = false;
	} else if(!tap->told) {
		tap->told = true;
		rep_say(store, REP_LOG_WARN,
				"Redis master %s: %s; its %u pools go on with what is known",
				where, one->error, pools_at(store, i));
	}
}

/* ---- what it serves ----------------------------------------------------------- */

static void look_at_pool(rep_store_t *store, rep_store_pool_t *pool)
{
	uint32_t served = rep_nodes_serving(store->link.nodes, pool->slot);
	uint32_t mark;

	if(rep_mono_ms() < pool->rests_until)
		return;
	if(served != pool->served)
		rep_want_pool(pool);
	if(served != pool->served || pool->rests_until) {
		pool->served = served;
		pool->rests_until = 0;
		pool->doubted = true;
		pool->check_after = 0;
		pool->knowing = 0;
		rep_numbers_abort(pool);
		rep_resync_lost(pool);
		rep_leases_again(store, pool);
	}
	/* nobody can tell: what is known is used */
	mark = served ? 0 : rep_pool_unknown(store->registry, pool->index);
	if(mark)
		rep_pool_known(store->registry, pool->index, mark, store->clock());
}

static void want_pools(rep_store_t *store)
{
	store->pools_wanted = true;
	store->pools_after = 0;
}

/* Keys of no pool. */
static const struct
{
	const char *kind;
	void (*moved)(rep_store_t *store);
} others[] = {{"pools", want_pools}, {"x:callees", rep_callees_connected},
		{"x:begun", rep_begun_connected}};

static void look_at_others(rep_store_t *store)
{
	char key[REP_KEY_MAX];

	for(size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		uint32_t served = rep_nodes_serving(store->link.nodes,
				rep_key_slot(
						rep_span(rep_key(store, key, others[i].kind, NULL))));

		if(served && served != store->served[i])
			others[i].moved(store);
		store->served[i] = served;
	}
}

/* Their masters are there, and refuse: one line at each edge, for a slot that is
 * moved is so for a moment. */
static void tell_broken(rep_store_t *store, unsigned n)
{
	if(n > 0 && !store->told_unserved)
		rep_say(store, REP_LOG_WARN,
				"the cluster does not serve %u pools, they go on with what is "
				"known: %s",
				n, store->unserved);
	else if(n == 0 && store->told_unserved)
		rep_say(store, REP_LOG_NOTICE, "the cluster serves all pools again");
	store->told_unserved = n > 0;
}

void rep_shards_step(rep_store_t *store)
{
	uint32_t broken = 0;

	if(!store->link.nodes)
		return;
	rep_nodes_step(&store->link);
	for(size_t i = 0; i < REP_MASTERS_MAX; i++)
		look_at(store, i);
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		if(!pool)
			continue;
		look_at_pool(store, pool);
		broken += pool->served && rep_served_away(store, pool);
	}
	tell_broken(store, broken);
	look_at_others(store);
}
