/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main loop: connect, follow edits, exchange, wait. Every step is
 * bounded, so that an edit never waits long behind a large exchange. */

#include "run.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "begun.h"
#include "callees.h"
#include "config_sync.h"
#include "edits.h"
#include "dnc.h"
#include "errors.h"
#include "events.h"
#include "feed.h"
#include "guards.h"
#include "health.h"
#include "known.h"
#include "leases.h"
#include "list_reading.h"
#include "lists.h"
#include "log.h"
#include "master.h"
#include "nodes.h"
#include "numbers_sync.h"
#include "pipe.h"
#include "publish.h"
#include "pull.h"
#include "push.h"
#include "resync.h"
#include "say.h"
#include "scripts.h"
#include "secret_sync.h"
#include "served.h"
#include "shards.h"
#include "store_pool.h"
#include "strays.h"
#include "verdict_sync.h"
#include "wanted.h"
#include "watch.h"
#include "../engine/pool/pools.h"
#include "../formats/pool_load.h"

#define CHECK_MS 1000
#define LAST_MS 5000 /* to write what waits when the process ends */
#define EDITS_MS 50	 /* then the exchange has its turn, */
#define PAGES_MS 50	 /* which reads history so long, */
#define JUDGE_MS 50	 /* and judges of it so long; then come edits again */
#define GIVE_WAY_US 100

/* ---- the edges of the link -------------------------------------------------- */

static void say_down(rep_store_t *store, bool was_up)
{
	char where[300], text[600];
	rep_redis_error_t fault = store->link.fault;

	rep_served_at(store, where, sizeof(where));
	if(fault == REP_REDIS_LOST)
		snprintf(text, sizeof(text), "Redis at %s: %s", where,
				store->link.error);
	else
		snprintf(text, sizeof(text), "Redis at %s %s: %s", where,
				rep_redis_error_words(fault), store->link.error);
	rep_status_error(store->status, text, store->clock());
	if(!was_up && store->logged == fault)
		return;
	store->logged = fault;
	rep_say(store, REP_LOG_WARN, "%.500s; going on with what is known", text);
}

static void file_error(void *store, const char *sentence)
{
	rep_say(store, REP_LOG_ERR, "%s", sentence);
}

/* No Redis at the start: better the file's pools than none. */
static void fall_back(rep_store_t *store)
{
	if(store->fallback || store->seen_pools || !store->pool_file[0])
		return;
	store->fallback = true;
	if(rep_pool_file_load(store->pool_file, store->registry, 1, store->clock(),
			   file_error, store, NULL)
			== 0)
		rep_say(store, REP_LOG_NOTICE,
				"pools taken from %s until Redis is "
				"there",
				store->pool_file);
}

static void lost(rep_store_t *store)
{
	int64_t now = rep_mono_ms();

	if(store->link.nodes)
		rep_nodes_lost(&store->link);
	rep_watch_stop_all(store);
	rep_dnc_sync_lost(store);
	for(int i = 0; i < rep_registry_pools(store->registry); i++)
		if(store->pools[i]) {
			rep_numbers_abort(store->pools[i]);
			rep_resync_lost(store->pools[i]);
		}
	rep_status_link(store->status, REP_LINK_DISCONNECTED, store->clock());
	say_down(store, true);
	/* a server that hangs up again and again is not to fill the log */
	if(now - store->connected_at > 5000)
		store->flaps = 0;
	store->link.next_try =
			now + (store->flaps < 4 ? 100 << store->flaps : 2000);
	store->flaps++;
}

/* Everything may have changed, or been lost, while we were away. */
static void connected(rep_store_t *store)
{
	char where[300];
	bool again = store->status->reconnects > 0 || store->seen_pools;

	rep_say(store, REP_LOG_NOTICE, "connected to Redis at %s",
			rep_served_at(store, where, sizeof(where)));
	store->connected_at = rep_mono_ms();
	store->logged = REP_REDIS_NONE;
	store->refused = REP_REDIS_NONE;
	store->refused_until = 0;
	store->told_empty = false;
	rep_status_link(store->status, REP_LINK_CONNECTED, store->clock());
	rep_lock(&store->status->lock);
	store->status->reconnects += again;
	memcpy(store->status->address, where, sizeof(where));
	rep_unlock(&store->status->lock);
	store->next_check = 0;
	rep_known_reach(store, true);
	rep_leases_connected(store);
	rep_store_suspect(store);
	rep_shards_begin(store);
	rep_want_all(store);
	rep_callees_connected(store);
	rep_begun_connected(store);
}

