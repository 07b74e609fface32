/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The do-not-call list: a set of callees, 10,000,000 and more, of 10 to 13
 * bytes each (E.164 numbers as integers). It takes memory as it grows, in small
 * pieces each under a lock that is held for microseconds, so that loading it
 * delays no call; and none of what calls need: see rep_scarce().
 *
 * The list is read as a whole from where operators keep it, again and again:
 * rep_dnc_begin(), rep_dnc_put() for each, rep_dnc_sweep() for those that were
 * not there any more. One process does that; the others ask, and add and
 * remove by hand. All functions take the locks that they need, last, and give
 * them back before they return. */

#ifndef REP_DNC_H
#define REP_DNC_H

#include "../base/types.h"

typedef struct rep_dnc rep_dnc_t;

typedef enum rep_dnc_put
{
	REP_DNC_NEW,
	REP_DNC_KNOWN,
	REP_DNC_FULL /* there is no memory for it */
} rep_dnc_put_t;

typedef struct rep_dnc_stats
{
	uint64_t callees;
	size_t bytes;
} rep_dnc_stats_t;

rep_dnc_t *rep_dnc_create(void); /* NULL without memory */
void rep_dnc_destroy(rep_dnc_t *dnc);
void rep_dnc_stats(rep_dnc_t *dnc, rep_dnc_stats_t *out);

/* Is this callee on the list? */
bool rep_dnc_has(rep_dnc_t *dnc, rep_e164_t callee);

/* It is. With `held` it stays, whatever a reading says, until it is put again
 * without: where it was added here, and is not written yet. */
rep_dnc_put_t rep_dnc_put(rep_dnc_t *dnc, rep_e164_t callee, bool held);
/* It is not; false if it was not before. */
bool rep_dnc_remove(rep_dnc_t *dnc, rep_e164_t callee);

/* A reading of the whole list begins: what is put from here on belongs to it.
 */
void rep_dnc_begin(rep_dnc_t *dnc);
/* It has come to its end: those that were not put since go, in slices; false
 * when there are no more. `*cursor` is 0 at first. */
bool rep_dnc_sweep(rep_dnc_t *dnc, uint32_t *cursor);

#endif
