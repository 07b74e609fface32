/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two passes over the numbers: the first adds up what each block shows, the
 * second what the numbers outside all suspect blocks show. */

#include "survey.h"

#include "blocks.h"
#include "slot.h"
#include "verdict.h"
#include "../judge/block.h"
#include "../judge/bucket.h"

#define SURVEY_EVERY REP_MINUTE
#define SLICE 1024 /* numbers under one hold of the lock, */
#define SLICES 8   /* and holds of it in one call */
#define ROOM_LEAST 64u
#define ROOM_MOST 65536u /* a power of two; 5 MB, for a minute at most */

typedef struct entry
{
	uint64_t key;	 /* 0 = free */
	uint32_t member; /* one of its numbers */
	uint8_t suspect; /* charts, as bits */
	rep_block_t block;
} entry_t;

struct rep_survey
{
	bool second; /* pass */
	bool found;	 /* blocks[n_blocks] is the pool's next, if it is apart */
	uint32_t next;
	uint32_t numbers; /* that speak */
	uint32_t benched[REP_BLOCKS_MAX];
	rep_block_t rest;
	uint32_t room, n;
	entry_t *entries;
};

/* ---- the table ----------------------------------------------------------- */

static entry_t *slot_of(const struct rep_survey *survey, uint64_t key)
{
	uint64_t at = key * UINT64_C(0x9E3779B97F4A7C15) >> 32;

	for(;; at++) {
		entry_t *entry = &survey->entries[at & (survey->room - 1)];
		if(entry->key == key || entry->key == 0)
			return entry;
	}
}

static entry_t *find(const struct rep_survey *survey, uint64_t key)
{
	entry_t *entry = key ? slot_of(survey, key) : NULL;

	return entry && entry->key ? entry : NULL;
}

static bool make_room(struct rep_survey *survey, uint32_t room)
{
	struct rep_survey old = *survey;
	entry_t *entries;

	if(room > ROOM_MOST)
		return false;
	entries = rep_alloc(room * sizeof(*entries));
	if(!entries)
		return false;
	memset(entries, 0, room * sizeof(*entries));
	survey->entries = entries;
	survey->room = room;
	for(uint32_t i = 0; i < old.room; i++)
		if(old.entries[i].key)
			*slot_of(survey, old.entries[i].key) = old.entries[i];
	rep_free(old.entries);
	return true;
}

/* Blocks for which there is no room are not looked at. */
static void add_to(struct rep_survey *survey, uint64_t key, uint32_t member,
		const float s[REP_CHARTS])
{
	entry_t *entry = slot_of(survey, key);

	if(!entry->key) {
		if(survey->n >= survey->room / 4 * 3) {
			if(!make_room(survey, survey->room * 2))
				return;
			entry = slot_of(survey, key);
		}
		survey->n++;
		entry->key = key;
		entry->member = member;
	}
	rep_block_add(&entry->block, s);
}

/* ---- first pass ---------------------------------------------------------- */

static bool speaks(const rep_number_t *number)
{
	return (number->flags & REP_LIVE) && number->status == REP_ACTIVE
		   && number->verdict.state == REP_ACTIVE && number->cells != REP_NONE;
}

static bool shows(const rep_pool_t *pool, const float s[REP_CHARTS], int chart)
{
	return s[chart] >= rep_block_threshold(pool->baseline.threshold[chart]);
}

static bool is_bad(const rep_pool_t *pool, uint64_t key)
{
	for(uint32_t b = 0; b < pool->n_blocks; b++)
		if(pool->blocks[b].bad && pool->blocks[b].key == key)
			return true;
	return false;
}

/* Members of a bad block that show it are judged now, with what their block
 * shows, and count for no other block. */
static void tally(
		rep_pool_t *pool, struct rep_survey *survey, uint32_t i, rep_time_t now)
{
	const rep_number_t *number = rep_number_at(pool, i);
	float s[REP_CHARTS];
	rep_keys_t keys;
	uint8_t charts;

	if(!speaks(number))
		return;
	charts = rep_block_charts(pool, number);
	rep_block_statistics(number, s);
	for(int c = 0; c < REP_CHARTS; c++)
		if((charts >> c & 1) && shows(pool, s, c)) {
			rep_verdict_judge(pool, i, now);
			if(!speaks(number))
				return;
			rep_block_statistics(number, s);
		}
	survey->numbers++;
	rep_block_keys(number, &keys);
	for(unsigned k = 0; k < keys.n; k++)
		if(!charts || is_bad(pool, keys.key[k]))
			add_to(survey, keys.key[k], i, s);
}

static bool is_known(const rep_pool_t *pool, uint64_t key, int chart)
{
	for(uint32_t b = 0; b < pool->n_blocks; b++)
		if(pool->blocks[b].key == key && pool->blocks[b].chart == chart)
			return true;
	return false;
}

/* What nearly all numbers share sets no block apart. */
static void suspect(struct rep_survey *survey, entry_t *entry)
{
	if(entry->block.numbers * 5 > survey->numbers * 4)
		return;
	for(int c = 0; c < REP_CHARTS; c++)
		if(rep_block_suspect(&entry->block, (rep_chart_t)c))
			entry->suspect |= (uint8_t)(1u << c);
}

