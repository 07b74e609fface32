/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BACKOFF_MIN 100
#define BACKOFF_MAX 2000

int64_t rep_mono_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool rep_link_any(const rep_link_t *link)
{
	return link->many ? link->many->any(link) : link->ctx != NULL;
}

bool rep_link_up(const rep_link_t *link)
{
	return rep_link_any(link) && link->fault != REP_REDIS_AWAY;
}

void rep_link_close(rep_link_t *link)
{
	const struct linger reset = {.l_onoff = 1};

	if(link->many)
		link->many->close(link);
	/* what the socket has not sent dies with it: it is not to arrive after
	 * what the next connection says */
	if(link->ctx && link->ctx->fd >= 0)
		setsockopt(link->ctx->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	if(link->ctx)
		redisFree(link->ctx);
	link->ctx = NULL;
	link->role[0] = '\0';
}

static void fail(rep_link_t *link, rep_redis_error_t fault, const char *error)
{
	link->fault = fault;
	if(error != link->error)
		snprintf(link->error, sizeof(link->error), "%s", error);
	if(fault <= REP_REDIS_CLUSTER)
		rep_link_close(link);
}

static void fail_io(rep_link_t *link)
{
	char text[160];

	snprintf(text, sizeof(text), "%s",
			link->ctx && link->ctx->err ? link->ctx->errstr
										: "cannot be reached");
	fail(link, REP_REDIS_LOST, text);
}

/* ---- commands and replies --------------------------------------------- */

bool rep_link_send(rep_link_t *link, rep_args_t *args)
{
	if(link->many)
		return link->many->send(link, args);
	if(!link->ctx)
		return false;
	if(!rep_args_ready(args)) {
		fail(link, REP_REDIS_LOST, "no memory for a command");
		return false;
	}
	if(redisAppendCommandArgv(
			   link->ctx, (int)args->n, args->argv, args->argvlen)
			!= REDIS_OK) {
		fail_io(link);
		return false;
	}
	link->traffic->commands++;
	return true;
}

static int write_some(rep_link_t *link, int *done)
{
	size_t before = sdslen(link->ctx->obuf);
	int result = redisBufferWrite(link->ctx, done);

	link->traffic->sent += before - sdslen(link->ctx->obuf);
	return result;
}

static int read_some(rep_link_t *link)
{
	size_t before = link->ctx->reader->len;
	int result = redisBufferRead(link->ctx);

	link->traffic->read += link->ctx->reader->len - before;
	return result;
}

bool rep_link_flush(rep_link_t *link)
{
	int done = 0;

	if(link->many)
		return link->many->flush(link);
	while(link->ctx && !done)
		if(write_some(link, &done) != REDIS_OK)
			fail_io(link);
	return link->ctx != NULL;
}

/* Wait until there is something to read; short steps, so that a stop is seen
 * soon. */
static bool wait_readable(rep_link_t *link, int64_t deadline)
{
	struct pollfd p = {.fd = link->ctx->fd, .events = POLLIN};

	for(;;) {
		int64_t left = deadline - rep_mono_ms();
		int n;

		if(*link->stop && left > 500)
			deadline -= left - 500;
		if(left <= 0)
			return false;
		n = poll(&p, 1, left > 100 ? 100 : (int)left);
		if(n > 0)
			return true;
		if(n < 0 && errno != EINTR)
			return false;
	}
}

redisReply *rep_link_reply(rep_link_t *link)
{
	int64_t deadline = rep_mono_ms() + link->config->reply_ms;
	void *reply = NULL;

	if(!link->ctx)
		return NULL;
	if(!rep_link_flush(link))
		return NULL;
	while(redisGetReplyFromReader(link->ctx, &reply) == REDIS_OK && !reply) {
		if(!wait_readable(link, deadline)) {
			fail(link, REP_REDIS_LOST, "does not answer");
			return NULL;
		}
		if(read_some(link) != REDIS_OK)
			break;
	}
	if(!reply)
		fail_io(link);
	return reply;
}

redisReply *rep_link_recv(rep_link_t *link)
{
	redisReply *reply =
			link->many ? link->many->recv(link) : rep_link_reply(link);

	if(!reply)
		return NULL;
	if(reply->type == REDIS_REPLY_ERROR) {
		fail(link, rep_redis_error_of(reply->str), reply->str);
		rep_reply_free(reply);
		return NULL;
	}
	link->fault = REP_REDIS_NONE;
	return reply;
}

redisReply *rep_link_call(rep_link_t *link, rep_args_t *args)
{
	return rep_link_send(link, args) ? rep_link_recv(link) : NULL;
}

redisReply *rep_link_poll(rep_link_t *link)
{
	void *reply = NULL;

	while(link->ctx) {
		struct pollfd p = {.fd = link->ctx->fd, .events = POLLIN};

		if(redisGetReplyFromReader(link->ctx, &reply) != REDIS_OK) {
			fail_io(link);
			return NULL;
		}
		if(reply || poll(&p, 1, 0) <= 0)
			return reply;
		if(read_some(link) != REDIS_OK)
			fail_io(link);
	}
	return NULL;
}

rep_span_t rep_reply_span(const redisReply *reply)
{
	if(!reply
			|| (reply->type != REDIS_REPLY_STRING
					&& reply->type != REDIS_REPLY_STATUS))
		return (rep_span_t){NULL, 0};
	return (rep_span_t){reply->str, reply->len};
}

redisReply *rep_reply_at(const redisReply *reply, size_t i)
{
	if(!reply || reply->type != REDIS_REPLY_ARRAY || i >= reply->elements)
		return NULL;
	return reply->element[i];
}

/* ---- opening ----------------------------------------------------------- */

static bool simple(rep_link_t *link, rep_args_t *args)
{
	redisReply *reply = rep_link_call(link, args);

	if(reply)
		rep_reply_free(reply);
	return reply != NULL;
}

/* The password's first line, or the URL's password. */
static void password(rep_link_t *link, char *out, size_t size)
{
	const rep_link_config_t *config = link->config;
	FILE *file;

	snprintf(out, size, "%s", config->url.password);
	if(!config->password_file[0])
		return;
	file = fopen(config->password_file, "r");
	if(!file)
		return;
	if(fgets(out, (int)size, file))
		out[strcspn(out, "\r\n")] = '\0';
	fclose(file);
}

static bool log_in(rep_link_t *link, rep_args_t *args)
{
	char secret[256];
	const char *user = link->config->url.user;

	password(link, secret, sizeof(secret));
	if(!secret[0] && !user[0])
		return true;
	rep_args_command(args, "AUTH");
	if(user[0])
		rep_args_text(args, user);
	rep_args_text(args, secret);
	if(simple(link, args))
		return true;
	fail(link, link->fault == REP_REDIS_LOST ? REP_REDIS_LOST : REP_REDIS_AUTH,
			link->error[0] ? link->error : "AUTH failed");
	return false;
}

static bool select_db(rep_link_t *link, rep_args_t *args)
{
	char text[200];

	if(link->config->url.db == 0)
		return true;
	rep_args_command(args, "SELECT");
	rep_args_int(args, link->config->url.db);
	if(simple(link, args))
		return true;
	snprintf(text, sizeof(text), "SELECT %u: %.150s", link->config->url.db,
			link->error);
	fail(link, REP_REDIS_LOST, text);
	return false;
}

/* Ready, and a master? A server that does not let us ask is taken as it is:
 * the first write will tell. */
static bool check_role(rep_link_t *link, rep_args_t *args)
{
	redisReply *reply;
	rep_span_t role;
	bool ok = true;

	rep_args_command(args, "PING");
	if(!simple(link, args)) {
		if(rep_link_up(link) && link->fault != REP_REDIS_DENIED)
			fail(link, REP_REDIS_LOST, link->error);
		if(!rep_link_up(link))
			return false;
	}
	rep_args_command(args, "ROLE");
	reply = rep_link_call(link, args);
	if(!reply)
		return rep_link_up(link);
	role = rep_reply_span(rep_reply_at(reply, 0));
	if(role.s)
		snprintf(link->role, sizeof(link->role), "%s", role.s);
	if(rep_span_is(role, "slave") || rep_span_is(role, "replica")) {
		fail(link, REP_REDIS_REPLICA, "is a read-only replica");
		ok = false;
	}
	rep_reply_free(reply);
	return ok;
}

static bool greet(rep_link_t *link)
{
	rep_args_t args = {0};
	bool ok = log_in(link, &args);

	if(!link->config->bare)
		ok = ok && select_db(link, &args) && check_role(link, &args);
	if(ok && link->config->client_name[0]) {
		rep_args_command(&args, "CLIENT");
		rep_args_text(&args, "SETNAME");
		rep_args_text(&args, link->config->client_name);
		ok = simple(link, &args) || rep_link_up(link);
	}
	rep_args_free(&args);
	return ok;
}

static struct timeval span_of(unsigned ms)
{
	return (struct timeval){ms / 1000, (ms % 1000) * 1000};
}

static bool dial(rep_link_t *link, const rep_host_t *at)
{
	const rep_url_t *url = &link->config->url;
	char text[200];
	struct timeval t = span_of(link->config->connect_ms);

	link->ctx = url->is_unix ? redisConnectUnixWithTimeout(url->path, t)
							 : redisConnectWithTimeout(at->name, at->port, t);
	if(!link->ctx || link->ctx->err) {
		fail_io(link);
		return false;
	}
	rep_reply_memory(link->ctx->reader);
	/* bounds writing; reading has its own deadline */
	redisSetTimeout(link->ctx, span_of(link->config->reply_ms));
	if(!url->is_unix)
		redisEnableKeepAlive(link->ctx);
	if(link->config->tls
			&& !rep_tls_start(link->config->tls, link->ctx, at->name, text,
					sizeof(text))) {
		fail(link, REP_REDIS_LOST, text);
		return false;
	}
	return true;
}

static int back_off(rep_link_t *link)
{
	link->backoff_ms = link->backoff_ms ? link->backoff_ms * 2 : BACKOFF_MIN;
	if(link->backoff_ms > BACKOFF_MAX)
		link->backoff_ms = BACKOFF_MAX;
	link->next_try = rep_mono_ms() + link->backoff_ms;
	return -1;
}

int rep_link_open(rep_link_t *link, const rep_host_t *at)
{
	rep_link_close(link);
	link->error[0] = '\0';
	if(!dial(link, at) || !greet(link))
		return back_off(link);
	link->backoff_ms = 0;
	link->fault = REP_REDIS_NONE;
	return 0;
}

int rep_link_give_up(rep_link_t *link, const char *error)
{
	fail(link, REP_REDIS_LOST, error);
	return back_off(link);
}
