/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where Redis is: the value of the parameter `redis`, taken apart. */

#ifndef REP_URL_H
#define REP_URL_H

#include "../engine/base/types.h"

typedef struct rep_url
{
	bool is_unix;
	char host[256]; /* without the brackets of an IPv6 literal */
	char path[108]; /* of the Unix socket */
	uint16_t port;
	uint32_t db;
	char user[128];
	char password[256];
} rep_url_t;

/* redis://[user[:password]@]host[:port][/db] or unix:/path[?db=n]; user and
 * password percent-encoded, port 6379 and database 0 unless given. NULL on
 * success, else a sentence that says what is wrong (static text). A lone
 * "user" before the @ without colon is the user; ":secret@" is a password
 * without a user. */
const char *rep_url_parse(rep_span_t text, rep_url_t *out);

#endif
