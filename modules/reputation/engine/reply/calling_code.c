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

/* Codes of two digits, by zone of the world: the second digits. */
static const char *const two[10] = {
		[2] = "07",
		[3] = "0123469",
		[4] = "013456789",
		[5] = "12345678",
		[6] = "0123456",
		[8] = "1246",
		[9] = "0123458",
};

unsigned rep_e164_digits(rep_e164_t number)
{
	unsigned n = 1;

	while(n < POWERS && number >= power[n])
		n++;
	return n;
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
	return zone < 10 && two[zone] && strchr(two[zone], '0' + (char)(first % 10))
				   ? 2
				   : 3;
}
