/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small services on text. */

#include "text.h"

uint64_t rep_hash(rep_span_t text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for(size_t i = 0; i < text.len; i++)
		h = (h ^ (unsigned char)text.s[i]) * 0x100000001b3u;
	return h ? h : 1;
}

bool rep_span_cut(rep_span_t *rest, char c, rep_span_t *head)
{
	const char *at;

	if(!rest->s)
		return false;
	at = rest->len ? memchr(rest->s, c, rest->len) : NULL;
	*head = (rep_span_t){rest->s, at ? (size_t)(at - rest->s) : rest->len};
	*rest = at ? (rep_span_t){at + 1, rest->len - head->len - 1}
			   : (rep_span_t){NULL, 0};
	return true;
}
