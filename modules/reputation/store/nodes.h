/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The masters of a cluster behind one link: a command goes to the one that
 * serves its key, and replies come in the order of the commands. All that is
 * sent before the first reply is waited for is one round trip, whoever serves
 * it. MOVED and ASK are followed here. A fault of one master is
 * REP_REDIS_AWAY. */

#ifndef REP_NODES_H
#define REP_NODES_H

#include "cluster.h"
#include "link.h"

/* A command whose reply was not handed out yet. */
typedef struct rep_waiting
{
	char *text; /* as sent, in case that it is to go elsewhere */
	size_t len, next;
	redisReply *reply;
	uint16_t slot;
	uint8_t master, hops;
	bool asking; /* the reply to ASKING comes first */
	bool pinned; /* means something to this master alone */
	bool done, away;
} rep_waiting_t;

typedef struct rep_nodes
{
	rep_slots_t slots;
	/* By place in `slots`. A link's number is one that no other opening has,
	 * 0 = it is closed. */
	rep_link_t link[REP_MASTERS_MAX];
	uint32_t number[REP_MASTERS_MAX], numbers;
	rep_host_t leads[REP_MASTERS_MAX];					  /* to where */
	size_t first[REP_MASTERS_MAX], last[REP_MASTERS_MAX]; /* of `sent` */
	rep_waiting_t *sent;
	size_t head, n, room;
	unsigned slot, master; /* of the reply that was handed out last */
	const rep_link_config_t *config;
	rep_link_config_t hasty, ask_config; /* to open, and to ask by */
	rep_link_t asked;
	uint64_t epoch; /* of the newest table that was told */
	size_t turn;	/* who was asked last, of masters and hosts of the URL */
	bool stale;		/* the table is known to be old */
	int64_t asked_at;
} rep_nodes_t;

/* Make `link` one to a cluster; its config, stop and traffic are set. False
 * when there is no memory. */
bool rep_nodes_init(rep_link_t *link);
void rep_nodes_free(rep_link_t *link);

/* Ask all hosts of the URL who serves what, and connect to these masters. 0, or
 * -1 (as rep_link_open()) when none of them is there. */
int rep_nodes_open(rep_link_t *link);
/* Ask one of those that are known, and open what is closed, when it is due. */
void rep_nodes_step(rep_link_t *link);

/* There is none left: sets the fault and error of the link. */
void rep_nodes_lost(rep_link_t *link);

/* Number of the link to the master that serves `slot`, 0 = there is none. */
uint32_t rep_nodes_serving(const rep_nodes_t *nodes, unsigned slot);

/* The link to one server: to the only one (i = 0), or to the i-th place of the
 * cluster's masters, which may be down. NULL at the end. */
rep_link_t *rep_link_at(rep_link_t *link, size_t i);

#endif
