/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The master, and who tells where it is: the URL, or Sentinels. */

#include "master.h"

#include <stdio.h>
#include <stdlib.h>

#include "context.h"
#include "log.h"
#include "say.h"

#define CHANNEL "+switch-master"
/* A Sentinel that died or was cut off without a word tells nothing; the next
 * one is asked after so long, in turn. */
#define ASK_MS 10000
#define RETRY_MS 1000

typedef struct rep_told
{ /* what a Sentinel says */
	rep_host_t at;
	uint64_t epoch; /* grows with each failover */
} rep_told_t;

static bool same(const rep_host_t *a, const rep_host_t *b)
{
	return a->port == b->port && strcmp(a->name, b->name) == 0;
}

/* The reply to SENTINEL MASTER: names and values in turn. */
static bool parse_master(const redisReply *reply, rep_told_t *out)
{
	memset(out, 0, sizeof(*out));
	for(size_t i = 0; rep_reply_at(reply, i + 1); i += 2) {
		rep_span_t name = rep_reply_span(reply->element[i]);
		rep_span_t value = rep_reply_span(reply->element[i + 1]);

		if(!value.s)
			continue;
		if(rep_span_is(name, "ip"))
			snprintf(out->at.name, sizeof(out->at.name), "%s", value.s);
		else if(rep_span_is(name, "port"))
			out->at.port = (uint16_t)strtoul(value.s, NULL, 10);
		else if(rep_span_is(name, "config-epoch"))
			out->epoch = strtoull(value.s, NULL, 10);
	}
	return out->at.name[0] && out->at.port;
}

/* Ask Sentinel number `i`, and have it tell of later changes. */
static bool ask(rep_store_t *store, size_t i, rep_told_t *out)
{
	const rep_url_t *url = &store->link_config.url;
	rep_link_t *link = &store->sentinel;
	redisReply *reply;
	bool known;

	if(rep_link_open(link, &url->hosts[i]) != 0)
		return false;
	rep_args_command(&store->args, "SENTINEL");
	rep_args_text(&store->args, "MASTER");
	rep_args_text(&store->args, url->master);
	reply = rep_link_call(link, &store->args);
	if(!reply)
		return false;
	known = parse_master(reply, out);
	rep_reply_free(reply);
	rep_args_command(&store->args, "SUBSCRIBE");
	rep_args_text(&store->args, CHANNEL);
	reply = rep_link_call(link, &store->args);
	if(reply)
		rep_reply_free(reply);
	return known;
}

/* Who leads a failover names the old master for a moment in the new epoch, in
 * which the others name the new one already. */
static bool newer(
		const rep_store_t *store, const rep_told_t *a, const rep_told_t *b)
{
	return !b->at.port || a->epoch > b->epoch
		   || (a->epoch == b->epoch && same(&b->at, &store->server));
}

/* All of them: one that was cut off may not know of the last failover. */
static bool ask_all(rep_store_t *store)
{
	rep_told_t told, best = {0};
	size_t n = store->link_config.url.n_hosts;

	for(size_t i = 0; i < n && !store->stop; i++)
		if(ask(store, i, &told) && newer(store, &told, &best))
			best = told;
	if(!best.at.port)
		return false;
	store->server = best.at;
	store->server_epoch = best.epoch;
	store->next_sentinel = rep_mono_ms() + ASK_MS;
	return true;
}

int rep_master_open(rep_store_t *store)
{
	const rep_url_t *url = &store->link_config.url;
	char text[200];

	if(url->cluster)
		return rep_nodes_open(&store->link);
	if(!url->n_hosts) {
		store->server = url->at;
	} else if(!ask_all(store)) {
		snprintf(text, sizeof(text), "no Sentinel tells where %.60s is: %.100s",
				url->master, store->sentinel.error);
		return rep_link_give_up(&store->link, text);
	}
	return rep_link_open(&store->link, &store->server);
}

/* ["message", CHANNEL, "NAME OLD-IP OLD-PORT NEW-IP NEW-PORT"] */
static bool parse_switch(
		const rep_store_t *store, const redisReply *reply, rep_host_t *out)
{
	rep_span_t kind = rep_reply_span(rep_reply_at(reply, 0));
	rep_span_t text = rep_reply_span(rep_reply_at(reply, 2));
	char name[128];
	unsigned port;

	if(!rep_span_is(kind, "message") || !text.s
			|| sscanf(text.s, "%127s %*s %*s %255s %u", name, out->name, &port)
					   != 3)
		return false;
	out->port = (uint16_t)port;
	return strcmp(name, store->link_config.url.master) == 0;
}

static void moved(rep_store_t *store, const rep_host_t *to)
{
	char text[200];

	if(!rep_link_up(&store->link) || same(to, &store->server))
		return;
	snprintf(text, sizeof(text), "a Sentinel names another master, %.150s:%u",
			to->name, to->port);
	rep_link_give_up(&store->link, text);
}

void rep_master_step(rep_store_t *store)
{
	int64_t now = rep_mono_ms();
	redisReply *reply;
	rep_host_t to;
	rep_told_t told;

	if(!store->link_config.url.master[0])
		return;
	while((reply = rep_link_poll(&store->sentinel))) {
		if(parse_switch(store, reply, &to))
			moved(store, &to);
		rep_reply_free(reply);
	}
	if(!rep_link_up(&store->sentinel) && store->next_sentinel > now + RETRY_MS)
		store->next_sentinel = now + RETRY_MS;
	if(now < store->next_sentinel)
		return;
	store->next_sentinel = now + ASK_MS;
	store->sentinel_asked =
			(store->sentinel_asked + 1) % store->link_config.url.n_hosts;
	if(ask(store, store->sentinel_asked, &told)
			&& told.epoch > store->server_epoch)
		moved(store, &told.at);
}
