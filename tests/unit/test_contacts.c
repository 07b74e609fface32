/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contacts that come with blocks: told apart, counted, overwritten. */

#include <stdio.h>
#include <stdlib.h>

#include "kamailio/contacts.h"

#include "mem_test.h"
#include "suites.h"

#define NOW INT64_C(1760000000000)
#define NUMBER UINT64_C(15551230001)

static struct rep_contacts *contacts;

static void setup(void)
{
	contacts = rep_contacts_create();
	ck_assert_ptr_nonnull(contacts);
}

static void teardown(void)
{
	ck_assert_int_eq(rep_locks_held(), 0);
	rep_contacts_destroy(contacts);
	ck_assert_int_eq(rep_alloc_live(), 0);
}

static rep_redress_t redress(
		const char *url, const char *tel, const char *email, const char *id)
{
	rep_redress_t r;

	snprintf(r.url, sizeof(r.url), "%s", url);
	snprintf(r.tel, sizeof(r.tel), "%s", tel);
	snprintf(r.email, sizeof(r.email), "%s", email);
	snprintf(r.id, sizeof(r.id), "%s", id);
	return r;
}

static uint64_t put(int pool, rep_e164_t number, const char *url,
		const char *id, rep_time_t now)
{
	rep_redress_t r = redress(url, "", "", id);

	return rep_contacts_put(contacts, pool, number, &r, now);
}

/* The `i`th of many contacts, all of them different. */
static uint64_t put_nth(unsigned i)
{
	char url[64];

	snprintf(url, sizeof(url), "https://example.com/%u", i);
	return put(0, NUMBER, url, "", NOW + i);
}

/* The url that a handle leads to, "" when it leads nowhere. */
static const char *url_of(uint64_t handle)
{
	static rep_redress_t r;

	return rep_contacts_get(contacts, handle, &r) ? r.url : "";
}

static unsigned filled(void)
{
	rep_contact_t c;
	unsigned n = 0;

	for(unsigned i = 0; i < REP_CONTACTS; i++)
		n += rep_contacts_at(contacts, i, &c);
	return n;
}

START_TEST(nothing_to_keep)
{
	rep_redress_t none = redress("", "", "", "id-alone"), out;

	ck_assert_uint_eq(rep_contacts_put(contacts, 0, NUMBER, &none, NOW), 0);
	ck_assert(!rep_contacts_get(contacts, 0, &out));
	ck_assert_uint_eq(filled(), 0);
}
END_TEST

START_TEST(each_kind_of_contact_is_kept)
{
	rep_redress_t all[] = {redress("https://a.example", "", "", ""),
			redress("", "+15550000001", "", ""),
			redress("", "", "x@a.example", "")};
	rep_redress_t out;

	for(unsigned i = 0; i < 3; i++) {
		uint64_t h = rep_contacts_put(contacts, 0, NUMBER, &all[i], NOW);
		ck_assert_uint_ne(h, 0);
		ck_assert(rep_contacts_get(contacts, h, &out));
		ck_assert_str_eq(out.url, all[i].url);
		ck_assert_str_eq(out.tel, all[i].tel);
		ck_assert_str_eq(out.email, all[i].email);
	}
	ck_assert_uint_eq(filled(), 3);
}
END_TEST

START_TEST(the_same_again_is_counted)
{
	uint64_t first = put(3, NUMBER, "https://a.example", "one", NOW);
	rep_redress_t out;
	rep_contact_t c;

	put(3, NUMBER, "https://b.example", "", NOW + 1);
	ck_assert_uint_eq(
			put(3, NUMBER, "https://a.example", "two", NOW + 5), first);
	ck_assert_uint_eq(filled(), 2);
	ck_assert(rep_contacts_at(contacts, 0, &c));
	ck_assert_int_eq(c.pool, 3);
	ck_assert_uint_eq(c.number, NUMBER);
	ck_assert_uint_eq(c.count, 2);
	ck_assert_int_eq(c.first, NOW);
	ck_assert_int_eq(c.last, NOW + 5);
	ck_assert(rep_contacts_get(contacts, first, &out));
	ck_assert_str_eq(out.id, "two"); /* of the newest block */
}
END_TEST

