/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bounded table of entries of one size in shared memory, in groups, found by
 * a key: what several processes add to, and one writes down elsewhere. An entry
 * that was changed here is due until it is taken along to be written, then
 * under way until it has landed. When the table is full the one that was
 * touched longest ago gives way.
 *
 * An entry begins with a rep_ledger_node_t and is allocated by itself. Whoever
 * calls holds the ledger's lock, but for what makes it, takes it down, or takes
 * the lock itself. */

#ifndef REP_LEDGER_H
#define REP_LEDGER_H

#include <stdatomic.h>

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
	uint64_t gave_way;		  /* entries that made room for others, */
	uint64_t lost;			  /* of them due, or under way */
	_Atomic uint64_t counted; /* whatever the caller counts, without the lock */
} rep_ledger_t;

typedef struct rep_ledger_stats
{
	uint32_t entries;
	uint64_t gave_way, lost, counted;
} rep_ledger_stats_t;

/* Room for `max` entries of `size` bytes; NULL without memory. */
rep_ledger_t *rep_ledger_create(size_t size, uint32_t max, uint32_t groups);
void rep_ledger_destroy(rep_ledger_t *ledger); /* NULL is fine */

/* The ledger, locked; NULL when there is none (NULL), or no such group. */
rep_ledger_t *rep_ledger_lock(rep_ledger_t *ledger, int group);

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

/* ---- these take the lock; without a ledger, or such a group, they do nothing - */

/* Entries of the group that this reading has not seen go, unless they are due or
 * under way; or, `lost`, they are due. */
void rep_ledger_sweep(
		rep_ledger_t *ledger, int group, uint32_t seen, bool lost);
uint32_t rep_ledger_entries(rep_ledger_t *ledger, int group);
rep_ledger_stats_t rep_ledger_stats(rep_ledger_t *ledger);

#endif
