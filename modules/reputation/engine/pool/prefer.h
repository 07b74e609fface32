/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which order a set of numbers is looked at for a callee.
 *
 * Sticky: by a score of each number that the callee and the number alone
 * decide, so that it is the same on every proxy, and that without one number,
 * or with one more, the others come in the same order, in sets of any size. The
 * callee has ten places in the ring. Numbers near one of them (within a 512th
 * of the circle) come first, the nearest first: multi-probe consistent hashing
 * (Appleton and O'Reilly, arXiv:1505.00062), looking both ways. The others come
 * after them, by a hash of number and callee: rendezvous hashing (Thaler and
 * Ravishankar, IEEE/ACM Trans. Netw. 6, 1998). So a set of few is dealt by the
 * latter, as even as chance is, but every number has to be looked at; a set of
 * many by the former, with no more looks than there are places. Distances are
 * divided by weights, and so are the hashes' logarithms.
 *
 * One thing alone depends on the size of the set: of one of more than
 * REP_PREFER_LISTED all are taken as near. Of so many, no more than one callee
 * in a hundred million has none that is.
 *
 * Not sticky: by their place in the order of picks, the first first; in a set
 * of many, of 20 drawn at random. */

#ifndef REP_PREFER_H
#define REP_PREFER_H

#include "pool.h"

#define REP_PREFER_PLACES 10
#define REP_PREFER_FEW 32 /* of a ring with no more each is looked at */
#define REP_PREFER_LISTED 512

/* From one of the callee's places, one way. */
typedef struct rep_front
{
	uint64_t away; /* what stands here is so far from the place */
	uint32_t item;
	rep_ring_at_t at;
} rep_front_t;

typedef struct rep_prefer
{
	const rep_pool_t *pool;
	const rep_ring_t *ring; /* NULL: a list, */
	const uint64_t *entries;
	unsigned n;
	rep_e164_t callee;
	bool sticky, weighted;
	bool near;	   /* there may be more that are near */
	uint8_t taken; /* of a pile, which is not ordered until more is taken */
	double heaviest;
	uint64_t place[REP_PREFER_PLACES];
	uint64_t about[4]; /* the 256 parts of the circle in which some are near */
	rep_front_t front[2 * REP_PREFER_PLACES]; /* up and down from each */
	rep_heap_t heap; /* by scores, or by their place in the order */
	rep_heap_entry_t room[REP_PREFER_LISTED];
	uint64_t few[REP_PREFER_FEW];
} rep_prefer_t;

/* A set by a list of entries of a ring, REP_PREFER_LISTED at most; the list
 * stays the caller's, and stays as it is. */
void rep_prefer_list(rep_prefer_t *prefer, const rep_pool_t *pool,
		const uint64_t *entries, unsigned n, rep_e164_t callee, bool sticky);
/* A set by its ring, which is not to change and not empty. */
void rep_prefer_ring(rep_prefer_t *prefer, const rep_pool_t *pool,
		const rep_ring_t *ring, rep_e164_t callee, bool sticky);

/* The next number; REP_NONE when all were given. From a ring some of them come
 * more than once, and in sets of many without end. */
uint32_t rep_prefer_next(rep_prefer_t *prefer);

#endif
