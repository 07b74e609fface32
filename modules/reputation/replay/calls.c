/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "calls.h"

#include <stdlib.h>

#include "../engine/reply/outcome.h"

/* ---- numbers ------------------------------------------------------------ */

static uint32_t slot_of(
		const replay_calls_t *calls, uint32_t pool, rep_e164_t e164)
{
	uint64_t hash = (e164 * 1024 + pool) * UINT64_C(0x9E3779B97F4A7C15);
	uint32_t mask = calls->n_slots - 1, i = (uint32_t)(hash >> 32) & mask;

	while(calls->slots[i]) {
		const replay_number_t *known = &calls->number[calls->slots[i] - 1];
		if(known->e164 == e164 && known->pool == pool)
			break;
		i = (i + 1) & mask;
	}
	return i;
}

uint32_t replay_number_find(
		const replay_calls_t *calls, uint32_t pool, rep_e164_t e164)
{
	/* an empty slot holds 0 and gives UINT32_MAX */
	return calls->n_slots ? calls->slots[slot_of(calls, pool, e164)] - 1
						  : UINT32_MAX;
}

static bool grow_slots(replay_calls_t *calls)
{
	uint32_t n = calls->n_slots ? calls->n_slots * 2 : 1024;
	uint32_t *slots = calloc(n, sizeof(*slots));

	if(!slots)
		return false;
	free(calls->slots);
	calls->slots = slots;
	calls->n_slots = n;
	for(uint32_t i = 0; i < calls->n_numbers; i++)
		slots[slot_of(calls, calls->number[i].pool, calls->number[i].e164)] =
				i + 1;
	return true;
}

static bool grow_numbers(replay_calls_t *calls)
{
	uint32_t room = calls->number_room ? calls->number_room * 2 : 512;
	replay_number_t *number = realloc(calls->number, room * sizeof(*number));

	if(!number)
		return false;
	calls->number = number;
	calls->number_room = room;
	return true;
}

uint32_t replay_number_put(
		replay_calls_t *calls, uint32_t pool, rep_e164_t e164)
{
	uint32_t known = replay_number_find(calls, pool, e164);

	if(known != UINT32_MAX)
		return known;
	if(calls->n_numbers == calls->number_room && !grow_numbers(calls))
		return UINT32_MAX;
	if(calls->n_numbers * 2 >= calls->n_slots && !grow_slots(calls))
		return UINT32_MAX;
	calls->number[calls->n_numbers] = (replay_number_t){e164, pool};
	calls->slots[slot_of(calls, pool, e164)] = calls->n_numbers + 1;
	return calls->n_numbers++;
}

/* ---- calls -------------------------------------------------------------- */

bool replay_call_add(replay_calls_t *calls, const replay_call_t *call)
{
	if(calls->max && calls->n >= calls->max)
		return false;
	if(calls->n == calls->room) {
		size_t room = calls->room ? calls->room + calls->room / 2 : 4096;
		replay_call_t *grown = realloc(calls->call, room * sizeof(*grown));

		if(!grown)
			return false;
		calls->call = grown;
		calls->room = room;
	}
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
	free(calls->slots);
	replay_names_free(&calls->pools);
	replay_names_free(&calls->routes);
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

	*moved = calls->n && run_end(from, 0, calls->n) < calls->n;
	if(!*moved)
		return true;
	to = malloc(calls->n * sizeof(*to));
	if(!to)
		return false;
	do {
		size_t pairs = merge_pass(from, to, calls->n);

		swap = from;
		from = to;
		to = swap;
		if(pairs == 1)
			break;
	} while(true);
	free(to);
	calls->call = from;
	calls->room = calls->n;
	return true;
}
