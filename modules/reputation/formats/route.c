/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The label of a route at the end of a field. */

#include "route.h"

size_t rep_pack_text(char *out, const char *text, size_t max)
{
	size_t n = strnlen(text, max);

	memcpy(out, text, n);
	return n;
}

bool rep_unpack_route(rep_span_t text, char out[REP_ROUTE_MAX + 1])
{
	if(text.len > REP_ROUTE_MAX || (text.len && memchr(text.s, 0, text.len)))
		return false;
	memset(out, 0, REP_ROUTE_MAX + 1);
	if(text.len)
		memcpy(out, text.s, text.len);
	return true;
}
