/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cluster.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "../engine/base/decimal.h"

uint16_t rep_crc16(rep_span_t text)
{
	unsigned crc = 0;

	for(size_t i = 0; i < text.len; i++) {
		crc ^= (unsigned)(unsigned char)text.s[i] << 8;
		for(int bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
	}
	return (uint16_t)crc;
}

unsigned rep_key_slot(rep_span_t key)
{
	const char *open = key.len ? memchr(key.s, '{', key.len) : NULL;
	const char *close =
			open ? memchr(open, '}', (size_t)(key.s + key.len - open)) : NULL;

	if(close && close > open + 1)
		key = (rep_span_t){open + 1, (size_t)(close - open - 1)};
	return rep_crc16(key) % REP_SLOTS;
}

static rep_span_t arg(const rep_args_t *args, size_t i)
{
	if(i >= args->n)
		return (rep_span_t){NULL, 0};
	return (rep_span_t){args->text + args->arg[i].at, args->arg[i].len};
}

size_t rep_args_key(const rep_args_t *args)
{
	static const char *const keyless[] = {"PING", "INFO", "ROLE", "TIME",
			"SCRIPT", "CLIENT", "SCAN", "SUBSCRIBE", "AUTH", "SELECT",
			"CLUSTER", "ASKING"};
	rep_span_t name = arg(args, 0);
	size_t at = 1;

	for(size_t i = 0; i < sizeof(keyless) / sizeof(keyless[0]); i++)
		if(rep_span_is(name, keyless[i]))
			return 0;
	if(rep_span_is(name, "EVALSHA") || rep_span_is(name, "EVAL"))
		at = rep_span_is(arg(args, 2), "0") ? 0 : 3;
	else if(rep_span_is(name, "XREAD"))
		for(at = 1; at < args->n && !rep_span_is(arg(args, at++), "STREAMS");)
			;
	return at < args->n ? at : 0;
}

/* ---- who serves what -------------------------------------------------------- */

void rep_slots_init(rep_slots_t *slots)
{
	memset(slots->at, 0, sizeof(slots->at));
	memset(slots->owner, REP_NO_MASTER, sizeof(slots->owner));
}

bool rep_host_same(const rep_host_t *a, const rep_host_t *b)
{
	return a->port == b->port && strcmp(a->name, b->name) == 0;
}

unsigned rep_slots_master(rep_slots_t *slots, const rep_host_t *at)
{
	unsigned vacant = REP_NO_MASTER;

	for(unsigned i = REP_MASTERS_MAX; i-- > 0;) {
		if(slots->at[i].port == 0)
			vacant = i;
		else if(rep_host_same(&slots->at[i], at))
			return i;
	}
	if(vacant != REP_NO_MASTER)
		slots->at[vacant] = *at;
	return vacant;
}

static const redisReply *element(const redisReply *reply, size_t i)
{
	if(!reply || reply->type != REDIS_REPLY_ARRAY || i >= reply->elements)
		return NULL;
	return reply->element[i];
}

static bool whole(const redisReply *reply, long long max, unsigned *out)
{
	if(!reply || reply->type != REDIS_REPLY_INTEGER || reply->integer < 0
			|| reply->integer > max)
		return false;
	*out = (unsigned)reply->integer;
	return true;
}

/* A host's name is not always known to who tells of it. */
static bool set_name(
		const char *name, size_t len, const rep_host_t *teller, rep_host_t *out)
{
	if(len == 0 || (len == 1 && name[0] == '?')) {
		name = teller->name;
		len = strlen(name);
	}
	if(len >= sizeof(out->name))
		return false;
	memset(out, 0, sizeof(*out));
	memcpy(out->name, name, len);
	return true;
}

/* [FIRST, LAST, [NAME, PORT, …], replicas …] */
static bool parse_range(const redisReply *range, const rep_host_t *teller,
		unsigned *first, unsigned *last, rep_host_t *at)
{
	const redisReply *node = element(range, 2), *name = element(node, 0);
	unsigned port;

	if(!whole(element(range, 0), REP_SLOTS - 1, first)
			|| !whole(element(range, 1), REP_SLOTS - 1, last) || *first > *last
			|| !whole(element(node, 1), 65535, &port)
			|| !set_name(name->str, name->str ? name->len : 0, teller, at))
		return false;
	at->port = (uint16_t)port;
	return port != 0;
}

bool rep_slots_take(
		rep_slots_t *slots, const redisReply *reply, const rep_host_t *teller)
{
	unsigned first, last;
	rep_host_t at;
	size_t n = 0;

	for(; element(reply, n); n++)
		if(!parse_range(element(reply, n), teller, &first, &last, &at))
			return false;
	if(n == 0)
		return false;
	memset(slots->owner, REP_NO_MASTER, sizeof(slots->owner));
	for(unsigned i = 0; i < REP_MASTERS_MAX; i++) {
		bool serves = false;

		for(size_t k = 0; k < n && !serves; k++)
			serves = parse_range(element(reply, k), teller, &first, &last, &at)
					 && rep_host_same(&at, &slots->at[i]);
		if(!serves)
			slots->at[i].port = 0;
	}
	for(size_t k = 0; k < n; k++)
		if(parse_range(element(reply, k), teller, &first, &last, &at))
			memset(slots->owner + first, (int)rep_slots_master(slots, &at),
					last - first + 1);
	return true;
}

/* ---- redirections ----------------------------------------------------------- */

/* "SLOT HOST:PORT"; an IPv6 address has no brackets there. */
static bool parse_target(const char *text, const rep_host_t *teller,
		unsigned *slot, rep_host_t *to)
{
	const char *space = strchr(text, ' '), *colon = strrchr(text, ':');
	uint32_t port, number;

	if(!space || !colon || colon < space
			|| !rep_whole_parse((rep_span_t){text, (size_t)(space - text)}, 0,
					REP_SLOTS - 1, &number)
			|| !rep_whole_parse(rep_span(colon + 1), 1, 65535, &port)
			|| !set_name(space + 1, (size_t)(colon - space - 1), teller, to))
		return false;
	to->port = (uint16_t)port;
	*slot = number;
	return true;
}

rep_redirect_t rep_redirect_of(const char *error, const rep_host_t *teller,
		unsigned *slot, rep_host_t *to)
{
	if(strncmp(error, "MOVED ", 6) == 0)
		return parse_target(error + 6, teller, slot, to) ? REP_REDIRECT_MOVED
														 : REP_REDIRECT_WAIT;
	if(strncmp(error, "ASK ", 4) == 0)
		return parse_target(error + 4, teller, slot, to) ? REP_REDIRECT_ASK
														 : REP_REDIRECT_WAIT;
	if(strncmp(error, "TRYAGAIN", 8) == 0
			|| strncmp(error, "CLUSTERDOWN", 11) == 0)
		return REP_REDIRECT_WAIT;
	return REP_REDIRECT_NONE;
}
