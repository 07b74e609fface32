/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Items of one size, named by small indices, that never move. */

#ifndef REP_SLAB_H
#define REP_SLAB_H

#include "types.h"

#define REP_SLAB_CHUNK 64
#define REP_SLAB_NONE UINT32_MAX

typedef struct rep_slab
{
	char **chunks;
	uint32_t n_chunks, room;
	uint32_t size;	/* bytes an item, at least 4 */
	uint32_t free;	/* head of the free list, or REP_SLAB_NONE */
	uint32_t spare; /* how many are free */
} rep_slab_t;

void rep_slab_init(rep_slab_t *slab, size_t size);
void rep_slab_clear(rep_slab_t *slab); /* gives all memory back */

/* Make at least one item free; 0, or -1 without memory. */
int rep_slab_grow(rep_slab_t *slab);
/* An index, its item zeroed; REP_SLAB_NONE without memory. */
uint32_t rep_slab_alloc(rep_slab_t *slab);
void rep_slab_free(rep_slab_t *slab, uint32_t index);

/* How many indices there are: 0 .. count - 1, free ones among them. */
static inline uint32_t rep_slab_count(const rep_slab_t *slab)
{
	return slab->n_chunks * REP_SLAB_CHUNK;
}

static inline void *rep_slab_at(const rep_slab_t *slab, uint32_t index)
{
	return slab->chunks[index / REP_SLAB_CHUNK]
		   + (size_t)(index % REP_SLAB_CHUNK) * slab->size;
}

#endif
