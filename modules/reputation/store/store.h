/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link between a registry and Redis: reads what operators edit, follows it
 * live, shares counts and verdicts with other proxies, publishes health and
 * events. docs/redis.md describes every key.
 *
 * One process of its own calls rep_store_run(); nobody else does I/O. What it
 * is doing stands in a rep_store_status_t in shared memory, which any process
 * may read. The store's own memory is private to its process. */

#ifndef REP_STORE_H
#define REP_STORE_H

#include "handle.h"
#include "status.h"
#include "../engine/pool/begun.h"
#include "../engine/pool/handle.h"

/* Strings are copied by rep_store_create(). NULL counts as "". */
typedef struct rep_store_config
{
	const char *url;					/* see url.h; required */
	const char *username;				/* wins over the user in the URL */
	const char *password_file;			/* wins over the password in the URL */
	const char *sentinel_password_file; /* the Sentinels' own; "" = none */
	/* in PEM, see tls.h; each makes Sentinels and their master speak TLS */
	const char *tls_ca, *tls_cert, *tls_key;
	const char *key_prefix;	   /* "" = "rep" */
	const char *node_id;	   /* name of this proxy in the shared counts */
	unsigned sync_interval_ms; /* between exchanges; 0 = 200 */
	const char *pool_file;	   /* seeds an empty Redis; "" = none */
	struct rep_secret *secret; /* shared through Redis; NULL = none. Borrowed */
	void (*log)(int level, const char *line); /* required; no newline */
	rep_time_t (*clock)(void); /* wall clock in ms; NULL = the system's */
	/* of answered calls that may still be short; NULL = nobody else is to count
	 * them when this process is killed */
	void (*begun_news)(rep_begun_news_t *news);
	/* once, when the store was stopped, before it writes what is waiting; NULL
	 * = nothing is to be done */
	void (*before_the_last)(void);
} rep_store_config_t;

/* Checks the configuration; connects to nothing. `registry` and `status` are
 * borrowed and must outlive the store. NULL after one REP_LOG_ERR line that
 * names what is wrong. */
rep_store_t *rep_store_create(const rep_store_config_t *config,
		rep_registry_t *registry, rep_store_status_t *status);

void rep_store_destroy(rep_store_t *store); /* NULL is fine */

#endif
