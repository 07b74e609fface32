/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Creating and destroying. The main loop is in run.c. */

#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "log.h"
#include "lists.h"
#include "pipe.h"
#include "policy_sync.h"
#include "say.h"
#include "writer.h"

#define CONNECT_MS 1000
#define REPLY_MS 2000
#define SENTINEL_MS 500 /* for either */

static rep_time_t wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (rep_time_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static char *copy(const char *text, const char *otherwise)
{
	return strdup(text && text[0] ? text : otherwise);
}

static bool set_password_file(rep_store_t *store, const char *name,
		const char *path, rep_link_config_t *link)
{
	FILE *file;

	if(!path || !path[0])
		return true;
	if(strlen(path) >= sizeof(link->password_file)) {
		rep_say(store, REP_LOG_ERR, "%s: path is too long", name);
		return false;
	}
	file = fopen(path, "r");
	if(!file) {
		rep_say(store, REP_LOG_ERR, "%s: cannot read %s: %m", name, path);
		return false;
	}
	fclose(file);
	snprintf(link->password_file, sizeof(link->password_file), "%s", path);
	return true;
}

static bool set_tls(rep_store_t *store, const rep_store_config_t *config)
{
	const char *const paths[] = {
			config->tls_ca, config->tls_cert, config->tls_key};
	char *const to[] = {store->tls.ca, store->tls.cert, store->tls.key};
	const rep_url_t *url = &store->link_config.url;
	bool on = url->tls;

	for(int i = 0; i < 3; i++) {
		if(!paths[i] || !paths[i][0])
			continue;
		if(strlen(paths[i]) >= sizeof(store->tls.ca)) {
			rep_say(store, REP_LOG_ERR, "redis_tls_%s: path is too long",
					i == 0	 ? "ca"
					: i == 1 ? "cert"
							 : "key");
			return false;
		}
		memcpy(to[i], paths[i], strlen(paths[i]) + 1);
		on = on || url->n_hosts > 0;
	}
	if(on && rep_tls_lacking()) {
		rep_say(store, REP_LOG_ERR, "redis: %s", rep_tls_lacking());
		return false;
	}
	if(on)
		store->link_config.tls = store->sentinel_config.tls = &store->tls;
	return true;
}

static bool set_link(rep_store_t *store, const rep_store_config_t *config)
{
	rep_link_config_t *link = &store->link_config;
	const char *why = rep_url_parse(rep_span(config->url), &link->url);

	if(why) {
		rep_say(store, REP_LOG_ERR, "redis: %s", why);
		return false;
	}
	if(config->username && config->username[0]) {
		if(strlen(config->username) >= sizeof(link->url.user)) {
			rep_say(store, REP_LOG_ERR,
					"redis_username: longer than 127 bytes");
			return false;
		}
		snprintf(
				link->url.user, sizeof(link->url.user), "%s", config->username);
	}
	if(!set_password_file(
			   store, "redis_password_file", config->password_file, link)
			|| !set_password_file(store, "sentinel_password_file",
					config->sentinel_password_file, &store->sentinel_config))
		return false;
	if(!set_tls(store, config))
		return false;
	store->sentinel_config.bare = true;
	store->sentinel_config.connect_ms = SENTINEL_MS;
	store->sentinel_config.reply_ms = SENTINEL_MS;
	link->connect_ms = CONNECT_MS;
	link->reply_ms = REPLY_MS;
	snprintf(link->client_name, sizeof(link->client_name), "reputation-%.60s",
			store->node);
	store->sub_config = *link;
	snprintf(store->sub_config.client_name, sizeof(link->client_name),
			"reputation-edits-%.60s", store->node);
	return true;
}

static bool set_links(rep_store_t *store)
{
	store->link = (rep_link_t){.config = &store->link_config,
			.stop = &store->stop,
			.traffic = &store->traffic};
	store->sentinel = store->link;
	store->sentinel.config = &store->sentinel_config;
	for(size_t i = 0; i < REP_MASTERS_MAX; i++) {
		store->taps[i].sub = store->link;
		store->taps[i].sub.config = &store->sub_config;
	}
	return !store->link_config.url.cluster || rep_nodes_init(&store->link);
}

static bool check_prefix(rep_store_t *store)
{
	size_t n = strlen(store->prefix);

	for(size_t i = 0; i < n; i++)
		if((unsigned char)store->prefix[i] <= ' ' || store->prefix[i] == '{'
				|| store->prefix[i] == '}')
			n = 99;
	if(n <= 64)
		return true;
	rep_say(store, REP_LOG_ERR,
			"key_prefix: longer than 64 bytes, or holds a space or brace");
	return false;
}

rep_store_t *rep_store_create(const rep_store_config_t *config,
		rep_registry_t *registry, rep_store_status_t *status)
{
	rep_store_t *store = calloc(1, sizeof(*store));

	if(!store) {
		config->log(REP_LOG_ERR, "redis: no memory for the store");
		return NULL;
	}
	store->log = config->log;
	store->clock = config->clock ? config->clock : wall_clock;
	store->before_the_last = config->before_the_last;
	store->begun_news = config->begun_news;
	store->registry = registry;
	store->status = status;
	store->secret = config->secret;
	store->interval = config->sync_interval_ms ? config->sync_interval_ms : 200;
	store->prefix = copy(config->key_prefix, "rep");
	store->node = copy(config->node_id, "node");
	store->pool_file = copy(config->pool_file, "");
	store->pending = calloc(REP_PENDING_MAX, sizeof(*store->pending));
	store->loads = 1; /* the pool file's number is 1 */
	if(!store->prefix || !store->node || !store->pool_file || !store->pending) {
		rep_say(store, REP_LOG_ERR, "redis: no memory for the store");
	} else if(check_prefix(store) && set_link(store, config)
			  && set_links(store)) {
		rep_writer_init(store);
		rep_registry_lease(registry, true);
		return store;
	}
	rep_store_destroy(store);
	return NULL;
}

void rep_store_destroy(rep_store_t *store)
{
	if(!store)
		return;
	rep_link_close(&store->link);
	for(size_t i = 0; i < REP_MASTERS_MAX; i++)
		rep_link_close(&store->taps[i].sub);
	rep_nodes_free(&store->link);
	rep_link_close(&store->sentinel);
	for(int i = 0; i < REP_POOLS_MAX; i++)
		if(store->pools[i]) {
			rep_policy_forget(store->pools[i]);
			rep_mirror_free(&store->pools[i]->mirror);
			rep_batch_free(store->pools[i]);
			free(store->pools[i]);
		}
	rep_pipe_free(store);
	free(store->checked);
	rep_incarnations_free(&store->incarnations);
	rep_args_free(&store->args);
	free(store->pending);
	free(store->notes);
	free(store->prefix);
	free(store->node);
	free(store->pool_file);
	free(store);
}
