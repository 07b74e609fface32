/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Twelve bytes are two groups of 48 bits, of eight letters each. */

#include "callees.h"

#define GROUP 8 /* letters */

static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void put(char at[GROUP], uint64_t value)
{
	for(int i = GROUP - 1; i >= 0; i--, value >>= 6)
		at[i] = letters[value & 63];
}

static bool get(const char at[GROUP], uint64_t *value)
{
	*value = 0;
	for(int i = 0; i < GROUP; i++) {
		const char *letter = at[i] ? strchr(letters, at[i]) : NULL;

		if(!letter)
			return false;
		*value = *value << 6 | (uint64_t)(letter - letters);
	}
	return true;
}

void rep_pack_callees(const rep_callee_t *callees, size_t n, char *out)
{
	for(size_t i = 0; i < n; i++, out += REP_CALLEE_TEXT) {
		put(out, callees[i].print >> 16);
		put(out + GROUP, callees[i].print << 48 >> 16 | callees[i].until);
	}
}

bool rep_unpack_callee(rep_span_t *text, rep_callee_t *out)
{
	uint64_t head, tail;

	if(text->len < REP_CALLEE_TEXT || !get(text->s, &head)
			|| !get(text->s + GROUP, &tail))
		return false;
	out->print = head << 16 | tail >> 32;
	out->until = (uint32_t)tail;
	text->s += REP_CALLEE_TEXT;
	text->len -= REP_CALLEE_TEXT;
	return true;
}
