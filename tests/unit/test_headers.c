/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers found in raw messages: as RFC 3261 7.3.1 writes them, between lines
 * that are none, and against a naive finder. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/text.h"
#include "engine/reply/headers.h"
#include "suites.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define START "SIP/2.0 603 Decline\r\n"

/* All headers as "[name|value]", from a block of exactly the text's size. */
static const char *found(const char *text, size_t len)
{
	static char out[4096];
	char *exact = malloc(len ? len : 1);
	rep_span_t rest, name, value;
	size_t n = 0;

	memcpy(exact, text, len);
	rest = rep_headers((rep_span_t){exact, len});
	out[0] = '\0';
	while(rep_headers_next(&rest, &name, &value))
		n += (size_t)snprintf(out + n, sizeof(out) - n, "[%.*s|%.*s]",
				(int)name.len, name.s, (int)value.len, value.s);
	/* and it stays at the end */
	ck_assert(!rep_headers_next(&rest, &name, &value));
	free(exact);
	return out;
}

static const struct
{
	const char *text, *headers;
} samples[] = {
		/* as the RFC has them */
		{START "A: 1\r\nB: 2\r\n\r\n", "[A|1][B|2]"},
		{START "A:1\r\nA : 2\r\nA\t:\t3 \r\n\r\n", "[A|1][A|2][A|3]"},
		{START "A: 1: 2\r\n\r\n", "[A|1: 2]"},
		{START "A:\r\nB: \r\n\r\n", "[A|][B|]"},
		{"SIP/2.0 603 x\nA: 1\nB: 2\n\n", "[A|1][B|2]"},
		{START "A: 1\nB: 2\r\n\n", "[A|1][B|2]"},
		/* folds stay in the value, but not at its ends */
		{START "A: 1\r\n 2\r\n\t3\r\nB: 4\r\n\r\n", "[A|1\r\n 2\r\n\t3][B|4]"},
		{START "A: 1\n 2\nB: 4\n\n", "[A|1\n 2][B|4]"},
		{START "A:\r\n 1\r\n\r\n", "[A|1]"},
		{START "A: 1\r\n \r\nB: 2\r\n\r\n", "[A|1][B|2]"},
		{START "A: 1\r\n B: 2\r\n\r\n", "[A|1\r\n B: 2]"},
		/* the end */
		{START "\r\nA: 1\r\n\r\n", ""},
		{START "\nA: 1\r\n\r\n", ""},
		{START "A: 1\r\n\r\nB: 2\r\n\r\n", "[A|1]"},
		{START "A: 1\n\nB: 2\n", "[A|1]"},
		{START "A: 1\r\n", "[A|1]"},
		{START "A: 1\r\nB: 2", "[A|1]"},
		{START "A: 1\r\nB: 2\r", "[A|1]"},
		{START "A: 1\r\nB: 2\r\n 3", "[A|1]"},
		{START "A: 1\r\nB: 2\r\n ", "[A|1]"},
		{START, ""},
		{"SIP/2.0 603 Decline", ""},
		{"", ""},
		{"\r\n", ""},
		{"\r\n\r\n" START "A: 1\r\n\r\n", "[A|1]"},
		/* the start line is no header, whatever stands in it */
		{"BYE sip:a@b SIP/2.0\r\nA: 1\r\n\r\n", "[A|1]"},
		{"A: 1\r\nB: 2\r\n\r\n", "[B|2]"},
		{START " A: 1\r\nB: 2\r\n\r\n", "[B|2]"},
		/* behind lines that are none */
		{START "no header\r\nA: 1\r\n\r\n", "[A|1]"},
		{START "no header\r\n A: 1\r\nB: 2\r\n\r\n", "[B|2]"},
		{START "A\r\n : 1\r\nB: 2\r\n\r\n", "[B|2]"},
		{START ": 1\r\nA: 2\r\n\r\n", "[|1][A|2]"},
		{START "a b<>: 1\r\nA: 2\r\n\r\n", "[a b<>|1][A|2]"},
		{START "\x01\xff\xfe\r\nA: 1\r\n\r\n", "[A|1]"},
		{START "A: \"open\r\nB: 2\r\n\r\n", "[A|\"open][B|2]"},
		{START "A: 1\rB: 2\r\n\r\n", "[A|1\rB: 2]"},
		{START "A: 1\r\r\nB: 2\r\n\r\n", "[A|1][B|2]"},
		/* a line's end that is half one ends the headers for Kamailio, too */
		{START "A: 1\r\n\rB: 2\r\n\r\n", "[A|1]"},
};

START_TEST(samples_are_found)
{
	ck_assert_str_eq(found(samples[_i].text, strlen(samples[_i].text)),
			samples[_i].headers);
}
END_TEST

/* Zeros are bytes like any other. */
START_TEST(zeros)
{
	static const char text[] =
			START "A\0: 1\r\n\0\r\n\0: 2\r\nReason: 3\r\n\r\n";
	rep_span_t rest = rep_headers((rep_span_t){text, sizeof(text) - 1});
	rep_span_t name, value;

	ck_assert(rep_headers_next(&rest, &name, &value));
	ck_assert_uint_eq(name.len, 2);
	ck_assert(!rep_same(name, "A"));
	ck_assert(rep_headers_next(&rest, &name, &value));
	ck_assert_uint_eq(name.len, 1);
	ck_assert(rep_headers_next(&rest, &name, &value));
	ck_assert(rep_same(name, "reason") && rep_span_is(value, "3"));
	ck_assert(!rep_headers_next(&rest, &name, &value));
}
END_TEST

START_TEST(nothing)
{
	rep_span_t rest = rep_headers((rep_span_t){NULL, 0}), name, value;

	ck_assert(!rep_headers_next(&rest, &name, &value));
}
END_TEST

