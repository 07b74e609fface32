/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picks that were not used. */

#include <stdlib.h>

#include "engine/pool/caps.h"
#include "engine/pool/index.h"
#include "engine/pool/slot.h"
#include "pool_test.h"
#include "suites.h"

static const rep_number_t *number_in(rep_e164_t e164)
{
	return rep_number_at(inside(), rep_number_find(inside(), e164));
}

START_TEST(everything_comes_back)
{
	rep_ticket_t t;
	rep_number_view_t before, after;

	put_numbers(3);
	for(unsigned k = 0; k < 3; k++)
		pick_and_end(NOW);
	before = view(FIRST, NOW + 5 * S);
	ck_assert_uint_eq(pick_on("a", NOW + 5 * S, &t, NULL), FIRST);
	rep_ticket_cancel(registry, &t, NOW + 6 * S);
	ck_assert(!t.holds);
	after = view(FIRST, NOW + 5 * S);
	ck_assert_uint_eq(after.used_today, before.used_today);
	ck_assert_uint_eq(after.in_flight, 0);
	ck_assert_int_eq(after.last_used, before.last_used);
	ck_assert_uint_eq(inside()->picks, 3);
	ck_assert_uint_eq(inside()->in_flight, 0);
	ck_assert_uint_eq(inside()->day.used, 3);
	ck_assert_uint_eq(number_in(FIRST)->windows[REP_CAP_MINUTE].used, 1);
	ck_assert_uint_eq(number_in(FIRST)->windows[REP_CAP_HOUR].used, 1);
	/* its turn is the next, on the same route and on others */
	ck_assert_uint_eq(pick_on("b", NOW + 7 * S, &t, NULL), FIRST);
}
END_TEST

START_TEST(once_a_ticket)
{
	rep_ticket_t t;

	put_numbers(2);
	ck_assert_uint_eq(pick_on("", NOW, &t, NULL), FIRST);
	rep_ticket_cancel(registry, &t, NOW);
	rep_ticket_cancel(registry, &t, NOW);
	rep_ticket_hang_up(registry, &t, NOW);
	ck_assert_uint_eq(inside()->in_flight, 0);
	ck_assert_uint_eq(inside()->picks, 0);
	/* after the hang-up there is nothing to cancel */
	ck_assert_uint_eq(pick_on("", NOW, &t, NULL), FIRST);
	rep_ticket_hang_up(registry, &t, NOW);
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).used_today, 1);
	ck_assert_uint_eq(inside()->picks, 1);
}
END_TEST

/* A ticket for evidence took nothing; one of track took the same as a pick. */
START_TEST(other_tickets)
{
	rep_ticket_t t;

	put_numbers(1);
	ck_assert(rep_pool_ticket(registry, pool, FIRST, rep_span(""), &t));
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert_uint_eq(inside()->picks, 0);
	ck_assert(rep_pool_track(registry, pool, FIRST, rep_span(""), NOW, &t));
	ck_assert_uint_eq(view(FIRST, NOW).used_today, 1);
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).used_today, 0);
	ck_assert_uint_eq(inside()->picks, 0);
	ck_assert_int_eq(pick("", NOW, true, &t), REP_PICKED);
	rep_ticket_cancel(registry, &t, NOW); /* dry */
	ck_assert_uint_eq(inside()->in_flight, 0);
}
END_TEST

/* A failover does not make the pick another one. */
START_TEST(after_a_failover)
{
	rep_ticket_t t;

	put_numbers(2);
	ck_assert_uint_eq(pick_on("a", NOW, &t, NULL), FIRST);
	ck_assert_int_eq(
			rep_ticket_reroute(registry, &t, rep_span("b"), NOW), REP_PICKED);
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).used_today, 0);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
}
END_TEST

