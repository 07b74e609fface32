/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "names.h"

#include <stdlib.h>

#include "../engine/base/text.h"

static uint32_t *slot_of(const replay_names_t *names, rep_span_t text)
{
	uint32_t mask = names->room - 1, i = (uint32_t)rep_hash(text) & mask;

	while(names->slots[i]
			&& !rep_span_is(text, names->text[names->slots[i] - 1]))
		i = (i + 1) & mask;
	return &names->slots[i];
}

static bool grow(replay_names_t *names)
{
	uint32_t room = names->room ? names->room * 2 : 64;
	char **text = realloc(names->text, room * sizeof(*text));
	uint32_t *slots = calloc(room, sizeof(*slots));

	if(text)
		names->text = text;
	if(!text || !slots) {
		free(slots);
		return false;
	}
	free(names->slots);
	names->slots = slots;
	names->room = room;
	for(uint32_t i = 0; i < names->n; i++)
		*slot_of(names, rep_span(names->text[i])) = i + 1;
	return true;
}

uint32_t replay_name_find(const replay_names_t *names, rep_span_t text)
{
	/* an empty slot holds 0 and gives REPLAY_NO_NAME */
	return names->room ? *slot_of(names, text) - 1 : REPLAY_NO_NAME;
}

uint32_t replay_name_put(replay_names_t *names, rep_span_t text, uint32_t max)
{
	uint32_t *slot = NULL;
	char *copy;

	if(names->room) {
		slot = slot_of(names, text);
		if(*slot)
			return *slot - 1;
	}
	if(names->n >= max)
		return REPLAY_NO_NAME;
	if(names->n * 2 >= names->room) {
		if(!grow(names))
			return REPLAY_NO_NAME;
		slot = slot_of(names, text);
	}
	copy = malloc(text.len + 1);
	if(!copy)
		return REPLAY_NO_NAME;
	if(text.len)
		memcpy(copy, text.s, text.len);
	copy[text.len] = '\0';
	names->text[names->n] = copy;
	*slot = ++names->n;
	return names->n - 1;
}

void replay_names_free(replay_names_t *names)
{
	for(uint32_t i = 0; i < names->n; i++)
		free(names->text[i]);
	free(names->text);
	free(names->slots);
	*names = (replay_names_t){0};
}
