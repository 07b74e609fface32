/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leases asked for and told. */

#include "leases.h"

#include "caps.h"
#include "dirty.h"
#include "index.h"
#include "lease.h"
#include "lock.h"
#include "pace.h"
#include "pools.h"
#include "queue.h"
#include "slot.h"
#include "usable.h"

#define AHEAD 2		  /* s before a period ends, the next is asked for */
#define TELL_EVERY 3  /* s: what is held and not used; */
#define TELL_SCARCE 1 /* s: where no more than FEW are left for others */
#define FEW 8
#define UNUSED_AFTER 1 /* s without a call */
#define IDLE_AFTER 60
#define HEADS 16 /* numbers at a queue's head with a lease, at least */
#define HEADS_MAX 256
#define SIZE_MAX_ASKED 1024
#define MOST_ASKED 50000 /* of a pool */
#define TELLS 32		 /* numbers a call */
#define RETELL_SLICE 4096

typedef struct rep_asking
{
	rep_pool_t *pool;
	rep_time_t now;
	rep_lease_ask_t *out;
	size_t n, max;
	uint64_t demand; /* picks, and refusals, since the last time */
} rep_asking_t;

static uint32_t less(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

void rep_registry_lease(rep_registry_t *registry, bool shared)
{
	atomic_store(&registry->leases, shared);
}

void rep_registry_nodes(rep_registry_t *registry, uint32_t nodes)
{
	atomic_store(&registry->nodes, nodes);
}

/* ---- asking ----------------------------------------------------------- */

/* The lease of a period, begun if need be. */
static rep_lease_t *begun(
		rep_leases_t *leases, rep_cap_t cap, uint32_t at, uint32_t limit)
{
	rep_lease_t *lease = &leases->of[cap][at & 1];

	if(lease->at != at)
		*lease = (rep_lease_t){.at = at, .left = limit};
	return lease;
}

static void put(rep_asking_t *a, const rep_number_t *number, rep_cap_t cap,
		const rep_lease_t *lease, const rep_window_t *window, uint32_t limit,
		uint32_t size)
{
	uint32_t used = rep_window_used(window, lease->at);
	uint32_t have = lease->granted > used ? lease->granted : used;
	uint32_t want = less(used + size, limit);

	a->out[a->n++] = (rep_lease_ask_t){.number = number ? number->e164 : 0,
			.cap = cap,
			.at = lease->at,
			.limit = limit,
			.have = have,
			.want = want > have ? want : have,
			.used = cap == REP_CAP_TRIAL ? used - number->in_flight : used,
			.others = lease->others};
}

/* What nobody needs here goes back when somebody else needs it; and calls at
 * once soon: every number that was used has some, and no period ends them. */
static bool gives_up(const rep_pool_t *pool, const rep_lease_t *lease,
		rep_cap_t cap, uint32_t idle)
{
	return pool->gives_up_leases || (idle >= UNUSED_AFTER && lease->wanted)
		   || (cap >= REP_CAP_PERIODS && idle >= IDLE_AFTER);
}

static uint32_t limit_at(const rep_pool_t *pool, const rep_number_t *number,
		rep_cap_t cap, uint32_t at)
{
	if(!number)
		return cap == REP_CAP_DAY		   ? pool->policy.pool_cap_day
			   : cap == REP_CAP_CONCURRENT ? pool->policy.pool_cap_second
										   : 0;
	return rep_number_cap(pool, number, cap,
			(rep_time_t)(rep_cap_end(pool, cap, at) - 1) * 1000);
}

static rep_window_t window_of(
		const rep_asking_t *a, const rep_number_t *number, rep_cap_t cap)
{
	if(number)
		return rep_number_window(number, cap);
	if(cap == REP_CAP_CONCURRENT)
		return (rep_window_t){1, rep_pace_used(&a->pool->pace, a->now)};
	return a->pool->day;
}

/* Asks for `size` calls beyond those used, if there are fewer; `ahead`: also of
 * a period that is about to begin. */
static void ask_cap(rep_asking_t *a, const rep_number_t *number,
		rep_leases_t *leases, rep_cap_t cap, uint32_t size, bool ahead)
{
	uint32_t at = rep_cap_at(a->pool, number, cap, a->now);
	bool both =
			ahead
			&& rep_cap_end(a->pool, cap, at) - rep_seconds_of(a->now) <= AHEAD;
	rep_window_t window = window_of(a, number, cap);

	for(uint32_t p = at; p <= at + both; p++) {
		uint32_t limit = limit_at(a->pool, number, cap, p);
		rep_lease_t *lease;

		if(!limit)
			continue;
		lease = begun(leases, cap, p, limit);
		if(rep_lease_rest(lease, &window) < size)
			put(a, number, cap, lease, &window, limit, p == at ? size : 1);
	}
}

static void ask(rep_asking_t *a, const rep_number_t *number,
		rep_leases_t *leases, uint32_t size, bool ahead)
{
	size_t before = a->n;

	for(int c = 0; c < REP_CAPS; c++)
		ask_cap(a, number, leases, (rep_cap_t)c, size, ahead);
	if(a->n > before)
		leases->told = rep_seconds_of(a->now);
}

/* Tells what is held in periods that run or are to come; true when some of it
 * is not used. */
static bool tell_cap(rep_asking_t *a, const rep_number_t *number,
		rep_leases_t *leases, rep_cap_t cap, uint32_t idle)
{
	uint32_t at = rep_cap_at(a->pool, number, cap, a->now);
	rep_window_t window = window_of(a, number, cap);
	bool held = false;

	for(uint32_t p = at; p <= at + 1; p++) {
		uint32_t limit = limit_at(a->pool, number, cap, p);
		rep_lease_t *lease = rep_lease_of(leases, cap, p);

		if(!limit || !lease)
			continue;
		if(gives_up(a->pool, lease, cap, idle)
				&& rep_lease_rest(lease, &window))
			lease->granted = rep_window_used(&window, p);
		held |= rep_lease_rest(lease, &window)
				|| (cap >= REP_CAP_PERIODS && lease->granted);
		/* what it has in use of a pace is over soon */
		put(a, number, cap, lease, &window,
				a->pool->gives_up_leases && !number && cap == REP_CAP_CONCURRENT
						? 0
						: limit,
				0);
	}
	return held;
}

static bool tell(rep_asking_t *a, const rep_number_t *number,
		rep_leases_t *leases, uint32_t idle)
{
	bool held = false;

	for(int c = 0; c < REP_CAPS; c++)
		held |= tell_cap(a, number, leases, (rep_cap_t)c, idle);
	leases->told = rep_seconds_of(a->now);
	return held;
}

static bool room(const rep_asking_t *a)
{
	return a->n + (size_t)REP_CAPS * 2 <= a->max;
}

static rep_leases_t *leases_put(rep_pool_t *pool, uint32_t i)
{
	rep_number_t *number = rep_number_at(pool, i);
	rep_leases_t *leases;

	if(number->leases == REP_NONE) {
		if(pool->leases.free == REP_SLAB_NONE
				&& rep_slab_grow(&pool->leases) < 0) {
			atomic_fetch_add(&pool->registry->full_memory, 1);
			return NULL;
		}
		number->leases = rep_slab_alloc(&pool->leases);
		leases = rep_slab_at(&pool->leases, number->leases);
		leases->size = 1;
	}
	rep_number_mark(pool, i, REP_HAS_LEASE);
	return rep_slab_at(&pool->leases, number->leases);
}

/* It came up without a lease, or soon will: twice as many if the last did not
 * last. */
static void ask_wanted(rep_asking_t *a)
{
	rep_pool_t *pool = a->pool;

	while(pool->wants_lease.count && room(a)) {
		uint32_t i = rep_fifo_pop(&pool->wants_lease);
		rep_number_t *number = rep_number_at(pool, i);
		rep_leases_t *leases;
		size_t before = a->n;

		number->flags &= ~REP_WANTS_LEASE;
		if(!(number->flags & REP_LIVE)) {
			rep_number_reap(pool, i);
			continue;
		}
		leases = leases_put(pool, i);
		if(!leases)
			continue;
		if(leases->told && rep_seconds_of(a->now) - leases->told <= 1
				&& leases->size < SIZE_MAX_ASKED)
			leases->size *= 2;
		ask(a, number, leases, leases->size, false);
		if(a->n == before) /* it has what it wants by now */
			rep_number_wake(pool, i, a->now);
	}
}

static bool never_asked(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	const rep_leases_t *leases;

	if(number->leases == REP_NONE)
		return true;
	leases = rep_slab_at(&pool->leases, number->leases);
	for(int c = 0; c < REP_CAPS; c++) {
		uint32_t at = rep_cap_at(pool, number, (rep_cap_t)c, now);

		if(rep_number_cap(pool, number, (rep_cap_t)c, now)
				&& leases->of[c][at & 1].at != at)
			return true;
	}
	return false;
}

/* Those that are picked next: most stand at the front of the heap's array. */
static void ask_heads(rep_asking_t *a, const rep_heap_t *queue)
{
	uint64_t heads = HEADS + 2 * a->demand;

	for(uint32_t k = 0; k < queue->count && k < heads && k < HEADS_MAX; k++) {
		uint32_t i = queue->entries[k].item;
		const rep_number_t *number = rep_number_at(a->pool, i);
		rep_leases_t *leases;

		if(!room(a))
			return;
		if(!(number->flags & REP_LIVE)
				|| number->lease_wait > rep_seconds_of(a->now)
				|| (!a->demand && !never_asked(a->pool, number, a->now))
				|| !rep_number_limited(a->pool, number, a->now))
			continue;
		leases = leases_put(a->pool, i);
		if(leases)
			ask(a, number, leases, 1, a->demand > 0);
	}
}

static uint32_t tell_every(const rep_asking_t *a, const rep_number_t *number,
		const rep_leases_t *leases)
{
	for(int c = 0; c < REP_CAPS; c++) {
		rep_cap_t cap = (rep_cap_t)c;
		uint32_t at = rep_cap_at(a->pool, number, cap, a->now);
		rep_window_t window = window_of(a, number, cap);
		const rep_lease_t *lease = &leases->of[c][at & 1];

		if(lease->at == at && lease->left <= FEW
				&& rep_lease_rest(lease, &window))
			return TELL_SCARCE;
	}
	return TELL_EVERY;
}

/* What is held and not used is told now and then: that it is still held, or
 * that it is given back; and what was used up, once. */
static void tell_held(rep_asking_t *a)
{
	rep_pool_t *pool = a->pool;
	uint32_t s = rep_seconds_of(a->now);

	for(uint32_t left = pool->has_lease.count, told = 0;
			left > 0 && told < TELLS && room(a); left--) {
		uint32_t i = rep_fifo_pop(&pool->has_lease);
		rep_number_t *number = rep_number_at(pool, i);
		rep_leases_t *leases;
		bool held;

		number->flags &= ~REP_HAS_LEASE;
		if(!(number->flags & REP_LIVE) || number->leases == REP_NONE) {
			rep_number_reap(pool, i);
			continue;
		}
		leases = rep_slab_at(&pool->leases, number->leases);
		if(s - leases->told < tell_every(a, number, leases)) {
			rep_number_mark(pool, i, REP_HAS_LEASE);
			continue;
		}
		told++;
		held = tell(a, number, leases, s - number->last_used);
		if(s - number->last_used >= TELL_EVERY && leases->size > 1)
			leases->size /= 2;
		if(held)
			rep_number_mark(pool, i, REP_HAS_LEASE);
	}
}

/* Everything that was granted in periods that run, after a loss. */
static void tell_all(rep_asking_t *a)
{
	rep_pool_t *pool = a->pool;
	uint32_t n = rep_slab_count(&pool->numbers);

	for(uint32_t k = 0; k < RETELL_SLICE && pool->retell < n && room(a); k++) {
		const rep_number_t *number = rep_number_at(pool, pool->retell++);

		if((number->flags & REP_LIVE) && number->leases != REP_NONE)
			tell(a, number, rep_slab_at(&pool->leases, number->leases), 0);
	}
	if(pool->retell >= n)
		pool->retell = REP_NONE;
}

/* Each second what is not used of the pool's calls a second goes back, if
 * somebody needs it. */
static void ask_pace(rep_asking_t *a)
{
	rep_pool_t *pool = a->pool;
	const rep_lease_t *lease =
			rep_lease_of(&pool->lease, REP_CAP_CONCURRENT, 1);
	uint32_t s = rep_seconds_of(a->now);

	if(lease && lease->wanted && pool->pace_told != s) {
		pool->pace_told = s;
		tell_cap(a, NULL, &pool->lease, REP_CAP_CONCURRENT, UNUSED_AFTER);
	} else if(pool->wants_pace || !lease) {
		ask_cap(a, NULL, &pool->lease, REP_CAP_CONCURRENT,
				1 + less((uint32_t)a->demand, MOST_ASKED), false);
	}
	pool->wants_pace = false;
}

static void ask_pool(rep_asking_t *a)
{
	rep_pool_t *pool = a->pool;
	rep_leases_t *leases = &pool->lease;
	uint32_t s = rep_seconds_of(a->now);
	size_t before = a->n;

	if(pool->policy.pool_cap_second)
		ask_pace(a);
	if(a->demand || pool->wants_pool_lease
			|| !rep_lease_of(leases, REP_CAP_DAY,
					rep_cap_at(pool, NULL, REP_CAP_DAY, a->now)))
		ask_cap(a, NULL, leases, REP_CAP_DAY,
				1 + 2 * less((uint32_t)a->demand, MOST_ASKED), true);
	pool->wants_pool_lease = false;
	if(a->n > before)
		leases->told = s;
	else if(s - leases->told >= tell_every(a, NULL, leases))
		tell(a, NULL, leases, a->demand ? 0 : IDLE_AFTER);
}

size_t rep_pool_lease_asks(rep_registry_t *registry, int id, rep_time_t now,
		rep_lease_ask_t *out, size_t max)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);
	rep_asking_t a = {pool, now, out, 0, max, 0};
	const rep_policy_t *policy;
	uint64_t picks;

	if(!pool)
		return 0;
	if(!atomic_load(&registry->leases)) {
		rep_pool_unlock(pool);
		return 0;
	}
	policy = &pool->policy;
	picks = pool->picks + pool->refusals;
	a.demand = picks != pool->picks_asked ? picks - pool->picks_asked : 0;
	if(a.demand > HEADS_MAX * 1024u) /* a cancelled pick counts backwards */
		a.demand = 1;
	pool->picks_asked = picks;
	if(pool->gives_up_leases) {
		if(pool->retell == 0)
			tell(&a, NULL, &pool->lease, IDLE_AFTER);
		tell_all(&a);
		rep_pool_unlock(pool);
		return a.n;
	}
	if(policy->cap_minute || policy->cap_hour || policy->cap_day
			|| policy->cap_concurrent)
		rep_queue_open(pool, 0, now);
	ask_pool(&a);
	tell_all(&a);
	ask_wanted(&a);
	for(uint32_t r = 0; r < pool->n_routes; r++)
		if(pool->routes[r]->open)
			ask_heads(&a, &pool->routes[r]->queue);
	tell_held(&a);
	rep_pool_unlock(pool);
	return a.n;
}

void rep_pool_lease_again(rep_registry_t *registry, int id)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return;
	pool->retell = 0;
	pool->lease.told = 0;
	rep_pool_unlock(pool);
}

void rep_pool_lease_end(rep_registry_t *registry, int id)
{
	rep_pool_t *pool = rep_pool_lock(registry, id);

	if(!pool)
		return;
	pool->gives_up_leases = true;
	pool->retell = 0;
	rep_pool_unlock(pool);
}
