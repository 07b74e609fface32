/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "text.h"

int rep_hex_digit(char c)
{
	if(rep_is_digit(c))
		return c - '0';
	c = rep_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t rep_word_find(const char *const *words, size_t count, rep_span_t text)
{
	size_t i = 0;

	while(i < count && !rep_span_is(text, words[i]))
		i++;
	return i;
}

bool rep_span_cut(rep_span_t *rest, char c, rep_span_t *part)
{
	const char *at;

	if(!rest->s)
		return false;
	at = rest->len ? memchr(rest->s, c, rest->len) : NULL;
	*part = (rep_span_t){rest->s, at ? (size_t)(at - rest->s) : rest->len};
	*rest = at ? (rep_span_t){at + 1, rest->len - part->len - 1}
			   : (rep_span_t){NULL, 0};
	return true;
}

bool rep_item_next(rep_span_t *rest, rep_span_t *item)
{
	if(!rep_span_cut(rest, ',', item))
		return false;
	*item = rep_trim(*item);
	return true;
}

bool rep_item_in(rep_span_t list, rep_span_t item)
{
	rep_span_t part;

	while(rep_span_cut(&list, ',', &part)) {
		if(part.len == item.len
				&& (part.len == 0 || memcmp(part.s, item.s, part.len) == 0))
			return true;
	}
	return false;
}

bool rep_split(rep_span_t text, char c, rep_span_t *before, rep_span_t *after)
{
	const char *at = text.len ? memchr(text.s, c, text.len) : NULL;

	if(!at)
		return false;
	*before = rep_trim((rep_span_t){text.s, (size_t)(at - text.s)});
	*after = rep_trim(
			(rep_span_t){at + 1, text.len - (size_t)(at - text.s) - 1});
	return true;
}

uint64_t rep_hash(rep_span_t text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for(size_t i = 0; i < text.len; i++)
		h = (h ^ (unsigned char)text.s[i]) * 0x100000001b3u;
	return h ? h : 1;
}
