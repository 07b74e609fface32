/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mixes: the share of each outcome in a number of calls. */

#ifndef REP_MIX_H
#define REP_MIX_H

#include "shares.h"

/* The mix that `v` calls show, each share drawn to the prior's, cut at the
 * ceilings; sums to 1, neutral outcomes 0. */
void rep_mix_of(
		const rep_charts_t *charts, const shares_t *v, float mix[REP_OUTCOMES]);
void rep_mix_make(const rep_charts_t *charts, const rep_counts_t *counts,
		float mix[REP_OUTCOMES]);

/* Make `v` sum to 1 with no share above its ceiling: what is above is cut,
 * and the rest grows to fill up, which may cut the next. */
void rep_mix_cut(float v[REP_JUDGED], const float *ceiling);

#endif
