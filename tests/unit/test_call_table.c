/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of calls: ids, locks, and what a call holds given back once. */

#include <stdlib.h>

#include "kamailio/call_table.h"

#include "mem_test.h"
#include "pool_test.h"
#include "shim.h"
#include "suites.h"

#include "core/globals.h"

#define MAX 8

static void make(uint32_t max)
{
	setup();
	put_numbers(4);
	shim_now = NOW;
	shim_share(registry);
	rep_shared->calls = rep_calls_create(max);
	ck_assert_ptr_nonnull(rep_shared->calls);
}

static void make_small(void)
{
	make(MAX);
}

static void unmake(void)
{
	ck_assert_int_eq(rep_locks_held(), 0);
	rep_calls_destroy(rep_shared->calls);
	shim_share(NULL);
	teardown();
	ck_assert_int_eq(rep_alloc_live(), 0);
}

static unsigned in_flight(void)
{
	rep_pool_view_t v;
	unsigned sum = 0;

	ck_assert(rep_view_pool(registry, pool, NOW, &v));
	for(unsigned i = 0; i < 4; i++)
		sum += view(FIRST + i, NOW).in_flight;
	ck_assert_uint_eq(v.in_flight, sum);
	return sum;
}

static rep_calls_stats_t stats(void)
{
	rep_calls_stats_t s;

	rep_calls_stats(rep_shared->calls, &s);
	return s;
}

/* The identity of call attempt `n`, in its INVITE `request`. */
static rep_call_key_t key_of(unsigned n, unsigned request)
{
	return (rep_call_key_t){
			.call_id = n / 2, .callee = 100 + n, .request = request};
}

/* Binds one message to a call that is locked. */
static rep_call_id_t bind(rep_call_t *call)
{
	rep_call_id_t id = rep_call_id(call);

	ck_assert_int_eq(rep_locks_held(), 1);
	call->bound++;
	rep_unlock(&call->lock);
	return id;
}

/* A fresh call of this identity, with a number of the pool and one message;
 * 0 = the table is full, nothing is held. */
static rep_call_id_t begin_as(rep_call_key_t key)
{
	rep_ticket_t t;
	rep_call_t *call = rep_call_alloc(&key);

	if(!call)
		return 0;
	ck_assert_uint_eq(call->ticket.number, 0);
	ck_assert_int_eq(pick("", NOW, false, &t), REP_PICKED);
	call->ticket = t;
	return bind(call);
}

static rep_call_id_t begin(void)
{
	static unsigned n;

	return begin_as(key_of(n++, 0));
}

/* Whether the id leads to a call. No lock is held afterwards. */
static bool known(rep_call_id_t id)
{
	rep_call_t *call = rep_call_lock(id);

	ck_assert_int_eq(rep_locks_held(), call ? 1 : 0);
	if(!call)
		return false;
	ck_assert_uint_eq(rep_call_id(call), id);
	rep_unlock(&call->lock);
	return true;
}

/* The same while one lock is held. */
static bool known_beside(rep_call_id_t id)
{
	rep_call_t *call = rep_call_lock(id);

	ck_assert_int_eq(rep_locks_held(), call ? 2 : 1);
	if(call)
		rep_unlock(&call->lock);
	return call != NULL;
}

START_TEST(a_call_from_its_start_to_its_end)
{
	rep_call_id_t id = begin();
	rep_call_t *call;

	ck_assert_uint_ne(id, 0);
	ck_assert_uint_eq(in_flight(), 1);
	ck_assert_uint_eq(stats().calls, 1);
	ck_assert_uint_eq(stats().max, MAX);
	call = rep_call_lock(id);
	ck_assert_ptr_nonnull(call);
	ck_assert_int_eq(rep_locks_held(), 1);
	ck_assert(call->ticket.holds);
	ck_assert_int_eq(call->final.outcome, REP_OUTCOMES);
	rep_unlock(&call->lock);
	rep_call_unbind(id);
	ck_assert_int_eq(rep_locks_held(), 0);
	ck_assert_uint_eq(in_flight(), 0);
	ck_assert_uint_eq(stats().calls, 0);
	ck_assert(!known(id));
}
END_TEST

