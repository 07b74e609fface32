/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "pull.h"

#include "say.h"
#include "log.h"
#include "writer.h"
#include "../formats/cell.h"
#include "../formats/counts.h"

#define REPLAYED 20000 /* counts a step */

static void hand_over(rep_store_t *store, rep_store_pool_t *pool,
		rep_cell_t *cell, rep_span_t own)
{
	rep_mirror_others(&pool->mirror, cell, own);
	rep_pool_put_others(store->registry, pool->index, cell, store->clock());
}

bool rep_pull_count(rep_store_t *store, rep_store_pool_t *pool, uint32_t bucket,
		rep_span_t field, rep_span_t text)
{
	char own[REP_WRITER_MAX + 1];
	rep_span_t writer;
	rep_cell_t cell;
	bool ours;

	if(!rep_unpack_field(field, &cell, &writer)
			|| !rep_unpack_counts(text, &cell.counts) || cell.stamp > UINT16_MAX
			|| writer.len == 0 || writer.len > REP_WRITER_MAX)
		return false;
	cell.bucket = bucket;
	rep_writer_of(store, pool, cell.number, own);
	ours = rep_span_is(writer, own);
	if(rep_mirror_read(&pool->mirror, &cell, writer, ours) == REP_MERGED_GREW
			&& pool->loaded)
		hand_over(store, pool, &cell, rep_span(own));
	return true;
}

bool rep_pull_again(rep_store_t *store, rep_store_pool_t *pool)
{
	rep_mirror_t *mirror = &pool->mirror;
	size_t left = REPLAYED;

	if(!pool->replay || !pool->loaded)
		return false;
	/* oldest first: a cell is soonest put where a number's newest is */
	while(pool->replayed < mirror->n && left > 0) {
		rep_mirror_ref_t ref = {mirror->bucket[pool->replayed++], 0};
		for(; ref.at < ref.bucket->n; ref.at++) {
			char own[REP_WRITER_MAX + 1];
			rep_span_t writer;
			rep_cell_t cell;

			rep_mirror_get(mirror, &ref, &cell, &writer);
			rep_writer_of(store, pool, cell.number, own);
			hand_over(store, pool, &cell, rep_span(own));
			left -= left > 0;
		}
	}
	pool->replay = pool->replayed < mirror->n;
	if(!pool->replay)
		pool->replayed = 0;
	return pool->replay;
}
