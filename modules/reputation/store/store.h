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

#include <signal.h>

#include "../engine/base/mem.h"
#include "../engine/pool/pools.h"

typedef enum rep_log_level
{
	REP_LOG_ERR,
	REP_LOG_WARN,
	REP_LOG_NOTICE,
	REP_LOG_INFO,
	REP_LOG_DBG
} rep_log_level_t;

/* Strings are copied by rep_store_create(). NULL counts as "". */
typedef struct rep_store_config
{
	const char *url;		   /* see url.h; required */
	const char *username;	   /* wins over the user in the URL */
	const char *password_file; /* wins over the password in the URL */
	const char *key_prefix;	   /* "" = "rep" */
	const char *node_id;	   /* name of this proxy in the shared counts */
	unsigned sync_interval_ms; /* between exchanges; 0 = 200 */
	const char *pool_file;	   /* seeds an empty Redis; "" = none */
	void (*log)(int level, const char *line); /* required; no newline */
	rep_time_t (*clock)(void); /* wall clock in ms; NULL = the system's */
} rep_store_config_t;

typedef enum rep_link_state
{
	REP_LINK_NONE, /* no Redis is configured, or the store has not begun */
	REP_LINK_CONNECTING,
	REP_LINK_CONNECTED,
	REP_LINK_DISCONNECTED
} rep_link_state_t;

typedef enum rep_follow
{
	REP_FOLLOW_NONE,
	REP_FOLLOW_TRACKING, /* Redis tells of each edit */
	REP_FOLLOW_POLLING	 /* it cannot or may not: keys are read in turn */
} rep_follow_t;

/* A value that could not be taken over; the last good one is in force. */
typedef struct rep_store_error
{
	char key[160];
	char field[80]; /* "" = the key as a whole */
	char sentence[160];
	rep_time_t at, last; /* first and last seen, wall clock */
	uint32_t count;		 /* how often seen since */
	uint32_t round;		 /* the store's own */
} rep_store_error_t;

#define REP_STORE_ERRORS 32

/* Zero it and call rep_store_status_init() before rep_store_create(). */
typedef struct rep_store_status
{
	rep_lock_t lock;
	rep_link_state_t link;
	rep_follow_t follow;
	rep_time_t since;		  /* of the link state */
	uint32_t lag_ms;		  /* how long the last exchange took */
	uint32_t waiting;		  /* cells not acknowledged; a lower bound */
	uint64_t pushes, pulls;	  /* cells written; cells read */
	uint64_t events, resyncs; /* events written; whole readings of a pool */
	uint64_t reconnects, commands;
	uint64_t lost_events; /* too many waited */
	char feed[32];		  /* id of the newest feed entry read */
	char last_error[200];
	rep_time_t last_error_at;
	uint32_t n_errors;
	rep_store_error_t errors[REP_STORE_ERRORS];
} rep_store_status_t;

int rep_store_status_init(rep_store_status_t *status); /* 0, or -1: no lock */
void rep_store_status_destroy(rep_store_status_t *status);
/* A copy taken under the lock; `out->lock` means nothing. */
void rep_store_status_read(rep_store_status_t *status, rep_store_status_t *out);

const char *rep_link_state_name(rep_link_state_t state); /* "connected" */
const char *rep_follow_name(rep_follow_t follow);		 /* "tracking" */

typedef struct rep_store rep_store_t;

/* Checks the configuration; connects to nothing. `registry` and `status` are
 * borrowed and must outlive the store. NULL after one REP_LOG_ERR line that
 * names what is wrong. */
rep_store_t *rep_store_create(const rep_store_config_t *config,
		rep_registry_t *registry, rep_store_status_t *status);

/* The process's main loop; returns after rep_store_stop(), at the latest
 * about a second later, having written what was waiting if it could. */
void rep_store_run(rep_store_t *store);

/* Safe in a signal handler of the process that runs the store. */
void rep_store_stop(rep_store_t *store);

void rep_store_destroy(rep_store_t *store); /* NULL is fine */

#endif
