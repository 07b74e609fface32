/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mixes: the share of each outcome in a number of calls. */

#ifndef REP_MIX_H
#define REP_MIX_H

#include "shares.h"

/* The mix that `v` calls show, each share drawn to that of `parent`, cut at the
 * ceilings; sums to 1, neutral outcomes 0. The parent weighs as many calls as
 * would hold one of the outcome in question: what is common is learnt at
 * once. */
void rep_mix_draw(const rep_charts_t *charts, const shares_t *v,
		const float parent[REP_JUDGED], float mix[REP_OUTCOMES]);
/* The same, drawn to the policy's prior. */
void rep_mix_make(const rep_charts_t *charts, const rep_counts_t *counts,
		float mix[REP_OUTCOMES]);

/* Make `v` sum to 1 with no share above its ceiling: what is above is cut,
 * and the rest grows to fill up, which may cut the next. */
void rep_mix_cut(float v[REP_JUDGED], const float *ceiling);

#endif