/* ---- against a naive finder ------------------------------------------ */

static bool is_line_end(const char *text, size_t len, size_t i)
{
	return i < len && text[i] == '\n'
		   && !(i + 1 < len && (text[i + 1] == ' ' || text[i + 1] == '\t'));
}

/* Byte by byte: the same as found(), for texts without zeros. */
static const char *expected(const char *text, size_t len)
{
	static char out[4096];
	size_t i = 0, n = 0, from, colon;
	bool start = true;

	out[0] = '\0';
	while(i < len && (text[i] == '\r' || text[i] == '\n'))
		i++;
	for(; i < len; start = false) {
		if(!start && (text[i] == '\r' || text[i] == '\n'))
			return out;
		for(from = i; i < len && !is_line_end(text, len, i); i++)
			;
		if(i++ == len)
			return out;
		for(colon = from; text[colon] != '\n' && text[colon] != ':'; colon++)
			;
		if(!start && text[colon] == ':') {
			rep_span_t name = rep_trim((rep_span_t){text + from, colon - from});
			rep_span_t value =
					rep_trim((rep_span_t){text + colon + 1, i - colon - 1});
			n += (size_t)snprintf(out + n, sizeof(out) - n, "[%.*s|%.*s]",
					(int)name.len, name.s, (int)value.len, value.s);
		}
	}
	return out;
}

/* Every text of eight bytes of those that matter. */
START_TEST(sweep_of_short_texts)
{
	static const char bytes[] = "a:\r\n ";
	char text[8];

	for(unsigned code = 0; code < 390625; code++) {
		for(unsigned i = 0, c = code; i < sizeof(text); i++, c /= 5)
			text[i] = bytes[c % 5];
		ck_assert_str_eq(
				found(text, sizeof(text)), expected(text, sizeof(text)));
	}
}
END_TEST

START_TEST(sweep_of_long_texts)
{
	static const char *const pieces[] = {"\r\n", "\n", "\r", " ", "\t", ":",
			"Reason", ": x", "\r\n ", "\r\nA: 1", "\xff", "\"", "no header"};
	uint64_t state = 1;
	char text[512];

	for(unsigned round = 0; round < 20000; round++) {
		size_t n = 0;

		while(n < 400) {
			state = state * 6364136223846793005u + 1442695040888963407u;
			if((state >> 33) % 40 == 0)
				break;
			n += (size_t)sprintf(
					text + n, "%s", pieces[(state >> 40) % COUNT(pieces)]);
		}
		ck_assert_str_eq(found(text, n), expected(text, n));
	}
}
END_TEST

/* Eight times the text takes about eight times as long, not sixty-four. */
START_TEST(a_million_lines)
{
	size_t lines = 1000000, len = lines * 4, seen = 0;
	char *text = malloc(len);
	rep_span_t rest, name, value;

	for(size_t i = 0; i < lines; i++)
		memcpy(text + 4 * i, i % 2 ? "a:\r\n" : "  \r\n", 4);
	rest = rep_headers((rep_span_t){text, len});
	while(rep_headers_next(&rest, &name, &value))
		seen++;
	ck_assert_uint_eq(seen, lines / 2);
	free(text);
}
END_TEST

static const struct
{
	const char *value, *tag;
} tags[] = {{"<sip:a@b>;tag=t1", "t1"}, {"sip:a@b;tag=t1", "t1"},
		{"\"A\" <sip:a@b>;x=y;tag=t1;z", "t1"},
		{"A B <sip:a@b> ; TAG = t1 ", "t1"}, {"<sip:a@b;tag=no>;tag=t1", "t1"},
		{"\"<x>;tag=no\" <sip:a@b>;tag=t1", "t1"},
		{"\"\\\";tag=no;\\\\\" <sip:a@b>;tag=t1", "t1"},
		{"\"<\" sip:a@b;tag=t1", "t1"},
		{"<sip:a@b>;x=\";tag=no\";tag=t1", "t1"},
		{"<sip:a@b>;tag=t1;tag=t2", "t1"}, {"<sip:a@b>;\r\n tag=t1", "t1"},
		/* none */
		{"<sip:a@b;tag=no>", ""}, {"<sip:a@b>;tag=", ""}, {"<sip:a@b>;tag", ""},
		{"<sip:a@b>;xtag=no", ""}, {"<sip:a@b>;tags=no", ""}, {"", ""},
		{";", ""}, {"<sip:a@b", ""}, {"<sip:a@b;tag=no", ""},
		{"\"a;tag=no", ""}, {"\"a\\", ""}, {"tag=no", ""}, {"<", ""},
		{">;tag=t1", "t1"}};

START_TEST(tag_of_a_header)
{
	size_t len = strlen(tags[_i].value);
	char *exact = malloc(len ? len : 1); /* nothing is read behind it */
	rep_span_t tag;

	memcpy(exact, tags[_i].value, len);
	tag = rep_header_tag((rep_span_t){exact, len});
	ck_assert(rep_span_is(tag, tags[_i].tag));
	free(exact);
}
END_TEST

Suite *headers_suite(void)
{
	Suite *suite = suite_create("headers");
	TCase *basic = tcase_create("basic"), *sweep = tcase_create("sweep");

	tcase_add_loop_test(basic, samples_are_found, 0, COUNT(samples));
	tcase_add_loop_test(basic, tag_of_a_header, 0, COUNT(tags));
	tcase_add_test(basic, zeros);
	tcase_add_test(basic, nothing);
	suite_add_tcase(suite, basic);
	tcase_add_test(sweep, sweep_of_short_texts);
	tcase_add_test(sweep, sweep_of_long_texts);
	tcase_add_test(sweep, a_million_lines);
	suite_add_tcase(suite, sweep);
	return suite;
}
