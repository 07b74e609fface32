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

size_t rep_utf8_char(rep_span_t text)
{
	const unsigned char *s = (const unsigned char *)text.s;
	size_t size = text.len == 0	 ? 0
				  : s[0] < 0x80	 ? 1
				  : s[0] < 0xc2	 ? 0
				  : s[0] < 0xe0	 ? 2
				  : s[0] < 0xf0	 ? 3
				  : s[0] <= 0xf4 ? 4
								 : 0;

	if(size > text.len)
		return 0;
	for(size_t i = 1; i < size; i++)
		if((s[i] & 0xc0) != 0x80)
			return 0;
	/* no longer than need be, no surrogate, not beyond U+10FFFF */
	if(size > 1
			&& ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)
					|| (s[0] == 0xf0 && s[1] < 0x90)
					|| (s[0] == 0xf4 && s[1] > 0x8f)))
		return 0;
	return size;
}

size_t rep_utf8_prefix(rep_span_t text)
{
	size_t at = 0, size = 1;

	while(size && at < text.len) {
		size = rep_utf8_char((rep_span_t){text.s + at, text.len - at});
		at += size;
	}
	return at;
}

uint64_t rep_hash(rep_span_t text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for(size_t i = 0; i < text.len; i++)
		h = (h ^ (unsigned char)text.s[i]) * 0x100000001b3u;
	return h ? h : 1;
}
