/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bounded table of entries of one size in shared memory, in groups, found by
 * a key: what several processes add to, and one writes down elsewhere. An entry
 * that was changed here is due until it is taken along to be written, then
 * under way until it has landed. When the table is full the one that was
 * touched longest ago gives way.
 *
 * An entry begins with a rep_ledger_node_t and is allocated by itself. Whoever
 * calls holds the ledger's lock, but for init and free. */

#ifndef REP_LEDGER_H
#define REP_LEDGER_H

#include "mem.h"

typedef struct rep_ledger_node
{
	uint64_t key;
	struct rep_ledger_node *chain;		   /* in the bucket */
	struct rep_ledger_node *newer, *older; /* as they were touched */
	uint32_t group;
	uint32_t seen; /* by which reading of what is written: the caller's */
	bool due, under_way;
} rep_ledger_node_t;

typedef struct rep_ledger_group
{
	uint32_t entries, due;
} rep_ledger_group_t;

typedef struct rep_ledger
{
	rep_lock_t lock;
	size_t size; /* bytes an entry */
	uint32_t max, n, mask, n_groups;
	rep_ledger_node_t *newest, *oldest;
	rep_ledger_node_t **buckets;
	rep_ledger_group_t *groups;
	uint64_t gave_way; /* entries that made room for others, */
	uint64_t lost;	   /* of them due, or under way */
} rep_ledger_t;

/* Room for `max` entries of `size` bytes; false without memory. */
bool rep_ledger_init(
		rep_ledger_t *ledger, size_t size, uint32_t max, uint32_t groups);
void rep_ledger_free(rep_ledger_t *ledger); /* all zero is fine */

/* The entry of a key in a group, or NULL. */
void *rep_ledger_find(const rep_ledger_t *ledger, uint32_t group, uint64_t key);
/* The same, made if need be (`*made`): zero behind its node. It is the newest
 * from here on. NULL without memory. */
void *rep_ledger_put(
		rep_ledger_t *ledger, uint32_t group, uint64_t key, bool *made);
void rep_ledger_remove(rep_ledger_t *ledger, rep_ledger_node_t *node);

/* It was changed, and is to be written. */
void rep_ledger_due(rep_ledger_t *ledger, rep_ledger_node_t *node);
/* Takes along one that is due, or NULL: it is under way from here on. */
void *rep_ledger_take(rep_ledger_t *ledger, uint32_t group);
void rep_ledger_landed(rep_ledger_node_t *node);

/* Entries of the group that this reading has not seen go, unless they are due or
 * under way; or, `lost`, they are due. */
void rep_ledger_sweep(
		rep_ledger_t *ledger, uint32_t group, uint32_t seen, bool lost);

#endif
