/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pure parts of store/: URLs, field texts, attributes, arguments. */

#include <stdio.h>
#include <stdlib.h>

#include "engine/pool/pool_policy.h"
#include "engine/pool/pools.h"
#include "engine/pool/registry.h"
#include "formats/attrs.h"
#include "formats/counts.h"
#include "formats/health.h"
#include "formats/pool_load.h"
#include "formats/record.h"
#include "store/args.h"
#include "store/incarnations.h"
#include "store/redis_error.h"
#include "store/url.h"

#include "suites.h"

/* ---- urls ------------------------------------------------------------- */

static const struct
{
	const char *text, *host;
	unsigned port, db;
	const char *user, *password;
} good_urls[] = {
		{"redis://h", "h", 6379, 0, "", ""},
		{"redis://h/", "h", 6379, 0, "", ""},
		{"redis://h:1", "h", 1, 0, "", ""},
		{"redis://h:65535/15", "h", 65535, 15, "", ""},
		{"redis://redis-1.example.com:6380", "redis-1.example.com", 6380, 0, "",
				""},
		{"redis://127.0.0.1/3", "127.0.0.1", 6379, 3, "", ""},
		{"redis://[::1]", "::1", 6379, 0, "", ""},
		{"redis://[2001:db8::7]:7000/2", "2001:db8::7", 7000, 2, "", ""},
		{"redis://user@h", "h", 6379, 0, "user", ""},
		{"redis://user:pw@h:1/2", "h", 1, 2, "user", "pw"},
		{"redis://:pw@h", "h", 6379, 0, "", "pw"},
		{"redis://u:p%40%3a%2F%25@h", "h", 6379, 0, "u", "p@:/%"},
		{"redis://u:p@w@h", "h", 6379, 0, "u", "p@w"},
		{"redis://u:a:b@[::1]:9/1", "::1", 9, 1, "u", "a:b"},
};

START_TEST(url_good)
{
	rep_url_t url;
	const char *why = rep_url_parse(rep_span(good_urls[_i].text), &url);

	ck_assert_msg(why == NULL, "%s: %s", good_urls[_i].text, why);
	ck_assert(!url.is_unix);
	ck_assert_str_eq(url.host, good_urls[_i].host);
	ck_assert_uint_eq(url.port, good_urls[_i].port);
	ck_assert_uint_eq(url.db, good_urls[_i].db);
	ck_assert_str_eq(url.user, good_urls[_i].user);
	ck_assert_str_eq(url.password, good_urls[_i].password);
}
END_TEST

/* the text, and a word of the sentence */
static const char *const bad_urls[][2] = {
		{"", "neither"},
		{"h:6379", "neither"},
		{"http://h", "neither"},
		{"REDIS://h", "neither"},
		{"redis://", "host is missing"},
		{"redis://:6379", "host is missing"},
		{"redis://u:p@", "host is missing"},
		{"redis://h:", "port"},
		{"redis://h:0", "port"},
		{"redis://h:65536", "port"},
		{"redis://h:99999999999", "port"},
		{"redis://h:6a", "port"},
		{"redis://h:-1", "port"},
		{"redis://h/x", "database"},
		{"redis://h/-1", "database"},
		{"redis://h/65536", "database"},
		{"redis://h/1/2", "database"},
		{"redis://h?x=1", "options"},
		{"redis://h/1#f", "options"},
		{"redis://::1", "brackets"},
		{"redis://[::1", "not closed"},
		{"redis://[::1]6379", "only a port"},
		{"redis://[h]", "character"},
		{"redis://[12]", "no IPv6"},
		{"redis://[]", "host is missing"},
		{"redis://a b", "character"},
		{"redis://u%zz@h", "user name"},
		{"redis://u%4@h", "user name"},
		{"redis://u%00@h", "user name"},
		{"redis://u:%@h", "password"},
		{"rediss://h", "TLS"},
		{"sentinel://a:1,b:2/m", "sentinel"},
		{"cluster://a:1", "cluster"},
		{"unix:", "absolute"},
		{"unix:redis.sock", "absolute"},
		{"unix:/s?db=x", "database"},
		{"unix:/s?db=", "database"},
		{"unix:/s?x=1", "option"},
		{"unix:/s?", "option"},
};

