/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nodes.h"

#include <stdio.h>
#include <stdlib.h>

#include "../engine/base/decimal.h"

#define HOPS 5			/* redirections of one command */
#define ASK_MS 10000	/* between two askings, */
#define SOON_MS 500		/* where something is wrong */
#define HASTY_MS 300	/* others wait while one is connected to */
#define NOBODY SIZE_MAX /* the end of a list of commands */

static bool any(const rep_link_t *link)
{
	const rep_nodes_t *nodes = link->nodes;

	for(size_t i = 0; i < REP_MASTERS_MAX; i++)
		if(nodes->link[i].ctx)
			return true;
	return false;
}

uint32_t rep_nodes_serving(const rep_nodes_t *nodes, unsigned slot)
{
	unsigned master = nodes->slots.owner[slot];

	if(master == REP_NO_MASTER || !nodes->link[master].ctx)
		return 0;
	return nodes->number[master];
}

rep_link_t *rep_link_at(rep_link_t *link, size_t i)
{
	if(!link->nodes)
		return i == 0 ? link : NULL;
	return i < REP_MASTERS_MAX ? &link->nodes->link[i] : NULL;
}

/* ---- commands on their way -------------------------------------------------- */

static void append(rep_nodes_t *nodes, size_t at, unsigned master)
{
	rep_waiting_t *w = &nodes->sent[at];

	w->master = (uint8_t)master;
	w->next = NOBODY;
	if(nodes->first[master] == NOBODY)
		nodes->first[master] = at;
	else
		nodes->sent[nodes->last[master]].next = at;
	nodes->last[master] = at;
}

static rep_waiting_t *take_first(rep_nodes_t *nodes, unsigned master)
{
	rep_waiting_t *w = &nodes->sent[nodes->first[master]];

	nodes->first[master] = w->next;
	return w;
}

/* Whoever waits for a reply on this link waits in vain. */
static void give_up(rep_nodes_t *nodes, unsigned master)
{
	rep_link_close(&nodes->link[master]);
	while(nodes->first[master] != NOBODY) {
		rep_waiting_t *w = take_first(nodes, master);

		w->done = w->away = true;
	}
}

static void forget(rep_waiting_t *w)
{
	if(w->reply)
		rep_reply_free(w->reply);
	redisFreeCommand(w->text);
	*w = (rep_waiting_t){.text = NULL};
}

static void close_all(rep_link_t *link)
{
	rep_nodes_t *nodes = link->nodes;

	rep_link_close(&nodes->asked);
	for(unsigned i = 0; i < REP_MASTERS_MAX; i++)
		give_up(nodes, i);
	/* what was sent is still to be asked for, as on any link that is lost */
}

static void forget_all(rep_nodes_t *nodes)
{
	while(nodes->head < nodes->n)
		forget(&nodes->sent[nodes->head++]);
}

void rep_nodes_free(rep_link_t *link)
{
	rep_nodes_t *nodes = link->nodes;

	if(!nodes)
		return;
	close_all(link);
	forget_all(nodes);
	free(nodes->sent);
	free(nodes);
	link->nodes = NULL;
	link->many = NULL;
}

static bool make_room(rep_nodes_t *nodes)
{
	size_t room = nodes->room ? nodes->room * 2 : 64;
	void *more;

	if(nodes->head == nodes->n)
		nodes->head = nodes->n = 0;
	if(nodes->n < nodes->room)
		return true;
	more = realloc(nodes->sent, room * sizeof(*nodes->sent));
	if(!more)
		return false;
	nodes->sent = more;
	nodes->room = room;
	return true;
}

/* HSCAN, SSCAN and ZSCAN go on from a cursor of the server that gave it. */
static bool is_pinned(const rep_args_t *args)
{
	const rep_span_t name = {args->argv[0], args->argvlen[0]};

	return args->n > 2 && name.len == 5 && memcmp(name.s + 1, "SCAN", 4) == 0
		   && !(args->argvlen[2] == 1 && args->argv[2][0] == '0');
}

static bool away(rep_link_t *link, const char *why)
{
	link->fault = REP_REDIS_AWAY;
	snprintf(link->error, sizeof(link->error), "%s", why);
	return false;
}