START_TEST(whatever_differs_is_another)
{
	rep_redress_t more[] = {redress("https://a.example", "", "", ""),
			redress("https://a.example", "+15550000001", "", ""),
			redress("https://a.example", "+15550000001", "x@a.example", "")};
	uint64_t seen[5] = {put(1, NUMBER, "https://a.example", "", NOW),
			put(2, NUMBER, "https://a.example", "", NOW),
			put(1, NUMBER + 1, "https://a.example", "", NOW)};

	ck_assert_uint_eq(
			rep_contacts_put(contacts, 1, NUMBER, &more[0], NOW), seen[0]);
	seen[3] = rep_contacts_put(contacts, 1, NUMBER, &more[1], NOW);
	seen[4] = rep_contacts_put(contacts, 1, NUMBER, &more[2], NOW);
	for(int i = 0; i < 5; i++)
		for(int k = 0; k < i; k++)
			ck_assert_uint_ne(seen[i], seen[k]);
	ck_assert_uint_eq(filled(), 5);
}
END_TEST

START_TEST(the_oldest_is_overwritten)
{
	uint64_t first = put_nth(0), second = put_nth(1);
	rep_contact_t c;

	for(unsigned i = 2; i < REP_CONTACTS; i++)
		put_nth(i);
	ck_assert_uint_eq(filled(), REP_CONTACTS);
	ck_assert_str_eq(url_of(first), "https://example.com/0");
	put_nth(REP_CONTACTS);
	ck_assert_str_eq(url_of(first), "");
	ck_assert_str_eq(url_of(second), "https://example.com/1");
	ck_assert_uint_eq(filled(), REP_CONTACTS);
	ck_assert(rep_contacts_at(contacts, 0, &c));
	ck_assert_str_eq(c.redress.url, "https://example.com/1024");
	ck_assert_uint_eq(c.count, 1);
	ck_assert_int_eq(c.first, NOW + REP_CONTACTS);
}
END_TEST

START_TEST(a_stale_handle_stays_stale)
{
	uint64_t handles[3 * REP_CONTACTS];

	for(unsigned i = 0; i < 3 * REP_CONTACTS; i++)
		handles[i] = put_nth(i);
	for(unsigned i = 0; i < 3 * REP_CONTACTS; i++) {
		char url[64] = "";
		if(i >= 2 * REP_CONTACTS)
			snprintf(url, sizeof(url), "https://example.com/%u", i);
		ck_assert_str_eq(url_of(handles[i]), url);
	}
}
END_TEST

/* The newest 64 are looked through: one that is older is kept anew, and both
 * handles lead to it. */
START_TEST(an_older_one_is_kept_anew)
{
	uint64_t first = put_nth(0);

	for(unsigned i = 1; i < 64; i++)
		put_nth(i);
	ck_assert_uint_eq(put_nth(0), first);
	put_nth(64);
	ck_assert_uint_ne(put_nth(0), first);
	ck_assert_str_eq(url_of(first), "https://example.com/0");
	ck_assert_uint_eq(filled(), 66);
}
END_TEST

START_TEST(forged_handles)
{
	uint64_t first = put_nth(0);
	const uint64_t forged[] = {1, UINT32_MAX, UINT64_MAX,
			first + (UINT64_C(1) << 32), first + 1, (uint64_t)2 << 32};

	for(size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++)
		ck_assert_str_eq(url_of(forged[i]), "");
	ck_assert_str_ne(url_of(first), "");
}
END_TEST

START_TEST(no_memory_and_no_lock)
{
	long before = rep_alloc_live();

	rep_contacts_destroy(NULL);
	rep_alloc_fail_after(0);
	ck_assert_ptr_null(rep_contacts_create());
	rep_alloc_fail_after(-1);
	rep_lock_fail_after(0);
	ck_assert_ptr_null(rep_contacts_create());
	rep_lock_fail_after(-1);
	ck_assert_int_eq(rep_alloc_live(), before);
}
END_TEST

Suite *contacts_suite(void)
{
	Suite *suite = suite_create("contacts");
	TCase *tcase = tcase_create("contacts");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, nothing_to_keep);
	tcase_add_test(tcase, each_kind_of_contact_is_kept);
	tcase_add_test(tcase, the_same_again_is_counted);
	tcase_add_test(tcase, whatever_differs_is_another);
	tcase_add_test(tcase, the_oldest_is_overwritten);
	tcase_add_test(tcase, a_stale_handle_stays_stale);
	tcase_add_test(tcase, an_older_one_is_kept_anew);
	tcase_add_test(tcase, forged_handles);
	tcase_add_test(tcase, no_memory_and_no_lock);
	suite_add_tcase(suite, tcase);
	return suite;
}