START_TEST(a_slot_is_used_again_as_new)
{
	rep_call_id_t id = begin();
	rep_call_t *call = rep_call_lock(id);
	const rep_signs_t none = {0};

	call->legs = 3;
	call->counted = call->contacted = 7;
	call->final.outcome = REP_BLOCKED;
	call->rejected = true;
	call->redress = rep_alloc(sizeof(*call->redress));
	memset(call->branch, 0xff, rep_calls_branches() * sizeof(branch_t));
	rep_unlock(&call->lock);
	rep_call_unbind(id);
	call = rep_call_lock(begin());
	ck_assert_uint_eq((uint32_t)rep_call_id(call), (uint32_t)id);
	ck_assert_uint_eq(call->legs, 0);
	ck_assert_uint_eq(call->counted | call->contacted, 0);
	ck_assert_int_eq(call->final.outcome, REP_OUTCOMES);
	ck_assert(!call->rejected && call->open);
	ck_assert_ptr_null(call->redress);
	for(uint32_t b = 0; b < rep_calls_branches(); b++) {
		ck_assert_uint_eq(call->branch[b].stamp, 0);
		ck_assert_uint_eq(call->branch[b].route, 0);
		ck_assert(!call->branch[b].cancelled);
		ck_assert_int_eq(
				memcmp(&call->branch[b].signs, &none, sizeof(none)), 0);
	}
	rep_unlock(&call->lock);
}
END_TEST

START_TEST(ended_twice_hangs_up_once)
{
	rep_call_id_t one = begin(), other = begin();

	ck_assert_uint_eq(in_flight(), 2);
	rep_call_unbind(one);
	rep_call_unbind(one);
	ck_assert_uint_eq(in_flight(), 1);
	ck_assert_uint_eq(stats().calls, 1);
	ck_assert(known(other));
	rep_call_unbind(other);
	ck_assert_uint_eq(in_flight(), 0);
}
END_TEST

START_TEST(a_stale_id_leads_nowhere)
{
	rep_call_id_t old = begin(), young;

	rep_call_unbind(old);
	young = begin();
	ck_assert_uint_eq((uint32_t)young, (uint32_t)old); /* the same slot */
	ck_assert_uint_ne(young, old);
	ck_assert(!known(old));
	rep_call_unbind(old); /* as a late callback does */
	ck_assert_uint_eq(in_flight(), 1);
	ck_assert(known(young));
	rep_call_unbind(young);
	ck_assert_uint_eq(in_flight(), 0);
}
END_TEST

START_TEST(ids_that_were_never_given_out)
{
	rep_call_id_t id = begin();
	const rep_call_id_t forged[] = {0, MAX, UINT32_MAX, UINT64_MAX, id + 1,
			id + MAX, id + (UINT64_C(1) << 32), (uint32_t)id,
			(id & ~(uint64_t)UINT32_MAX) | MAX};

	for(size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		ck_assert(!known(forged[i]));
		rep_call_unbind(forged[i]);
	}
	ck_assert(known(id));
	ck_assert_uint_eq(in_flight(), 1);
	rep_call_unbind(id);
}
END_TEST

START_TEST(each_call_has_its_own_slot)
{
	rep_call_id_t ids[MAX];
	rep_call_t *call;

	for(unsigned i = 0; i < MAX; i++) {
		ids[i] = begin();
		call = rep_call_lock(ids[i]);
		call->score = (float)i;
		for(uint32_t b = 0; b < rep_calls_branches(); b++)
			call->branch[b].stamp = i;
		rep_unlock(&call->lock);
	}
	for(unsigned i = 0; i < MAX; i++) {
		call = rep_call_lock(ids[i]);
		ck_assert_uint_eq((unsigned)call->score, i);
		for(uint32_t b = 0; b < rep_calls_branches(); b++)
			ck_assert_uint_eq(call->branch[b].stamp, i);
		rep_unlock(&call->lock);
	}
	/* two of them at once: each has a lock of its own */
	call = rep_call_lock(ids[0]);
	ck_assert(known_beside(ids[1]));
	rep_unlock(&call->lock);
}
END_TEST

START_TEST(the_table_is_full)
{
	rep_call_id_t ids[MAX];

	for(unsigned i = 0; i < MAX; i++)
		ck_assert_uint_ne(ids[i] = begin(), 0);
	ck_assert_uint_eq(begin(), 0);
	ck_assert_uint_eq(begin(), 0);
	ck_assert_uint_eq(stats().full, 2);
	ck_assert_uint_eq(stats().calls, MAX);
	for(unsigned i = 0; i < MAX; i++)
		ck_assert(known(ids[i]));
	rep_call_unbind(ids[3]);
	ck_assert_uint_ne(ids[3] = begin(), 0);
	ck_assert_uint_eq(begin(), 0);
	for(unsigned i = 0; i < MAX; i++)
		rep_call_unbind(ids[i]);
	ck_assert_uint_eq(stats().calls, 0);
	ck_assert_uint_eq(in_flight(), 0);
}
END_TEST

