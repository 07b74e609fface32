/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The do-not-call list: callees, 10,000,000 and more, of 10 to 13 bytes each
 * (E.164 numbers as integers). It is the union of REP_DNC_SETS sets, so that one
 * that changes can be read alone; a callee may stand in any of them, and takes
 * its bytes in each. Sets 1 to 100 are swept soonest where they hold the numbers
 * that end in 00 to 99 alone. It takes memory as it grows, in small pieces each under a
 * lock that is held for microseconds, so that loading it delays no call; and none
 * of what calls need: see rep_scarce().
 *
 * A set is read as a whole from where operators keep it, again and again:
 * rep_dnc_begin(), rep_dnc_put() for each, rep_dnc_sweep() for those that were
 * not there any more; several sets may be read at once. What is put counts at
 * once. One process does that; the others ask, and add and remove by hand. All
 * functions take the locks that they need, last, and give them back before they
 * return. */

#ifndef REP_DNC_H
#define REP_DNC_H

#include "../base/types.h"

#define REP_DNC_SETS 101
/* Where callees stand who were added here, and are not written yet. */
#define REP_DNC_HELD REP_DNC_SETS

typedef struct rep_dnc rep_dnc_t;

typedef enum rep_dnc_put
{
	REP_DNC_NEW,
	REP_DNC_KNOWN,
	REP_DNC_FULL /* there is no memory for it */
} rep_dnc_put_t;

typedef struct rep_dnc_stats
{
	uint64_t callees; /* whatever number of sets they stand in */
	size_t bytes;
} rep_dnc_stats_t;

rep_dnc_t *rep_dnc_create(void); /* NULL without memory */
void rep_dnc_destroy(rep_dnc_t *dnc);
void rep_dnc_stats(rep_dnc_t *dnc, rep_dnc_stats_t *out);

/* Is this callee on the list? */
bool rep_dnc_has(rep_dnc_t *dnc, rep_e164_t callee);

/* It stands in this set, or in REP_DNC_HELD: until it is put into set 0, which is
 * where it is written. */
rep_dnc_put_t rep_dnc_put(rep_dnc_t *dnc, unsigned set, rep_e164_t callee);
/* It does not stand any more in one set in which it did: which, or -1 when
 * there was none. */
int rep_dnc_remove(rep_dnc_t *dnc, rep_e164_t callee);

/* How many stand in this set. */
uint64_t rep_dnc_entries(rep_dnc_t *dnc, unsigned set);

/* A reading of the whole set begins: what is put into it from here on belongs
 * to it. */
void rep_dnc_begin(rep_dnc_t *dnc, unsigned set);
/* It has come to its end: those that were not put since go, in slices; false
 * when there are no more. `*cursor` is 0 at first. */
bool rep_dnc_sweep(rep_dnc_t *dnc, unsigned set, uint32_t *cursor);

#endif
