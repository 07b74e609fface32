/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/text.h"

#include "suites.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void is(rep_span_t got, const char *want)
{
	ck_assert_msg(rep_span_is(got, want), "'%.*s', not '%s'", (int)got.len,
			got.len ? got.s : "", want);
}

/* ---- basic -------------------------------------------------------------- */

static const char *const trims[][2] = {{"", ""}, {" ", ""}, {"a", "a"},
		{" a", "a"}, {"a ", "a"}, {"\t\r\n a b \n\r\t", "a b"},
		{"\va\v", "\va\v"}, {"\xa0", "\xa0"}};

START_TEST(basic_trim)
{
	is(rep_trim(rep_span(trims[_i][0])), trims[_i][1]);
}
END_TEST

static const struct
{
	const char *text, *word;
	bool same;
} sames[] = {{"", "", true}, {"sip", "SIP", true}, {"Q.850", "q.850", true},
		{"si", "sip", false}, {"sips", "sip", false}, {"", "a", false},
		{"a", "", false}, {"[", "{", false}, {"@", "`", false},
		{"az", "AZ", true}};

START_TEST(basic_same)
{
	ck_assert_int_eq(
			rep_same(rep_span(sames[_i].text), sames[_i].word), sames[_i].same);
}
END_TEST

START_TEST(basic_words)
{
	static const char *const words[] = {"auto", "csv", "csvx"};

	ck_assert_uint_eq(rep_word_find(words, 3, rep_span("auto")), 0);
	ck_assert_uint_eq(rep_word_find(words, 3, rep_span("csvx")), 2);
	ck_assert_uint_eq(rep_word_find(words, 3, rep_span("CSV")), 3);
	ck_assert_uint_eq(rep_word_find(words, 3, rep_span("cs")), 3);
	ck_assert_uint_eq(rep_word_find(words, 3, rep_span("")), 3);
	ck_assert_uint_eq(rep_word_find(NULL, 0, rep_span("a")), 0);
}
END_TEST

/* Each part ends with a bar: "a||" are "a" and "". */
static const struct
{
	const char *text, *parts, *items;
} lists[] = {
		{"", "|", ""},
		{"a", "a|", "a|"},
		{"a,b", "a|b|", "a|b|"},
		{"a,", "a||", "a||"},
		{",", "||", "||"},
		{" a , b c ", " a | b c |", "a|b c|"},
		{" ", " |", "|"},
		{",,a", "||a|", "||a|"},
};

START_TEST(basic_lists)
{
	rep_span_t rest = rep_span(lists[_i].text), part;
	char joined[64] = "";

	while(rep_span_cut(&rest, ',', &part))
		sprintf(joined + strlen(joined), "%.*s|", (int)part.len, part.s);
	ck_assert_str_eq(joined, lists[_i].parts);
	ck_assert_ptr_null(rest.s);
	ck_assert_uint_eq(rest.len, 0);

	joined[0] = '\0';
	rest = rep_items(rep_span(lists[_i].text));
	while(rep_item_next(&rest, &part))
		sprintf(joined + strlen(joined), "%.*s|", (int)part.len, part.s);
	ck_assert_str_eq(joined, lists[_i].items);
}
END_TEST

static const struct
{
	const char *list, *item;
	bool in;
} members[] = {{"a", "a", true}, {"a,b", "b", true}, {"ab,c", "b", false},
		{"a,bc", "b", false}, {"b,a", "b", true}, {"a, b", "b", false},
		{"ab,c", "a", false}, {"", "a", false}, {"a,,b", "", true},
		{"a", "", false}, {"a,b", "a,b", false}};

START_TEST(basic_item_in)
{
	ck_assert_int_eq(
			rep_item_in(rep_span(members[_i].list), rep_span(members[_i].item)),
			members[_i].in);
}
END_TEST

static const struct
{
	const char *text, *before, *after; /* NULL: there is no colon */
} splits[] = {{"a:b", "a", "b"}, {" a : b:c ", "a", "b:c"}, {":", "", ""},
		{"a:", "a", ""}, {":b", "", "b"}, {"ab", NULL, NULL}, {"", NULL, NULL}};