START_TEST(url_bad)
{
	rep_url_t url = {.port = 77};
	const char *why = rep_url_parse(rep_span(bad_urls[_i][0]), &url);

	ck_assert_msg(why != NULL, "%s", bad_urls[_i][0]);
	ck_assert_msg(strstr(why, bad_urls[_i][1]) != NULL, "%s: %s",
			bad_urls[_i][0], why);
	ck_assert_uint_eq(url.port, 77);
}
END_TEST

START_TEST(url_unix)
{
	rep_url_t url;
	char text[300] = "unix:/";

	ck_assert_ptr_null(rep_url_parse(rep_span("unix:/run/redis/r.sock"), &url));
	ck_assert(url.is_unix);
	ck_assert_str_eq(url.path, "/run/redis/r.sock");
	ck_assert_uint_eq(url.db, 0);
	ck_assert_ptr_null(rep_url_parse(rep_span("unix:///run/s?db=9"), &url));
	ck_assert_str_eq(url.path, "/run/s");
	ck_assert_uint_eq(url.db, 9);
	memset(text + 6, 'a', 106);
	ck_assert_ptr_null(rep_url_parse(rep_span(text), &url));
	text[112] = 'a';
	ck_assert_ptr_nonnull(rep_url_parse(rep_span(text), &url));
}
END_TEST

START_TEST(url_long)
{
	static char text[2000];
	rep_url_t url;

	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "redis://", 8);
	ck_assert_ptr_nonnull(rep_url_parse(rep_span(text), &url));
	text[1000] = '@';
	ck_assert_ptr_nonnull(rep_url_parse(rep_span(text), &url));
	text[20] = ':';
	ck_assert_ptr_nonnull(rep_url_parse(rep_span(text), &url));
}
END_TEST

/* ---- counts and cells --------------------------------------------------- */

START_TEST(counts_there_and_back)
{
	rep_counts_t in = {{0, 1, 22, 333, UINT32_MAX, 5, 6, 7, 8, 9, 10, 11}};
	rep_counts_t out;
	char text[REP_COUNTS_TEXT];
	size_t n = rep_pack_counts(&in, text);

	ck_assert_str_eq(text, "0,1,22,333,4294967295,5,6,7,8,9,10,11");
	ck_assert_uint_eq(n, strlen(text));
	ck_assert(rep_unpack_counts(rep_span(text), &out));
	ck_assert_mem_eq(&in, &out, sizeof(in));
	for(int i = 0; i < REP_OUTCOMES; i++)
		in.n[i] = UINT32_MAX;
	ck_assert_uint_lt(rep_pack_counts(&in, text), REP_COUNTS_TEXT);
	/* a later layout may add outcomes; a sum may exceed 32 bits */
	ck_assert(rep_unpack_counts(
			rep_span("1,2,3,4,5,6,7,8,9,10,11,9999999999,13,14"), &out));
	ck_assert_uint_eq(out.n[11], UINT32_MAX);
}
END_TEST

START_TEST(counts_malformed)
{
	static const char *const bad[] = {"", "1", "1,2,3,4,5,6,7,8,9,10,11",
			"1,2,3,4,5,6,7,8,9,10,11,", "1,2,3,4,5,6,7,8,9,10,,12",
			"-1,2,3,4,5,6,7,8,9,10,11,12", "a,2,3,4,5,6,7,8,9,10,11,12",
			"99999999999999999999,2,3,4,5,6,7,8,9,10,11,12"};
	rep_counts_t out = {{42}};

	for(size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!rep_unpack_counts(rep_span(bad[i]), &out), "%s", bad[i]);
	ck_assert(!rep_unpack_counts((rep_span_t){NULL, 0}, &out));
	ck_assert_uint_eq(out.n[0], 42);
}
END_TEST

START_TEST(cell_fields)
{
	rep_cell_t in = {.number = 15551230001, .stamp = 7, .route = "a|b"}, out;
	char text[REP_FIELD_TEXT];
	rep_span_t writer;

	rep_pack_field(&in, "n.0a1b", text);
	ck_assert_str_eq(text, "+15551230001|7|n.0a1b|a|b");
	ck_assert(rep_unpack_field(rep_span(text), &out, &writer));
	ck_assert(rep_span_is(writer, "n.0a1b"));
	ck_assert_uint_eq(out.number, in.number);
	ck_assert_uint_eq(out.stamp, 7);
	ck_assert_str_eq(out.route, "a|b");
	rep_pack_field(&in, NULL, text);
	ck_assert_str_eq(text, "+15551230001|7|a|b");
	ck_assert(rep_unpack_field(rep_span(text), &out, NULL));
	ck_assert_str_eq(out.route, "a|b");
	in.route[0] = '\0';
	rep_pack_field(&in, "*", text);
	ck_assert_str_eq(text, "+15551230001|7|*|");
	ck_assert(rep_unpack_field(rep_span(text), &out, &writer));
	ck_assert_str_eq(out.route, "");
}
END_TEST

