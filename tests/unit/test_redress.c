/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The work list of redress: who blocked, what is kept of it, what people write,
 * and what comes of both when it is shared. */

#include "engine/pool/redress.h"
#include "formats/redress.h"

#include "mem_test.h"
#include "pool_test.h"
#include "suites.h"

#define URL "https://block.example.net/r"

static void start(void)
{
	setup();
	ck_assert(rep_redress_create(registry));
}

static void stop(void)
{
	ck_assert_int_eq(rep_locks_held(), 0);
	teardown();
	ck_assert_int_eq(rep_alloc_live(), 0);
}

static uint64_t block(
		rep_e164_t number, const char *url, const char *id, rep_time_t now)
{
	rep_redress_t redress = {.url = ""};

	snprintf(redress.url, sizeof(redress.url), "%s", url);
	snprintf(redress.id, sizeof(redress.id), "%s", id);
	return rep_redress_block(
			registry, pool, number, &redress, "spring", "mobile", now);
}

static rep_redress_entry_t entry_of(uint64_t id)
{
	rep_redress_entry_t entry;

	ck_assert(rep_redress_get(registry, pool, id, &entry));
	return entry;
}

static rep_redress_set_t set(uint64_t id, const char *field, const char *value)
{
	return rep_redress_set(
			registry, pool, id, rep_span(field), rep_span(value));
}

/* What goes out next; `n` of it are expected. */
static rep_redress_news_t *news(size_t n)
{
	static rep_redress_news_t list[8];

	ck_assert_uint_eq(rep_redress_news(registry, pool, list, 8), n);
	return list;
}

/* ---- parties ---------------------------------------------------------------- */

static const struct
{
	rep_redress_t redress;
	const char *party;
} parties[] = {
		{{.url = "https://Block.Example.NET./r?x=1#y"}, "block.example.net"},
		{{.url = "https://block.example.net:8443/"}, "block.example.net"},
		{{.url = "HTTP://block.example.net"}, "block.example.net"},
		{{.url = "https://[2001:DB8::1]:443/"}, "[2001:db8::1]"},
		{{.url = "sip:desk@e.com;transport=tls"}, "e.com"},
		{{.url = "sips:e.com:5061"}, "e.com"},
		{{.url = "https://a.example/", .email = "x@b.example"}, "a.example"},
		{{.email = "x@B.example", .tel = "+15550000001"}, "b.example"},
		{{.tel = "+15550000001", .id = "7"}, "+15550000001"},
		{{.id = "7"}, ""},
		{{.url = ""}, ""},
};

START_TEST(party_of)
{
	char party[REP_PARTY_TEXT];

	ck_assert(rep_party(&parties[_i].redress, party) == !!parties[_i].party[0]);
	ck_assert_str_eq(party, parties[_i].party);
}
END_TEST

/* The name is the same on every proxy and in every version. */
START_TEST(id_of_a_party)
{
	uint64_t id = rep_party_id(FIRST, "block.example.net"), read;
	char text[REP_PARTY_ID_TEXT];

	rep_party_id_print(id, text);
	ck_assert_str_eq(text, "ce83a2232879becd");
	ck_assert(rep_party_id_parse(rep_span(text), &read));
	ck_assert_uint_eq(read, id);
	ck_assert_uint_ne(id, rep_party_id(FIRST + 1, "block.example.net"));
	ck_assert_uint_ne(id, rep_party_id(FIRST, "block.example.com"));
	ck_assert(!rep_party_id_parse(rep_span(""), &read));
	ck_assert(!rep_party_id_parse(rep_span("ce83a2232879bec"), &read));
	ck_assert(!rep_party_id_parse(rep_span("CE83A2232879BECD"), &read));
	ck_assert(!rep_party_id_parse(rep_span("ce83a2232879becg"), &read));
	ck_assert(!rep_party_id_parse(rep_span("0ce83a2232879becd"), &read));
}
END_TEST

/* ---- blocks ----------------------------------------------------------------- */

