/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Creating, destroying, and the small services of internal.h. The main loop
 * is in run.c. */

#include "store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "scripts.h"

#define CONNECT_MS 1000
#define REPLY_MS 2000

static rep_time_t wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (rep_time_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void rep_say(rep_store_t *store, int level, const char *format, ...)
{
	char line[600];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	store->log(level, line);
	if(level <= REP_LOG_WARN)
		rep_status_error(store, line);
}

const char *rep_key(const rep_store_t *store, char out[REP_KEY_MAX],
		const char *kind, const char *pool)
{
	if(pool)
		snprintf(out, REP_KEY_MAX, "%s:%s:{%s}", store->prefix, kind, pool);
	else
		snprintf(out, REP_KEY_MAX, "%s:%s", store->prefix, kind);
	return out;
}

rep_store_pool_t *rep_store_pool(rep_store_t *store, int index)
{
	const char *name = rep_registry_name(store->registry, index);
	rep_store_pool_t *pool = store->pools[index];

	if(!name || !name[0])
		return NULL;
	if(!pool) {
		pool = calloc(1, sizeof(*pool));
		if(!pool)
			return NULL;
		pool->index = index;
		/* until its policy is known */
		pool->ttl = (72 + 24) * 3600;
		pool->record_ttl = 90 * 86400;
		store->pools[index] = pool;
	}
	pool->name = name;
	return pool;
}

void rep_writer_of(const rep_store_t *store, const rep_store_pool_t *pool,
		rep_e164_t number, char out[REP_WRITER_MAX + 1])
{
	uint32_t life =
			pool->life
			+ rep_incarnations_get(&store->incarnations, pool->index, number);

	if(life == 0)
		memcpy(out, store->writer, REP_WRITER_MAX + 1);
	else
		snprintf(out, REP_WRITER_MAX + 1, "%.80s.%u", store->writer, life);
}

/* ---- trouble ------------------------------------------------------------- */

void rep_store_refused(rep_store_t *store, const char *what)
{
	store->refused_until = rep_mono_ms() + 1000;
	if(!rep_link_up(&store->link) || store->refused == store->link.fault)
		return;
	store->refused = store->link.fault;
	rep_say(store, REP_LOG_ERR, "Redis %s (%s: %s); calls go on, counts wait",
			rep_redis_error_words(store->link.fault), what, store->link.error);
}

void rep_store_accepted(rep_store_t *store)
{
	if(store->refused != REP_REDIS_NONE)
		rep_say(store, REP_LOG_NOTICE, "Redis takes writes again");
	store->refused = REP_REDIS_NONE;
	store->refused_until = 0;
}

void rep_store_suspect(rep_store_t *store)
{
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = rep_store_pool(store, i);

		if(!pool)
			continue;
		rep_pool_requeue_all(store->registry, i);
		pool->placed = false;
		pool->resync_wanted = true;
		pool->resync_after = 0;
	}
}

/* ---- scripts ------------------------------------------------------------- */

static const char *const scripts[REP_SHAS] = {
		[REP_SHA_PUSH] = REP_SCRIPT_PUSH,
		[REP_SHA_VERDICT] = REP_SCRIPT_OFFER,
		[REP_SHA_POSITION] = REP_SCRIPT_POSITION,
		[REP_SHA_ONCE] = REP_SCRIPT_ONCE,
};

bool rep_scripts_load(rep_store_t *store)
{
	for(int i = 0; i < REP_SHAS; i++) {
		redisReply *reply;
		rep_span_t sha;

		rep_args_command(&store->args, "SCRIPT");
		rep_args_text(&store->args, "LOAD");
		rep_args_text(&store->args, scripts[i]);
		reply = rep_link_call(&store->link, &store->args);
		if(!reply) {
			rep_store_refused(store, "SCRIPT LOAD");
			return false;
		}
		sha = rep_reply_span(reply);
		snprintf(store->sha[i], sizeof(store->sha[i]), "%.*s", (int)sha.len,
				sha.len ? sha.s : "");
		freeReplyObject(reply);
	}
	return true;
}