START_TEST(cell_fields_at_their_longest)
{
	rep_cell_t in = {.number = 999999999999999, .stamp = UINT32_MAX}, out;
	char text[REP_FIELD_TEXT], writer[REP_WRITER_MAX + 1];
	rep_span_t got;

	memset(in.route, 'r', REP_ROUTE_MAX);
	memset(writer, 'w', REP_WRITER_MAX);
	writer[REP_WRITER_MAX] = '\0';
	ck_assert_uint_lt(rep_pack_field(&in, writer, text), REP_FIELD_TEXT);
	ck_assert(rep_unpack_field(rep_span(text), &out, &got));
	ck_assert(rep_span_is(got, writer));
	ck_assert_str_eq(out.route, in.route);
}
END_TEST

START_TEST(cell_fields_malformed)
{
	static const char *const bad[] = {"", "+15551230001", "+15551230001|1",
			"+15551230001|1|w", "15551230001|1|w|", "+1555|1|w|",
			"+15551230001||w|", "+15551230001|x|w|",
			"+15551230001|4294967296|w|", "|1|w|",
			"+15551230001|1|w|"
			"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"};
	rep_cell_t out;
	rep_span_t writer;

	for(size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!rep_unpack_field(rep_span(bad[i]), &out, &writer), "%s",
				bad[i]);
	ck_assert(!rep_unpack_field(
			(rep_span_t){"+15551230001|1|w|a\0b", 20}, &out, &writer));
}
END_TEST

/* ---- verdicts and health -------------------------------------------------- */

START_TEST(records_there_and_back)
{
	rep_record_t in = {.number = 15551230001,
			.route = "trunk|x",
			.turn = 12,
			.reset = 3,
			.state = REP_PROBATION,
			.reason = REP_REASON_NONE,
			.since = 1700000000123,
			.until = 0,
			.struck = 1690000000000,
			.strikes = 4,
			.score = 0.25f};
	rep_record_t out;
	char field[REP_FIELD_TEXT], text[REP_RECORD_TEXT];

	rep_pack_record_field(&in, field);
	rep_pack_record(&in, "node one", text);
	ck_assert_str_eq(field, "+15551230001|trunk|x");
	ck_assert_str_eq(text, "12 probation - 1700000000123 0 1690000000000 4 "
						   "0.2500 3 node one");
	ck_assert(rep_unpack_record(rep_span(field), rep_span(text), &out));
	ck_assert_uint_eq(out.turn, 12);
	ck_assert_uint_eq(out.reset, 3);
	ck_assert_int_eq(out.state, REP_PROBATION);
	ck_assert_int_eq(out.reason, REP_REASON_NONE);
	ck_assert_int_eq(out.since, in.since);
	ck_assert_int_eq(out.struck, in.struck);
	ck_assert_uint_eq(out.strikes, 4);
	ck_assert(out.score == 0.25f);
	ck_assert_str_eq(out.route, "trunk|x");
	in.route[0] = '\0';
	in.reason = REP_REASON_LABELLED;
	in.score = 0.0f / 0.0f;
	rep_pack_record_field(&in, field);
	rep_pack_record(&in, "n", text);
	ck_assert_str_eq(field, "+15551230001");
	ck_assert(rep_unpack_record(rep_span(field), rep_span(text), &out));
	ck_assert_int_eq(out.reason, REP_REASON_LABELLED);
}
END_TEST

