/* SPDX-License-Identifier: GPL-2.0-or-later */
/* URLs of Redis servers. */

#include <string.h>

#include "store/url.h"

#include "suites.h"

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
	ck_assert_str_eq(url.at.name, good_urls[_i].host);
	ck_assert_uint_eq(url.at.port, good_urls[_i].port);
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
		{"rediss://", "host is missing"},
		{"rediss:/h", "neither"},
		{"sentinel://", "name is missing"},
		{"sentinel://a", "name is missing"},
		{"sentinel://a/", "name is missing"},
		{"sentinel:///m", "host is missing"},
		{"sentinel://a,/m", "host is missing"},
		{"sentinel://,b/m", "host is missing"},
		{"sentinel://a:0,b/m", "port"},
		{"sentinel://a,b:x/m", "port"},
		{"sentinel://a/%zz", "master's name"},
		{"sentinel://a//1", "master's name"},
		{"sentinel://a/m/x", "database"},
		{"sentinel://a/m?x=1", "options"},
		{"sentinel://u%@a/m", "user name"},
		{"sentinel://1,2,3,4,5,6,7,8,9,10/m", "more than 9"},
		{"cluster://", "host is missing"},
		{"cluster://a,,b", "host is missing"},
		{"cluster://a:0", "port"},
		{"cluster://a/1", "no databases"},
		{"cluster://a/x", "no databases"},
		{"cluster://a?x=1", "options"},
		{"cluster://a:%zz@b", "password"},
		{"cluster://1,2,3,4,5,6,7,8,9,10", "more than 9"},
		{"unix:", "absolute"},
		{"unix:redis.sock", "absolute"},
		{"unix:/s?db=x", "database"},
		{"unix:/s?db=", "database"},
		{"unix:/s?x=1", "option"},
		{"unix:/s?", "option"},
};

START_TEST(url_bad)
{
	rep_url_t url = {.db = 77};
	const char *why = rep_url_parse(rep_span(bad_urls[_i][0]), &url);

	ck_assert_msg(why != NULL, "%s", bad_urls[_i][0]);
	ck_assert_msg(strstr(why, bad_urls[_i][1]) != NULL, "%s: %s",
			bad_urls[_i][0], why);
	ck_assert_uint_eq(url.db, 77);
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

START_TEST(url_tls)
{
	rep_url_t url;

	ck_assert_ptr_null(rep_url_parse(rep_span("rediss://u:p@h:7/2"), &url));
	ck_assert(url.tls);
	ck_assert_str_eq(url.at.name, "h");
	ck_assert_uint_eq(url.at.port, 7);
	ck_assert_str_eq(url.password, "p");
	ck_assert_uint_eq(url.db, 2);
	ck_assert_ptr_null(rep_url_parse(rep_span("redis://h"), &url));
	ck_assert(!url.tls);
}
END_TEST

START_TEST(url_sentinel)
{
	rep_url_t url;

	ck_assert_ptr_null(rep_url_parse(
			rep_span("sentinel://u:p%40@a,b:2,[::1]:3/my%20name/4"), &url));
	ck_assert_uint_eq(url.n_hosts, 3);
	ck_assert_str_eq(url.hosts[0].name, "a");
	ck_assert_uint_eq(url.hosts[0].port, 26379);
	ck_assert_str_eq(url.hosts[1].name, "b");
	ck_assert_uint_eq(url.hosts[1].port, 2);
	ck_assert_str_eq(url.hosts[2].name, "::1");
	ck_assert_uint_eq(url.hosts[2].port, 3);
	ck_assert_str_eq(url.master, "my name");
	ck_assert_str_eq(url.at.name, "");
	ck_assert_str_eq(url.user, "u");
	ck_assert_str_eq(url.password, "p@");
	ck_assert_uint_eq(url.db, 4);
	ck_assert_ptr_null(
			rep_url_parse(rep_span("sentinel://1,2,3,4,5,6,7,8,9/m"), &url));
	ck_assert_uint_eq(url.n_hosts, 9);
	ck_assert_uint_eq(url.db, 0);
}
END_TEST

START_TEST(url_cluster)
{
	rep_url_t url;

	ck_assert_ptr_null(
			rep_url_parse(rep_span("cluster://u:p%40@a,b:2,[::1]:3/0"), &url));
	ck_assert(url.cluster && !url.tls);
	ck_assert_uint_eq(url.n_hosts, 3);
	ck_assert_str_eq(url.hosts[0].name, "a");
	ck_assert_uint_eq(url.hosts[0].port, 6379);
	ck_assert_str_eq(url.hosts[2].name, "::1");
	ck_assert_uint_eq(url.hosts[2].port, 3);
	ck_assert_str_eq(url.master, "");
	ck_assert_str_eq(url.user, "u");
	ck_assert_str_eq(url.password, "p@");
	ck_assert_ptr_null(rep_url_parse(rep_span("cluster://a/"), &url));
	ck_assert_ptr_null(rep_url_parse(rep_span("sentinel://a/m"), &url));
	ck_assert(!url.cluster);
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

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *url_suite(void)
{
	Suite *suite = suite_create("url");
	TCase *c = tcase_create("url");

	tcase_add_loop_test(c, url_good, 0, COUNT(good_urls));
	tcase_add_loop_test(c, url_bad, 0, COUNT(bad_urls));
	tcase_add_test(c, url_unix);
	tcase_add_test(c, url_tls);
	tcase_add_test(c, url_sentinel);
	tcase_add_test(c, url_cluster);
	tcase_add_test(c, url_long);
	suite_add_tcase(suite, c);
	return suite;
}
