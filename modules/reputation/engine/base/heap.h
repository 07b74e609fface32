/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A heap of (key, item): the smallest key first, ties by the smaller item.
 * Keys may be out of date: its users check the top against the item itself. */

#ifndef REP_HEAP_H
#define REP_HEAP_H

#include "types.h"

typedef struct rep_heap_entry
{
	uint64_t key;
	uint32_t item;
} rep_heap_entry_t;

/* All zero is an empty heap. The owner of the struct owns the entries. */
typedef struct rep_heap
{
	rep_heap_entry_t *entries;
	uint32_t count, room;
} rep_heap_t;

/* Make room for `n` entries in all; 0, or -1 without memory (unchanged). */
int rep_heap_reserve(rep_heap_t *heap, uint32_t n);
void rep_heap_clear(rep_heap_t *heap); /* gives the memory back */

/* 0, or -1 when there was no room and no memory. */
int rep_heap_push(rep_heap_t *heap, uint64_t key, uint32_t item);
/* The heap must not be empty. */
void rep_heap_pop(rep_heap_t *heap);
/* Give the top entry another, not smaller key. */
void rep_heap_retop(rep_heap_t *heap, uint64_t key);

#endif
