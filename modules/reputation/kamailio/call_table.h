/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of calls: slots of one size in shared memory, found by an id, or
 * by the call's identity.
 *
 * All INVITEs with one Call-ID to one callee are one call attempt: its
 * retransmissions, a retry after 401 or 407 (RFC 3261 22.2 keeps Call-ID and
 * From), a spiral through this proxy, and the caller's own failover. */

#ifndef REP_CALL_TABLE_H
#define REP_CALL_TABLE_H

#include "../engine/base/mem.h"
#include "../engine/pool/ticket.h"
#include "../engine/judge/state.h"
#include "../engine/reply/outcome.h"

struct rep_calls;

typedef uint64_t rep_call_id_t; /* 0 = none */

/* How long a call that was asked for credentials waits for the retry, ms:
 * 64 * T1, as long as any transaction of SIP takes (RFC 3261 17.1.1.2). */
#define REP_CALL_LINGERS 32000

typedef struct rep_calls_stats
{
	uint32_t calls; /* without those that linger */
	uint32_t max;
	uint64_t full;
} rep_calls_stats_t;

/* Which call attempt an INVITE belongs to, and which INVITE of it it is. */
typedef struct rep_call_key
{
	uint64_t call_id;  /* hash of the Call-ID */
	rep_e164_t callee; /* of a tracked call: of both ends */
	uint64_t request;  /* hash of the topmost Via's branch and of CSeq */
} rep_call_key_t;

/* What is remembered of a branch. */
typedef struct branch
{
	uint32_t stamp; /* of the verdict, and */
	uint16_t route; /* by which route it went */
	bool cancelled; /* by the caller or another branch, before it timed out */
	rep_signs_t signs;
} branch_t;

/* What a script wrote before the pick: free labels of the call. */
typedef struct rep_labels
{
	char campaign[REP_ROUTE_MAX + 1]; /* the list that the callee is from */
	char network[REP_ROUTE_MAX + 1];  /* the callee's carrier */
	bool probe;						  /* a test call */
} rep_labels_t;

/* What is known of the newest final reply. */
typedef struct rep_final
{
	uint16_t status;	  /* 0 = none yet */
	uint8_t confidence;	  /* per cent */
	uint8_t outcome;	  /* REP_OUTCOMES for none */
	uint8_t location;	  /* RFC 8606: index + 1 into its tokens, 0 = none */
	uint32_t retry_after; /* s; 0 = none */
} rep_final_t;

typedef struct rep_call
{
	rep_lock_t lock;
	uint32_t serial; /* 0 = free */
	uint32_t next;	 /* in the free list, or among those that linger */
	uint32_t chain;	 /* in the index */
	rep_call_key_t key;
	rep_time_t until;	 /* lingers until then (rep_mono()); 0 = does not */
	uint32_t bound;		 /* messages and transactions that know its id */
	rep_ticket_t ticket; /* its number is 0 before a pick and after a cancel */
	rep_state_t state;	 /* of the number when it was picked */
	float score;		 /* likewise */
	uint32_t counted;	 /* a bit a branch: its final is counted */
	uint32_t contacted;	 /* a bit a branch: its redress contact is kept */
	uint8_t before;		 /* branches that went out before the pick */
	uint8_t legs;		 /* branches whose route is set; others: ticket's */
	uint8_t told;		 /* the script's word for what comes; REP_OUTCOMES */
	bool rejected;		 /* a branch got a 6xx */
	bool over;			 /* the caller has a final reply */
	bool challenged;	 /* and it asked for credentials */
	bool open;
	rep_final_t final;
	rep_redress_t *redress; /* the newest that came with a block; NULL = none */
	rep_labels_t *labels;	/* NULL = none written */
	branch_t branch[];		/* as many as TM allows */
} rep_call_t;

struct rep_calls *rep_calls_create(uint32_t max_calls); /* NULL: no memory */
void rep_calls_destroy(struct rep_calls *calls);
void rep_calls_stats(struct rep_calls *calls, rep_calls_stats_t *out);

/* How many branches a call remembers: as many as TM allows. */
uint32_t rep_calls_branches(void);

/* The newest call of this identity with its lock held, or a fresh one (`*made`)
 * without a ticket; NULL when there is none and the table is full. Whoever
 * gets a fresh one fills it or closes it before giving back its lock, so that
 * two processes with one INVITE do not pick twice. */
rep_call_t *rep_call_claim(const rep_call_key_t *key, bool *made);
/* A fresh one, whatever there is: the newest from here on. With its lock held;
 * NULL when the table is full. */
rep_call_t *rep_call_alloc(const rep_call_key_t *key);

/* Is there a call of this identity? */
bool rep_call_exists(const rep_call_key_t *key);
/* The call of this very INVITE, whoever the callee is; 0 = none. */
rep_call_id_t rep_call_of_request(const rep_call_key_t *key);

rep_call_id_t rep_call_id(const rep_call_t *call);
/* The call of an id with its lock held, or NULL. */
rep_call_t *rep_call_lock(rep_call_id_t id);

/* One that knows the call's id is gone. After the last one what the call holds
 * is hung up, and it is freed; if it was challenged it lingers first. */
void rep_call_unbind(rep_call_id_t id);
/* Gives back the lock of a call that nobody is bound to, and frees it. Takes
 * over nothing: its ticket is the caller's to hang up. */
void rep_call_close(rep_call_t *call);
/* Free those that have lingered long enough. */
void rep_calls_tick(rep_time_t mono);

#endif
