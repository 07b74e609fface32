/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of calls: slots of one size in shared memory. */

#ifndef REP_CALL_TABLE_H
#define REP_CALL_TABLE_H

#include "../engine/base/mem.h"
#include "../engine/pool/ticket.h"
#include "../engine/reply/reason.h"

struct rep_calls;

typedef uint64_t rep_call_id_t; /* 0 = none */

typedef struct rep_calls_stats
{
	uint32_t calls, max;
	uint64_t full;
} rep_calls_stats_t;

/* What is remembered of a branch. */
typedef struct branch
{
	uint32_t stamp; /* of the verdict, and */
	uint16_t route; /* by which route it went */
	bool cancelled; /* by the caller or another branch, before it timed out */
	rep_signs_t signs;
} branch_t;

typedef struct rep_call
{
	rep_lock_t lock;
	uint32_t serial; /* 0 = free */
	uint32_t next;	 /* in the free list */
	rep_ticket_t ticket;
	uint32_t counted;	/* a bit a branch: its final is counted */
	uint32_t contacted; /* a bit a branch: its redress contact is kept */
	uint8_t legs;		/* branches whose route is set; others: ticket's */
	uint8_t outcome;
	bool rejected, open;
	uint64_t contact;
	char redress_id[sizeof(((rep_redress_t *)0)->id)];
	branch_t branch[]; /* as many as TM allows */
} rep_call_t;

struct rep_calls *rep_calls_create(uint32_t max_calls); /* NULL: no memory */
void rep_calls_destroy(struct rep_calls *calls);
void rep_calls_stats(struct rep_calls *calls, rep_calls_stats_t *out);

/* How many branches a call remembers: as many as TM allows. */
uint32_t rep_calls_branches(void);
/* A free slot made out for this ticket; NULL when the table is full. */
rep_call_t *rep_call_alloc(const rep_ticket_t *ticket);
rep_call_id_t rep_call_id(const rep_call_t *call);
/* The call of an id with its lock held, or NULL. */
rep_call_t *rep_call_lock(rep_call_id_t id);
/* The slot of a call that is no longer open. */
void rep_call_free(rep_call_t *call);
/* The transaction is gone, or never was: hangs up what the call holds. */
void rep_call_end(rep_call_id_t id);

#endif
