/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "slab.h"

#include "mem.h"

void rep_slab_init(rep_slab_t *slab, size_t size)
{
	*slab = (rep_slab_t){.size = size, .free = REP_SLAB_NONE};
}

void rep_slab_clear(rep_slab_t *slab)
{
	for(uint32_t i = 0; i < slab->n_chunks; i++)
		rep_free(slab->chunks[i]);
	rep_free(slab->chunks);
	rep_slab_init(slab, slab->size);
}

static int make_room(rep_slab_t *slab)
{
	uint32_t room = slab->room ? slab->room * 2 : 8;
	char **chunks;

	if(slab->n_chunks < slab->room)
		return 0;
	chunks = rep_alloc(room * sizeof(*chunks));
	if(!chunks)
		return -1;
	if(slab->n_chunks)
		memcpy(chunks, slab->chunks, slab->n_chunks * sizeof(*chunks));
	rep_free(slab->chunks);
	slab->chunks = chunks;
	slab->room = room;
	return 0;
}

int rep_slab_grow(rep_slab_t *slab)
{
	uint32_t first = rep_slab_count(slab);
	char *chunk;

	if(make_room(slab) < 0)
		return -1;
	chunk = rep_alloc((size_t)slab->size * REP_SLAB_CHUNK);
	if(!chunk)
		return -1;
	memset(chunk, 0, (size_t)slab->size * REP_SLAB_CHUNK);
	slab->chunks[slab->n_chunks++] = chunk;
	for(uint32_t i = REP_SLAB_CHUNK; i-- > 0;)
		rep_slab_free(slab, first + i);
	return 0;
}

uint32_t rep_slab_alloc(rep_slab_t *slab)
{
	uint32_t index;
	char *item;

	if(slab->free == REP_SLAB_NONE && rep_slab_grow(slab) < 0)
		return REP_SLAB_NONE;
	index = slab->free;
	item = rep_slab_at(slab, index);
	memcpy(&slab->free, item, sizeof(slab->free));
	memset(item, 0, slab->size);
	slab->spare--;
	return index;
}

void rep_slab_free(rep_slab_t *slab, uint32_t index)
{
	memcpy(rep_slab_at(slab, index), &slab->free, sizeof(slab->free));
	slab->free = index;
	slab->spare++;
}
