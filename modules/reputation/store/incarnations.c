/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "incarnations.h"

#include <stdlib.h>

/* 15 digits take 50 bits, 1024 pools ten; never 0, as no number is 0. */
static uint64_t key_of(int pool, rep_e164_t number)
{
	return number << 10 | (uint64_t)(pool & 1023);
}

static struct rep_incarnation *find(
		const rep_incarnations_t *incarnations, uint64_t key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 20)
			   & (incarnations->size - 1);

	while(incarnations->slot[i].key && incarnations->slot[i].key != key)
		i = (i + 1) & (incarnations->size - 1);
	return &incarnations->slot[i];
}

uint32_t rep_incarnations_get(
		const rep_incarnations_t *incarnations, int pool, rep_e164_t number)
{
	return incarnations->used ? find(incarnations, key_of(pool, number))->life
							  : 0;
}

static bool grow(rep_incarnations_t *incarnations)
{
	rep_incarnations_t bigger = {
			.size = incarnations->size ? incarnations->size * 2 : 64};

	bigger.slot = calloc(bigger.size, sizeof(*bigger.slot));
	if(!bigger.slot)
		return false;
	for(size_t i = 0; i < incarnations->size; i++)
		if(incarnations->slot[i].key)
			*find(&bigger, incarnations->slot[i].key) = incarnations->slot[i];
	bigger.used = incarnations->used;
	free(incarnations->slot);
	*incarnations = bigger;
	return true;
}

bool rep_incarnations_add(
		rep_incarnations_t *incarnations, int pool, rep_e164_t number)
{
	uint64_t key = key_of(pool, number);
	struct rep_incarnation *life;

	if(incarnations->used * 2 >= incarnations->size && !grow(incarnations))
		return false;
	life = find(incarnations, key);
	if(!life->key) {
		life->key = key;
		incarnations->used++;
	}
	life->life++;
	return true;
}

void rep_incarnations_free(rep_incarnations_t *incarnations)
{
	free(incarnations->slot);
	*incarnations = (rep_incarnations_t){0};
}
