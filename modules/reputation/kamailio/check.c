/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values of modparam(): one clear sentence for the first that is wrong. */

#include <unistd.h>

#include "core/dprint.h"
#include "core/globals.h"
#include "core/mem/mem.h"
#include "core/sr_module.h"

#include "check.h"
#include "shared.h"
#include "../store/tls.h"
#include "../store/url.h"

typedef struct range
{
	const char *name;
	const int *value;
	int min, max;
} range_t;

static int check_ranges(const rep_config_t *c)
{
	const range_t ranges[] = {
			{"sync_interval", &c->sync_interval, 10, 60000},
			{"short_call", &c->short_call, 0, 3600},
			{"late_bye", &c->late_bye, 0, 1},
			{"max_numbers", &c->max_numbers, 1, 10000000},
			{"max_calls", &c->max_calls, 1, 10000000},
			{"max_callees", &c->max_callees, 1, 100000000},
	};

	for(size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if(*ranges[i].value < ranges[i].min
				|| *ranges[i].value > ranges[i].max) {
			LM_ERR("parameter %s: %d is not from %d to %d\n", ranges[i].name,
					*ranges[i].value, ranges[i].min, ranges[i].max);
			return -1;
		}
	return 0;
}

/* Kamailio leaves the directory that it was started in: a relative path is
 * meant from where its configuration stands, as include_file has it. */
static int make_absolute(str *path)
{
	const char *end = cfg_file ? strrchr(cfg_file, '/') : NULL;
	int dir = end ? (int)(end - cfg_file) + 1 : 0;
	char *whole;

	if(path->len == 0 || path->s[0] == '/' || dir == 0)
		return 0;
	whole = pkg_malloc(dir + path->len + 1);
	if(!whole) {
		PKG_MEM_ERROR;
		return -1;
	}
	memcpy(whole, cfg_file, dir);
	memcpy(whole + dir, path->s, path->len + 1);
	path->s = whole;
	path->len += dir;
	return 0;
}

static int check_file(const char *name, str *path)
{
	if(make_absolute(path) < 0)
		return -1;
	if(path->len == 0 || access(path->s, R_OK) == 0)
		return 0;
	LM_ERR("parameter %s: '%s' cannot be read: %s\n", name, path->s,
			strerror(errno));
	return -1;
}

static int check_redis(rep_config_t *c)
{
	str *tls[] = {&c->redis_tls_ca, &c->redis_tls_cert, &c->redis_tls_key};
	static const char *const names[] = {
			"redis_tls_ca", "redis_tls_cert", "redis_tls_key"};
	bool secure = false;
	rep_url_t url;
	const char *wrong;

	if(c->redis.len == 0) {
		if(c->redis_username.len == 0 && c->redis_password_file.len == 0)
			return 0;
		LM_ERR("parameter %s: there is no parameter redis for it\n",
				c->redis_username.len ? "redis_username"
									  : "redis_password_file");
		return -1;
	}
	wrong = rep_url_parse(rep_span_of(&c->redis), &url);
	if(wrong) {
		LM_ERR("parameter redis: %s\n", wrong);
		return -1;
	}
	for(int i = 0; i < 3; i++) {
		if(check_file(names[i], tls[i]) < 0)
			return -1;
		if(tls[i]->len > 0 && !url.tls && url.n_hosts == 0) {
			LM_ERR("parameter %s: redis does not begin with rediss://\n",
					names[i]);
			return -1;
		}
		secure = secure || tls[i]->len > 0;
	}
	if((url.tls || secure) && rep_tls_lacking()) {
		LM_ERR("parameter redis: %s\n", rep_tls_lacking());
		return -1;
	}
	if(!url.master[0] && c->sentinel_password_file.len > 0) {
		LM_ERR("parameter sentinel_password_file: redis names no Sentinel\n");
		return -1;
	}
	return check_file("redis_password_file", &c->redis_password_file) < 0
						   || check_file("sentinel_password_file",
									  &c->sentinel_password_file)
									  < 0
				   ? -1
				   : 0;
}

static bool is_name(const str *s, size_t max)
{
	if(s->len < 1 || (size_t)s->len > max)
		return false;
	for(int i = 0; i < s->len; i++)
		if(!(isalnum((unsigned char)s->s[i]) || strchr("._-", s->s[i])))
			return false;
	return true;
}

/* Host name and server_id: different on each proxy without being set. */
static int default_node_id(rep_config_t *c)
{
	static char name[REP_NODE_MAX + 1];
	char host[40] = "";

	if(c->node_id.len > 0)
		return 0;
	if(gethostname(host, sizeof(host) - 1) < 0)
		return -1;
	for(char *p = host; *p; p++)
		if(!isalnum((unsigned char)*p) && !strchr("._-", *p))
			*p = '-';
	snprintf(name, sizeof(name), "%s-%d", host, server_id);
	c->node_id = rep_str_of(name);
	return 0;
}

/* Not ours, but what it does to a pick surprises. */
static void warn_of_uac(void)
{
	modparam_t type;
	struct sr_module *uac = find_module_by_name("uac");
	char **mode =
			uac ? find_param_export(uac, "restore_mode", PARAM_STRING, &type)
				: NULL;

	if(mode && *mode && strcasecmp(*mode, "none") == 0)
		LM_WARN("parameter restore_mode of uac is none: callers see the number"
				" that reputation_apply wrote into From; set it to auto\n");
}

int rep_config_check(rep_config_t *c)
{
	if(check_ranges(c) < 0 || check_redis(c) < 0
			|| check_file("pool_file", &c->pool_file) < 0
			|| check_file("cluster_secret_file", &c->cluster_secret_file) < 0)
		return -1;
	if(!rep_span_is(rep_span_of(&c->mode), "enforce")
			&& !rep_span_is(rep_span_of(&c->mode), "observe")) {
		LM_ERR("parameter mode: '%.*s' is neither enforce nor observe\n",
				c->mode.len, c->mode.s);
		return -1;
	}
	if(!is_name(&c->key_prefix, 32)) {
		LM_ERR("parameter key_prefix: '%.*s' is not 1 to 32 of"
			   " [A-Za-z0-9._-]\n",
				c->key_prefix.len, c->key_prefix.s);
		return -1;
	}
	if(default_node_id(c) < 0 || !is_name(&c->node_id, REP_NODE_MAX)) {
		LM_ERR("parameter node_id: '%.*s' is not 1 to %d of"
			   " [A-Za-z0-9._-]\n",
				c->node_id.len, c->node_id.s, REP_NODE_MAX);
		return -1;
	}
	warn_of_uac();
	return 0;
}

int rep_config_secret(
		const rep_config_t *config, char out[REP_SECRET_MAX], size_t *len)
{
	const char *path = config->cluster_secret_file.s;
	char text[REP_SECRET_MAX + 2];
	FILE *file;

	*len = 0;
	if(config->cluster_secret_file.len == 0)
		return 0;
	file = fopen(path, "r");
	if(!file) {
		LM_ERR("parameter cluster_secret_file: '%s' cannot be read: %s\n", path,
				strerror(errno));
		return -1;
	}
	*len = fread(text, 1, sizeof(text), file);
	fclose(file);
	while(*len > 0 && (text[*len - 1] == '\n' || text[*len - 1] == '\r'))
		--*len;
	if(*len < REP_SECRET_MIN || *len > REP_SECRET_MAX) {
		LM_ERR("parameter cluster_secret_file: '%s' has not %d to %d bytes\n",
				path, REP_SECRET_MIN, REP_SECRET_MAX);
		return -1;
	}
	memcpy(out, text, *len);
	return 0;
}
