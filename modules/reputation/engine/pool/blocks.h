/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks of a pool's numbers that went bad together: whose prefix or tag is
 * the same. What is known of them; survey.h finds them. */

#ifndef REP_BLOCKS_H
#define REP_BLOCKS_H

#include "pool.h"

#define REP_KEYS_MAX 8 /* further tags of a number are not looked at */

/* The blocks that a number belongs to. */
typedef struct rep_keys
{
	uint64_t key[REP_KEYS_MAX];
	unsigned n;
} rep_keys_t;

void rep_block_keys(const rep_number_t *number, rep_keys_t *keys);
bool rep_block_in(const rep_keys_t *keys, uint64_t key);
/* The block ten times as large that holds this one; 0 when there is none. */
uint64_t rep_block_wider(uint64_t key);
/* The name of a block that the number belongs to: "+1555123", "tag west". */
void rep_block_name(
		const rep_number_t *number, uint64_t key, char *out, size_t size);

/* What the number's calls up to its last judging say, nats by chart. */
void rep_block_statistics(const rep_number_t *number, float s[REP_CHARTS]);

/* The charts, as bits, that show a block of the number's to be bad now. */
uint8_t rep_block_charts(const rep_pool_t *pool, const rep_number_t *number);

/* The number's block that went bad by this chart (REP_CHARTS = by any), in
 * words; "" when there is none. */
void rep_block_describe(const rep_pool_t *pool, const rep_number_t *number,
		rep_chart_t chart, char *out, size_t size);

#endif
