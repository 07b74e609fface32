/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lives.h"

#include <stdlib.h>

/* 15 digits take 50 bits, 1024 pools ten; never 0, as no number is 0. */
static uint64_t key_of(int pool, rep_e164_t number)
{
	return number << 10 | (uint64_t)(pool & 1023);
}

static struct rep_life *find(const rep_lives_t *lives, uint64_t key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (lives->size - 1);

	while(lives->slot[i].key && lives->slot[i].key != key)
		i = (i + 1) & (lives->size - 1);
	return &lives->slot[i];
}

uint32_t rep_lives_get(const rep_lives_t *lives, int pool, rep_e164_t number)
{
	return lives->used ? find(lives, key_of(pool, number))->life : 0;
}

static bool grow(rep_lives_t *lives)
{
	rep_lives_t bigger = {.size = lives->size ? lives->size * 2 : 64};

	bigger.slot = calloc(bigger.size, sizeof(*bigger.slot));
	if(!bigger.slot)
		return false;
	for(size_t i = 0; i < lives->size; i++)
		if(lives->slot[i].key)
			*find(&bigger, lives->slot[i].key) = lives->slot[i];
	bigger.used = lives->used;
	free(lives->slot);
	*lives = bigger;
	return true;
}

bool rep_lives_add(rep_lives_t *lives, int pool, rep_e164_t number)
{
	uint64_t key = key_of(pool, number);
	struct rep_life *life;

	if(lives->used * 2 >= lives->size && !grow(lives))
		return false;
	life = find(lives, key);
	if(!life->key) {
		life->key = key;
		lives->used++;
	}
	life->life++;
	return true;
}

void rep_lives_free(rep_lives_t *lives)
{
	free(lives->slot);
	*lives = (rep_lives_t){0};
}
