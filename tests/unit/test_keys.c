/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of keys and of writers. */

#include <string.h>

#include "store/keys.h"
#include "store/store_pool.h"
#include "store/writer.h"

#include "suites.h"

static rep_store_t store;
static rep_store_pool_t pool;
static char prefix[] = "rep", node[REP_NODE_MAX + 1];

static void setup(void)
{
	memset(&store, 0, sizeof(store));
	memset(&pool, 0, sizeof(pool));
	store.prefix = prefix;
	store.node = node;
	pool.index = 3;
}

START_TEST(keys)
{
	char key[REP_KEY_MAX];

	ck_assert_str_eq(rep_key(&store, key, "pools", NULL), "rep:pools");
	ck_assert_str_eq(
			rep_key(&store, key, "x:feed", "sales"), "rep:x:feed:{sales}");
	rep_bucket_key(&store, "sales", 29333280, key);
	ck_assert_str_eq(key, "rep:x:c2:{sales}:29333280");
}
END_TEST

START_TEST(sets_of_the_list)
{
	static const char *const none[] = {"rep:dn", "rep:dnc:", "rep:dnc:0",
			"rep:dnc:000", "rep:dnc:a0", "rep:dnc:0a", "rep:dnc_00", "xep:dnc"};
	char key[REP_KEY_MAX];

	for(unsigned set = 0; set <= 100; set++) {
		rep_dnc_key(&store, key, set);
		ck_assert_int_eq(rep_dnc_set(&store, rep_span(key)), (int)set);
	}
	ck_assert_str_eq(key, "rep:dnc:99");
	ck_assert_str_eq(rep_dnc_key(&store, key, 1), "rep:dnc:00");
	ck_assert_str_eq(rep_dnc_key(&store, key, 0), "rep:dnc");
	for(size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ck_assert_int_eq(rep_dnc_set(&store, rep_span(none[i])), -1);
}
END_TEST

/* What stands for itself in a node's name, and what would split a field. */
static const struct
{
	const char *node, *word;
} nodes[] = {
		{"proxy-1.example.com", "proxy-1.example.com"},
		{"a|b", "a_b"},
		{"a b\tc\x7f", "a_b_c_"},
		{"*", "_"},
		{"n\xc3\xbc", "n\xc3\xbc"},
		{"", ""},
};

START_TEST(writer_of_a_node)
{
	strcpy(node, nodes[_i].node);
	rep_writer_init(&store);
	ck_assert_str_eq(node, nodes[_i].word);
	ck_assert_uint_eq(strlen(store.writer), 8);
	ck_assert_ptr_null(strpbrk(store.writer, "| .*,"));
}
END_TEST

/* A number or pool that went and came back counts under another name. */
START_TEST(writer_of_a_number)
{
	char writer[REP_WRITER_MAX + 1];

	strcpy(store.writer, "n.0badcafe");
	rep_writer_of(&store, &pool, 15551230001, writer);
	ck_assert_str_eq(writer, "n.0badcafe");
	rep_incarnations_add(&store.incarnations, 3, 15551230001);
	rep_incarnations_add(&store.incarnations, 3, 15551230001);
	rep_writer_of(&store, &pool, 15551230001, writer);
	ck_assert_str_eq(writer, "n.0badcafe.2");
	rep_writer_of(&store, &pool, 15551230002, writer);
	ck_assert_str_eq(writer, "n.0badcafe");
	pool.life = 5;
	rep_writer_of(&store, &pool, 15551230002, writer);
	ck_assert_str_eq(writer, "n.0badcafe.5");
	rep_writer_of(&store, &pool, 15551230001, writer);
	ck_assert_str_eq(writer, "n.0badcafe.7");
	memset(store.writer, 'w', REP_WRITER_MAX);
	store.writer[REP_WRITER_MAX] = '\0';
	rep_writer_of(&store, &pool, 15551230001, writer);
	ck_assert_uint_le(strlen(writer), REP_WRITER_MAX);
	ck_assert_ptr_nonnull(strstr(writer, "w.7"));
	rep_incarnations_free(&store.incarnations);
}
END_TEST

Suite *keys_suite(void)
{
	Suite *suite = suite_create("keys");
	TCase *c = tcase_create("keys");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, keys);
	tcase_add_test(c, sets_of_the_list);
	tcase_add_loop_test(
			c, writer_of_a_node, 0, (int)(sizeof(nodes) / sizeof(nodes[0])));
	tcase_add_test(c, writer_of_a_number);
	suite_add_tcase(suite, c);
	return suite;
}
