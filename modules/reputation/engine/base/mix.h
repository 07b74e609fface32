/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash of one 64-bit integer: the finaliser of splitmix64 (Steele, Lea and
 * Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). The
 * same everywhere, for ever; it has no key, and keeps nobody from looking for
 * collisions. */

#ifndef REP_MIX_H
#define REP_MIX_H

#include <stdint.h>

static inline uint64_t rep_mix(uint64_t x)
{
	x += UINT64_C(0x9E3779B97F4A7C15);
	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

#endif