START_TEST(records_malformed)
{
	static const char *const bad[] = {"", "1", "x benched - 0 0 0 0 0 0 n",
			"1 asleep - 0 0 0 0 0 0 n", "1 paused - 0 0 0 0 0 0 n",
			"1 benched fun 0 0 0 0 0 0 n", "1 benched - -1 0 0 0 0 0 n",
			"1 benched - 0 0 0 0 much 0 n", "1 benched - 0 0 0 0 nan 0 n",
			"1 benched - 0 0 0 0 0", "4294967296 benched - 0 0 0 0 0 0 n"};
	rep_record_t out;

	for(size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!rep_unpack_record(
							  rep_span("+15551230001"), rep_span(bad[i]), &out),
				"%s", bad[i]);
	ck_assert(!rep_unpack_record(rep_span("15551230001"),
			rep_span("1 benched - 0 0 0 0 0 0 n"), &out));
}
END_TEST

START_TEST(health_json)
{
	rep_number_view_t view = {.number = 15551230001,
			.state = REP_BENCHED,
			.reason = REP_REASON_BLOCKED,
			.since = 1700000000999,
			.until = 1700086400000,
			.strikes = 2};
	char text[REP_HEALTH_TEXT];

	view.counts.n[REP_ANSWERED] = 1;
	view.counts.n[REP_SHORT] = 1;
	view.counts.n[REP_DECLINED] = 1;
	view.counts.n[REP_BLOCKED] = 1;
	view.counts.n[REP_FAILED] = 9;
	rep_pack_health(&view, text);
	ck_assert_ptr_nonnull(strstr(text,
			"\"state\":\"benched\",\"since\":1700000000,"
			"\"until\":1700086400,\"strikes\":2,\"reason\":\"blocked\""));
	ck_assert_ptr_nonnull(strstr(text, "\"calls\":13"));
	ck_assert_ptr_nonnull(strstr(text, "\"failed\":9}"));
	ck_assert_ptr_nonnull(strstr(text,
			"\"answered\":0.5000,\"declined\":0.2500,\"rejected\":0.2500,"
			"\"blocked\":0.2500}}"));
	for(int i = 0; i < REP_OUTCOMES; i++)
		view.counts.n[i] = UINT32_MAX;
	view.since = view.until = INT64_MAX;
	view.strikes = UINT32_MAX;
	ck_assert_uint_lt(rep_pack_health(&view, text), REP_HEALTH_TEXT - 1);
}
END_TEST

/* ---- attributes -------------------------------------------------------------- */

/* the JSON, and a word of the sentence; NULL = it is good */
static const char *const attributes[][2] = {
		{"{}", NULL},
		{" { } ", NULL},
		{"{\"weight\":2}", NULL},
		{"{\"weight\":0.5,\"note\":\"x\"}", NULL},
		{"{\"weight\":null}", NULL},
		{"{\"weight\":0}", "weight"},
		{"{\"weight\":-1}", "weight"},
		{"{\"weight\":\"2\"}", "weight"},
		{"{\"weight\":1e99}", "weight"},
		{"{\"weight\":NaN}", ""},
		{"{\"cap_day\":0}", NULL},
		{"{\"cap_day\":4294967295}", NULL},
		{"{\"cap_day\":4294967296}", "cap_day"},
		{"{\"cap_day\":-1}", "cap_day"},
		{"{\"cap_day\":1.5}", "cap_day"},
		{"{\"cap_day\":\"9\"}", "cap_day"},
		{"{\"tags\":[]}", NULL},
		{"{\"tags\":[\"a\",\"b\"]}", NULL},
		{"{\"tags\":\"a, b ,,c\"}", NULL},
		{"{\"tags\":7}", "tags"},
		{"{\"tags\":[7]}", "tags"},
		{"{\"tags\":[\"a\\u0000b\"]}", "tags"},
		{"{\"attest\":{\"r\":\"A\",\"s\":\"C\"}}", NULL},
		{"{\"attest\":\"A\"}", "attest"},
		{"{\"attest\":{\"r\":\"D\"}}", "attest"},
		{"{\"attest\":{\"r\":\"AA\"}}", "attest"},
		{"{\"attest\":{\"r\":1}}", "attest"},
		{"{\"attest\":{\"r\":null}}", "attest"},
		{"{\"attest\":{\"a,b\":\"A\"}}", "attest"},
		{"{\"since\":\"2024-02-29\"}", NULL},
		{"{\"since\":\"2023-02-29\"}", "since"},
		{"{\"since\":\"1900-01-01\"}", "since"},
		{"{\"since\":\"2024-13-01\"}", "since"},
		{"{\"since\":\"2024-00-01\"}", "since"},
		{"{\"since\":\"2024-04-31\"}", "since"},
		{"{\"since\":\"2024-1-1\"}", "since"},
		{"{\"since\":20240101}", "since"},
		{"{\"since\":\"2024-01-01T\"}", "since"},
		{"{\"status\":\"active\"}", NULL},
		{"{\"status\":\"paused\"}", NULL},
		{"{\"status\":\"retired\"}", NULL},
		{"{\"status\":\"benched\"}", "status"},
		{"{\"status\":1}", "status"},
		{"{\"note\":1}", "note"},
		{"", "empty"},
		{"{", "not JSON"},
		{"{}x", "not JSON"},
		{"{\"note\":'x'}", "not JSON"},
		{"{\"weight\":2,}", "not JSON"},
		{"[]", "not a JSON object"},
		{"null", "not a JSON object"},
		{"7", "not a JSON object"},
		{"\"x\"", "not a JSON object"},
		{"{\"note\":\"\xff\"}", "not JSON"},
		{"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}"
		 "}}}}}}",
				"not JSON"},
};