/* The pick was refused: nobody ever knew the call. */
START_TEST(closed_before_it_began)
{
	rep_call_key_t key = key_of(1, 0);
	bool made;
	rep_call_t *call = rep_call_claim(&key, &made);
	rep_call_id_t id = rep_call_id(call);

	ck_assert(made);
	rep_call_close(call);
	ck_assert_int_eq(rep_locks_held(), 0);
	ck_assert(!known(id));
	ck_assert_uint_eq(stats().calls, 0);
	rep_call_unbind(id);
	ck_assert_uint_eq(stats().calls, 0);
	call = rep_call_claim(&key, &made);
	ck_assert(made);
	rep_call_close(call);
}
END_TEST

/* ---- found by identity ----------------------------------------------- */

/* The id under which the identity is found; 0 = it is not there. */
static rep_call_id_t found(rep_call_key_t key)
{
	bool made;
	rep_call_t *call = rep_call_claim(&key, &made);
	rep_call_id_t id;

	if(!call)
		return 0;
	id = rep_call_id(call);
	if(made)
		rep_call_close(call);
	else
		rep_unlock(&call->lock);
	return made ? 0 : id;
}

START_TEST(a_call_is_found_by_call_id_and_callee)
{
	rep_call_id_t id = begin_as(key_of(4, 1));

	ck_assert_uint_eq(found(key_of(4, 1)), id);
	ck_assert_uint_eq(found(key_of(4, 2)), id); /* another INVITE of it */
	ck_assert_uint_eq(found(key_of(5, 1)), 0);	/* another callee */
	ck_assert_uint_eq(found(key_of(6, 1)), 0);
	rep_call_unbind(id);
	ck_assert_uint_eq(found(key_of(4, 1)), 0);
}
END_TEST

START_TEST(a_call_is_found_by_its_very_invite)
{
	rep_call_id_t one = begin_as(key_of(4, 1)), other = begin_as(key_of(5, 2));
	rep_call_key_t key = key_of(4, 1);

	key.callee = 0;
	ck_assert_uint_eq(rep_call_of_request(&key), one);
	key.request = 2; /* the same Call-ID, another callee */
	ck_assert_uint_eq(rep_call_of_request(&key), other);
	key.request = 3;
	ck_assert_uint_eq(rep_call_of_request(&key), 0);
	rep_call_unbind(one);
	key.request = 1;
	ck_assert_uint_eq(rep_call_of_request(&key), 0);
}
END_TEST

START_TEST(the_newest_is_found)
{
	rep_call_id_t old = begin_as(key_of(4, 1)), young = begin_as(key_of(4, 2));

	ck_assert_uint_eq(found(key_of(4, 1)), young);
	rep_call_unbind(young);
	ck_assert_uint_eq(found(key_of(4, 1)), old);
	rep_call_unbind(old);
}
END_TEST

START_TEST(it_ends_with_the_last_that_knows_it)
{
	rep_call_id_t id = begin();

	ck_assert_uint_eq(bind(rep_call_lock(id)), id);
	rep_call_unbind(id);
	ck_assert(known(id));
	ck_assert_uint_eq(in_flight(), 1);
	rep_call_unbind(id);
	ck_assert(!known(id));
	ck_assert_uint_eq(in_flight(), 0);
}
END_TEST

static void challenge(rep_call_id_t id)
{
	rep_call_t *call = rep_call_lock(id);

	call->challenged = true;
	rep_unlock(&call->lock);
}

START_TEST(a_challenged_call_lingers)
{
	rep_call_id_t first = begin_as(key_of(4, 1)), other = begin();

	shim_mono = 1000;
	challenge(first);
	rep_call_unbind(first);
	ck_assert_uint_eq(found(key_of(4, 2)), first);
	/* a late retransmission does not make it linger twice, or end it */
	bind(rep_call_lock(first));
	rep_call_unbind(first);
	ck_assert_uint_eq(found(key_of(4, 2)), first);
	shim_mono += REP_CALL_LINGERS / 2;
	challenge(other);
	rep_call_unbind(other);
	rep_calls_tick(shim_mono + REP_CALL_LINGERS / 2 - 1);
	ck_assert(known(first));
	rep_calls_tick(shim_mono + REP_CALL_LINGERS / 2);
	ck_assert(!known(first));
	ck_assert(known(other));
	rep_calls_tick(shim_mono + REP_CALL_LINGERS);
	ck_assert(!known(other));
	ck_assert_uint_eq(stats().calls, 0);
	rep_calls_tick(INT64_MAX);
}
END_TEST

