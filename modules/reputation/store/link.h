/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection to Redis: opening it, commands and replies under a deadline,
 * and what an error means. Blocking, for a process that has nothing else to
 * do; a server that hangs costs one deadline. */

#ifndef REP_LINK_H
#define REP_LINK_H

#include <signal.h>
#include <hiredis/hiredis.h>

#include "args.h"
#include "redis_error.h"
#include "reply_memory.h"
#include "tls.h"
#include "url.h"

/* Replies are of another kind here: reply_memory.h. */
#pragma GCC poison freeReplyObject

typedef struct rep_link_config
{
	rep_url_t url;
	char client_name[80];
	char password_file[256]; /* read at each opening; "" = none */
	const rep_tls_t *tls;	 /* NULL = plain */
	unsigned connect_ms, reply_ms;
	bool bare; /* a Sentinel: neither database nor role nor client's name */
} rep_link_config_t;

/* What went over the lines of some links; bytes without what TLS adds. */
typedef struct rep_traffic
{
	uint64_t commands, sent, read;
} rep_traffic_t;

typedef struct rep_link
{
	const rep_link_config_t *config;
	const volatile sig_atomic_t *stop; /* cuts waiting short */
	rep_traffic_t *traffic;			   /* counted here */
	redisContext *ctx;				   /* NULL = closed */
	rep_redis_error_t fault;		   /* of the last failure */
	char error[200];				   /* likewise, in words */
	int64_t next_try;				   /* monotonic ms */
	unsigned backoff_ms;
	char role
			[16]; /* as the server calls it; "" = it did not tell, or it is closed */
	struct rep_nodes *nodes;	 /* of a cluster: nodes.h; NULL = one server, */
	const struct rep_many *many; /* likewise */
} rep_link_t;

/* What a link to many servers does in place of one to one. */
typedef struct rep_many
{
	bool (*any)(const rep_link_t *link);
	void (*close)(rep_link_t *link);
	bool (*send)(rep_link_t *link, rep_args_t *args);
	bool (*flush)(rep_link_t *link);
	redisReply *(*recv)(rep_link_t *link);
} rep_many_t;

int64_t rep_mono_ms(void);

/* Connect to `at` (to the URL's Unix socket if it has one), log in, select the
 * database and see that it is a master that is ready. 0, or -1 with fault,
 * error and next_try set. */
int rep_link_open(rep_link_t *link, const rep_host_t *at);
/* Nobody to connect to: sets fault, error and next_try likewise. -1. */
int rep_link_give_up(rep_link_t *link, const char *error);
void rep_link_close(rep_link_t *link);

/* Was it still there after the last command? Of a cluster: the master that
 * serves the key. */
bool rep_link_up(const rep_link_t *link);
/* Is it there, of a cluster any master? */
bool rep_link_any(const rep_link_t *link);

/* Queue a command; its reply is to be fetched by rep_link_recv(), in order.
 * False when it could not be queued (the link is closed then). */
bool rep_link_send(rep_link_t *link, rep_args_t *args);

/* Write what is queued, without waiting for replies. */
bool rep_link_flush(rep_link_t *link);

/* The next reply, or NULL with fault and error set: after an error reply the
 * link may still be up, see rep_redis_error_t. The caller frees the reply by
 * rep_reply_free(). */
redisReply *rep_link_recv(rep_link_t *link);

/* Likewise, but an error reply is a reply: fault and error are left alone. */
redisReply *rep_link_reply(rep_link_t *link);

/* Both. */
redisReply *rep_link_call(rep_link_t *link, rep_args_t *args);

/* Read what has come in unasked (a subscriber's messages) without waiting:
 * the next reply, or NULL when there is none or the link was lost. */
redisReply *rep_link_poll(rep_link_t *link);

/* Text of a reply as a span; {NULL, 0} unless it is a string or status. */
rep_span_t rep_reply_span(const redisReply *reply);
/* Element `i` of an array reply, NULL when there is none. */
redisReply *rep_reply_at(const redisReply *reply, size_t i);

#endif
