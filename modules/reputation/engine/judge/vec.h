/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vectors of four floats for judge.c, in GCC's and Clang's portable notation:
 * SSE2 and NEON do them in one instruction, others in four. */

#ifndef REP_VEC_H
#define REP_VEC_H

#include "chart.h"

typedef float lanes_t __attribute__((vector_size(16)));
typedef int32_t mask_t __attribute__((vector_size(16)));
typedef uint32_t words_t __attribute__((vector_size(16)));

#define HALVES (REP_JUDGED / REP_LANES)
_Static_assert(REP_JUDGED == 8, "two vectors hold the outcomes");
_Static_assert(REP_CHARTS < REP_LANES, "a lane for the sum of shares");
_Static_assert(REP_NOANSWER == 7, "the order that is_rare() knows");

typedef struct shares
{ /* one number for each outcome */
	lanes_t h[HALVES];
} shares_t;

/* A constant in memory: the compilers make a scalar four times anew. */
#define FOUR(f)    \
	{              \
		f, f, f, f \
	}

static inline lanes_t load(const float *from)
{
	lanes_t v;

	memcpy(&v, from, sizeof(v));
	return v;
}

static inline lanes_t all(float f)
{
	return (lanes_t){f, f, f, f};
}

static inline lanes_t pick(mask_t mask, lanes_t yes, lanes_t no)
{
	return (lanes_t)((mask & (mask_t)yes) | (~mask & (mask_t)no));
}

static inline lanes_t not_negative(lanes_t v)
{
	return (lanes_t)((v > all(0)) & (mask_t)v);
}

static inline shares_t shares_load(const float *from)
{
	return (shares_t){{load(from), load(from + REP_LANES)}};
}

static inline float share_of(const shares_t *v, int outcome)
{
	return v->h[outcome / REP_LANES][outcome % REP_LANES];
}

static inline float shares_sum(const shares_t *v)
{
	lanes_t s = v->h[0] + v->h[1];

	return (s[0] + s[1]) + (s[2] + s[3]);
}

/* Conversion is of signed integers; 2^31 calls of a kind in a bucket and more
 * count as 2^31. */
static inline lanes_t to_float(words_t n)
{
	mask_t top = (mask_t)n < 0;

	return __builtin_convertvector(((mask_t)n | top) & 0x7fffffff, lanes_t);
}

static inline shares_t counts_of(const rep_counts_t *counts)
{
	shares_t v;

	for(int i = 0; i < HALVES; i++) {
		words_t n;

		memcpy(&n, &counts->n[i * REP_LANES], sizeof(n));
		v.h[i] = to_float(n);
	}
	return v;
}

/* `pool` without `own`; never below 0, whatever was passed. */
static inline shares_t counts_without(
		const rep_counts_t *pool, const rep_counts_t *own)
{
	shares_t p = counts_of(pool), o = counts_of(own);

	for(int i = 0; i < HALVES; i++)
		p.h[i] = not_negative(p.h[i] - o.h[i]);
	return p;
}

/* Where none of the counts is huge: quicker, in integers. */
static inline shares_t small_counts_of(const rep_counts_t *counts)
{
	shares_t v;

	for(int i = 0; i < HALVES; i++) {
		mask_t n;

		memcpy(&n, &counts->n[i * REP_LANES], sizeof(n));
		v.h[i] = __builtin_convertvector(n, lanes_t);
	}
	return v;
}

/* How many calls: -1 when a count is huge. */
static inline int32_t small_counts_sum(const rep_counts_t *counts)
{
	const uint64_t huge = 0xf0000000f0000000u;
	uint64_t n[REP_JUDGED / 2], pairs;

	memcpy(n, counts->n, sizeof(n));
	if((n[0] | n[1] | n[2] | n[3]) & huge)
		return -1;
	pairs = (n[0] + n[1]) + (n[2] + n[3]);
	return (int32_t)((pairs >> 32) + (uint32_t)pairs);
}

/* Rare among healthy calls: answered, declined, busy, noanswer are not. */
static inline bool is_rare(int outcome)
{
	return outcome == REP_SHORT
		   || (outcome >= REP_UNWANTED && outcome <= REP_AMBIGUOUS);
}

static inline lanes_t term(
		const shares_t *v, const float (*rows)[REP_LANES], int outcome)
{
	return all(share_of(v, outcome)) * load(rows[outcome]);
}

/* Sums over outcomes of v * rows: over the common ones, over the rare. */
static inline lanes_t common_times(
		const shares_t *v, const float (*rows)[REP_LANES])
{
	return (term(v, rows, REP_ANSWERED) + term(v, rows, REP_DECLINED))
		   + (term(v, rows, REP_BUSY) + term(v, rows, REP_NOANSWER));
}

static inline lanes_t rare_times(
		const shares_t *v, const float (*rows)[REP_LANES])
{
	return (term(v, rows, REP_SHORT) + term(v, rows, REP_UNWANTED))
		   + (term(v, rows, REP_BLOCKED) + term(v, rows, REP_AMBIGUOUS));
}

/* Natural logarithm of positive normal floats, within 2e-6: a minimax
 * polynomial on [sqrt(1/2), sqrt(2)]. */
static inline lanes_t logarithm(lanes_t x)
{
	static const lanes_t root = FOUR(0.70710678f), one = FOUR(1.0f),
						 ln2 = FOUR(0.69314718f), c2 = FOUR(-0.49987508f),
						 c3 = FOUR(0.33262361f), c4 = FOUR(-0.25458841f),
						 c5 = FOUR(0.22070737f), c6 = FOUR(-0.14106399f);
	static const mask_t bias = FOUR(126), fraction = FOUR(0x007fffff),
						half = FOUR(0x3f000000);
	lanes_t m = (lanes_t)(((mask_t)x & fraction) | half);
	mask_t small = m < root;
	lanes_t e =
			__builtin_convertvector(((mask_t)x >> 23) - bias + small, lanes_t);
	lanes_t r = m + (lanes_t)(small & (mask_t)m) - one, r2 = r * r;

	/* paired up, so that the products do not wait for one another */
	return (e * ln2 + r)
		   + r2 * ((c2 + r * c3) + r2 * ((c4 + r * c5) + r2 * c6));
}

#endif