START_TEST(one_entry_a_number_and_party)
{
	uint64_t a = block(FIRST, URL, "one", NOW);
	rep_redress_entry_t entry;
	rep_redress_t contact;

	ck_assert_uint_eq(
			block(FIRST, "https://block.example.net/other", "two", NOW + 5 * S),
			a);
	ck_assert_uint_ne(block(FIRST + 1, URL, "", NOW), a);
	ck_assert_uint_ne(block(FIRST, "https://b.example/", "", NOW), a);
	ck_assert_uint_eq(block(FIRST, "", "alone", NOW), 0);
	ck_assert_uint_eq(rep_redress_entries(registry, pool), 3);
	entry = entry_of(a);
	ck_assert_uint_eq(entry.number, FIRST);
	ck_assert_str_eq(entry.party, "block.example.net");
	ck_assert_str_eq(entry.url, "https://block.example.net/other");
	ck_assert_str_eq(entry.ids, "two one");
	ck_assert_int_eq(entry.first, NOW);
	ck_assert_int_eq(entry.last, NOW + 5 * S);
	ck_assert_uint_eq(entry.count, 2);
	ck_assert_str_eq(entry.campaign, "spring");
	ck_assert_str_eq(entry.network, "mobile");
	ck_assert_int_eq(entry.status, REP_REDRESS_OPEN);
	ck_assert(rep_redress_newest(registry, pool, FIRST + 1, &contact));
	ck_assert_str_eq(contact.url, URL);
	ck_assert(!rep_redress_get(registry, pool + 1, a, &entry));
	ck_assert(!rep_redress_get(registry, -1, a, &entry));
}
END_TEST

START_TEST(newest_of_a_number)
{
	rep_redress_t contact;

	ck_assert(!rep_redress_newest(registry, pool, FIRST, &contact));
	block(FIRST, "https://late.example/", "", NOW + S);
	block(FIRST, "https://early.example/", "", NOW);
	block(FIRST + 1, "https://other.example/", "", NOW + 2 * S);
	ck_assert(rep_redress_newest(registry, pool, FIRST, &contact));
	ck_assert_str_eq(contact.url, "https://late.example/");
	ck_assert_str_eq(contact.id, "");
	block(FIRST, "https://late.example/", "b2", NOW + S);
	ck_assert(rep_redress_newest(registry, pool, FIRST, &contact));
	ck_assert_str_eq(contact.id, "b2");
	ck_assert(!rep_redress_newest(registry, -1, FIRST, &contact));
}
END_TEST

START_TEST(ids_are_bounded)
{
	char long_id[65], ids[REP_REDRESS_IDS];
	uint64_t id = 0;

	for(int i = 0; i < 12; i++) {
		char text[16];

		snprintf(text, sizeof(text), "i%d", i);
		id = block(FIRST, URL, text, NOW);
	}
	ck_assert_str_eq(entry_of(id).ids, "i11 i10 i9 i8 i7 i6 i5 i4");
	block(FIRST, URL, "i9", NOW);
	ck_assert_str_eq(entry_of(id).ids, "i9 i11 i10 i8 i7 i6 i5 i4");
	memset(long_id, 'x', 64);
	long_id[64] = '\0';
	for(int i = 0; i < 8; i++) {
		long_id[0] = (char)('a' + i);
		block(FIRST, URL, long_id, NOW);
	}
	memcpy(ids, entry_of(id).ids, sizeof(ids));
	ck_assert_uint_eq(strlen(ids), 4 * 64 + 3);
	ck_assert_int_eq(ids[0], 'h');
	ck_assert_int_eq(ids[65], 'g');
}
END_TEST

START_TEST(refused_contacts_are_counted)
{
	rep_redress_t redress = {.refused = true};
	rep_redress_stats_t stats;

	ck_assert_uint_eq(
			rep_redress_block(registry, pool, FIRST, &redress, "", "", NOW), 0);
	rep_redress_stats(registry, &stats);
	ck_assert_uint_eq(stats.refused, 1);
	ck_assert_uint_eq(stats.entries, 0);
}
END_TEST

START_TEST(blocked_longest_ago_gives_way)
{
	rep_redress_stats_t stats;
	uint64_t first = 0, id;
	char url[64];

	for(unsigned i = 0; i <= REP_REDRESS_MAX; i++) {
		snprintf(url, sizeof(url), "https://b%u.example/", i);
		id = block(FIRST, url, "", NOW + i);
		first = i ? first : id;
	}
	rep_redress_stats(registry, &stats);
	ck_assert_uint_eq(stats.entries, REP_REDRESS_MAX);
	ck_assert_uint_eq(stats.gave_way, 1);
	ck_assert_uint_eq(stats.lost, 1);
	rep_redress_entry_t entry;
	ck_assert(!rep_redress_get(registry, pool, first, &entry));
}
END_TEST

/* ---- people ----------------------------------------------------------------- */

