/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of a pool by the digits that they begin with.
 *
 * A group is the numbers of one prefix. There is one for each prefix from the
 * shortest that local match asks for (the country code and `local_digits`
 * more) down to where a group holds few: those it keeps in the order of their
 * digits, and what is of longer prefixes is found among them. A group of many
 * keeps them in a ring, for picks, and has groups of longer prefixes below it.
 * Putting a number takes as many steps as it has digits. */

#ifndef REP_LOCAL_H
#define REP_LOCAL_H

#include "../base/ring.h"
#include "../base/slab.h"

#define REP_GROUP_FEW 16

typedef struct rep_group
{
	uint64_t prefix;
	uint32_t next; /* in the table */
	uint8_t digits;
	bool many;
	uint16_t n, room;
	/* few: digits, ascending; behind them what they are in a ring */
	uint64_t *members;
	rep_ring_t ring; /* many */
} rep_group_t;

/* To be begun with rep_local_init(). */
typedef struct rep_local
{
	rep_slab_t groups;
	uint32_t *heads;
	uint32_t mask, count;
} rep_local_t;

void rep_local_init(rep_local_t *local);
void rep_local_clear(rep_local_t *local); /* empty; gives the memory back */

/* The place of a number in rings. */
uint64_t rep_number_place(rep_e164_t number);

/* Put a number and its index, from prefixes of `from` digits on; once, however
 * often it is put. 0, or -1 without memory: then it may be missing in some of
 * its groups. */
int rep_local_put(
		rep_local_t *local, rep_e164_t number, uint32_t item, unsigned from);
void rep_local_drop(
		rep_local_t *local, rep_e164_t number, uint32_t item, unsigned from);

/* The group of the callee's first so many digits, or NULL. */
const rep_group_t *rep_local_find(
		const rep_local_t *local, rep_e164_t callee, unsigned digits);

/* Of a group of few: the longest prefix, in digits, that a member may have in
 * common with the callee; not less than the group's. */
unsigned rep_group_common(const rep_group_t *group, rep_e164_t callee);
/* Of a group of few: its members with the callee's first so many digits, as
 * entries of a ring; how many, of REP_GROUP_FEW at most. */
unsigned rep_group_list(const rep_group_t *group, rep_e164_t callee,
		unsigned digits, uint64_t *out);

size_t rep_local_bytes(const rep_local_t *local);

#endif