static void try_connect(rep_store_t *store)
{
	rep_status_link(store->status, REP_LINK_CONNECTING, store->clock());
	/* the secret before all else: what is signed without it nobody believes */
	if(rep_master_open(store) == 0 && rep_scripts_load_all(store)
			&& (rep_secret_sync(store) || rep_link_any(&store->link))) {
		connected(store);
		return;
	}
	if(rep_link_any(&store->link)) {
		/* a server that forbids scripts is of no use to us */
		rep_link_close(&store->link);
		store->link.next_try = rep_mono_ms() + 2000;
	}
	rep_status_link(store->status, REP_LINK_DISCONNECTED, store->clock());
	rep_known_reach(store, false);
	say_down(store, false);
	fall_back(store);
}

/* ---- exchanging --------------------------------------------------------------- */

/* Pools take turns in being the first; NULL when it cannot be asked for now. */
static rep_store_pool_t *pool_in_turn(rep_store_t *store, int i)
{
	int n = rep_registry_pools(store->registry);
	rep_store_pool_t *pool = rep_store_pool_at(store, (store->turn + i) % n);

	return pool && rep_served(store, pool) ? pool : NULL;
}

static void begin_exchange(rep_store_t *store)
{
	store->more = false;
	store->n_sent = store->n_offered = store->n_views = 0;
	store->n_pages = store->n_checked = store->n_asks = 0;
	store->pages_until = rep_mono_ms() + PAGES_MS;
	store->turn++;
	rep_events_drain(store);
	rep_push_collect(store);
}

/* Verdicts before counts: who reads a cell should know its turn. */
static void send_writes(rep_store_t *store)
{
	if(rep_mono_ms() < store->refused_until)
		return;
	rep_guards_collect(store);
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = pool_in_turn(store, i);
		size_t offered = store->n_offered;

		if(!pool)
			continue;
		rep_verdict_send(store, pool);
		rep_push_send(store, pool);
		rep_health_send(store, pool, offered);
		rep_leases_send(store, pool);
		rep_guards_send(store, pool);
		rep_lists_send(store, pool);
	}
	rep_events_send(store);
}

/* Each number once an exchange; while the history is read, when it is. Calls
 * that wait for the pool's lock get it in between: who is woken for it would
 * always find it taken again. */
static void judge(rep_store_t *store)
{
	int64_t until = rep_mono_ms() + JUDGE_MS;

	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		const rep_store_pool_t *pool = rep_store_pool_at(store, i);

		while(pool && pool->known && !pool->replay
				&& rep_pool_judge_others(store->registry, i, store->clock())) {
			if(rep_mono_ms() >= until) {
				store->more = true;
				break;
			}
			usleep(GIVE_WAY_US);
		}
	}
}

static void check_health(rep_store_t *store, bool heard)
{
	for(int i = 0; i < rep_registry_pools(store->registry); i++)
		if(rep_store_pool_at(store, i))
			rep_health_check(store, rep_store_pool_at(store, i), heard);
}

/* All that there is to say and to ask, of all pools, in one round trip. */
static bool exchange(rep_store_t *store)
{
	int64_t now = rep_mono_ms();
	bool unheard = false, heard;

	if(now < store->next_exchange)
		return false;
	if(!rep_begun_tell(store) && !rep_link_any(&store->link))
		return false;
	begin_exchange(store);
	send_writes(store);
	rep_feed_send(store);
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = pool_in_turn(store, i);

		if(!pool)
			continue;
		rep_resync_check(store, pool);
		rep_resync_pages(store, pool);
		rep_list_read(store, pool);
		store->more = rep_pull_again(store, pool) || store->more;
	}
	heard = rep_pipe_receive(store);
	rep_guards_done(store);
	if(heard)
		judge(store);
	check_health(store, heard);
	if(heard) {
		rep_lock(&store->status->lock);
		store->status->lag_ms = (uint32_t)(rep_mono_ms() - now);
		rep_unlock(&store->status->lock);
		rep_callees_sync(store, &unheard);
	}
	if(rep_link_any(&store->link))
		rep_strays_step(store);
	store->more = store->more || unheard;
	store->next_exchange = store->more ? 0 : now + store->interval;
	rep_publish(store);
	return store->more && rep_link_any(&store->link);
}

static void look_after(rep_store_t *store)
{
	int64_t now = rep_mono_ms();

	if(now < store->next_check)
		return;
	store->next_check = now + CHECK_MS;
	rep_errors_age(store);
	if(rep_secret_sync(store))
		rep_begun_settle(store);
}