START_TEST(people_write_three_fields)
{
	uint64_t id = block(FIRST, URL, "", NOW);
	char text[REP_REDRESS_NOTE + 2];
	rep_redress_entry_t entry;

	ck_assert_int_eq(set(id, "status", "sent"), REP_REDRESS_DONE);
	ck_assert_int_eq(set(id, "ticket", "T-4711"), REP_REDRESS_DONE);
	ck_assert_int_eq(set(id, "note", "sch\xc3\xb6n"), REP_REDRESS_DONE);
	entry = entry_of(id);
	ck_assert_int_eq(entry.status, REP_REDRESS_SENT);
	ck_assert_str_eq(entry.ticket, "T-4711");
	ck_assert_str_eq(entry.note, "sch\xc3\xb6n");
	ck_assert_int_eq(set(id + 1, "status", "sent"), REP_REDRESS_NO_ENTRY);
	ck_assert_int_eq(set(id, "count", "0"), REP_REDRESS_NO_FIELD);
	ck_assert_int_eq(set(id, "status", "done"), REP_REDRESS_BAD_VALUE);
	ck_assert_int_eq(set(id, "ticket", "a\nb"), REP_REDRESS_BAD_VALUE);
	ck_assert_int_eq(set(id, "note", "\xff"), REP_REDRESS_BAD_VALUE);
	memset(text, 'x', sizeof(text));
	text[REP_REDRESS_NOTE + 1] = '\0';
	ck_assert_int_eq(set(id, "note", text), REP_REDRESS_BAD_VALUE);
	text[REP_REDRESS_NOTE] = '\0';
	ck_assert_int_eq(set(id, "note", text), REP_REDRESS_DONE);
	text[REP_REDRESS_TICKET + 1] = '\0';
	ck_assert_int_eq(set(id, "ticket", text), REP_REDRESS_BAD_VALUE);
	ck_assert_str_eq(entry_of(id).ticket, "T-4711");
}
END_TEST

START_TEST(closed_is_open_again_after_a_block)
{
	uint64_t id = block(FIRST, URL, "", NOW);

	set(id, "status", "closed");
	ck_assert_int_eq(entry_of(id).status, REP_REDRESS_CLOSED);
	block(FIRST, URL, "", NOW + S);
	ck_assert_int_eq(entry_of(id).status, REP_REDRESS_OPEN);
	ck_assert_uint_eq(entry_of(id).count, 2);
	set(id, "status", "answered");
	block(FIRST, URL, "", NOW + S);
	ck_assert_int_eq(entry_of(id).status, REP_REDRESS_ANSWERED);
}
END_TEST

START_TEST(listed_newest_first)
{
	rep_redress_key_t keys[4];
	uint64_t a = block(FIRST, URL, "", NOW + 9 * S);
	uint64_t b = block(FIRST + 1, URL, "", NOW);
	uint64_t c = block(FIRST + 2, URL, "", NOW + 10 * S);

	ck_assert_uint_eq(rep_redress_list(registry, REP_NO_POOL, keys, 4), 3);
	ck_assert_uint_eq(keys[0].id, c);
	ck_assert_uint_eq(keys[1].id, a);
	ck_assert_uint_eq(keys[2].id, b);
	ck_assert_uint_eq(rep_redress_list(registry, pool + 1, keys, 4), 0);
	ck_assert_uint_eq(rep_redress_list(registry, pool, keys, 2), 2);
}
END_TEST

/* ---- shared ----------------------------------------------------------------- */

START_TEST(what_is_added_goes_out_once)
{
	uint64_t id = block(FIRST, URL, "", NOW);
	rep_redress_news_t *out;

	block(FIRST, URL, "", NOW);
	out = news(1);
	ck_assert_uint_eq(out->add, 2);
	ck_assert_uint_eq(out->entry.count, 2);
	ck_assert_uint_eq(out->fields, 0);
	news(0);
	block(FIRST, URL, "", NOW);
	set(id, "note", "x");
	rep_redress_landed(registry, pool, id, NULL, 0);
	out = news(1);
	ck_assert_uint_eq(out->add, 1);
	ck_assert_uint_eq(out->entry.count, 3);
	ck_assert_uint_eq(out->fields, 1 << REP_REDRESS_NOTE_TEXT);
}
END_TEST