START_TEST(basic_split)
{
	rep_span_t before = rep_span("-"), after = rep_span("-");
	bool found = rep_split(rep_span(splits[_i].text), ':', &before, &after);

	ck_assert_int_eq(found, splits[_i].before != NULL);
	is(before, found ? splits[_i].before : "-");
	is(after, found ? splits[_i].after : "-");
}
END_TEST

/* ---- robust ------------------------------------------------------------- */

START_TEST(robust_nothing)
{
	rep_span_t none = {NULL, 0}, part = rep_span("-");

	is(rep_trim(none), "");
	ck_assert(rep_same(none, ""));
	ck_assert(!rep_same(none, "a"));
	ck_assert(!rep_span_cut(&none, ',', &part));
	ck_assert(!rep_item_next(&none, &part));
	ck_assert(!rep_split(none, ',', &part, &part));
	ck_assert(!rep_item_in(none, none));
	/* a part of a text, which goes on as the list does */
	ck_assert(!rep_item_in(rep_span("ab"), (rep_span_t){"ab", 1}));
	ck_assert_ptr_null(rep_items(none).s);
	is(part, "-");
}
END_TEST

/* Every byte: the C locale's answer for ASCII, none beyond. */
START_TEST(robust_bytes)
{
	for(int c = 0; c < 256; c++) {
		char text[] = {(char)c, '\0'}, *end;
		long value = strtol(text, &end, 16);

		ck_assert_int_eq(rep_is_digit((char)c), c >= '0' && c <= '9');
		ck_assert_int_eq(
				(unsigned char)rep_lower((char)c), c < 128 ? tolower(c) : c);
		ck_assert_int_eq(rep_is_space((char)c),
				c < 128 && isspace(c) && c != '\v' && c != '\f');
		ck_assert_int_eq(rep_hex_digit((char)c), end == text ? -1 : value);
	}
}
END_TEST

/* A zero byte is a byte like others. */
START_TEST(robust_zero)
{
	rep_span_t rest = {"a\0,\0b", 5}, part;

	ck_assert(!rep_same(rest, "a"));
	ck_assert(rep_span_cut(&rest, ',', &part));
	ck_assert_uint_eq(part.len, 2);
	ck_assert(rep_span_cut(&rest, '\0', &part));
	ck_assert_uint_eq(part.len, 0);
	is(rest, "b");
}
END_TEST

/* ---- sweep -------------------------------------------------------------- */

/* Item `n` of the list, found by counting commas from its start; NULL when it
 * has fewer. To be freed. */
static char *naive_item(const char *list, size_t len, size_t n, bool trimmed)
{
	size_t start = 0, end;
	char *item;

	for(; n > 0; n--, start++) {
		while(start < len && list[start] != ',')
			start++;
		if(start == len)
			return NULL;
	}
	for(end = start; end < len && list[end] != ',';)
		end++;
	while(trimmed && start < end && strchr(" \t", list[start]))
		start++;
	while(trimmed && start < end && strchr(" \t", list[end - 1]))
		end--;
	item = calloc(1, end - start + 1);
	memcpy(item, list + start, end - start);
	return item;
}

static void check_list(const char *list, size_t len, bool trimmed)
{
	rep_span_t rest = {list, len}, item;
	size_t n = 0;

	for(;; n++) {
		char *want = naive_item(list, len, n, trimmed);
		bool more = trimmed ? rep_item_next(&rest, &item)
							: rep_span_cut(&rest, ',', &item);

		ck_assert_int_eq(more, want != NULL);
		if(!more)
			return;
		is(item, want);
		ck_assert(item.s >= list && item.s + item.len <= list + len);
		if(!trimmed)
			ck_assert(rep_item_in((rep_span_t){list, len}, rep_span(want)));
		free(want);
	}
}

