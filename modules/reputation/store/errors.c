/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Malformed values. */

#include "errors.h"

#include <stdio.h>
#include <stdlib.h>

#include "log.h"
#include "say.h"
#include "../engine/base/text.h"

#define NOTES 4096 /* slots; at most half of them are used */
#define AGE_MS 30000
#define LINES_A_ROUND 10 /* logged; the rest of a broken load is counted */

struct rep_note
{
	uint64_t id, key;
	uint32_t round;
};

static uint64_t mix(uint64_t h, rep_span_t text)
{
	return (h ^ rep_hash(text)) * 0x9e3779b97f4a7c15u;
}

static struct rep_note *slot_of(struct rep_note *notes, uint64_t id)
{
	size_t i = (size_t)(id >> 32) & (NOTES - 1);

	while(notes[i].id && notes[i].id != id)
		i = (i + 1) & (NOTES - 1);
	return &notes[i];
}

/* 1 when this was not known yet, 0 when it was, -1 when it cannot be
 * remembered. */
static int note(rep_store_t *store, uint64_t id, const rep_round_t *round)
{
	struct rep_note *n;

	if(!store->notes)
		store->notes = calloc(NOTES, sizeof(*store->notes));
	if(!store->notes)
		return -1;
	n = slot_of(store->notes, id);
	if(n->id) {
		n->round = round ? round->number : 0;
		return 0;
	}
	if(store->n_notes >= NOTES / 2)
		return -1;
	*n = (struct rep_note){
			id, round ? round->key : 0, round ? round->number : 0};
	store->n_notes++;
	return 1;
}

/* Drop the notes on this key that the round did not find again. */
static void forget(rep_store_t *store, const rep_round_t *round)
{
	struct rep_note *old = store->notes;

	if(!old || store->n_notes == 0)
		return;
	store->notes = calloc(NOTES, sizeof(*old));
	if(!store->notes) {
		store->notes = old;
		return;
	}
	store->n_notes = 0;
	for(size_t i = 0; i < NOTES; i++)
		if(old[i].id
				&& (old[i].key != round->key
						|| old[i].round == round->number)) {
			*slot_of(store->notes, old[i].id) = old[i];
			store->n_notes++;
		}
	free(old);
}

/* As it is shown: cut, and without control characters. */
static void set_text(char *out, size_t size, rep_span_t text)
{
	size_t n = text.len < size - 1 ? text.len : size - 1;

	if(n)
		memcpy(out, text.s, n);
	out[n] = '\0';
	for(size_t i = 0; i < n; i++)
		if((unsigned char)out[i] < 0x20 || out[i] == 0x7f)
			out[i] = '?';
}

/* An entry for (key, field): the one there is, a free one, or the oldest. */
static rep_store_error_t *entry_of(
		rep_store_status_t *s, const rep_store_error_t *wanted)
{
	rep_store_error_t *oldest = &s->errors[0];

	for(uint32_t i = 0; i < s->n_errors; i++) {
		rep_store_error_t *e = &s->errors[i];

		if(strcmp(e->key, wanted->key) == 0
				&& strcmp(e->field, wanted->field) == 0)
			return e;
		if(e->at < oldest->at)
			oldest = e;
	}
	if(s->n_errors < REP_STORE_ERRORS)
		oldest = &s->errors[s->n_errors++];
	memset(oldest, 0, sizeof(*oldest));
	return oldest;
}

static void list_error(rep_store_t *store, rep_store_error_t *error)
{
	rep_store_status_t *s = store->status;
	rep_store_error_t *e;

	error->at = error->last = store->clock();
	rep_lock(&s->lock);
	e = entry_of(s, error);
	if(strcmp(e->sentence, error->sentence) == 0) {
		error->at = e->at;
		error->count = e->count;
	}
	error->count++;
	*e = *error;
	rep_unlock(&s->lock);
}

static void unlist(
		rep_store_t *store, const rep_round_t *round, const char *key)
{
	rep_store_status_t *s = store->status;
	uint32_t n = 0;

	rep_lock(&s->lock);
	for(uint32_t i = 0; i < s->n_errors; i++) {
		const rep_store_error_t *e = &s->errors[i];

		if(e->round == round->number
				|| (e->reading != round->key
						&& strncmp(e->key, key, sizeof(e->key) - 1) != 0))
			s->errors[n++] = *e;
	}
	s->n_errors = n;
	rep_unlock(&s->lock);
}

void rep_round_begin(rep_store_t *store, rep_round_t *round, const char *key)
{
	round->key = rep_hash(rep_span(key));
	round->number = ++store->rounds;
	round->told = round->untold = 0;
}

void rep_round_end(rep_store_t *store, rep_round_t *round, const char *key)
{
	forget(store, round);
	unlist(store, round, key);
	if(round->untold && round->untold != round->untold_before)
		rep_say(store, REP_LOG_ERR, "%s: %u more malformed values", key,
				round->untold);
	round->untold_before = round->untold;
}

void rep_errors_age(rep_store_t *store)
{
	const rep_round_t none = {.key = 0, .number = UINT32_MAX};
	rep_store_status_t *s = store->status;
	rep_time_t now = store->clock();
	uint32_t n = 0, before;

	rep_lock(&s->lock);
	before = s->n_errors;
	for(uint32_t i = 0; i < before; i++) {
		rep_store_error_t *e = &s->errors[i];

		if(e->last > now) /* the clock was set back */
			e->last = now;
		if(e->round || now - e->last < AGE_MS)
			s->errors[n++] = *e;
	}
	s->n_errors = n;
	rep_unlock(&s->lock);
	if(n < before)
		forget(store, &none);
}

static void add(rep_store_t *store, rep_round_t *round, const char *key,
		rep_span_t field, const char *sentence, const char *then)
{
	rep_store_error_t e = {.round = round ? round->number : 0,
			.reading = round ? round->key : 0};
	uint64_t id = mix(mix(mix(0, rep_span(key)), field), rep_span(sentence));
	int new = note(store, id ? id : 1, round);

	set_text(e.key, sizeof(e.key), rep_span(key));
	set_text(e.field, sizeof(e.field), field);
	set_text(e.sentence, sizeof(e.sentence), rep_span(sentence));
	list_error(store, &e);
	if(new < 0 || (new > 0 && round && round->told >= LINES_A_ROUND)) {
		if(round)
			round->untold++;
		return;
	}
	if(new == 0)
		return;
	if(round)
		round->told++;
	rep_say(store, REP_LOG_ERR, "%s%s%s: %s%s", e.key, e.field[0] ? " " : "",
			e.field, e.sentence, then);
}

void rep_error_add(rep_store_t *store, rep_round_t *round, const char *key,
		rep_span_t field, const char *sentence)
{
	add(store, round, key, field, sentence, "");
}

void rep_error_refused(rep_store_t *store, rep_round_t *round, const char *key,
		rep_span_t field, const char *sentence)
{
	add(store, round, key, field, sentence, "; a good value from before stays");
}