/* Another call got the number since: it keeps the place that this gave. */
START_TEST(place_of_a_later_pick_stays)
{
	rep_ticket_t early, late;

	put_numbers(2);
	ck_assert_uint_eq(pick_on("", NOW, &early, NULL), FIRST);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST + 1);
	ck_assert_uint_eq(pick_on("", NOW + S, &late, NULL), FIRST);
	rep_ticket_cancel(registry, &early, NOW + S);
	ck_assert_uint_eq(view(FIRST, NOW).used_today, 1);
	ck_assert_int_eq(view(FIRST, NOW).last_used, NOW + S);
	ck_assert_uint_eq(pick_and_end(NOW + S), FIRST + 1);
	rep_ticket_cancel(registry, &late, NOW + S);
	ck_assert_uint_eq(view(FIRST, NOW).used_today, 0);
	ck_assert_uint_eq(pick_and_end(NOW + S), FIRST);
}
END_TEST

/* A number at its cap, and out of its queue for it, is there at once. */
START_TEST(caps_come_back)
{
	static const char *const caps[] = {"cap_minute", "cap_hour", "cap_day",
			"cap_concurrent", "pool_cap_day"};
	rep_ticket_t t;

	put_numbers(1);
	policy_set(caps[_i], "1", NOW);
	ck_assert_uint_eq(pick_on("a", NOW, &t, NULL), FIRST);
	ck_assert_int_eq(try_on("a", NOW), REP_PICK_ALL_CAPPED);
	ck_assert_int_eq(try_on("b", NOW), REP_PICK_ALL_CAPPED);
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert_uint_eq(pick_on("a", NOW, &t, NULL), FIRST);
	ck_assert_int_eq(try_on("b", NOW), REP_PICK_ALL_CAPPED);
}
END_TEST

/* Only a window that still runs gets back what was taken of it. */
START_TEST(other_windows)
{
	static const struct
	{
		rep_time_t later;
		uint32_t minute, hour, day;
	} at[] = {{0, 1, 1, 1}, {MINUTE, 1, 1, 1}, {HOUR, 1, 1, 1}, {DAY, 1, 1, 1}};
	rep_ticket_t t, other;
	const rep_number_t *number;

	put_numbers(1);
	ck_assert_uint_eq(pick_on("", NOW, &t, NULL), FIRST);
	ck_assert_uint_eq(pick_on("", NOW + at[_i].later, &other, NULL), FIRST);
	rep_ticket_cancel(registry, &t, NOW + at[_i].later);
	number = number_in(FIRST);
	ck_assert_uint_eq(number->windows[REP_CAP_MINUTE].used, at[_i].minute);
	ck_assert_uint_eq(number->windows[REP_CAP_HOUR].used, at[_i].hour);
	ck_assert_uint_eq(number->windows[REP_CAP_DAY].used, at[_i].day);
	ck_assert_uint_eq(inside()->day.used, at[_i].day);
}
END_TEST

/* The pool's clock was moved between pick and cancel: the day is still that of
 * the pick. */
START_TEST(time_zone_changes)
{
	rep_ticket_t t, other;

	put_numbers(1);
	ck_assert_uint_eq(pick_on("", NOW, &t, NULL), FIRST);
	rep_pool_set_utc_offset(registry, pool, -13 * 3600);
	ck_assert_uint_eq(pick_on("", NOW, &other, NULL), FIRST);
	ck_assert_uint_eq(view(FIRST, NOW).used_today, 1);
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).used_today, 1);
	rep_ticket_cancel(registry, &other, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).used_today, 0);
}
END_TEST

START_TEST(number_gone)
{
	rep_ticket_t t;

	rep_registry_alone(registry);
	put_numbers(2);
	ck_assert_uint_eq(pick_on("", NOW, &t, NULL), FIRST);
	ck_assert(rep_pool_remove(registry, pool, FIRST));
	put_numbers(1);
	rep_ticket_cancel(registry, &t, NOW);
	ck_assert_uint_eq(view(FIRST, NOW).used_today, 0);
	ck_assert_uint_eq(view(FIRST, NOW).in_flight, 0);
	ck_assert_uint_eq(inside()->in_flight, 0);
}
END_TEST

/* Cancelled, then removed, and its slot another's: the list of places that
 * were given back names the slot only. */
