/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Labels of routes and lists of them. */

#include <stdio.h>

#include "engine/pool/labels.h"
#include "suites.h"

#define L63 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"
#define L64 L63 "f"
#define L16 "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p"

static const struct
{
	rep_span_t text;
	bool label, list;
	const char *labels; /* of a list that fits, with a bar before each */
} texts[] = {
#define TEXT(s)          \
	{                    \
		s, sizeof(s) - 1 \
	}
		{{NULL, 0}, false, true, "|"},
		{TEXT(""), false, true, "|"},
		{TEXT(" \t"), false, true, "|"},
		{TEXT("a"), true, true, "|a"},
		{TEXT(" carrier a "), true, true, "|carrier a"},
		{TEXT("a,b"), false, true, "|a|b"},
		{TEXT(" a ,\tb , c"), false, true, "|a|b|c"},
		{TEXT("a,a"), false, true, "|a|a"},
		{TEXT(L63), true, true, "|" L63},
		{TEXT(" " L63 " ,b"), false, true, "|" L63 "|b"},
		{TEXT(L64), false, false, NULL},
		{TEXT("a," L64), false, false, NULL},
		{TEXT(","), false, false, NULL},
		{TEXT("a,"), false, false, NULL},
		{TEXT(",a"), false, false, NULL},
		{TEXT("a, ,b"), false, false, NULL},
		{TEXT("a\0b"), false, false, NULL},
		{TEXT("a,b\0"), false, false, NULL},
		{TEXT(L16), false, true, "|a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p"},
		{TEXT(L16 ",q"), false, false, NULL},
};

#define TEXTS (int)(sizeof(texts) / sizeof(texts[0]))

START_TEST(text)
{
	rep_span_t text = texts[_i].text, rest = rep_routes_of(text), label;
	char seen[256] = "";
	size_t n = 0;

	ck_assert_int_eq(rep_route_fits(text), texts[_i].label);
	ck_assert_int_eq(rep_route_or_none(text),
			texts[_i].label || rep_trim(text).len == 0);
	ck_assert_int_eq(rep_routes_fit(text), texts[_i].list);
	if(!texts[_i].list)
		return;
	while(rep_item_next(&rest, &label))
		n += (size_t)snprintf(
				seen + n, sizeof(seen) - n, "|%.*s", (int)label.len, label.s);
	ck_assert_str_eq(seen, texts[_i].labels);
}
END_TEST

Suite *labels_suite(void)
{
	Suite *suite = suite_create("labels");
	TCase *tc = tcase_create("labels");

	tcase_add_loop_test(tc, text, 0, TEXTS);
	suite_add_tcase(suite, tc);
	return suite;
}