static bool send_to(rep_link_t *link, rep_args_t *args)
{
	rep_nodes_t *nodes = link->nodes;
	rep_waiting_t w = {.text = NULL};
	size_t key = rep_args_key(args);
	unsigned master;
	long long len;

	if(!rep_args_ready(args) || !make_room(nodes))
		return away(link, "no memory for a command");
	w.slot = (uint16_t)rep_key_slot(
			(rep_span_t){args->argv[key], args->argvlen[key]});
	w.pinned = is_pinned(args);
	master = key ? nodes->slots.owner[w.slot] : REP_NO_MASTER;
	if(master == REP_NO_MASTER)
		return away(link, "no master serves the slot");
	if(!nodes->link[master].ctx)
		return away(link, nodes->link[master].error);
	len = redisFormatCommandArgv(
			&w.text, (int)args->n, args->argv, args->argvlen);
	if(len < 0)
		return away(link, "no memory for a command");
	w.len = (size_t)len;
	if(redisAppendFormattedCommand(nodes->link[master].ctx, w.text, w.len)
			!= REDIS_OK) {
		redisFreeCommand(w.text);
		give_up(nodes, master);
		return away(link, "no memory for a command");
	}
	nodes->sent[nodes->n] = w;
	append(nodes, nodes->n++, master);
	link->traffic->commands++;
	link->fault = REP_REDIS_NONE;
	return true;
}

static bool flush_all(rep_link_t *link)
{
	rep_nodes_t *nodes = link->nodes;

	for(unsigned i = 0; i < REP_MASTERS_MAX; i++)
		if(nodes->link[i].ctx && !rep_link_flush(&nodes->link[i]))
			give_up(nodes, i);
	return any(link);
}

/* ---- connecting ------------------------------------------------------------- */

/* In haste: all others wait. */
static bool open_master(rep_nodes_t *nodes, unsigned master)
{
	rep_link_t *one = &nodes->link[master];

	if(one->ctx)
		return true;
	if(rep_mono_ms() < one->next_try)
		return false;
	one->config = &nodes->hasty;
	if(rep_link_open(one, &nodes->slots.at[master]) != 0)
		return false;
	one->config = nodes->config;
	nodes->number[master] = ++nodes->numbers;
	nodes->leads[master] = nodes->slots.at[master];
	return true;
}

/* ---- replies ---------------------------------------------------------------- */

/* Send it where the error says; false when that cannot be done. */
static bool redirect(rep_nodes_t *nodes, rep_waiting_t *w)
{
	unsigned slot, to;
	rep_host_t at;
	rep_redirect_t what = rep_redirect_of(
			w->reply->str, &nodes->slots.at[w->master], &slot, &at);
	redisContext *ctx;

	if(what == REP_REDIRECT_NONE)
		return false;
	w->away = true;
	nodes->stale = nodes->stale || what != REP_REDIRECT_ASK;
	if(what == REP_REDIRECT_WAIT || w->hops == HOPS)
		return false;
	to = rep_slots_master(&nodes->slots, &at);
	if(to == REP_NO_MASTER)
		return false;
	if(what == REP_REDIRECT_MOVED)
		nodes->slots.owner[slot] = (uint8_t)to;
	if(w->pinned || !open_master(nodes, to))
		return false;
	ctx = nodes->link[to].ctx;
	if((what == REP_REDIRECT_ASK
			   && redisAppendFormattedCommand(ctx, "*1\r\n$6\r\nASKING\r\n", 16)
						  != REDIS_OK)
			|| redisAppendFormattedCommand(ctx, w->text, w->len) != REDIS_OK) {
		give_up(nodes, to);
		return false;
	}
	w->away = false;
	w->asking = what == REP_REDIRECT_ASK;
	w->hops++;
	rep_reply_free(w->reply);
	w->reply = NULL;
	append(nodes, (size_t)(w - nodes->sent), to);
	return true;
}