START_TEST(attrs_table)
{
	rep_attrs_text_t out;
	char why[160];
	const char *text = attributes[_i][0], *word = attributes[_i][1];
	const char *wrong = rep_attrs_parse(rep_span(text), &out, why, sizeof(why));

	if(!word) {
		ck_assert_msg(wrong == NULL, "%s: %s", text, wrong);
		return;
	}
	ck_assert_msg(wrong != NULL, "%s", text);
	ck_assert_msg(strstr(wrong, word) != NULL, "%s: %s", text, wrong);
}
END_TEST

START_TEST(attrs_values)
{
	static const char json[] =
			"{\"weight\":2.5,\"tags\":[\"x\",\" y z \"],\"attest\":"
			"{\"r1\":\"A\",\"\":\"B\"},\"cap_day\":9,\"since\":\"1970-01-02\","
			"\"status\":\"paused\",\"note\":\"two\\nlines\",\"colour\":1}";
	rep_attrs_text_t out;
	char why[160];

	ck_assert_ptr_null(rep_attrs_parse(rep_span(json), &out, why, sizeof(why)));
	ck_assert(out.attrs.weight == 2.5f);
	ck_assert(rep_span_is(out.attrs.tags, "x,y z"));
	ck_assert(rep_span_is(out.attrs.attest, "r1=A,=B"));
	ck_assert_uint_eq(out.attrs.cap_day, 9);
	ck_assert_int_eq(out.attrs.since_day, 1);
	ck_assert_int_eq(out.attrs.status, REP_PAUSED);
	ck_assert(rep_span_is(out.attrs.note, "two lines"));
	ck_assert_str_eq(out.unknown, "colour");
	ck_assert_ptr_null(rep_attrs_parse(rep_span("{}"), &out, why, sizeof(why)));
	ck_assert(out.attrs.weight == 1);
	ck_assert_int_eq(out.attrs.status, REP_ACTIVE);
	ck_assert_uint_eq(out.attrs.tags.len, 0);
	ck_assert_str_eq(out.unknown, "");
	ck_assert_ptr_null(rep_attrs_parse(
			rep_span("{\"since\":\"2026-11-20\"}"), &out, why, sizeof(why)));
	ck_assert_int_eq(out.attrs.since_day, 20777);
}
END_TEST

START_TEST(attrs_too_long)
{
	static char text[20000];
	rep_attrs_text_t out;
	char why[160];
	int n = snprintf(text, sizeof(text), "{\"tags\":[");

	for(int i = 0; i < 100; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "\"tag%d\",", i);
	snprintf(text + n - 1, sizeof(text) - (size_t)n, "]}");
	ck_assert_ptr_nonnull(
			rep_attrs_parse(rep_span(text), &out, why, sizeof(why)));
	memset(text, ' ', 9000);
	text[9000] = '\0';
	ck_assert_ptr_nonnull(
			rep_attrs_parse(rep_span(text), &out, why, sizeof(why)));
}
END_TEST

/* ---- small parts ----------------------------------------------------------------- */

