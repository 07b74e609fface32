/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vectors of four floats in GCC's and Clang's portable notation: SSE2 and NEON
 * do each of these in one instruction or a few, others in four. */

#ifndef REP_VEC_H
#define REP_VEC_H

#include "types.h"

/* Not fmaxf() and fminf(): without -ffast-math those are calls. */
static inline float larger(float a, float b)
{
	return a > b ? a : b;
}

static inline float smaller(float a, float b)
{
	return a < b ? a : b;
}

#define VEC_LANES 4

typedef float vec_t __attribute__((vector_size(16)));
typedef int32_t vec_mask_t __attribute__((vector_size(16)));
typedef uint32_t vec_words_t __attribute__((vector_size(16)));

/* A constant in memory: the compilers make a scalar four times anew. */
#define VEC_FOUR(f) \
	{               \
		f, f, f, f  \
	}

static inline vec_t vec_load(const float *from)
{
	vec_t v;

	memcpy(&v, from, sizeof(v));
	return v;
}

static inline vec_t vec_all(float f)
{
	return (vec_t){f, f, f, f};
}

static inline vec_t vec_select(vec_mask_t mask, vec_t yes, vec_t no)
{
	return (vec_t)((mask & (vec_mask_t)yes) | (~mask & (vec_mask_t)no));
}

static inline vec_t vec_larger(vec_t a, vec_t b)
{
	return vec_select(a > b, a, b);
}

static inline vec_t vec_smaller(vec_t a, vec_t b)
{
	return vec_select(a < b, a, b);
}

static inline vec_t vec_not_negative(vec_t v)
{
	return (vec_t)((v > vec_all(0)) & (vec_mask_t)v);
}

/* Conversion is of signed integers; 2^31 calls of a kind in a bucket and more
 * count as 2^31. */
static inline vec_t vec_to_float(vec_words_t n)
{
	vec_mask_t top = (vec_mask_t)n < 0;

	return __builtin_convertvector(((vec_mask_t)n | top) & 0x7fffffff, vec_t);
}

/* A vector's first half, or its second, with a zero beside each element, which
 * so becomes one of twice the size. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define VEC_BESIDE(v, zero, ...) __builtin_shufflevector(v, zero, __VA_ARGS__)
#else
#define VEC_BESIDE(v, zero, ...) __builtin_shufflevector(zero, v, __VA_ARGS__)
#endif
#define VEC_BYTES_1(v, zero) \
	VEC_BESIDE(v, zero, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define VEC_BYTES_2(v, zero)                                                  \
	VEC_BESIDE(v, zero, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, \
			15, 31)
#define VEC_PAIRS_1(v, zero) VEC_BESIDE(v, zero, 0, 8, 1, 9, 2, 10, 3, 11)
#define VEC_PAIRS_2(v, zero) VEC_BESIDE(v, zero, 4, 12, 5, 13, 6, 14, 7, 15)

/* Twelve bytes and the twelve that follow them, each added to its fellow. */
static inline void vec_sum_bytes(const uint8_t bytes[24], vec_words_t sum[3])
{
	typedef uint8_t bytes_t __attribute__((vector_size(16)));
	typedef uint16_t pairs_t __attribute__((vector_size(16)));
	bytes_t first, second, none = {0};
	pairs_t low, high, zero = {0};

	memcpy(&first, bytes, sizeof(first));
	memcpy(&second, bytes + 8, sizeof(second));
	second = __builtin_shufflevector(second, none, 4, 5, 6, 7, 8, 9, 10, 11, 12,
			13, 14, 15, 16, 16, 16, 16);
	low = (pairs_t)VEC_BYTES_1(first, none)
		  + (pairs_t)VEC_BYTES_1(second, none);
	high = (pairs_t)VEC_BYTES_2(first, none)
		   + (pairs_t)VEC_BYTES_2(second, none);
	sum[0] = (vec_words_t)VEC_PAIRS_1(low, zero);
	sum[1] = (vec_words_t)VEC_PAIRS_2(low, zero);
	sum[2] = (vec_words_t)VEC_PAIRS_1(high, zero);
}

/* Natural logarithm of positive normal floats, within 2e-6: a minimax
 * polynomial on [sqrt(1/2), sqrt(2)]. */
static inline vec_t vec_log(vec_t x)
{
	static const vec_t root = VEC_FOUR(0.70710678f), one = VEC_FOUR(1.0f),
					   ln2 = VEC_FOUR(0.69314718f), c2 = VEC_FOUR(-0.49987508f),
					   c3 = VEC_FOUR(0.33262361f), c4 = VEC_FOUR(-0.25458841f),
					   c5 = VEC_FOUR(0.22070737f), c6 = VEC_FOUR(-0.14106399f);
	static const vec_mask_t bias = VEC_FOUR(126),
							fraction = VEC_FOUR(0x007fffff),
							half = VEC_FOUR(0x3f000000);
	vec_t m = (vec_t)(((vec_mask_t)x & fraction) | half);
	vec_mask_t small = m < root;
	vec_t e = __builtin_convertvector(
			((vec_mask_t)x >> 23) - bias + small, vec_t);
	vec_t r = m + (vec_t)(small & (vec_mask_t)m) - one, r2 = r * r;

	/* paired up, so that the products do not wait for one another */
	return (e * ln2 + r)
		   + r2 * ((c2 + r * c3) + r2 * ((c4 + r * c5) + r2 * c6));
}

#endif