/* One more reply of a master, to whichever command it belongs. */
static void read_one(rep_nodes_t *nodes, unsigned master)
{
	redisReply *reply = rep_link_reply(&nodes->link[master]);
	rep_waiting_t *w;

	if(!reply) {
		give_up(nodes, master);
		return;
	}
	w = &nodes->sent[nodes->first[master]];
	if(w->asking) {
		w->asking = false;
		rep_reply_free(reply);
		return;
	}
	take_first(nodes, master);
	w->reply = reply;
	w->done = reply->type != REDIS_REPLY_ERROR || !redirect(nodes, w);
}

/* What an error is to who asked; of a master that is of no use the link is
 * given up. */
static void judge(rep_link_t *link, const rep_waiting_t *w)
{
	rep_nodes_t *nodes = link->nodes;
	rep_link_t *one = &nodes->link[w->master];

	if(!w->reply) {
		away(link, one->error);
		return;
	}
	link->fault = rep_redis_error_of(w->reply->str);
	snprintf(link->error, sizeof(link->error), "%s", w->reply->str);
	if(!w->away && link->fault < REP_REDIS_CLUSTER) {
		one->fault = link->fault;
		memcpy(one->error, link->error, sizeof(one->error));
		give_up(nodes, w->master);
	}
	if(w->away || link->fault <= REP_REDIS_CLUSTER)
		link->fault = REP_REDIS_AWAY;
}

static redisReply *next_reply(rep_link_t *link)
{
	rep_nodes_t *nodes = link->nodes;
	redisReply *reply = NULL;
	rep_waiting_t *w;

	if(nodes->head == nodes->n) {
		away(link, "nothing was asked");
		return NULL;
	}
	flush_all(link);
	w = &nodes->sent[nodes->head];
	while(!w->done)
		read_one(nodes, w->master);
	nodes->slot = w->slot;
	nodes->master = w->master;
	link->fault = REP_REDIS_NONE;
	if(!w->reply || w->reply->type == REDIS_REPLY_ERROR) {
		judge(link, w);
	} else {
		reply = w->reply;
		w->reply = NULL;
	}
	forget(w);
	nodes->head++;
	return reply;
}

/* ---- making it -------------------------------------------------------------- */

static const rep_many_t many = {any, close_all, send_to, flush_all, next_reply};

bool rep_nodes_init(rep_link_t *link)
{
	rep_nodes_t *nodes = calloc(1, sizeof(*nodes));

	if(!nodes)
		return false;
	rep_slots_init(&nodes->slots);
	nodes->config = link->config;
	nodes->hasty = *link->config;
	nodes->hasty.connect_ms = nodes->hasty.reply_ms = HASTY_MS;
	nodes->ask_config = nodes->hasty;
	nodes->ask_config.bare = true;
	nodes->ask_config.client_name[0] = '\0';
	nodes->asked = *link;
	nodes->asked.config = &nodes->ask_config;
	for(size_t i = 0; i < REP_MASTERS_MAX; i++) {
		nodes->link[i] = *link;
		nodes->first[i] = nodes->last[i] = NOBODY;
	}
	link->nodes = nodes;
	link->many = &many;
	return true;
}


/* ---- who serves what -------------------------------------------------------- */

/* "cluster_current_epoch:7": the newest that the node has heard of. */
static uint64_t parse_epoch(const redisReply *info)
{
	static const char name[] = "cluster_current_epoch:";
	const char *at = rep_reply_span(info).s;

	at = at ? strstr(at, name) : NULL;
	return at ? strtoull(at + sizeof(name) - 1, NULL, 10) : 0;
}

static redisReply *cluster(rep_nodes_t *nodes, const char *what)
{
	rep_args_t args = {0};
	redisReply *reply;

	rep_args_command(&args, "CLUSTER");
	rep_args_text(&args, what);
	reply = rep_link_call(&nodes->asked, &args);
	rep_args_free(&args);
	return reply;
}

/* Masters that have lost their slots are let go of. */
static bool take(
		rep_nodes_t *nodes, const redisReply *table, const rep_host_t *teller)
{
	if(!rep_slots_take(&nodes->slots, table, teller))
		return false;
	for(unsigned i = 0; i < REP_MASTERS_MAX; i++)
		if(nodes->link[i].ctx
				&& !rep_host_same(&nodes->slots.at[i], &nodes->leads[i]))
			give_up(nodes, i);
	nodes->stale = false;
	return true;
}

