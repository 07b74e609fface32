/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS to Redis: who the server is, is always checked. */

#ifndef REP_TLS_H
#define REP_TLS_H

#include "../engine/base/types.h"

struct redisContext;

/* Files in PEM; they are read at each connect, so that a certificate can be
 * renewed without a restart. "" = none: the system's authorities, and no
 * certificate of our own. */
typedef struct rep_tls
{
	char ca[256], cert[256], key[256];
} rep_tls_t;

/* What keeps this build from TLS (static text), NULL if nothing does. */
const char *rep_tls_lacking(void);

/* Shake hands over a fresh connection; the server's certificate must be by one
 * of the authorities and name `host`, a host name or an address. False with a
 * sentence in `error`. */
bool rep_tls_start(const rep_tls_t *tls, struct redisContext *ctx,
		const char *host, char *error, size_t size);

#endif
