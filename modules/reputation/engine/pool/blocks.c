/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of blocks that went bad. */

#include "blocks.h"

#include <stdio.h>

#include "tags.h"
#include "../base/text.h"
#include "../reply/e164.h"

/* A key is that of a prefix, by how many digits follow it, or of a tag. */
#define KIND 15u

enum
{
	THOUSAND = 3,
	TEN_THOUSAND = 4,
	TAG
};

static uint64_t tag_key(rep_span_t tag)
{
	return rep_hash(tag) << 4 | TAG;
}

void rep_block_keys(const rep_number_t *number, rep_keys_t *keys)
{
	rep_span_t tags =
			rep_items(rep_span(rep_number_text_of(number, REP_TEXT_TAGS)));
	rep_span_t tag;

	keys->key[0] = number->e164 / 10000 << 4 | TEN_THOUSAND;
	keys->key[1] = number->e164 / 1000 << 4 | THOUSAND;
	keys->n = 2;
	while(keys->n < REP_KEYS_MAX && rep_item_next(&tags, &tag))
		if(tag.len)
			keys->key[keys->n++] = tag_key(tag);
}

bool rep_block_in(const rep_keys_t *keys, uint64_t key)
{
	for(unsigned i = 0; i < keys->n; i++)
		if(keys->key[i] == key)
			return true;
	return false;
}

uint64_t rep_block_wider(uint64_t key)
{
	return (key & KIND) == THOUSAND ? (key >> 4) / 10 << 4 | TEN_THOUSAND : 0;
}

void rep_block_name(
		const rep_number_t *number, uint64_t key, char *out, size_t size)
{
	rep_span_t tags =
			rep_items(rep_span(rep_number_text_of(number, REP_TEXT_TAGS)));
	rep_span_t tag;
	char digits[REP_E164_MAX];

	*out = '\0';
	if((key & KIND) != TAG) {
		rep_e164_print(key >> 4, digits);
		snprintf(out, size, "%s", digits);
		return;
	}
	while(rep_item_next(&tags, &tag))
		if(tag_key(tag) == key)
			snprintf(out, size, "tag %.*s", (int)tag.len, tag.s);
}

void rep_block_statistics(const rep_number_t *number, float s[REP_CHARTS])
{
	for(int c = 0; c < REP_CHARTS; c++)
		s[c] = 0;
	if(number->verdict.score > 0) /* else none since its last turn */
		s[number->chart] = number->s;
}

uint8_t rep_block_charts(const rep_pool_t *pool, const rep_number_t *number)
{
	uint8_t charts = 0;
	rep_keys_t keys;

	if(pool->n_blocks == 0)
		return 0;
	rep_block_keys(number, &keys);
	for(uint32_t b = 0; b < pool->n_blocks; b++)
		if(pool->blocks[b].bad && rep_block_in(&keys, pool->blocks[b].key))
			charts |= (uint8_t)(1u << pool->blocks[b].chart);
	return charts;
}

void rep_block_describe(const rep_pool_t *pool, const rep_number_t *number,
		rep_chart_t chart, char *out, size_t size)
{
	rep_keys_t keys;

	*out = '\0';
	if(pool->n_blocks == 0)
		return;
	rep_block_keys(number, &keys);
	for(uint32_t b = 0; b < pool->n_blocks; b++) {
		const rep_bad_block_t *block = &pool->blocks[b];
		if(!rep_block_in(&keys, block->key)
				|| (chart != REP_CHARTS && chart != block->chart))
			continue;
		snprintf(out, size, "block %s: %u of %u numbers", block->name,
				block->shown, block->numbers);
		return;
	}
}