START_TEST(labels_go_with_the_call)
{
	rep_call_id_t id = begin();
	rep_call_t *call = rep_call_lock(id);
	long before = rep_alloc_live();

	call->labels = rep_alloc(sizeof(*call->labels));
	rep_unlock(&call->lock);
	rep_call_unbind(id);
	ck_assert_int_eq(rep_alloc_live(), before);
	call = rep_call_lock(begin());
	ck_assert_ptr_null(call->labels);
	call->labels = rep_alloc(sizeof(*call->labels));
	rep_unlock(&call->lock); /* and with the table */
}
END_TEST

/* The answered call took over what the call held. */
START_TEST(what_is_not_held_is_not_given_back)
{
	rep_call_id_t id = begin();
	rep_call_t *call = rep_call_lock(id);

	call->ticket.holds = false;
	rep_unlock(&call->lock);
	rep_call_unbind(id);
	ck_assert_uint_eq(in_flight(), 1);
}
END_TEST

START_TEST(the_number_is_removed_meanwhile)
{
	rep_call_id_t id = begin();
	rep_call_t *call = rep_call_lock(id);
	rep_e164_t number = call->ticket.number;

	rep_unlock(&call->lock);
	ck_assert(rep_pool_remove(registry, pool, number));
	rep_pool_put(registry, pool, number, &plain, 2, 2, NOW);
	ck_assert_uint_eq(in_flight(), 0);
	rep_call_unbind(id);
	ck_assert_uint_eq(in_flight(), 0);
	ck_assert_uint_eq(stats().calls, 0);
}
END_TEST

START_TEST(before_and_after_the_module)
{
	rep_call_id_t id = begin();
	rep_shared_t *shared = rep_shared;

	rep_shared = NULL;
	ck_assert_ptr_null(rep_call_lock(id));
	rep_call_unbind(id);
	rep_shared = shared;
	ck_assert(known(id));
	rep_call_unbind(id);
}
END_TEST

START_TEST(no_memory_and_no_lock)
{
	long before = rep_alloc_live();

	rep_calls_destroy(NULL);
	rep_alloc_fail_after(0);
	ck_assert_ptr_null(rep_calls_create(MAX));
	rep_alloc_fail_after(-1);
	for(int locks = 0; locks <= MAX; locks++) {
		rep_lock_fail_after(locks);
		ck_assert_ptr_null(rep_calls_create(MAX));
	}
	rep_lock_fail_after(-1);
	ck_assert_int_eq(rep_alloc_live(), before);
}
END_TEST

static const struct
{
	unsigned branches;
	uint32_t max;
} sizes[] = {{1, 0}, {1, 1}, {1, 3}, {12, 0}, {31, 5}};

START_TEST(any_size)
{
	uint32_t max = sizes[_i].max;
	rep_call_t *call;

	sr_dst_max_branches = sizes[_i].branches;
	make(max);
	ck_assert_uint_eq(rep_calls_branches(), sizes[_i].branches);
	for(uint32_t i = 0; i < max; i++) {
		rep_call_id_t id = begin();
		ck_assert_uint_ne(id, 0);
		call = rep_call_lock(id);
		memset(call->branch, 0xff, sizes[_i].branches * sizeof(branch_t));
		rep_unlock(&call->lock);
	}
	ck_assert_uint_eq(begin(), 0);
	ck_assert_uint_eq(stats().calls, max);
	ck_assert_uint_eq(stats().full, 1);
	unmake();
}
END_TEST

#define SLOTS 50
#define STEPS 20000

/* Random steps beside a plain list: each id ever given out is known as long as
 * its call lasts, and never again. */
