/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test calls: counted apart, by number and network, and nowhere else. */

#include "engine/pool/probes.h"
#include "formats/probe.h"

#include "mem_test.h"
#include "pool_test.h"
#include "suites.h"

static void start(void)
{
	setup();
	ck_assert(rep_probes_create(registry));
}

static void stop(void)
{
	ck_assert_int_eq(rep_locks_held(), 0);
	teardown();
	ck_assert_int_eq(rep_alloc_live(), 0);
}

static rep_ticket_t probe(rep_e164_t number, const char *network)
{
	rep_ticket_t ticket = {0};

	ck_assert_int_eq(rep_pool_probe(registry, pool, number, 15557770000,
							 rep_span(""), NOW, &ticket)
							 .result,
			REP_PICKED);
	ck_assert(ticket.probe && !ticket.holds && !ticket.limited);
	rep_ticket_label(registry, &ticket, rep_span(""), rep_span(network));
	return ticket;
}

static rep_probe_t only(void)
{
	rep_probe_t list[2];

	ck_assert_uint_eq(rep_probes_list(registry, pool, list, 2), 1);
	return list[0];
}

START_TEST(counted_apart)
{
	rep_ticket_t ticket;
	rep_probe_t seen;

	put_numbers(1);
	ticket = probe(FIRST, "mobile");
	for(int i = 0; i < 50; i++)
		ck_assert(rep_ticket_count(registry, &ticket, REP_BLOCKED, NOW + i));
	rep_ticket_count(registry, &ticket, REP_REFUSED, NOW + DAY);
	rep_ticket_refused(registry, &ticket, NOW + 2 * DAY);
	rep_ticket_hang_up(registry, &ticket, NOW);
	seen = only();
	ck_assert_uint_eq(seen.number, FIRST);
	ck_assert_str_eq(seen.network, "mobile");
	ck_assert_uint_eq(seen.counts.n[REP_BLOCKED], 50);
	ck_assert_uint_eq(seen.counts.n[REP_REFUSED], 1);
	ck_assert_int_eq(seen.outcome, REP_REFUSED);
	ck_assert_int_eq(seen.first, NOW);
	ck_assert_int_eq(seen.last, NOW + DAY);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_BLOCKED], 0);
	ck_assert_int_eq(view(FIRST, NOW).state, REP_ACTIVE);
	ck_assert_uint_eq(events_of(REP_EVENT_REFUSED), 0);
}
END_TEST