static bool ask(rep_nodes_t *nodes, const rep_host_t *at)
{
	redisReply *info = NULL, *table = NULL;
	uint64_t epoch;
	bool taken = false;

	if(rep_link_open(&nodes->asked, at) != 0)
		return false;
	info = cluster(nodes, "INFO");
	table = info ? cluster(nodes, "SLOTS") : NULL;
	epoch = parse_epoch(info);
	/* who was cut off from the others tells what was right once */
	if(table && epoch >= nodes->epoch)
		taken = take(nodes, table, at);
	if(taken)
		nodes->epoch = epoch;
	else if(table)
		snprintf(nodes->asked.error, sizeof(nodes->asked.error), "%s",
				epoch < nodes->epoch ? "has not heard of what others know"
									 : "no slot is served");
	if(info)
		rep_reply_free(info);
	if(table)
		rep_reply_free(table);
	rep_link_close(&nodes->asked);
	return taken;
}

static bool ask_all(rep_nodes_t *nodes, char *why, size_t size)
{
	const rep_url_t *url = &nodes->config->url;
	bool told = false;

	nodes->epoch = 0;
	nodes->asked_at = rep_mono_ms();
	for(size_t i = 0; i < url->n_hosts && !*nodes->asked.stop; i++) {
		if(ask(nodes, &url->hosts[i]))
			told = true;
		else if(!why[0])
			snprintf(why, size, "%.60s:%u: %.100s", url->hosts[i].name,
					url->hosts[i].port, nodes->asked.error);
	}
	return told;
}

/* All that serve anything; true when every one of them is there. */
static bool open_all(rep_nodes_t *nodes)
{
	bool all = true;

	for(unsigned i = 0; i < REP_MASTERS_MAX; i++)
		if(nodes->slots.at[i].port != 0)
			all = open_master(nodes, i) && all;
	return all;
}

void rep_nodes_lost(rep_link_t *link)
{
	const rep_nodes_t *nodes = link->nodes;

	link->fault = REP_REDIS_LOST;
	for(unsigned i = 0; i < REP_MASTERS_MAX; i++)
		if(nodes->slots.at[i].port)
			snprintf(link->error, sizeof(link->error),
					"no master is there; %.60s:%u: %.100s",
					nodes->slots.at[i].name, nodes->slots.at[i].port,
					nodes->link[i].error);
}

int rep_nodes_open(rep_link_t *link)
{
	rep_nodes_t *nodes = link->nodes;
	char why[180] = "", text[200];

	close_all(link);
	forget_all(nodes);
	if(!ask_all(nodes, why, sizeof(why))) {
		snprintf(text, sizeof(text), "no node of a cluster: %.170s", why);
		return rep_link_give_up(link, text);
	}
	open_all(nodes);
	if(!any(link)) {
		rep_nodes_lost(link);
		return rep_link_give_up(link, link->error);
	}
	link->fault = REP_REDIS_NONE;
	link->error[0] = '\0';
	link->backoff_ms = 0;
	return 0;
}

/* Masters, then the hosts of the URL, in turn. */
static const rep_host_t *next_to_ask(rep_nodes_t *nodes)
{
	const rep_url_t *url = &nodes->config->url;

	for(;;) {
		nodes->turn = (nodes->turn + 1) % (REP_MASTERS_MAX + url->n_hosts);
		if(nodes->turn >= REP_MASTERS_MAX)
			return &url->hosts[nodes->turn - REP_MASTERS_MAX];
		if(nodes->slots.at[nodes->turn].port != 0)
			return &nodes->slots.at[nodes->turn];
	}
}

void rep_nodes_step(rep_link_t *link)
{
	rep_nodes_t *nodes = link->nodes;
	int64_t now = rep_mono_ms();
	bool all = open_all(nodes);

	if(now - nodes->asked_at < (all && !nodes->stale ? ASK_MS : SOON_MS))
		return;
	nodes->asked_at = now;
	if(ask(nodes, next_to_ask(nodes)))
		open_all(nodes);
}
