/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "calling_code.h"

#define POWERS 20

static const uint64_t power[POWERS] = {UINT64_C(1), UINT64_C(10), UINT64_C(100),
		UINT64_C(1000), UINT64_C(10000), UINT64_C(100000), UINT64_C(1000000),
		UINT64_C(10000000), UINT64_C(100000000), UINT64_C(1000000000),
		UINT64_C(10000000000), UINT64_C(100000000000), UINT64_C(1000000000000),
		UINT64_C(10000000000000), UINT64_C(100000000000000),
		UINT64_C(1000000000000000), UINT64_C(10000000000000000),
		UINT64_C(100000000000000000), UINT64_C(1000000000000000000),
		UINT64_C(10000000000000000000)};

#define BIT(digit) (1u << (digit))

/* Codes of two digits, by zone of the world: the second digits, a bit each. */
static const uint16_t two[10] = {
		[2] = BIT(0) | BIT(7),
		[3] = BIT(0) | BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(6) | BIT(9),
		[4] = 0x3ff & ~BIT(2),
		[5] = 0x3ff & ~BIT(0) & ~BIT(9),
		[6] = 0x3ff & ~BIT(7) & ~BIT(8) & ~BIT(9),
		[8] = BIT(1) | BIT(2) | BIT(4) | BIT(6),
		[9] = 0x3ff & ~BIT(6) & ~BIT(7) & ~BIT(9),
};

unsigned rep_e164_digits(rep_e164_t number)
{
	/* of so many bits: these digits, or one more (1233 / 4096 is log10(2)) */
	unsigned n = (64u - (unsigned)__builtin_clzll(number | 1)) * 1233 >> 12;

	return n < POWERS && number >= power[n] ? n + 1 : n ? n : 1;
}

rep_e164_t rep_e164_prefix(rep_e164_t number, unsigned n)
{
	unsigned digits = rep_e164_digits(number);

	return n < digits ? number / power[digits - n] : number;
}

unsigned rep_calling_code_digits(rep_e164_t number)
{
	unsigned first = (unsigned)rep_e164_prefix(number, 2);
	unsigned zone = first / 10;

	if(zone == 1 || zone == 7)
		return 1;
	return zone < 10 && two[zone] >> first % 10 & 1 ? 2 : 3;
}
