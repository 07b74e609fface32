/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue of small numbers, first in, first out, in a ring that grows on demand. */

#ifndef REP_FIFO_H
#define REP_FIFO_H

#include "types.h"

/* All zero is an empty queue. The owner of the struct owns the items. */
typedef struct rep_fifo
{
	uint32_t *items;
	uint32_t head, count, room;
} rep_fifo_t;

/* Make room for `n` items in all; 0, or -1 without memory (unchanged). */
int rep_fifo_reserve(rep_fifo_t *fifo, uint32_t n);
void rep_fifo_clear(rep_fifo_t *fifo); /* gives the memory back */

/* Without room, which rep_fifo_reserve() makes, the item is dropped. */
void rep_fifo_push(rep_fifo_t *fifo, uint32_t item);
/* The oldest item; the queue must not be empty. */
uint32_t rep_fifo_pop(rep_fifo_t *fifo);

#endif
