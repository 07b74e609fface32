/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that is not terminated: trimming, cutting, comparing. ASCII, whatever
 * the locale; nothing is copied or changed. What stands here in full is what
 * parsing a reply's headers calls most. */

#ifndef REP_TEXT_H
#define REP_TEXT_H

#include "types.h"

static inline bool rep_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool rep_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char rep_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The value of a hexadecimal digit, -1 if it is none. */
int rep_hex_digit(char c);

/* Without white space at either end. */
static inline rep_span_t rep_trim(rep_span_t text)
{
	while(text.len > 0 && rep_is_space(text.s[0])) {
		text.s++;
		text.len--;
	}
	while(text.len > 0 && rep_is_space(text.s[text.len - 1]))
		text.len--;
	return text;
}

/* Whether `text` is `word`, without regard to the case of letters. */
static inline bool rep_same(rep_span_t text, const char *word)
{
	size_t i;

	for(i = 0; i < text.len; i++) {
		if(word[i] == '\0' || rep_lower(text.s[i]) != rep_lower(word[i]))
			return false;
	}
	return word[i] == '\0';
}

/* The index of `text` among `words`, `count` if it is none of them. */
size_t rep_word_find(const char *const *words, size_t count, rep_span_t text);

/* Cut what stands before the next `c` off `*rest` into `*part`, or all of it
 * when there is no `c`: `*rest` is then {NULL, 0}. False when `*rest` was
 * {NULL, 0}. So "a," has two parts, and "" has one, which is empty. */
bool rep_span_cut(rep_span_t *rest, char c, rep_span_t *part);

/* The same for the items of a list with commas, which are trimmed. To begin
 * with, `*rest` is rep_items(list): an empty list has no item. */
bool rep_item_next(rep_span_t *rest, rep_span_t *item);

static inline rep_span_t rep_items(rep_span_t list)
{
	return list.len ? list : (rep_span_t){NULL, 0};
}

/* Whether a list with commas (as it is, not trimmed) holds this item. */
bool rep_item_in(rep_span_t list, rep_span_t item);

/* The trimmed texts before and after the first `c`; false, and nothing
 * written, when there is no `c`. */
bool rep_split(rep_span_t text, char c, rep_span_t *before, rep_span_t *after);

/* Bytes of the UTF-8 character (RFC 3629, 4) at the beginning of the text; 0 =
 * it is none, or cut off. */
size_t rep_utf8_char(rep_span_t text);
/* Bytes up to the first that is not UTF-8: all of them when the text is. */
size_t rep_utf8_prefix(rep_span_t text);

/* 64-bit FNV-1a, never 0. */
uint64_t rep_hash(rep_span_t text);

#endif
