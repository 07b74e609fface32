/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queues of small numbers. */

#include "fifo.h"

#include "mem.h"

#define FIRST_ROOM 64

int rep_fifo_reserve(rep_fifo_t *fifo, uint32_t n)
{
	uint32_t room = fifo->room ? fifo->room : FIRST_ROOM;
	uint32_t *items;

	if(n <= fifo->room)
		return 0;
	while(room < n)
		room *= 2;
	items = rep_alloc(room * sizeof(*items));
	if(!items)
		return -1;
	for(uint32_t i = 0; i < fifo->count; i++)
		items[i] = fifo->items[(fifo->head + i) % fifo->room];
	rep_free(fifo->items);
	fifo->items = items;
	fifo->room = room;
	fifo->head = 0;
	return 0;
}

void rep_fifo_push(rep_fifo_t *fifo, uint32_t item)
{
	if(fifo->count < fifo->room)
		fifo->items[(fifo->head + fifo->count++) % fifo->room] = item;
}

uint32_t rep_fifo_pop(rep_fifo_t *fifo)
{
	uint32_t item = fifo->items[fifo->head];

	fifo->head = (fifo->head + 1) % fifo->room;
	fifo->count--;
	return item;
}

void rep_fifo_clear(rep_fifo_t *fifo)
{
	rep_free(fifo->items);
	*fifo = (rep_fifo_t){0};
}
