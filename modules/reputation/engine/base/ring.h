/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Items in a circle, each at a place that a hash gives it: what comes next
 * after any place, in constant time for any number of items, and no work of
 * more than 64 items at once. Places are spread evenly, as a good hash is.
 *
 * An extendible hash table (Fagin, Nievergelt, Pippenger, Strong, ACM TODS 4,
 * 1979) by the leading bits of the place, so that its parts follow each other
 * as the places do. Some 14 bytes an item. */

#ifndef REP_RING_H
#define REP_RING_H

#include "types.h"

#define REP_RING_BITS 40	  /* of a place */
#define REP_RING_ITEM_BITS 24 /* of an item */
#define REP_RING_PART 64

typedef struct rep_ring_part
{
	uint8_t depth; /* leading bits that its entries have in common */
	uint8_t n;
	uint64_t entries[REP_RING_PART]; /* place, then item; ascending */
} rep_ring_part_t;

/* All zero is an empty ring. The owner of the struct owns the parts. */
typedef struct rep_ring
{
	rep_ring_part_t **parts; /* 1 << depth, by the leading bits */
	uint32_t count;
	uint32_t n_parts; /* different ones */
	uint8_t depth;
} rep_ring_t;

typedef struct rep_ring_at
{
	uint32_t part; /* a directory entry */
	uint32_t k;
} rep_ring_at_t;

/* 0, or -1 without memory (unchanged). One that is there stays there once. */
int rep_ring_put(rep_ring_t *ring, uint64_t place, uint32_t item);
/* Nothing when it is not there. */
void rep_ring_drop(rep_ring_t *ring, uint64_t place, uint32_t item);
void rep_ring_clear(rep_ring_t *ring); /* gives the memory back */

/* The first entry at `place` or after it, and the one after that, around the
 * circle, or before it. The ring must not be empty. */
rep_ring_at_t rep_ring_seek(const rep_ring_t *ring, uint64_t place);
/* The same for many places: the waits for memory fall together. */
void rep_ring_seek_all(const rep_ring_t *ring, const uint64_t *places,
		unsigned n, rep_ring_at_t *out);
void rep_ring_next(const rep_ring_t *ring, rep_ring_at_t *at);
void rep_ring_back(const rep_ring_t *ring, rep_ring_at_t *at);
/* One of the entries, each as likely as another; `*random` is where a stream of
 * drawn bits stands, and goes on. */
rep_ring_at_t rep_ring_draw(const rep_ring_t *ring, uint64_t *random);

static inline uint64_t rep_ring_entry(const rep_ring_t *ring, rep_ring_at_t at)
{
	return ring->parts[at.part]->entries[at.k];
}

static inline uint64_t rep_ring_place(uint64_t entry)
{
	return entry >> REP_RING_ITEM_BITS;
}

static inline uint32_t rep_ring_item(uint64_t entry)
{
	return (uint32_t)(entry & ((1u << REP_RING_ITEM_BITS) - 1));
}

/* Parts one after the other, by place: `*p` is 0 at first, and then the next
 * one's; NULL at the end. */
const rep_ring_part_t *rep_ring_part(const rep_ring_t *ring, uint32_t *p);
/* All entries by place; `out` has room for `count` of them. */
void rep_ring_list(const rep_ring_t *ring, uint64_t *out);

size_t rep_ring_bytes(const rep_ring_t *ring);

#endif