START_TEST(gone_after_the_cancel)
{
	rep_ticket_t t[3];

	rep_registry_alone(registry);
	put_numbers(3);
	for(unsigned k = 0; k < 3; k++)
		ck_assert_uint_eq(pick_on("", NOW, &t[k], NULL), FIRST + k);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST); /* entries are put right */
	rep_ticket_cancel(registry, &t[2], NOW);
	ck_assert(rep_pool_remove(registry, pool, FIRST + 2));
	ck_assert_uint_eq(pick_and_end(NOW), FIRST + 1);
	for(unsigned k = 3; k < 5; k++)
		rep_pool_put(registry, pool, FIRST + k, &plain, 0, 0, NOW);
	for(unsigned k = 0; k < 2; k++)
		ck_assert_uint_ge(pick_and_end(NOW), FIRST + 3);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
}
END_TEST

/* As many as the list holds, and more: every number is still used once a
 * round. */
START_TEST(many_at_once)
{
	static rep_ticket_t t[200];
	unsigned used[200] = {0};

	put_numbers(200);
	for(unsigned k = 0; k < 200; k++)
		ck_assert_uint_eq(pick_on("", NOW, &t[k], NULL), FIRST + k);
	ck_assert_uint_eq(pick_and_end(NOW), FIRST);
	for(unsigned k = 100; k < 100 + REP_BACK; k++)
		rep_ticket_cancel(registry, &t[k], NOW);
	for(unsigned k = 100; k < 100 + REP_BACK; k++)
		ck_assert_uint_eq(pick_on("", NOW, &t[k], NULL), FIRST + k);
	for(unsigned k = 0; k < 200; k++)
		rep_ticket_cancel(registry, &t[k], NOW);
	ck_assert_uint_eq(inside()->in_flight, 0);
	ck_assert_uint_eq(inside()->n_back, REP_BACK);
	for(unsigned k = 0; k < 400; k++)
		used[pick_and_end(NOW) - FIRST]++;
	for(unsigned k = 1; k < 200; k++)
		ck_assert_msg(
				used[k] >= 1 && used[k] <= 3, "number %u: %u", k, used[k]);
	ck_assert_uint_eq(inside()->n_back, 0);
}
END_TEST

/* A gateway that fails for an hour: nothing grows. */
START_TEST(cancels_take_no_room)
{
	rep_ticket_t t[8];

	put_numbers(50);
	for(unsigned k = 0; k < 20000; k++) {
		for(unsigned n = 0; n < 8; n++)
			ck_assert_uint_ne(
					pick_on(k % 3 ? "a" : "b", NOW + k, &t[n], NULL), 0);
		for(unsigned n = 0; n < 8; n++)
			rep_ticket_cancel(registry, &t[n], NOW + k);
	}
	for(uint32_t r = 0; r < inside()->n_routes; r++)
		ck_assert_uint_le(inside()->routes[r]->queue.count, 50);
	ck_assert_uint_le(inside()->n_back, 8);
	ck_assert_uint_le(inside()->timer.count, 50);
	ck_assert_uint_eq(inside()->picks, 0);
}
END_TEST

/* ---- against a model that never saw the cancelled picks ---------------- */

#define NUMBERS 7
#define CALLS 24

typedef struct use
{
	unsigned number, rank, rank_before; /* in the order of picks */
	rep_time_t at;
	bool live; /* not cancelled */
} use_t;

static use_t uses[40000];
static unsigned n_uses;

static unsigned used_in(unsigned i, rep_time_t now, rep_time_t window)
{
	unsigned n = 0;

	for(unsigned u = n_uses; u-- > 0 && uses[u].at / DAY == now / DAY;)
		n += uses[u].live && (i == NUMBERS || uses[u].number == i)
			 && uses[u].at / window == now / window;
	return n;
}

