/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The likelihood of a mixture: which share of a block is bad? */

#include "block.h"

#include <math.h>

#include "../base/vec.h"

/* Nats. Where nothing is wrong a block is suspect for at most e^-5 of the time
 * for each share. */
#define SUSPECT 5.0f

/* A statistic that is higher than any threshold says no more. */
#define HIGHEST 8.0f

/* That a number is bad has odds of 1 to 99 beforehand; in a bad block, where
 * at least the smallest share below is bad, of 1 to 9: 2.4 nats more. What a
 * number shows by itself must come to 2.5 nats all the same. */
#define RELIEF 2.4f
#define LEAST_OF_ITS_OWN 2.5f

static const float shares[REP_BLOCK_SHARES] = {0.1f, 0.2f, 0.4f, 0.8f};
/* log(1 - share / 2): what a number says that shows nothing */
static const float silent[REP_BLOCK_SHARES] = {
		-0.05129329f, -0.10536052f, -0.22314355f, -0.51082562f};

void rep_block_add(rep_block_t *block, const float s[REP_CHARTS])
{
	block->numbers++;
	for(int c = 0; c < REP_CHARTS; c++) {
		float *sum = block->sum[c], ratio;

		if(s[c] <= 0) {
			for(int k = 0; k < REP_BLOCK_SHARES; k++)
				sum[k] += silent[k];
			continue;
		}
		/* A healthy number's S is x or more with a probability of at most
		 * e^-x, so this has a mean of at most 1 (see docs). */
		ratio = 0.5f * expf(0.5f * smaller(s[c], HIGHEST));
		for(int k = 0; k < REP_BLOCK_SHARES; k++)
			sum[k] += logf(1 + shares[k] * (ratio - 1));
	}
}

/* The share that explains the members best. */
static int likeliest(const rep_block_t *block, rep_chart_t chart)
{
	int best = 0;

	for(int k = 1; k < REP_BLOCK_SHARES; k++)
		if(block->sum[chart][k] > block->sum[chart][best])
			best = k;
	return best;
}

float rep_block_evidence(const rep_block_t *block, rep_chart_t chart)
{
	return block->sum[chart][likeliest(block, chart)];
}

bool rep_block_suspect(const rep_block_t *block, rep_chart_t chart)
{
	return block->numbers >= REP_BLOCK_LEAST
		   && rep_block_evidence(block, chart) >= SUSPECT;
}

bool rep_block_apart(
		const rep_block_t *block, const rep_block_t *rest, rep_chart_t chart)
{
	return rest->numbers >= REP_BLOCK_LEAST
		   && rest->numbers >= block->numbers / 4
		   && rest->sum[chart][likeliest(block, chart)] < 0;
}

float rep_block_threshold(float threshold)
{
	return larger(threshold - RELIEF, smaller(threshold, LEAST_OF_ITS_OWN));
}