/* Redis tells of ten blocks while one is on its way and one waits. */
START_TEST(what_others_wrote_and_what_is_not_written)
{
	uint64_t id = block(FIRST, URL, "", NOW);
	rep_redress_entry_t heard = entry_of(id);
	rep_redress_news_t *out;

	news(1);
	block(FIRST, URL, "own", NOW + 60 * S);
	set(id, "ticket", "mine");
	heard.count = 10;
	heard.status = REP_REDRESS_SENT;
	snprintf(heard.ticket, sizeof(heard.ticket), "theirs");
	snprintf(heard.note, sizeof(heard.note), "theirs");
	heard.last = NOW + 30 * S;
	heard.first = NOW - DAY;
	rep_redress_heard(registry, &heard, 1);
	ck_assert_uint_eq(entry_of(id).count, 12);
	ck_assert_int_eq(entry_of(id).status, REP_REDRESS_SENT);
	ck_assert_str_eq(entry_of(id).ticket, "mine");
	ck_assert_str_eq(entry_of(id).note, "theirs");
	ck_assert_str_eq(entry_of(id).ids, "own");
	ck_assert_int_eq(entry_of(id).last, NOW + 60 * S);
	ck_assert_int_eq(entry_of(id).first, NOW - DAY);
	/* the ten were with the one on its way */
	rep_redress_landed(registry, pool, id, &heard, 1);
	ck_assert_uint_eq(entry_of(id).count, 11);
	out = news(1);
	ck_assert_uint_eq(out->written, 10);
	ck_assert_uint_eq(out->add, 1);
}
END_TEST

/* A block within the second of those that are written keeps its id. */
START_TEST(ids_that_are_not_written_stay)
{
	uint64_t id = block(FIRST, URL, "one", NOW);
	rep_redress_entry_t heard = entry_of(id);

	news(1);
	block(FIRST, URL, "two", NOW + 1);
	heard.count = 2;
	heard.last = NOW + 900;
	snprintf(heard.ids, sizeof(heard.ids), "three one");
	rep_redress_landed(registry, pool, id, &heard, 1);
	ck_assert_str_eq(entry_of(id).ids, "three one two");
	news(1);
	snprintf(heard.ids, sizeof(heard.ids), "three two");
	rep_redress_landed(registry, pool, id, &heard, 1);
	ck_assert_str_eq(entry_of(id).ids, "three two");
	/* and one of a later second goes before theirs */
	block(FIRST, URL, "four", NOW + 60 * S);
	rep_redress_heard(registry, &heard, 1);
	ck_assert_str_eq(entry_of(id).ids, "four three two");
}
END_TEST

START_TEST(what_redis_has_lost_is_written_again)
{
	uint64_t id = block(FIRST, URL, "", NOW);
	rep_redress_entry_t heard;

	news(1);
	rep_redress_landed(registry, pool, id, NULL, 0);
	heard = entry_of(id);
	heard.count = 0;
	rep_redress_heard(registry, &heard, 1);
	ck_assert_uint_eq(entry_of(id).count, 1);
	ck_assert_uint_eq(news(1)->add, 0);
	rep_redress_landed(registry, pool, id, NULL, 0);
	ck_assert(rep_redress_again(registry, pool, id));
	ck_assert(!rep_redress_again(registry, pool, id + 1));
	news(1);
	rep_redress_landed(registry, pool, id, NULL, 0);
	rep_redress_sweep(registry, pool, 1, false);
	ck_assert_uint_eq(rep_redress_entries(registry, pool), 1);
	rep_redress_sweep(registry, pool, 2, true);
	ck_assert_uint_eq(news(1)->entry.count, 1);
	rep_redress_landed(registry, pool, id, NULL, 0);
	rep_redress_sweep(registry, pool, 2, false);
	ck_assert_uint_eq(rep_redress_entries(registry, pool), 0);
}
END_TEST

START_TEST(without_a_list)
{
	rep_redress_destroy(registry);
	ck_assert_uint_eq(block(FIRST, URL, "", NOW), 0);
	news(0);
	rep_alloc_fail_after(0);
	ck_assert(!rep_redress_create(registry));
	rep_alloc_fail_after(1);
	ck_assert(!rep_redress_create(registry));
	rep_alloc_fail_after(-1);
	ck_assert(rep_redress_create(registry));
	rep_alloc_fail_after(0);
	ck_assert_uint_eq(block(FIRST, URL, "", NOW), 0);
	rep_alloc_fail_after(-1);
}
END_TEST

/* ---- as JSON ---------------------------------------------------------------- */