/* Edits come first: they are to be in force within a second, whatever there is
 * to exchange. */
static bool follow_edits(rep_store_t *store)
{
	int64_t until = rep_mono_ms() + EDITS_MS;
	bool more = true;

	rep_master_step(store);
	rep_shards_step(store);
	rep_watch_step(store);
	while(more && rep_link_any(&store->link) && rep_mono_ms() < until)
		more = rep_config_sync_step(store);
	return more;
}

/* One round on a link that is up; true when there is more to do at once. */
static bool work(rep_store_t *store)
{
	bool more = follow_edits(store);

	if(rep_link_any(&store->link))
		rep_edits_write(store);
	if(rep_link_any(&store->link))
		more = exchange(store) || more;
	if(rep_link_any(&store->link))
		look_after(store);
	if(!rep_link_any(&store->link))
		lost(store);
	return more;
}

/* ---- waiting ------------------------------------------------------------------- */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Until something is due, an edit comes in, or a server hangs up. */
static void wait_for_work(rep_store_t *store)
{
	struct pollfd p[2 * REP_MASTERS_MAX];
	rep_link_t *hears[2 * REP_MASTERS_MAX], *one;
	nfds_t n = 0;
	int64_t now = rep_mono_ms(), until = now + 100;

	for(size_t i = 0; (one = rep_link_at(&store->link, i)); i++)
		for(int sub = 0; sub < 2 && one->ctx; sub++) {
			hears[n] = sub ? NULL : one;
			if(sub)
				one = &store->taps[i].sub;
			if(one->ctx)
				p[n++] = (struct pollfd){.fd = one->ctx->fd, .events = POLLIN};
		}
	until = earlier(until, rep_link_any(&store->link) ? store->next_exchange
													  : store->link.next_try);
	if(until <= now || poll(p, n, (int)(until - now)) <= 0)
		return;
	for(nfds_t i = 0; i < n; i++)
		if(hears[i] && p[i].revents) {
			/* nobody asked: this is the end of the connection */
			redisReply *reply = rep_link_poll(hears[i]);

			if(reply)
				rep_reply_free(reply);
		}
	if(n > 0 && !rep_link_any(&store->link))
		lost(store);
}

static void alone(rep_store_t *store)
{
	int64_t now = rep_mono_ms();

	if(now >= store->next_exchange) {
		store->next_exchange = now + store->interval;
		rep_push_collect(store);
		rep_publish(store);
	}
	if(now >= store->link.next_try)
		try_connect(store);
}

/* Counts of a pool whose slot is being moved: it will be asked again soon. */
static bool held_back(const rep_store_t *store)
{
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		const rep_store_pool_t *pool = store->pools[i];

		if(pool && pool->served && pool->mirror.n_dirty > 0
				&& !rep_served(store, pool))
			return true;
	}
	return false;
}

/* Leave nothing behind that could still be written. A link that breaks only now
 * is made anew, if that can be done soon. */
static void last_exchange(rep_store_t *store)
{
	int64_t deadline = rep_mono_ms() + LAST_MS;

	store->more = rep_link_any(&store->link);
	while(store->more && rep_mono_ms() < deadline) {
		if(!rep_link_any(&store->link)) {
			poll(NULL, 0, 10);
			if(rep_mono_ms() >= store->link.next_try)
				try_connect(store);
			continue;
		}
		begin_exchange(store);
		if(rep_edits_write(store) || rep_link_any(&store->link))
			send_writes(store);
		store->more = !rep_pipe_receive(store) || store->more;
		rep_guards_done(store);
		rep_shards_step(store);
		if(!store->more && held_back(store)) {
			store->more = true;
			poll(NULL, 0, 10);
		}
	}
	rep_callees_flush(store);
	if(rep_link_any(&store->link))
		rep_begun_tell(store);
	rep_leases_end(store);
	rep_publish(store);
}

void rep_store_stop(rep_store_t *store)
{
	store->stop = 1;
}

void rep_store_run(rep_store_t *store)
{
	signal(SIGPIPE, SIG_IGN); /* hiredis writes with write() */
	while(!store->stop) {
		bool more = false;

		rep_events_drain(store);
		if(rep_link_any(&store->link))
			more = work(store);
		else
			alone(store);
		if(!more && !store->stop)
			wait_for_work(store);
	}
	if(store->before_the_last)
		store->before_the_last();
	last_exchange(store);
	rep_link_close(&store->link);
	rep_link_close(&store->sentinel);
	rep_watch_stop_all(store);
	rep_status_link(store->status, REP_LINK_NONE, store->clock());
}
