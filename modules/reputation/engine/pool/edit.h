/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits through RPC that the store is to write to Redis. */

#ifndef REP_EDIT_H
#define REP_EDIT_H

#include "../base/mem.h"

#define REP_EDITS 64

typedef struct rep_edit
{
	int32_t pool;
	rep_e164_t number; /* 0: it is a field of the policy */
	bool remove;	   /* a number; else add, or change */
	char field[32];
	/* attributes, as in rep:numbers:{POOL}; or the field's value */
	char value[512];
} rep_edit_t;

typedef struct rep_edit_queue
{
	rep_lock_t lock;
	uint32_t head, count, kept;
	rep_edit_t edits[REP_EDITS];
} rep_edit_queue_t;

/* All of these take the queue's lock. */

/* Keep a place for an edit; false when the queue is full. Whoever has one
 * queues an edit there, or gives it up. */
bool rep_edit_keep(rep_edit_queue_t *queue);
void rep_edit_give_up(rep_edit_queue_t *queue);
void rep_edit_put(rep_edit_queue_t *queue, const rep_edit_t *edit);
/* The oldest edit; false when there is none. */
bool rep_edit_drain(rep_edit_queue_t *queue, rep_edit_t *edit);

#endif
