/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces. */

#include "pieces.h"

#include "rows.h"
#include "slot.h"
#include "strata.h"

static bool alike(const rep_cell_head_t *a, const rep_cell_head_t *b)
{
	return a->bucket == b->bucket && a->piece == b->piece;
}

/* The first cell of a bucket, or of an older one: where it is kept. */
static uint32_t *seek(
		const rep_pool_t *pool, rep_number_t *number, uint32_t bucket)
{
	uint32_t *at = &number->cells;

	while(*at != REP_NONE && rep_cell_at(pool, *at)->bucket > bucket)
		at = &rep_cell_at(pool, *at)->next;
	return at;
}

/* Past the piece that begins at `*at`. */
static uint32_t *piece_end(const rep_pool_t *pool, uint32_t *at)
{
	const rep_cell_head_t *first = rep_cell_at(pool, *at);

	while(*at != REP_NONE && alike(rep_cell_at(pool, *at), first))
		at = &rep_cell_at(pool, *at)->next;
	return at;
}

static bool full(const rep_pool_t *pool, uint32_t ref)
{
	const rep_cell_head_t *first = rep_cell_at(pool, ref), *cell;
	rep_counts_t sum = {{0}};

	for(; ref != REP_NONE; ref = cell->next) {
		cell = rep_cell_at(pool, ref);
		if(!alike(cell, first))
			break;
		if(!rep_stratum_of(pool, cell)->repeat)
			rep_cell_add(pool, ref, &sum);
	}
	return rep_counts_judged(&sum) >= REP_PIECE_CALLS;
}

/* ---- folding ------------------------------------------------------------ */

/* The cell at `*from` into its fellow among the cells from `*at` to it; when
 * it has none, or there is no memory, it becomes one of their piece. Calls that
 * weighed less stay so. Returns where the next cell is kept. */
static uint32_t *fold_cell(
		rep_pool_t *pool, uint32_t i, uint32_t *at, uint32_t *from)
{
	rep_cell_head_t *cell = rep_cell_at(pool, *from), *fellow;
	rep_cell_key_t key = {cell->bucket, cell->stamp, cell->stratum};
	uint8_t piece = rep_cell_at(pool, *at)->piece, weight;
	uint32_t gone = *from;

	while(*at != gone && !rep_cell_is(rep_cell_at(pool, *at), &key))
		at = &rep_cell_at(pool, *at)->next;
	cell->piece = piece;
	if(*at == gone)
		return &cell->next;
	fellow = rep_cell_at(pool, *at);
	weight = cell->weight < fellow->weight ? cell->weight : fellow->weight;
	rep_cell_weigh(pool, i, gone, weight);
	rep_cell_weigh(pool, i, *at, weight);
	if(!rep_cell_absorb(pool, at, gone))
		return &cell->next;
	/* the fellow may have moved, and kept `from` in itself */
	while(*at != gone)
		at = &rep_cell_at(pool, *at)->next;
	*at = cell->next;
	rep_cell_free(pool, gone);
	return at;
}

/* The piece before the one at `*at` in time becomes part of it. */
static void fold_next(rep_pool_t *pool, uint32_t i, uint32_t *at)
{
	uint32_t *from = piece_end(pool, at);
	const rep_cell_head_t *older = rep_cell_at(pool, *from);
	uint32_t bucket = older->bucket;
	uint8_t piece = older->piece;

	while(*from != REP_NONE && rep_cell_at(pool, *from)->bucket == bucket
			&& rep_cell_at(pool, *from)->piece == piece)
		from = fold_cell(pool, i, at, from);
}

/* Of the bucket that begins at `*at`, at most `max` pieces stay. Returns its
 * end. */
static uint32_t *fold_bucket(
		rep_pool_t *pool, uint32_t i, uint32_t *at, unsigned max)
{
	uint32_t bucket = rep_cell_at(pool, *at)->bucket, *end;

	for(; max > 1; max--) {
		end = piece_end(pool, at);
		if(*end == REP_NONE || rep_cell_at(pool, *end)->bucket != bucket)
			return end;
		at = end;
	}
	for(;;) {
		end = piece_end(pool, at);
		if(*end == REP_NONE || rep_cell_at(pool, *end)->bucket != bucket)
			return end;
		fold_next(pool, i, at);
	}
}

void rep_pieces_fold(rep_pool_t *pool, uint32_t i, uint32_t from)
{
	uint32_t *at = seek(pool, rep_number_at(pool, i), from - 1);

	while(*at != REP_NONE)
		at = fold_bucket(pool, i, at, 1);
}

/* ---- counting ----------------------------------------------------------- */

uint32_t *rep_piece_find(
		rep_pool_t *pool, uint32_t i, const rep_cell_key_t *key, bool more)
{
	rep_number_t *number = rep_number_at(pool, i);
	uint32_t *first = seek(pool, number, key->bucket), *at = first;
	uint8_t piece = 0, weight = REP_WEIGHT;
	const rep_cell_head_t *cell, *newest;

	if(*first != REP_NONE && rep_cell_at(pool, *first)->bucket == key->bucket) {
		newest = rep_cell_at(pool, *first);
		more &= first == &number->cells && full(pool, *first);
		piece = (uint8_t)(newest->piece + more);
		for(; *at != REP_NONE; at = &rep_cell_at(pool, *at)->next) {
			cell = rep_cell_at(pool, *at);
			if(!alike(cell, newest))
				break;
			if(!rep_cell_is(cell, key))
				continue;
			if(!more)
				return at;
			weight = cell->weight;
		}
		if(more)
			fold_bucket(pool, i, first, REP_PIECES_MAX - 1);
	}
	if(!rep_cell_put(pool, first, key, piece))
		return NULL;
	rep_cell_at(pool, *first)->weight = weight;
	return first;
}

rep_counts_t rep_pieces_sum(const rep_pool_t *pool, const rep_number_t *number,
		const rep_cell_key_t *key, bool own)
{
	uint32_t ref = *seek(pool, (rep_number_t *)number, key->bucket);
	const rep_cell_head_t *cell;
	rep_counts_t sum = {{0}};

	for(; ref != REP_NONE; ref = cell->next) {
		cell = rep_cell_at(pool, ref);
		if(cell->bucket != key->bucket)
			break;
		for(int o = 0; rep_cell_is(cell, key) && o < REP_OUTCOMES; o++)
			sum.n[o] += rep_cell_get(pool, ref, own, o);
	}
	return sum;
}

bool rep_piece_first(
		const rep_pool_t *pool, const rep_number_t *number, uint32_t ref)
{
	const rep_cell_head_t *cell = rep_cell_at(pool, ref), *other;
	rep_cell_key_t key = {cell->bucket, cell->stamp, cell->stratum};
	uint32_t at = *seek(pool, (rep_number_t *)number, key.bucket);

	for(; at != ref; at = other->next) {
		other = rep_cell_at(pool, at);
		if(rep_cell_is(other, &key))
			return false;
	}
	return true;
}
