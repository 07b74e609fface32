/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool file into the registry. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/pool/pool_policy.h"
#include "engine/pool/pools.h"
#include "engine/pool/registry.h"
#include "engine/pool/view.h"
#include "formats/pool_file.h"
#include "formats/pool_load.h"

#include "suites.h"

static char said[4000];
static rep_pool_changes_t changes; /* of the last load */

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
	result = rep_pool_file_load(
			path, registry, number, 1000, hear, NULL, &changes);
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
			rep_pool_file_load("/nowhere/x", registry, 8, 1, hear, NULL, NULL),
			-1);
	ck_assert_ptr_nonnull(strstr(said, "/nowhere/x"));
	rep_registry_destroy(registry);
}
END_TEST

#define CHANGES(p, p_added, p_removed, n_added, n_changed, n_removed) \
	ck_assert_uint_eq(changes.pools, p);                              \
	ck_assert_uint_eq(changes.pools_added, p_added);                  \
	ck_assert_uint_eq(changes.pools_removed, p_removed);              \
	ck_assert_uint_eq(changes.added, n_added);                        \
	ck_assert_uint_eq(changes.changed, n_changed);                    \
	ck_assert_uint_eq(changes.removed, n_removed)

/* A second load says what it changed, and a third that it changed nothing. */
START_TEST(load_again)
{
	static const char second[] =
			"{\"pools\":{\"a\":{\"numbers\":{\"+15551230001\":{},"
			"\"+15551230002\":{\"weight\":3},\"+15551230004\":{}}},"
			"\"c\":{\"numbers\":[\"+15551230005\"]}}}";
	rep_registry_t *registry = rep_registry_create(100);

	ck_assert_int_eq(
			load(registry,
					"{\"pools\":{\"a\":{\"numbers\":{\"+15551230001\":{},"
					"\"+15551230002\":{},\"+15551230003\":{}}},"
					"\"b\":{\"numbers\":[\"+15551230006\"]}}}",
					1),
			0);
	CHANGES(2, 2, 0, 4, 0, 0);
	ck_assert_int_eq(load(registry, second, 2), 0);
	CHANGES(2, 1, 1, 2, 1, 2);
	ck_assert_int_eq(load(registry, second, 3), 0);
	CHANGES(2, 0, 0, 0, 0, 0);
	ck_assert_uint_eq(changes.errors, 0);
	rep_registry_destroy(registry);
}
END_TEST

static uint32_t cap_day(rep_registry_t *registry)
{
	rep_policy_t policy;

	ck_assert(rep_pool_policy(
			registry, rep_registry_find(registry, rep_span("a")), &policy));
	return policy.cap_day;
}

/* What cannot be read keeps what was good last. */
START_TEST(load_again_with_faults)
{
	static const char *const bad[] = {
			"{\"a\":{\"policy\":{\"cap_day\":\"x\"},"
			"\"numbers\":[\"+15551230001\"]}}",
			"{\"a\":{\"policy\":{\"cap_day\":[]},"
			"\"numbers\":[\"+15551230001\"]}}",
			"{\"a\":{\"policy\":7,\"numbers\":[\"+15551230001\"]}}",
			"{\"a\":{\"policy\":{\"cap_day\":7},\"numbers\":7}}",
			"{\"a\":7}",
	};
	rep_registry_t *registry = rep_registry_create(100);
	char text[200];

	ck_assert_int_eq(load(registry,
							 "{\"pools\":{\"a\":{\"policy\":{\"cap_day\":7},"
							 "\"numbers\":[\"+15551230001\"]}}}",
							 1),
			0);
	for(unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "{\"pools\":%s}", bad[i]);
		ck_assert_int_eq(load(registry, text, 2 + i), 0);
		ck_assert_ptr_nonnull(strstr(said, "pool a"));
		ck_assert_uint_eq(changes.errors, 1);
		ck_assert_uint_eq(changes.removed, 0);
		ck_assert(known(registry, "a", 15551230001));
		ck_assert_uint_eq(cap_day(registry), 7);
	}
	/* a field that is left out is the default again */
	ck_assert_int_eq(load(registry, "{\"pools\":{\"a\":{}}}", 20), 0);
	ck_assert_uint_eq(cap_day(registry), 0);
	ck_assert(!known(registry, "a", 15551230001));
	rep_registry_destroy(registry);
}
END_TEST

/* ---- the walk alone ------------------------------------------------------ */

static void told_pool(void *ctx, rep_span_t name)
{
	(void)ctx;
	hear(NULL, name.s);
}

static void told_policy(
		void *ctx, rep_span_t of, rep_span_t field, rep_span_t value)
{
	char text[200];

	(void)ctx;
	snprintf(text, sizeof(text), "%s: %s is %s", of.s, field.s, value.s);
	hear(NULL, text);
}

static void told_number(void *ctx, rep_span_t of, rep_span_t number,
		struct json_object *attributes)
{
	char text[200];

	(void)ctx;
	snprintf(text, sizeof(text), "%s: %s%s", of.s, number.s,
			attributes ? " {}" : "");
	hear(NULL, text);
}

/* In the order of the file; who is not there is not told. */
START_TEST(walk)
{
	static const char text[] =
			"{\"pools\": {\"b\": {\"numbers\": [\"+1\", \"x\"], \"policy\": "
			"{\"cap_day\": 7, \"order\": \"weighted\", \"a\": []}, \"c\": 1},"
			" \"a\": {\"numbers\": {\"+2\": {}}}}}";
	rep_pool_file_visitor_t to = {.pool = told_pool,
			.policy = told_policy,
			.number = told_number,
			.error = hear};
	char path[] = "/tmp/rep-pools-XXXXXX", wanted[1000];
	FILE *file = fdopen(mkstemp(path), "w");

	fputs(text, file);
	fclose(file);
	said[0] = '\0';
	ck_assert_int_eq(rep_pool_file_walk(path, &to), 0);
	snprintf(wanted, sizeof(wanted),
			"b\nb: +1 {}\nb: x {}\nb: cap_day is 7\nb: order is weighted\n"
			"pool_file %s: pool b, policy a: neither text nor a number\n"
			"pool_file %s: pool b: c is neither policy nor numbers\n"
			"a\na: +2 {}\n",
			path, path);
	ck_assert_str_eq(said, wanted);
	to = (rep_pool_file_visitor_t){0};
	ck_assert_int_eq(rep_pool_file_walk(path, &to), 0);
	remove(path);
	ck_assert_int_eq(rep_pool_file_walk(path, &to), -1);
}
END_TEST

Suite *pool_file_suite(void)
{
	Suite *suite = suite_create("pool_file");
	TCase *c = tcase_create("pool_file");

	tcase_add_test(c, pool_file);
	tcase_add_test(c, load_again);
	tcase_add_test(c, load_again_with_faults);
	tcase_add_test(c, walk);
	suite_add_tcase(suite, c);
	return suite;
}
