/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where Redis is: the value of the parameter `redis`, taken apart. */

#ifndef REP_URL_H
#define REP_URL_H

#include "../engine/base/types.h"

#define REP_HOSTS_MAX 9

/* Where a server listens. */
typedef struct rep_host
{
	char name[256]; /* without the brackets of an IPv6 literal */
	uint16_t port;
} rep_host_t;

typedef struct rep_url
{
	bool is_unix;
	bool tls;
	rep_host_t at;
	char path[108]; /* of the Unix socket */
	/* Whom to ask where the data is; with them `at` is empty: nodes of a
	 * cluster, or Sentinels and the name that they know the master by */
	rep_host_t hosts[REP_HOSTS_MAX];
	size_t n_hosts;
	bool cluster;
	char master[128]; /* "" = no Sentinels */
	uint32_t db;
	char user[128];
	char password[256];
} rep_url_t;

/* redis://[user[:password]@]host[:port][/db], rediss:// likewise, unix:/path[?db=n],
 * sentinel://[user[:password]@]host[:port],…/master[/db] or
 * cluster://[user[:password]@]host[:port],…; user and password
 * (the master's, not the Sentinels') percent-encoded, port 6379 (a Sentinel's
 * 26379) and database 0 unless given. NULL on success, else a sentence that
 * says what is wrong (static text). A lone
 * "user" before the @ without colon is the user; ":secret@" is a password
 * without a user. */
const char *rep_url_parse(rep_span_t text, rep_url_t *out);

#endif
