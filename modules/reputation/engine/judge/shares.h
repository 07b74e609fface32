/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One number for each judged outcome, in vectors. */

#ifndef REP_SHARES_H
#define REP_SHARES_H

#include "chart.h"
#include "../base/vec.h"

#define HALVES (REP_JUDGED / REP_LANES)
_Static_assert(REP_JUDGED == 8, "two vectors hold the outcomes");
_Static_assert(REP_CHARTS < REP_LANES, "a lane for the sum of shares");
_Static_assert(REP_NOANSWER == 7, "the order that is_rare() knows");

typedef struct shares
{ /* one number for each outcome */
	vec_t h[HALVES];
} shares_t;

static inline shares_t shares_load(const float *from)
{
	return (shares_t){{vec_load(from), vec_load(from + REP_LANES)}};
}

static inline float share_of(const shares_t *v, int outcome)
{
	return v->h[outcome / REP_LANES][outcome % REP_LANES];
}

static inline float shares_sum(const shares_t *v)
{
	vec_t s = v->h[0] + v->h[1];

	return (s[0] + s[1]) + (s[2] + s[3]);
}

static inline shares_t counts_of(const rep_counts_t *counts)
{
	shares_t v;

	for(int i = 0; i < HALVES; i++) {
		vec_words_t n;

		memcpy(&n, &counts->n[i * REP_LANES], sizeof(n));
		v.h[i] = vec_to_float(n);
	}
	return v;
}

/* Of counts in sixteenths. */
static inline shares_t weighed_of(const rep_counts_t *counts)
{
	shares_t v = counts_of(counts);

	for(int i = 0; i < HALVES; i++)
		v.h[i] *= vec_all(1.0f / REP_WEIGHT);
	return v;
}

/* Rare among healthy calls: answered, declined, busy, noanswer are not. */
static inline bool is_rare(int outcome)
{
	return outcome == REP_SHORT
		   || (outcome >= REP_UNWANTED && outcome <= REP_AMBIGUOUS);
}

static inline vec_t term(
		const shares_t *v, const float (*rows)[REP_LANES], int outcome)
{
	return vec_all(share_of(v, outcome)) * vec_load(rows[outcome]);
}

/* Sums over outcomes of v * rows: over the common ones, over the rare. */
static inline vec_t common_times(
		const shares_t *v, const float (*rows)[REP_LANES])
{
	return (term(v, rows, REP_ANSWERED) + term(v, rows, REP_DECLINED))
		   + (term(v, rows, REP_BUSY) + term(v, rows, REP_NOANSWER));
}

static inline vec_t rare_times(
		const shares_t *v, const float (*rows)[REP_LANES])
{
	return (term(v, rows, REP_SHORT) + term(v, rows, REP_UNWANTED))
		   + (term(v, rows, REP_BLOCKED) + term(v, rows, REP_AMBIGUOUS));
}

#endif
