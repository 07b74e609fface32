/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that somebody is to look at. */

#include "pool.h"

int rep_fifo_reserve(rep_fifo_t *list, uint32_t n)
{
	uint32_t room = list->room ? list->room : REP_SLAB_CHUNK;
	uint32_t *items;

	if(n <= list->room)
		return 0;
	while(room < n)
		room *= 2;
	items = rep_alloc(room * sizeof(*items));
	if(!items)
		return -1;
	for(uint32_t i = 0; i < list->count; i++)
		items[i] = list->items[(list->head + i) % list->room];
	rep_free(list->items);
	list->items = items;
	list->room = room;
	list->head = 0;
	return 0;
}

void rep_fifo_push(rep_fifo_t *list, uint32_t item)
{
	if(list->count < list->room)
		list->items[(list->head + list->count++) % list->room] = item;
}

uint32_t rep_fifo_pop(rep_fifo_t *list)
{
	uint32_t item = list->items[list->head];

	list->head = (list->head + 1) % list->room;
	list->count--;
	return item;
}

void rep_fifo_clear(rep_fifo_t *list)
{
	rep_free(list->items);
	*list = (rep_fifo_t){0};
}

void rep_number_mark(rep_pool_t *pool, uint32_t i, uint8_t flag)
{
	rep_number_t *number = rep_number_at(pool, i);

	if(number->flags & flag || atomic_load(&pool->registry->alone))
		return;
	number->flags |= flag;
	rep_fifo_push(flag == REP_DIRTY_CELLS	 ? &pool->dirty_cells
				  : flag == REP_DIRTY_RECORD ? &pool->dirty_records
											 : &pool->dirty_health,
			i);
}
