/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "heap.h"

#include "mem.h"

#define ARITY 4 /* four children of 16 bytes are one cache line */

static bool before(rep_heap_entry_t a, rep_heap_entry_t b)
{
	return a.key != b.key ? a.key < b.key : a.item < b.item;
}

int rep_heap_reserve(rep_heap_t *heap, uint32_t n)
{
	rep_heap_entry_t *entries;
	uint32_t room = heap->room ? heap->room : 16;

	if(n <= heap->room)
		return 0;
	while(room < n)
		room *= 2;
	entries = rep_alloc(room * sizeof(*entries));
	if(!entries)
		return -1;
	if(heap->count)
		memcpy(entries, heap->entries, heap->count * sizeof(*entries));
	rep_free(heap->entries);
	heap->entries = entries;
	heap->room = room;
	return 0;
}

void rep_heap_clear(rep_heap_t *heap)
{
	rep_free(heap->entries);
	*heap = (rep_heap_t){0};
}

static void sift_down(rep_heap_t *heap, rep_heap_entry_t e)
{
	uint32_t at = 0;

	for(;;) {
		uint32_t first = at * ARITY + 1, best = first;
		if(first >= heap->count)
			break;
		for(uint32_t c = first + 1; c < first + ARITY && c < heap->count; c++)
			if(before(heap->entries[c], heap->entries[best]))
				best = c;
		if(!before(heap->entries[best], e))
			break;
		heap->entries[at] = heap->entries[best];
		at = best;
	}
	heap->entries[at] = e;
}

int rep_heap_push(rep_heap_t *heap, uint64_t key, uint32_t item)
{
	rep_heap_entry_t e = {key, item};
	uint32_t at = heap->count;

	if(at == UINT32_MAX || rep_heap_reserve(heap, at + 1) < 0)
		return -1;
	heap->count++;
	while(at > 0) {
		uint32_t up = (at - 1) / ARITY;
		if(!before(e, heap->entries[up]))
			break;
		heap->entries[at] = heap->entries[up];
		at = up;
	}
	heap->entries[at] = e;
	return 0;
}

void rep_heap_pop(rep_heap_t *heap)
{
	rep_heap_entry_t last = heap->entries[--heap->count];

	if(heap->count)
		sift_down(heap, last);
}

void rep_heap_retop(rep_heap_t *heap, uint64_t key)
{
	sift_down(heap, (rep_heap_entry_t){key, heap->entries[0].item});
}
