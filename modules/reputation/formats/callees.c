/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "callees.h"

static void put(char *at, int n, uint64_t value)
{
	while(n-- > 0) {
		at[n] = (char)(unsigned char)value;
		value >>= 8;
	}
}

static uint64_t get(const char *at, int n)
{
	uint64_t value = 0;

	for(int i = 0; i < n; i++)
		value = value << 8 | (unsigned char)at[i];
	return value;
}

void rep_pack_callees(const rep_callee_t *callees, size_t n, char *out)
{
	for(size_t i = 0; i < n; i++, out += REP_CALLEE_BYTES) {
		put(out, 8, callees[i].print);
		put(out + 8, 4, callees[i].until);
	}
}

bool rep_unpack_callee(rep_span_t *bytes, rep_callee_t *out)
{
	if(bytes->len < REP_CALLEE_BYTES)
		return false;
	out->print = get(bytes->s, 8);
	out->until = (uint32_t)get(bytes->s + 8, 4);
	bytes->s += REP_CALLEE_BYTES;
	bytes->len -= REP_CALLEE_BYTES;
	return true;
}