START_TEST(faults)
{
	ck_assert_int_eq(
			rep_redis_error_of("LOADING Redis is loading"), REP_REDIS_LOADING);
	ck_assert_int_eq(
			rep_redis_error_of("READONLY You can't"), REP_REDIS_REPLICA);
	ck_assert_int_eq(rep_redis_error_of("OOM command"), REP_REDIS_FULL);
	ck_assert_int_eq(rep_redis_error_of("NOSCRIPT No"), REP_REDIS_SCRIPT);
	ck_assert_int_eq(rep_redis_error_of("WRONGTYPE Op"), REP_REDIS_TYPE);
	ck_assert_int_eq(rep_redis_error_of("WRONGTYPES"), REP_REDIS_OTHER);
	ck_assert_int_eq(
			rep_redis_error_of("ERR invalid password"), REP_REDIS_AUTH);
	ck_assert_int_eq(rep_redis_error_of("MOVED 1 h:1"), REP_REDIS_CLUSTER);
	ck_assert_int_eq(rep_redis_error_of("ERR what"), REP_REDIS_OTHER);
	ck_assert_int_eq(rep_redis_error_of(""), REP_REDIS_OTHER);
	ck_assert_int_eq(rep_redis_error_of(NULL), REP_REDIS_OTHER);
	ck_assert_int_eq(
			rep_redis_error_of("ERR Error running script (call to f_12): "
							   "@user_script:12: WRONGTYPE Operation against"),
			REP_REDIS_TYPE);
	ck_assert_int_eq(
			rep_redis_error_of("ERR Error running script (call to f_12): "
							   "@user_script:5: @user_script: 5: -OOM command"),
			REP_REDIS_FULL);
}
END_TEST

START_TEST(arguments)
{
	rep_args_t args = {0};
	char big[5000];

	memset(big, 'x', sizeof(big));
	ck_assert(!rep_args_ready(&args));
	rep_args_command(&args, "HSET");
	rep_args_int(&args, INT64_MIN);
	rep_args_span(&args, (rep_span_t){"a\0b%s", 5});
	rep_args_text(&args, "");
	for(int i = 0; i < 500; i++)
		rep_args_span(&args, (rep_span_t){big, sizeof(big)});
	rep_args_patch(&args, 1, 42);
	ck_assert(rep_args_ready(&args));
	ck_assert_uint_eq(args.n, 504);
	ck_assert_uint_eq(args.argvlen[1], 2);
	ck_assert_mem_eq(args.argv[1], "42", 2);
	ck_assert_uint_eq(args.argvlen[2], 5);
	ck_assert_mem_eq(args.argv[2], "a\0b%s", 5);
	ck_assert_uint_eq(args.argvlen[3], 0);
	ck_assert_mem_eq(args.argv[503], big, sizeof(big));
	rep_args_free(&args);
	rep_args_free(&args);
}
END_TEST

START_TEST(incarnations)
{
	rep_incarnations_t incarnations = {0};

	ck_assert_uint_eq(rep_incarnations_get(&incarnations, 0, 15551230001), 0);
	for(int round = 1; round <= 3; round++)
		for(rep_e164_t i = 0; i < 1000; i++)
			ck_assert(rep_incarnations_add(
					&incarnations, (int)(i % 3), 15551230000 + i));
	for(rep_e164_t i = 0; i < 1000; i++) {
		ck_assert_uint_eq(rep_incarnations_get(
								  &incarnations, (int)(i % 3), 15551230000 + i),
				3);
		ck_assert_uint_eq(
				rep_incarnations_get(&incarnations, 5, 15551230000 + i), 0);
	}
	rep_incarnations_free(&incarnations);
	ck_assert_uint_eq(rep_incarnations_get(&incarnations, 0, 15551230000), 0);
}
END_TEST

/* ---- the pool file ------------------------------------------------------------------ */

static char said[4000];

static void hear(void *ctx, const char *sentence)
{
	(void)ctx;
	strncat(said, sentence, sizeof(said) - strlen(said) - 2);
	strcat(said, "\n");
}

static int load(rep_registry_t *registry, const char *text, uint32_t number)
{
	char path[] = "/tmp/rep-pools-XXXXXX";
	int fd = mkstemp(path), result;
	FILE *file = fdopen(fd, "w");

	fputs(text, file);
	fclose(file);
	said[0] = '\0';
	result = rep_pool_file_load(path, registry, number, 1000, hear, NULL);
	remove(path);
	return result;
}

