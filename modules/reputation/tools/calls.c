/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "calls.h"

#include <stdlib.h>

#include "../engine/base/text.h"
#include "../engine/reply/e164.h"
#include "../engine/reply/outcome.h"

#define KEY_MAX (REP_E164_MAX + 12)
#define SAME_ATTEMPT 1000 /* ms between two records of one */

/* Room for one more, half as much again each time. */
static bool grow(void **array, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room + *room / 2 : 4096;
	void *grown;

	if(n < *room)
		return true;
	grown = realloc(*array, more * size);
	if(!grown)
		return false;
	*array = grown;
	*room = more;
	return true;
}

/* ---- names -------------------------------------------------------------- */

static uint32_t *name_slot(const replay_names_t *names, rep_span_t text)
{
	uint32_t mask = names->room - 1, i = (uint32_t)rep_hash(text) & mask;

	while(names->slots[i]
			&& !rep_span_is(text, names->text[names->slots[i] - 1]))
		i = (i + 1) & mask;
	return &names->slots[i];
}

static bool grow_names(replay_names_t *names)
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
		*name_slot(names, rep_span(names->text[i])) = i + 1;
	return true;
}

uint32_t replay_name_find(const replay_names_t *names, rep_span_t text)
{
	/* an empty slot holds 0 and gives REPLAY_NO_NAME */
	return names->room ? *name_slot(names, text) - 1 : REPLAY_NO_NAME;
}

