/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redis Cluster's arithmetic: which slot a key is in, which master serves it,
 * and what a redirection says. Nothing here talks to anybody. As in
 * https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ */

#ifndef REP_CLUSTER_H
#define REP_CLUSTER_H

#include <hiredis/hiredis.h>

#include "args.h"
#include "url.h"

#define REP_SLOTS 16384
#define REP_MASTERS_MAX 128
#define REP_NO_MASTER 255

/* CRC-16/XMODEM: that of "123456789" is 0x31C3. */
uint16_t rep_crc16(rep_span_t text);

/* Slot of a key, 0 to 16383: of what stands between its first { and the next }
 * where that is anything, else of the whole. */
unsigned rep_key_slot(rep_span_t key);

/* Where in the arguments of a command its first key stands; 0 when it is about
 * no key. Of the commands that the store uses. */
size_t rep_args_key(const rep_args_t *args);

/* Who serves what. Masters are known by their place in `at`, and keep it. */
typedef struct rep_slots
{
	rep_host_t at[REP_MASTERS_MAX]; /* port 0 = the place is free */
	uint8_t owner[REP_SLOTS];		/* REP_NO_MASTER = nobody */
} rep_slots_t;

void rep_slots_init(rep_slots_t *slots);
bool rep_host_same(const rep_host_t *a, const rep_host_t *b);
/* The place of a master, which it gets if it has none; REP_NO_MASTER when there
 * is no room. */
unsigned rep_slots_master(rep_slots_t *slots, const rep_host_t *at);
/* Take over the reply to CLUSTER SLOTS, told by `teller`, whose name stands for
 * those of which only the port is told. A master without slots loses its place.
 * False, and nothing is changed, when it is not what such a reply looks like or
 * no slot is served. */
bool rep_slots_take(
		rep_slots_t *slots, const redisReply *reply, const rep_host_t *teller);

typedef enum rep_redirect
{
	REP_REDIRECT_NONE, /* the error is another */
	REP_REDIRECT_MOVED,
	REP_REDIRECT_ASK,
	REP_REDIRECT_WAIT /* TRYAGAIN, CLUSTERDOWN: nobody answers now */
} rep_redirect_t;

/* What an error reply of `teller` says: "MOVED 3999 10.0.0.1:6381". */
rep_redirect_t rep_redirect_of(const char *error, const rep_host_t *teller,
		unsigned *slot, rep_host_t *to);

#endif