static bool known(rep_registry_t *registry, const char *pool, rep_e164_t number)
{
	rep_number_view_t view;

	return rep_view_number(registry,
			rep_registry_find(registry, rep_span(pool)), number, 2000, &view,
			NULL, 0, NULL);
}

START_TEST(pool_file)
{
	rep_registry_t *registry = rep_registry_create(100);
	rep_policy_t policy;

	ck_assert_int_eq(
			load(registry,
					"{\"pools\":{\"a\":{\"policy\":{\"cap_day\":7,"
					"\"order\":\"none\"},\"numbers\":{\"+15551230001\":{},"
					"\"+15551230002\":{\"weight\":0},\"x\":{}}},"
					"\"b\":{\"numbers\":[\"+15551230003\",7]},\"c d\":{}}}",
					1),
			0);
	ck_assert(known(registry, "a", 15551230001));
	ck_assert(!known(registry, "a", 15551230002));
	ck_assert(known(registry, "b", 15551230003));
	ck_assert(rep_pool_policy(
			registry, rep_registry_find(registry, rep_span("a")), &policy));
	ck_assert_uint_eq(policy.cap_day, 7);
	ck_assert_ptr_nonnull(strstr(said, "pool a, policy order"));
	ck_assert_ptr_nonnull(strstr(said, "pool a, number +15551230002: weight"));
	ck_assert_ptr_nonnull(strstr(said, "pool a, number x"));
	ck_assert_ptr_nonnull(strstr(said, "pool b: number 2"));
	ck_assert_ptr_nonnull(strstr(said, "pool c d"));
	/* again, changed: what is not named goes, what is malformed stays */
	ck_assert_int_eq(load(registry,
							 "{\"pools\":{\"a\":{\"numbers\":{"
							 "\"+15551230001\":{\"weight\":\"x\"},"
							 "\"+15551230005\":{}}}}}",
							 2),
			0);
	ck_assert(known(registry, "a", 15551230001));
	ck_assert(known(registry, "a", 15551230005));
	ck_assert_int_eq(rep_registry_find(registry, rep_span("b")), REP_NO_POOL);
	/* not JSON: the line is named, and nothing changes */
	ck_assert_int_eq(load(registry, "{\"pools\":\n{\"z\":\n{,}}}", 3), -1);
	ck_assert_ptr_nonnull(strstr(said, "line 3"));
	ck_assert_int_eq(load(registry, "[]", 4), -1);
	ck_assert_int_eq(load(registry, "", 5), -1);
	ck_assert_int_eq(load(registry, "{\"pools\":[]}", 6), -1);
	ck_assert_int_eq(load(registry, "{\"pools\":{}} {}", 7), -1);
	ck_assert(known(registry, "a", 15551230005));
	said[0] = '\0';
	ck_assert_int_eq(
			rep_pool_file_load("/nowhere/x", registry, 8, 1, hear, NULL), -1);
	ck_assert_ptr_nonnull(strstr(said, "/nowhere/x"));
	rep_registry_destroy(registry);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *store_suite(void)
{
	Suite *suite = suite_create("store");
	TCase *c = tcase_create("url");

	tcase_add_loop_test(c, url_good, 0, COUNT(good_urls));
	tcase_add_loop_test(c, url_bad, 0, COUNT(bad_urls));
	tcase_add_test(c, url_unix);
	tcase_add_test(c, url_long);
	suite_add_tcase(suite, c);
	c = tcase_create("pack");
	tcase_add_test(c, counts_there_and_back);
	tcase_add_test(c, counts_malformed);
	tcase_add_test(c, cell_fields);
	tcase_add_test(c, cell_fields_at_their_longest);
	tcase_add_test(c, cell_fields_malformed);
	tcase_add_test(c, records_there_and_back);
	tcase_add_test(c, records_malformed);
	tcase_add_test(c, health_json);
	suite_add_tcase(suite, c);
	c = tcase_create("attrs");
	tcase_add_loop_test(c, attrs_table, 0, COUNT(attributes));
	tcase_add_test(c, attrs_values);
	tcase_add_test(c, attrs_too_long);
	suite_add_tcase(suite, c);
	c = tcase_create("parts");
	tcase_add_test(c, faults);
	tcase_add_test(c, arguments);
	tcase_add_test(c, incarnations);
	tcase_add_test(c, pool_file);
	suite_add_tcase(suite, c);
	return suite;
}