void rep_script_begin(rep_store_t *store, int which, size_t keys)
{
	rep_args_command(&store->args, "EVALSHA");
	rep_args_text(&store->args, store->sha[which]);
	rep_args_int(&store->args, (int64_t)keys);
}

redisReply *rep_script_call(rep_store_t *store, int which)
{
	redisReply *reply = rep_link_call(&store->link, &store->args);

	if(reply || store->link.fault != REP_REDIS_SCRIPT)
		return reply;
	/* somebody emptied the cache: EVAL fills it again */
	rep_args_patch_text(&store->args, 0, "EVAL");
	rep_args_patch_text(&store->args, 1, scripts[which]);
	return rep_link_call(&store->link, &store->args);
}

/* ---- create, destroy ------------------------------------------------------ */

static char *copy(const char *text, const char *otherwise)
{
	return strdup(text && text[0] ? text : otherwise);
}

/* The node's name stands between bars in field names. */
static void make_writer(rep_store_t *store)
{
	uint32_t random = 0;

	if(getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uint32_t)(store->clock() ^ (getpid() << 16));
	for(char *p = store->node; *p; p++)
		if((unsigned char)*p <= ' ' || *p == '|' || *p == '*' || *p == 0x7f)
			*p = '_';
	snprintf(store->writer, sizeof(store->writer), "%.*s.%08x", REP_NODE_MAX,
			store->node, random);
}

static bool set_password_file(rep_store_t *store, const char *path)
{
	FILE *file;

	if(!path || !path[0])
		return true;
	if(strlen(path) >= sizeof(store->link_config.password_file)) {
		rep_say(store, REP_LOG_ERR, "redis_password_file: path is too long");
		return false;
	}
	file = fopen(path, "r");
	if(!file) {
		rep_say(store, REP_LOG_ERR, "redis_password_file: cannot read %s: %m",
				path);
		return false;
	}
	fclose(file);
	snprintf(store->link_config.password_file,
			sizeof(store->link_config.password_file), "%s", path);
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
	if(!set_password_file(store, config->password_file))
		return false;
	link->connect_ms = CONNECT_MS;
	link->reply_ms = REPLY_MS;
	snprintf(link->client_name, sizeof(link->client_name), "reputation-%.60s",
			store->node);
	store->sub_config = *link;
	snprintf(store->sub_config.client_name, sizeof(link->client_name),
			"reputation-edits-%.60s", store->node);
	return true;
}

static void set_links(rep_store_t *store)
{
	store->link = (rep_link_t){.config = &store->link_config,
			.stop = &store->stop,
			.commands = &store->commands};
	store->sub = store->link;
	store->sub.config = &store->sub_config;
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
	store->registry = registry;
	store->status = status;
	store->interval = config->sync_interval_ms ? config->sync_interval_ms : 200;
	store->prefix = copy(config->key_prefix, "rep");
	store->node = copy(config->node_id, "node");
	store->pool_file = copy(config->pool_file, "");
	store->pending = calloc(REP_PENDING_MAX, sizeof(*store->pending));
	store->loads = 1; /* the pool file's number is 1 */
	if(!store->prefix || !store->node || !store->pool_file || !store->pending) {
		rep_say(store, REP_LOG_ERR, "redis: no memory for the store");
	} else if(check_prefix(store) && set_link(store, config)) {
		make_writer(store);
		set_links(store);
		return store;
	}
	rep_store_destroy(store);
	return NULL;
}

void rep_store_stop(rep_store_t *store)
{
	store->stop = 1;
}

void rep_store_destroy(rep_store_t *store)
{
	if(!store)
		return;
	rep_link_close(&store->link);
	rep_link_close(&store->sub);
	for(int i = 0; i < REP_POOLS_MAX; i++)
		if(store->pools[i]) {
			rep_policy_forget(store->pools[i]);
			free(store->pools[i]);
		}
	rep_feed_free(store);
	rep_incarnations_free(&store->incarnations);
	rep_args_free(&store->args);
	free(store->resync.buckets);
	free(store->pending);
	free(store->notes);
	free(store->prefix);
	free(store->node);
	free(store->pool_file);
	free(store);
}