uint32_t replay_name_put(replay_names_t *names, rep_span_t text, uint32_t max)
{
	uint32_t *slot = NULL;
	char *copy;

	if(names->room) {
		slot = name_slot(names, text);
		if(*slot)
			return *slot - 1;
	}
	if(names->n >= max)
		return REPLAY_NO_NAME;
	if(names->n * 2 >= names->room) {
		if(!grow_names(names))
			return REPLAY_NO_NAME;
		slot = name_slot(names, text);
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

/* ---- numbers ------------------------------------------------------------ */

/* The name that a pool's number goes by: the number, and the pool's digits in
 * any order that is always the same. */
static rep_span_t key_of(uint32_t pool, rep_e164_t e164, char out[KEY_MAX])
{
	size_t n = rep_e164_print(e164, out);

	for(out[n++] = '/'; pool; pool /= 10)
		out[n++] = (char)('0' + pool % 10);
	return (rep_span_t){out, n};
}

uint32_t replay_number_find(
		const replay_calls_t *calls, uint32_t pool, rep_e164_t e164)
{
	char key[KEY_MAX];

	return replay_name_find(&calls->numbers, key_of(pool, e164, key));
}

uint32_t replay_number_put(
		replay_calls_t *calls, uint32_t pool, rep_e164_t e164)
{
	char key[KEY_MAX];
	uint32_t i;

	if(!grow((void **)&calls->number, calls->n_numbers, &calls->number_room,
			   sizeof(*calls->number)))
		return REPLAY_NO_NAME;
	i = replay_name_put(
			&calls->numbers, key_of(pool, e164, key), REPLAY_NO_NAME);
	if(i == calls->n_numbers)
		calls->number[calls->n_numbers++] = (replay_number_t){e164, pool};
	return i;
}

/* ---- calls -------------------------------------------------------------- */

bool replay_call_add(replay_calls_t *calls, const replay_call_t *call)
{
	if((calls->max && calls->n >= calls->max)
			|| !grow((void **)&calls->call, calls->n, &calls->room,
					sizeof(*call)))
		return false;
	calls->call[calls->n++] = *call;
	return true;
}

void replay_calls_drop(replay_calls_t *calls)
{
	size_t kept = 0;

	for(size_t i = 0; i < calls->n; i++)
		if(calls->call[i].outcome < REP_OUTCOMES)
			calls->call[kept++] = calls->call[i];
	calls->n = kept;
}

void replay_calls_free(replay_calls_t *calls)
{
	free(calls->call);
	free(calls->number);
	replay_names_free(&calls->numbers);
	replay_names_free(&calls->pools);
	replay_names_free(&calls->routes);
	replay_names_free(&calls->campaigns);
	replay_names_free(&calls->networks);
	*calls = (replay_calls_t){0};
}

/* ---- order: a natural merge sort ---------------------------------------- */

/* Where the ordered run that begins at `from` ends. */
static size_t run_end(const replay_call_t *call, size_t from, size_t n)
{
	size_t i = from + 1;

	while(i < n && call[i - 1].at <= call[i].at)
		i++;
	return i < n ? i : n;
}

static void merge(replay_call_t *to, const replay_call_t *a, size_t n_a,
		const replay_call_t *b, size_t n_b)
{
	while(n_a && n_b) {
		if(b->at < a->at) {
			*to++ = *b++;
			n_b--;
		} else {
			*to++ = *a++;
			n_a--;
		}
	}
	memcpy(to, n_a ? a : b, (n_a + n_b) * sizeof(*to));
}

/* Merge runs two by two; returns how many pairs there were. */
static size_t merge_pass(const replay_call_t *from, replay_call_t *to, size_t n)
{
	size_t at = 0, pairs = 0;

	while(at < n) {
		size_t middle = run_end(from, at, n);
		size_t end = middle < n ? run_end(from, middle, n) : n;

		merge(to + at, from + at, middle - at, from + middle, end - middle);
		pairs++;
		at = end;
	}
	return pairs;
}

bool replay_calls_sort(replay_calls_t *calls, bool *moved)
{
	replay_call_t *from = calls->call, *to, *swap;
	size_t pairs;

	*moved = calls->n && run_end(from, 0, calls->n) < calls->n;
	if(!*moved)
		return true;
	to = malloc(calls->n * sizeof(*to));
	if(!to)
		return false;
	do {
		pairs = merge_pass(from, to, calls->n);
		swap = from;
		from = to;
		to = swap;
	} while(pairs > 1);
	free(to);
	calls->call = from;
	calls->room = calls->n;
	return true;
}

/* ---- records of one call ------------------------------------------------ */

bool replay_half_add(replay_pairs_t *pairs, const replay_half_t *half)
{
	if(!grow((void **)&pairs->half, pairs->n, &pairs->room, sizeof(*half)))
		return false;
	pairs->half[pairs->n++] = *half;
	return true;
}

/* By Call-ID, time, and place in the log; a BYE after its INVITE. */
static int compare(const void *left, const void *right)
{
	const replay_half_t *a = left, *b = right;

	if(a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if(a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->call < b->call ? -1 : a->call > b->call;
}

static bool same_attempt(const replay_call_t *a, const replay_call_t *b)
{
	return a->number == b->number && a->route == b->route
		   && a->outcome == b->outcome && b->at - a->at <= SAME_ATTEMPT;
}

static void end(
		replay_call_t *call, const replay_half_t *bye, rep_time_t short_ms)
{
	if(call->outcome != REP_ANSWERED && call->outcome != REP_SHORT)
		return;
	if(bye->unwanted)
		call->outcome = REP_UNWANTED;
	else if(short_ms && bye->at - call->at <= short_ms)
		call->outcome = REP_SHORT;
}

size_t replay_pairs_join(
		replay_pairs_t *pairs, replay_calls_t *calls, rep_time_t short_ms)
{
	replay_call_t *last = NULL;
	bool ended = false;
	size_t dropped = 0;

	if(pairs->n)
		qsort(pairs->half, pairs->n, sizeof(*pairs->half), compare);
	for(size_t i = 0; i < pairs->n; i++) {
		const replay_half_t *half = &pairs->half[i];

		if(i == 0 || half[-1].hash != half->hash)
			last = NULL;
		if(half->call == REPLAY_BYE) {
			if(last && !ended)
				end(last, half, short_ms);
			ended = true;
			continue;
		}
		if(last && !ended && same_attempt(last, &calls->call[half->call])) {
			calls->call[half->call].outcome = REP_OUTCOMES;
			dropped++;
			continue;
		}
		last = &calls->call[half->call];
		ended = false;
	}
	free(pairs->half);
	*pairs = (replay_pairs_t){0};
	return dropped;
}