START_TEST(sweep)
{
	static rep_call_id_t ids[STEPS];
	static bool open[STEPS];
	unsigned n = 0, calls = 0, full = 0;

	srand((unsigned)_i + 1);
	for(unsigned step = 0; step < STEPS; step++) {
		unsigned k = n ? (unsigned)rand() % n : 0;
		if(n && rand() % 2) /* one of the newest: most others are over */
			k = n - 1 - (unsigned)rand() % (n < 2 * SLOTS ? n : 2 * SLOTS);
		if(n == 0 || rand() % 3 == 0) {
			rep_call_id_t id = begin();
			ck_assert_int_eq(id != 0, calls < SLOTS);
			if(id) {
				ids[n] = id;
				open[n++] = true;
				calls++;
			} else {
				full++;
			}
		} else if(rand() % 2) {
			rep_call_unbind(ids[k]);
			calls -= open[k];
			open[k] = false;
		} else {
			ck_assert_int_eq(known(ids[k]), open[k]);
		}
		if(step % 50 == 0)
			ck_assert_uint_eq(in_flight(), calls);
		ck_assert_uint_eq(stats().calls, calls);
	}
	ck_assert_uint_eq(stats().full, full);
	ck_assert_uint_gt(full, 0);
	for(unsigned k = 0; k < n; k++) {
		ck_assert_int_eq(known(ids[k]), open[k]);
		rep_call_unbind(ids[k]);
	}
	ck_assert_uint_eq(stats().calls, 0);
	ck_assert_uint_eq(in_flight(), 0);
}
END_TEST

/* Random steps on few identities beside a plain list: the newest open call of
 * an identity is the one that is found. */
START_TEST(identities)
{
	static rep_call_id_t ids[STEPS];
	static unsigned who[STEPS];
	static bool open[STEPS];
	unsigned n = 0, calls = 0;

	srand((unsigned)_i + 100);
	for(unsigned step = 0; step < STEPS; step++) {
		unsigned k = (unsigned)rand() % 24;
		if(rand() % 3 == 0) {
			rep_call_id_t id = begin_as(key_of(k, step));
			ck_assert_int_eq(id != 0, calls < SLOTS);
			if(id) {
				ids[n] = id;
				who[n] = k;
				open[n++] = true;
				calls++;
			}
		} else if(n && rand() % 2) {
			unsigned last = n - 1 - (unsigned)rand() % (n < 60 ? n : 60);
			rep_call_unbind(ids[last]);
			calls -= open[last];
			open[last] = false;
		} else if(calls < SLOTS) {
			unsigned i = n;
			while(i > 0 && !(open[i - 1] && who[i - 1] == k))
				i--;
			ck_assert_uint_eq(found(key_of(k, step)), i ? ids[i - 1] : 0);
		}
		ck_assert_uint_eq(stats().calls, calls);
	}
	for(unsigned k = 0; k < n; k++)
		rep_call_unbind(ids[k]);
	ck_assert_uint_eq(stats().calls, 0);
	ck_assert_uint_eq(in_flight(), 0);
}
END_TEST

static void make_for_sweep(void)
{
	make(SLOTS);
}

Suite *call_table_suite(void)
{
	Suite *suite = suite_create("call_table");
	TCase *small = tcase_create("small"), *any = tcase_create("any size"),
		  *random = tcase_create("sweep");

	tcase_add_checked_fixture(small, make_small, unmake);
	tcase_add_test(small, a_call_from_its_start_to_its_end);
	tcase_add_test(small, a_slot_is_used_again_as_new);
	tcase_add_test(small, ended_twice_hangs_up_once);
	tcase_add_test(small, a_stale_id_leads_nowhere);
	tcase_add_test(small, ids_that_were_never_given_out);
	tcase_add_test(small, each_call_has_its_own_slot);
	tcase_add_test(small, the_table_is_full);
	tcase_add_test(small, closed_before_it_began);
	tcase_add_test(small, a_call_is_found_by_call_id_and_callee);
	tcase_add_test(small, a_call_is_found_by_its_very_invite);
	tcase_add_test(small, the_newest_is_found);
	tcase_add_test(small, it_ends_with_the_last_that_knows_it);
	tcase_add_test(small, a_challenged_call_lingers);
	tcase_add_test(small, labels_go_with_the_call);
	tcase_add_test(small, what_is_not_held_is_not_given_back);
	tcase_add_test(small, the_number_is_removed_meanwhile);
	tcase_add_test(small, before_and_after_the_module);
	tcase_add_test(small, no_memory_and_no_lock);
	suite_add_tcase(suite, small);
	tcase_add_loop_test(
			any, any_size, 0, (int)(sizeof(sizes) / sizeof(sizes[0])));
	suite_add_tcase(suite, any);
	tcase_add_checked_fixture(random, make_for_sweep, unmake);
	tcase_set_timeout(random, 60);
	tcase_add_loop_test(random, sweep, 0, 4);
	tcase_add_loop_test(random, identities, 0, 4);
	suite_add_tcase(suite, random);
	return suite;
}