START_TEST(as_if_it_had_never_been)
{
	static const char *const routes[] = {"", "a", "b", "a,b", "b, c"};
	struct
	{
		rep_ticket_t ticket;
		unsigned use;
		bool on;
	} calls[CALLS] = {0};
	unsigned place[NUMBERS] = {0}; /* 0 = never used */
	use_t *used;
	unsigned picks = 0, in_flight = 0, cancelled = 0, refused = 0;
	rep_time_t now = NOW;

	srand(20 + (unsigned)_i);
	n_uses = 0;
	put_numbers(NUMBERS);
	policy_set("cap_minute", "5", NOW);
	policy_set("cap_hour", "40", NOW);
	policy_set("cap_concurrent", "4", NOW);
	for(unsigned step = 0; step < 6000; step++) {
		unsigned c = (unsigned)rand() % CALLS, best = NUMBERS;
		unsigned flying[NUMBERS] = {0};
		now += rand() % 4 == 0 ? rand() % (20 * S) : 0;
		if(rand() % 20 == 0)
			rep_registry_tick(registry, now);
		if(calls[c].on && rand() % 2) {
			rep_ticket_cancel(registry, &calls[c].ticket, now);
			used = &uses[calls[c].use];
			used->live = false;
			if(place[used->number] == used->rank)
				place[used->number] = used->rank_before;
			calls[c].on = false;
			picks--;
			in_flight--;
			cancelled++;
			continue;
		}
		if(calls[c].on) {
			rep_ticket_hang_up(registry, &calls[c].ticket, now);
			calls[c].on = false;
			in_flight--;
			continue;
		}
		for(unsigned k = 0; k < CALLS; k++)
			if(calls[k].on)
				flying[calls[k].ticket.number - FIRST]++;
		for(unsigned i = 0; i < NUMBERS; i++)
			if(used_in(i, now, MINUTE) < 5 && used_in(i, now, HOUR) < 40
					&& flying[i] < 4
					&& (best == NUMBERS || place[i] < place[best]))
				best = i;
		if(pick(routes[rand() % 5], now, false, &calls[c].ticket)
				!= REP_PICKED) {
			ck_assert_uint_eq(best, NUMBERS);
			refused++;
			continue;
		}
		ck_assert_msg(calls[c].ticket.number == FIRST + best,
				"step %u: %u, not %u", step,
				(unsigned)(calls[c].ticket.number - FIRST), best);
		calls[c].on = true;
		calls[c].use = n_uses;
		uses[n_uses] = (use_t){best, n_uses + 1, place[best], now, true};
		place[best] = ++n_uses;
		picks++;
		in_flight++;
		ck_assert_uint_eq(inside()->picks, picks);
		ck_assert_uint_eq(inside()->in_flight, in_flight);
		for(unsigned i = 0; i < NUMBERS; i++) {
			const rep_number_t *number = number_in(FIRST + i);
			ck_assert_uint_eq(rep_window_used(&number->windows[REP_CAP_MINUTE],
									  rep_seconds_of(now) / 60),
					used_in(i, now, MINUTE));
			ck_assert_uint_eq(rep_window_used(&number->windows[REP_CAP_HOUR],
									  rep_seconds_of(now) / 3600),
					used_in(i, now, HOUR));
			ck_assert_uint_eq(rep_window_used(&number->windows[REP_CAP_DAY],
									  rep_day_of(inside(), now)),
					used_in(i, now, DAY));
		}
		ck_assert_uint_eq(
				rep_window_used(&inside()->day, rep_day_of(inside(), now)),
				used_in(NUMBERS, now, DAY));
	}
	ck_assert_uint_gt(cancelled, 500);
	ck_assert_uint_gt(refused, 100);
}
END_TEST

Suite *cancel_suite(void)
{
	Suite *suite = suite_create("cancel");
	TCase *tc = tcase_create("cancel");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, everything_comes_back);
	tcase_add_test(tc, once_a_ticket);
	tcase_add_test(tc, other_tickets);
	tcase_add_test(tc, after_a_failover);
	tcase_add_test(tc, place_of_a_later_pick_stays);
	tcase_add_loop_test(tc, caps_come_back, 0, 5);
	tcase_add_loop_test(tc, other_windows, 0, 4);
	tcase_add_test(tc, time_zone_changes);
	tcase_add_test(tc, number_gone);
	tcase_add_test(tc, gone_after_the_cancel);
	tcase_add_test(tc, many_at_once);
	tcase_add_test(tc, cancels_take_no_room);
	tcase_add_loop_test(tc, as_if_it_had_never_been, 0, 4);
	suite_add_tcase(suite, tc);
	return suite;
}