/* The suspect block with the most evidence becomes the pool's next. */
static void choose(rep_pool_t *pool, struct rep_survey *survey)
{
	rep_bad_block_t *next = &pool->blocks[pool->n_blocks];
	float most = 0, evidence;

	for(uint32_t i = 0; i < survey->room; i++) {
		const entry_t *entry = &survey->entries[i];
		for(int c = 0; entry->suspect && c < REP_CHARTS; c++) {
			evidence = rep_block_evidence(&entry->block, (rep_chart_t)c);
			if(!(entry->suspect >> c & 1) || evidence <= most
					|| is_known(pool, entry->key, c))
				continue;
			most = evidence;
			*next = (rep_bad_block_t){.key = entry->key, .chart = (uint8_t)c};
			rep_block_name(rep_number_at(pool, entry->member), entry->key,
					next->name, sizeof(next->name));
		}
	}
	survey->found = most > 0;
}

static void end_first(rep_pool_t *pool, struct rep_survey *survey)
{
	for(uint32_t i = 0; i < survey->room; i++)
		suspect(survey, &survey->entries[i]);
	/* a block that is suspect for a part of it is not meant */
	for(uint32_t i = 0; i < survey->room; i++) {
		entry_t *entry = &survey->entries[i];
		entry_t *wider = find(survey, rep_block_wider(entry->key));
		if(wider && wider->block.numbers == entry->block.numbers)
			entry->suspect = 0;
		else if(wider)
			wider->suspect &= (uint8_t)~entry->suspect;
	}
	if(pool->n_blocks < REP_BLOCKS_MAX)
		choose(pool, survey);
	for(uint32_t b = 0; b < REP_BLOCKS_MAX; b++) {
		pool->blocks[b].counted = pool->blocks[b].showing = 0;
		survey->benched[b] = 0;
	}
	survey->second = true;
	survey->next = 0;
}

/* ---- second pass --------------------------------------------------------- */

static void compare(rep_pool_t *pool, struct rep_survey *survey, uint32_t i)
{
	const rep_number_t *number = rep_number_at(pool, i);
	uint32_t blocks = pool->n_blocks + survey->found;
	float s[REP_CHARTS];
	bool suspected = false;
	rep_keys_t keys;

	if(!(number->flags & REP_LIVE) || number->status != REP_ACTIVE)
		return;
	rep_block_keys(number, &keys);
	rep_block_statistics(number, s);
	for(uint32_t b = 0; b < blocks; b++) {
		rep_bad_block_t *block = &pool->blocks[b];
		bool benched = number->verdict.state == REP_BENCHED
					   && number->verdict.reason == block->chart;
		if(!rep_block_in(&keys, block->key))
			continue;
		block->counted++;
		block->showing +=
				benched || (speaks(number) && shows(pool, s, block->chart));
		survey->benched[b] += benched;
	}
	if(!speaks(number))
		return;
	for(unsigned k = 0; k < keys.n && !suspected; k++) {
		const entry_t *entry = find(survey, keys.key[k]);
		suspected = entry && entry->suspect;
	}
	if(!suspected)
		rep_block_add(&survey->rest, s);
}

/* A block stays known while it is bad or, if there is room for others, while a
 * member rests for it. */
static void end_second(
		rep_pool_t *pool, struct rep_survey *survey, rep_time_t now)
{
	uint32_t blocks = pool->n_blocks + survey->found, kept = 0;

	for(uint32_t b = 0; b < blocks; b++) {
		rep_bad_block_t block = pool->blocks[b];
		const entry_t *entry = find(survey, block.key);
		block.bad = entry && (entry->suspect >> block.chart & 1)
					&& rep_block_apart(&entry->block, &survey->rest,
							(rep_chart_t)block.chart);
		block.numbers = block.counted;
		block.shown = block.showing;
		if(b == pool->n_blocks && block.bad) {
			block.since = now;
			pool->surveyed_at = 0; /* on with it, and with the next */
		}
		if(block.bad
				|| (b < pool->n_blocks && survey->benched[b]
						&& kept < REP_BLOCKS_MAX / 2))
			pool->blocks[kept++] = block;
	}
	pool->n_blocks = kept;
	rep_survey_drop(pool);
}

/* ---- the passes ---------------------------------------------------------- */

void rep_survey_drop(rep_pool_t *pool)
{
	if(pool->survey)
		rep_free(pool->survey->entries);
	rep_free(pool->survey);
	pool->survey = NULL;
}

static bool start(rep_pool_t *pool, rep_time_t now)
{
	if(pool->surveyed_at && now >= pool->surveyed_at
			&& now - pool->surveyed_at < SURVEY_EVERY)
		return false;
	pool->surveyed_at = now;
	if(pool->live_numbers < 2 * REP_BLOCK_LEAST && pool->n_blocks == 0)
		return false;
	pool->survey = rep_alloc(sizeof(*pool->survey));
	if(!pool->survey)
		return false;
	memset(pool->survey, 0, sizeof(*pool->survey));
	if(make_room(pool->survey, ROOM_LEAST))
		return true;
	rep_survey_drop(pool);
	return false;
}

static bool step(rep_pool_t *pool, rep_time_t now)
{
	struct rep_survey *survey;
	uint32_t n = rep_slab_count(&pool->numbers), end;

	if(!pool->survey && !start(pool, now))
		return false;
	survey = pool->survey;
	end = n - survey->next > SLICE ? survey->next + SLICE : n;
	for(; survey->next < end; survey->next++) {
		if(survey->second)
			compare(pool, survey, survey->next);
		else
			tally(pool, survey, survey->next, now);
	}
	if(end == n && survey->second)
		end_second(pool, survey, now);
	else if(end == n)
		end_first(pool, survey);
	return pool->survey != NULL || pool->surveyed_at == 0;
}

bool rep_pool_survey(rep_pool_t *pool, rep_time_t now)
{
	bool more = true;

	for(int i = 0; more && i < SLICES; i++) {
		rep_lock(&pool->lock);
		more = step(pool, now);
		rep_unlock(&pool->lock);
	}
	return more;
}