START_TEST(as_json_and_back)
{
	uint64_t id = block(FIRST, URL, "two", NOW);
	rep_redress_entry_t entry, back;
	char text[REP_REDRESS_TEXT];
	bool usable;

	block(FIRST, URL, "one", NOW + S);
	set(id, "status", "sent");
	set(id, "note", "a \"word\"");
	entry = entry_of(id);
	ck_assert_uint_gt(rep_pack_redress(&entry, text), 0);
	ck_assert_str_eq(text,
			"{\"number\":\"+15551230001\",\"party\":\"block.example.net\","
			"\"url\":\"" URL "\",\"ids\":[\"one\",\"two\"],"
			"\"first\":1760000000,\"last\":1760000001,"
			"\"campaign\":\"spring\",\"network\":\"mobile\","
			"\"status\":\"sent\",\"note\":\"a \\\"word\\\"\"}");
	ck_assert_ptr_null(
			rep_unpack_redress(rep_span(text), pool, id, &back, &usable));
	back.count = entry.count; /* it is the script's */
	back.last = entry.last;
	ck_assert_mem_eq(&back, &entry, offsetof(rep_redress_entry_t, ids));
	ck_assert_str_eq(back.ids, entry.ids);
	ck_assert_str_eq(back.note, entry.note);
	ck_assert_int_eq(back.status, REP_REDRESS_SENT);
	rep_pack_redress_edits(&entry,
			1 << REP_REDRESS_STATUS | 1 << REP_REDRESS_TICKET_TEXT, text);
	ck_assert_str_eq(text, "{\"status\":\"sent\",\"ticket\":\"\"}");
	rep_pack_redress_edits(&entry, 0, text);
	ck_assert_str_eq(text, "{}");
}
END_TEST

static const struct
{
	const char *text, *why;
	bool usable;
	uint64_t count;
	const char *ticket;
} written[] = {
		{"{\"number\":\"+15551230001\",\"count\":7,\"ticket\":4711}", NULL,
				true, 7, "4711"},
		{"{\"number\":\"+15551230001\",\"ticket\":\"a\\nb\\u001b\"}", NULL,
				true, 0, "a b "},
		{"{\"number\":\"+15551230001\",\"ticket\":null,\"count\":-3}", NULL,
				true, 0, ""},
		{"{\"number\":\"+15551230001\",\"ticket\":[1],\"ids\":{}}", NULL, true,
				0, ""},
		{"{\"number\":\"+15551230001\",\"status\":\"done\",\"count\":2}",
				"its status is none of open, sent, answered, closed", true, 2,
				""},
		{"{\"status\":\"sent\"}", "it has no number", false, 0, ""},
		{"{\"number\":\"5551230001\"}", "it has no number", false, 0, ""},
		{"{\"number\":\"+15551230001\"", "it is no JSON object", false, 0, ""},
		{"[]", "it is no JSON object", false, 0, ""},
		{"sent", "it is no JSON object", false, 0, ""},
		{"", "it is no JSON object", false, 0, ""},
};

START_TEST(as_people_write_it)
{
	rep_redress_entry_t entry;
	bool usable;
	const char *why = rep_unpack_redress(
			rep_span(written[_i].text), pool, 9, &entry, &usable);

	ck_assert_pstr_eq(why, written[_i].why);
	ck_assert(usable == written[_i].usable);
	ck_assert_uint_eq(entry.count, written[_i].count);
	ck_assert_str_eq(entry.ticket, written[_i].ticket);
	ck_assert(!usable || entry.status == REP_REDRESS_OPEN);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof(list[0]))

Suite *redress_suite(void)
{
	Suite *suite = suite_create("redress");
	TCase *tcase = tcase_create("redress");

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_loop_test(tcase, party_of, 0, COUNT(parties));
	tcase_add_test(tcase, id_of_a_party);
	tcase_add_test(tcase, one_entry_a_number_and_party);
	tcase_add_test(tcase, newest_of_a_number);
	tcase_add_test(tcase, ids_are_bounded);
	tcase_add_test(tcase, refused_contacts_are_counted);
	tcase_add_test(tcase, blocked_longest_ago_gives_way);
	tcase_add_test(tcase, people_write_three_fields);
	tcase_add_test(tcase, closed_is_open_again_after_a_block);
	tcase_add_test(tcase, listed_newest_first);
	tcase_add_test(tcase, what_is_added_goes_out_once);
	tcase_add_test(tcase, what_others_wrote_and_what_is_not_written);
	tcase_add_test(tcase, ids_that_are_not_written_stay);
	tcase_add_test(tcase, what_redis_has_lost_is_written_again);
	tcase_add_test(tcase, without_a_list);
	tcase_add_test(tcase, as_json_and_back);
	tcase_add_loop_test(tcase, as_people_write_it, 0, COUNT(written));
	suite_add_tcase(suite, tcase);
	return suite;
}