/* The number that a call would get, and it stays the next one's. */
START_TEST(takes_nothing_of_the_pool)
{
	rep_ticket_t ticket;
	rep_pool_view_t whole;

	put_numbers(3);
	policy_set("cap_day", "1", NOW);
	policy_set("cap_concurrent", "1", NOW);
	for(int i = 0; i < 5; i++) {
		ticket = probe(0, "");
		ck_assert_uint_eq(ticket.number, FIRST);
		ck_assert_int_eq(
				rep_ticket_reroute(registry, &ticket, rep_span("east"), NOW),
				REP_PICKED);
		ck_assert(ticket.probe && !ticket.limited);
		ck_assert_int_eq(
				rep_ticket_again(registry, &ticket, rep_span("west"), NOW),
				REP_PICKED);
		ck_assert(ticket.probe && !ticket.holds);
		rep_ticket_count(registry, &ticket, REP_BUSY, NOW);
		rep_ticket_cancel(registry, &ticket, NOW);
		ticket = probe(FIRST + 2, "");
	}
	ck_assert(rep_view_pool(registry, pool, NOW, &whole));
	ck_assert_uint_eq(whole.in_flight, 0);
	ck_assert_uint_eq(whole.used_today, 0);
	ck_assert_uint_eq(whole.picks, 0);
	for(unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(pick_on("", NOW, &ticket, NULL), FIRST + i);
	/* as a call would not get one either */
	ck_assert_int_eq(rep_pool_probe(registry, pool, 0, 15557770000,
							 rep_span(""), NOW, &ticket)
							 .result,
			REP_PICK_ALL_CAPPED);
	ck_assert_uint_eq(probe(FIRST, "").number, FIRST);
	ck_assert_int_eq(rep_pool_probe(registry, pool, FIRST + 3, 0, rep_span(""),
							 NOW, &ticket)
							 .result,
			REP_PICK_NO_MATCH);
}
END_TEST

START_TEST(by_number_and_network)
{
	rep_probe_t list[4];

	rep_probe_count(registry, pool, FIRST + 1, "b", REP_BUSY, NOW);
	rep_probe_count(registry, pool, FIRST + 1, "a", REP_BUSY, NOW);
	rep_probe_count(registry, pool, FIRST, "b", REP_BUSY, NOW);
	rep_probe_count(registry, pool + 1, FIRST, "b", REP_BUSY, NOW);
	ck_assert_uint_eq(rep_probes_list(registry, pool, list, 4), 3);
	ck_assert_uint_eq(list[0].number, FIRST);
	ck_assert_str_eq(list[1].network, "a");
	ck_assert_str_eq(list[2].network, "b");
	ck_assert_uint_eq(rep_probes_entries(registry, pool), 3);
}
END_TEST

START_TEST(sums_over_proxies)
{
	rep_probe_news_t out[2];
	rep_probe_t heard;

	rep_probe_count(registry, pool, FIRST, "a", REP_BUSY, NOW);
	ck_assert_uint_eq(rep_probes_news(registry, pool, out, 2), 1);
	ck_assert_uint_eq(out[0].add.n[REP_BUSY], 1);
	rep_probe_count(registry, pool, FIRST, "a", REP_BUSY, NOW + 9 * S);
	rep_probe_count(registry, pool, FIRST, "a", REP_ANSWERED, NOW + 9 * S);
	heard = out[0].probe;
	heard.counts.n[REP_BUSY] = 10;
	heard.outcome = REP_SHORT;
	rep_probes_heard(registry, &heard, 1);
	ck_assert_uint_eq(only().counts.n[REP_BUSY], 12);
	ck_assert_uint_eq(only().counts.n[REP_ANSWERED], 1);
	ck_assert_int_eq(only().outcome, REP_ANSWERED);
	ck_assert_int_eq(only().last, NOW + 9 * S);
	/* the ten were with the one on its way */
	rep_probes_landed(registry, &out[0].probe, &heard, 1);
	ck_assert_uint_eq(only().counts.n[REP_BUSY], 11);
	ck_assert_uint_eq(rep_probes_news(registry, pool, out, 2), 1);
	ck_assert_uint_eq(out[0].written.n[REP_BUSY], 10);
	ck_assert_uint_eq(out[0].add.n[REP_BUSY], 1);
	ck_assert_uint_eq(out[0].add.n[REP_ANSWERED], 1);
	rep_probes_landed(registry, &out[0].probe, NULL, 0);
	/* less than was known: Redis has lost some */
	heard.counts.n[REP_BUSY] = 3;
	rep_probes_heard(registry, &heard, 2);
	ck_assert_uint_eq(only().counts.n[REP_BUSY], 11);
	ck_assert_uint_eq(rep_probes_news(registry, pool, out, 2), 1);
	ck_assert_uint_eq(out[0].add.n[REP_BUSY], 0);
	rep_probes_landed(registry, &out[0].probe, NULL, 0);
	rep_probes_sweep(registry, pool, 3, false);
	ck_assert_uint_eq(rep_probes_entries(registry, pool), 0);
}
END_TEST

START_TEST(without_a_table)
{
	rep_ticket_t ticket;

	put_numbers(1);
	ticket = probe(FIRST, "");
	rep_probes_destroy(registry);
	ck_assert(rep_ticket_count(registry, &ticket, REP_BUSY, NOW));
	rep_alloc_fail_after(0);
	ck_assert(!rep_probes_create(registry));
	rep_alloc_fail_after(1);
	ck_assert(!rep_probes_create(registry));
	rep_alloc_fail_after(-1);
}
END_TEST

START_TEST(as_json_and_back)
{
	char field[REP_PROBE_FIELD], text[REP_PROBE_TEXT];
	rep_probe_t one = {.pool = 3,
						.number = FIRST,
						.network = "a|b",
						.first = NOW,
						.last = NOW + S,
						.outcome = REP_BUSY},
				back;

	rep_pack_probe_field(&one, field);
	ck_assert_str_eq(field, "+15551230001|a|b");
	rep_pack_probe(&one, text);
	ck_assert_str_eq(text,
			"{\"first\":1760000000,\"last\":1760000001,\"outcome\":\"busy\"}");
	ck_assert_ptr_null(rep_unpack_probe(rep_span(field),
			rep_span("{\"first\":1760000000,\"last\":1760000001,\"outcome\":"
					 "\"busy\",\"counts\":{\"busy\":4,\"short\":-1}}"),
			3, &back));
	one.counts.n[REP_BUSY] = 4;
	ck_assert_mem_eq(&back, &one, sizeof(one));
}
END_TEST

static const struct
{
	const char *field, *text;
} wrong[] = {{"+15551230001", "{\"counts\":{}}"}, {"x|a", "{\"counts\":{}}"},
		{"+15551230001|", "{}"}, {"+15551230001|", "[]"},
		{"+15551230001|", "{\"counts\":[1]}"}, {"+15551230001|", ""},
		{"+15551230001|0123456789012345678901234567890123456789012345678901"
		 "234567890123",
				"{\"counts\":{}}"}};

START_TEST(no_probe)
{
	rep_probe_t out;

	ck_assert_ptr_nonnull(rep_unpack_probe(
			rep_span(wrong[_i].field), rep_span(wrong[_i].text), 0, &out));
}
END_TEST

Suite *probes_suite(void)
{
	Suite *suite = suite_create("probes");
	TCase *tcase = tcase_create("probes");

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_test(tcase, counted_apart);
	tcase_add_test(tcase, takes_nothing_of_the_pool);
	tcase_add_test(tcase, by_number_and_network);
	tcase_add_test(tcase, sums_over_proxies);
	tcase_add_test(tcase, without_a_table);
	tcase_add_test(tcase, as_json_and_back);
	tcase_add_loop_test(
			tcase, no_probe, 0, (int)(sizeof(wrong) / sizeof(wrong[0])));
	suite_add_tcase(suite, tcase);
	return suite;
}
