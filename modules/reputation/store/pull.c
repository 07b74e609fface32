/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "pull.h"

#include "say.h"
#include "log.h"
#include "writer.h"
#include "../formats/cell.h"
#include "../formats/counts.h"

#define REPLAYED 20000 /* counts a step */

/* The first `n` of those heard. */
static void hand_over(
		rep_store_t *store, const rep_store_pool_t *pool, size_t n)
{
	rep_pool_put_others(
			store->registry, pool->index, store->heard, n, store->clock());
}

bool rep_pull_count(rep_store_t *store, rep_store_pool_t *pool, uint32_t bucket,
		rep_span_t field, rep_span_t text)
{
	rep_cell_t *cell = &store->heard[store->n_heard];
	rep_span_t *writer = &store->heard_of[store->n_heard];

	if(!rep_unpack_field(field, cell, writer)
			|| !rep_unpack_counts(text, &cell->counts)
			|| cell->stamp > UINT16_MAX || writer->len == 0
			|| writer->len > REP_WRITER_MAX)
		return false;
	cell->bucket = bucket;
	if(++store->n_heard == REP_HEARD)
		rep_pull_done(store, pool);
	return true;
}

void rep_pull_done(rep_store_t *store, rep_store_pool_t *pool)
{
	char own[REP_WRITER_MAX + 1];
	size_t n = 0;

	rep_mirror_expect(&pool->mirror, store->heard, store->n_heard);
	for(size_t i = 0; i < store->n_heard; i++) {
		rep_cell_t *cell = &store->heard[i];
		bool ours;

		rep_writer_of(store, pool, cell->number, own);
		ours = rep_span_is(store->heard_of[i], own);
		if(rep_mirror_read(&pool->mirror, cell, store->heard_of[i], ours)
						!= REP_MERGED_GREW
				|| !pool->loaded)
			continue;
		rep_mirror_others(&pool->mirror, cell, rep_span(own));
		if(n != i)
			store->heard[n] = *cell;
		n++;
	}
	hand_over(store, pool, n);
	store->n_heard = 0;
}

bool rep_pull_again(rep_store_t *store, rep_store_pool_t *pool)
{
	rep_mirror_t *mirror = &pool->mirror;
	size_t left = REPLAYED, n = 0;

	if(!pool->replay || !pool->loaded)
		return false;
	/* oldest first: a cell is soonest put where a number's newest is */
	while(pool->replayed < mirror->n && left > 0) {
		rep_mirror_ref_t ref = {mirror->bucket[pool->replayed++], 0};
		for(; ref.at < ref.bucket->n; ref.at++) {
			char own[REP_WRITER_MAX + 1];
			rep_cell_t *cell = &store->heard[n];
			rep_span_t writer;

			rep_mirror_get(mirror, &ref, cell, &writer);
			rep_writer_of(store, pool, cell->number, own);
			rep_mirror_others(mirror, cell, rep_span(own));
			if(++n == REP_HEARD) {
				hand_over(store, pool, n);
				n = 0;
			}
			left -= left > 0;
		}
	}
	hand_over(store, pool, n);
	pool->replay = pool->replayed < mirror->n;
	if(!pool->replay)
		pool->replayed = 0;
	return pool->replay;
}
