/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A block of numbers that goes bad together: evidence too small for a verdict
 * on one number adds up over those that share a prefix or a tag.
 *
 * After Xie and Siegmund 2013, "Sequential multi-sensor change-point
 * detection", Ann. Stat. 41:670: an unknown share of the members has changed.
 * docs/judge.md has the formula and its error rate. Pure functions on plain
 * data. */

#ifndef REP_BLOCK_H
#define REP_BLOCK_H

#include "chart.h"

#define REP_BLOCK_SHARES 4 /* of bad members, that are tried */
#define REP_BLOCK_LEAST 5  /* members that make a block */

/* What its members say, added up; all zero to start with. */
typedef struct rep_block
{
	uint32_t numbers;						 /* added */
	float sum[REP_CHARTS][REP_BLOCK_SHARES]; /* log-likelihood ratios, nats */
} rep_block_t;

/* Add a member by its statistics: in nats, >= 0, the highest log-likelihood
 * ratio over its runs of calls up to now, by chart. */
void rep_block_add(rep_block_t *block, const float s[REP_CHARTS]);

/* How much likelier it is that some share of the block is bad than that none
 * is, nats. */
float rep_block_evidence(const rep_block_t *block, rep_chart_t chart);

/* Whether the block as such shows that a part of it has gone bad: the first
 * question, of every block. */
bool rep_block_suspect(const rep_block_t *block, rep_chart_t chart);

/* Whether it is the block, and not the whole pool. `rest`: the pool's numbers
 * outside all suspect blocks. */
bool rep_block_apart(
		const rep_block_t *block, const rep_block_t *rest, rep_chart_t chart);

/* The threshold of a member of a bad block, in nats, in place of `threshold`. */
float rep_block_threshold(float threshold);

#endif
