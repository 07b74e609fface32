/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which order a set of numbers is looked at for a callee.
 *
 * Sticky: an order that the callee and the set alone decide, the same on every
 * proxy. In a set of few each number has a score by a hash of itself and the
 * callee, the best comes first (rendezvous hashing: Thaler and Ravishankar,
 * IEEE/ACM Trans. Netw. 6, 1998; a weight divides the score's logarithm). In a
 * set of many the callee has 20 places in the ring, and the number comes first
 * that follows one of them most closely (multi-probe consistent hashing:
 * Appleton and O'Reilly, arXiv:1505.00062; a weight divides the distance). Of
 * both holds: without one number the others come in the same order.
 *
 * Not sticky: by their place in the order of picks, the first first; in a set
 * of many, of 20 drawn at random. */

#ifndef REP_PREFER_H
#define REP_PREFER_H

#include "pool.h"

#define REP_PREFER_PROBES 20
#define REP_PREFER_FEW 64 /* a set of more may be one of many, */
#define REP_PREFER_MAX 96 /* a set of more than this is */

typedef struct rep_prefer
{
	const rep_pool_t *pool;
	const rep_ring_t *ring; /* NULL: a list */
	bool sticky, weighted;
	double heaviest;
	unsigned n; /* of the arrays; the first of them are the probes */
	double key[REP_PREFER_MAX]; /* the least comes first */
	uint64_t entry[REP_PREFER_MAX];
	bool bound[REP_PREFER_MAX]; /* the key is no more than what it will be */
	uint64_t probe[REP_PREFER_PROBES];
	rep_ring_at_t at[REP_PREFER_PROBES];
} rep_prefer_t;

/* A set of few, by a list of entries. */
void rep_prefer_list(rep_prefer_t *prefer, const rep_pool_t *pool,
		const uint64_t *entries, unsigned n, rep_e164_t callee, bool sticky);
/* A set by its ring, which is not to change. */
void rep_prefer_ring(rep_prefer_t *prefer, const rep_pool_t *pool,
		const rep_ring_t *ring, rep_e164_t callee, bool sticky);

/* The next number; REP_NONE when all of a list were given. From a ring they
 * come without end, some of them more than once. */
uint32_t rep_prefer_next(rep_prefer_t *prefer);

#endif