/* Texts in memory of just their size: the sanitizer sees any overread. */
START_TEST(sweep_lists)
{
	static const char letters[] = "ab, \t,";
	unsigned seed = 1;

	for(int round = 0; round < 50000; round++) {
		size_t len = (size_t)rand_r(&seed) % 12;
		char *text = malloc(len ? len : 1);
		rep_span_t before, after;

		for(size_t i = 0; i < len; i++)
			text[i] = letters[(size_t)rand_r(&seed) % (sizeof(letters) - 1)];
		check_list(text, len, false);
		check_list(text, len, true);
		if(rep_split((rep_span_t){text, len}, ',', &before, &after)) {
			char *want = naive_item(text, len, 0, true);

			is(before, want);
			free(want);
			ck_assert(!memchr(before.s, ',', before.len));
			ck_assert(after.s + after.len <= text + len);
			ck_assert(!after.len
					  || (!rep_is_space(after.s[0])
							  && !rep_is_space(after.s[after.len - 1])));
		} else {
			ck_assert(!len || !memchr(text, ',', len));
		}
		free(text);
	}
}
END_TEST

/* RFC 3629, 4: the table of well-formed sequences, by decoding. */
static size_t naive_utf8(const unsigned char *s, size_t n)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size = n == 0			? 0
				  : s[0] < 0x80		? 1
				  : s[0] >> 5 == 6	? 2
				  : s[0] >> 4 == 14 ? 3
				  : s[0] >> 3 == 30 ? 4
									: 0;
	uint32_t c = size < 2 ? 0 : s[0] & (0x7fu >> size);

	if(size == 0 || size > n)
		return 0;
	for(size_t i = 1; i < size; i++) {
		if(s[i] >> 6 != 2)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if(size > 1 && (c < least[size] || c > 0x10ffff || c >> 11 == 0x1b))
		return 0;
	return size;
}

START_TEST(utf8_characters)
{
	unsigned char s[4];

	for(uint32_t c = 0; c < 0x10000; c++)
		for(unsigned rest = 0; rest < 4; rest++) {
			size_t n = 1 + rest;
			s[0] = (unsigned char)(c >> 8);
			s[1] = (unsigned char)c;
			s[2] = rest & 1 ? 0x80 : 0xbf;
			s[3] = rest & 2 ? 0xbf : 0x41;
			ck_assert_uint_eq(rep_utf8_char((rep_span_t){(char *)s, n}),
					naive_utf8(s, n));
		}
	ck_assert_uint_eq(rep_utf8_prefix(rep_span("J\xc3\xbcrgen \\\"x\\\"")), 13);
	ck_assert_uint_eq(rep_utf8_prefix(rep_span("ab\xff")), 2);
	ck_assert_uint_eq(rep_utf8_prefix(rep_span("ab\xe2\x82")), 2);
	ck_assert_uint_eq(rep_utf8_prefix(rep_span("")), 0);
}
END_TEST

Suite *text_suite(void)
{
	Suite *suite = suite_create("text");
	TCase *basic = tcase_create("basic"), *robust = tcase_create("robust"),
		  *sweep = tcase_create("sweep");

	tcase_add_loop_test(basic, basic_trim, 0, COUNT(trims));
	tcase_add_loop_test(basic, basic_same, 0, COUNT(sames));
	tcase_add_test(basic, basic_words);
	tcase_add_test(basic, utf8_characters);
	tcase_add_loop_test(basic, basic_lists, 0, COUNT(lists));
	tcase_add_loop_test(basic, basic_item_in, 0, COUNT(members));
	tcase_add_loop_test(basic, basic_split, 0, COUNT(splits));
	tcase_add_test(robust, robust_nothing);
	tcase_add_test(robust, robust_bytes);
	tcase_add_test(robust, robust_zero);
	tcase_add_test(sweep, sweep_lists);
	tcase_set_timeout(sweep, 60);
	suite_add_tcase(suite, basic);
	suite_add_tcase(suite, robust);
	suite_add_tcase(suite, sweep);
	return suite;
}
