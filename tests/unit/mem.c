/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine/base/mem.h on the C library, for tests, bench and tools. */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/mem.h"

#include "mem_test.h"

static atomic_long left = -1;
static atomic_long live;

void rep_alloc_fail_after(long n)
{
	atomic_store(&left, n);
}

long rep_alloc_live(void)
{
	return atomic_load(&live);
}

/* Takes one of what is left, if there is a limit. */
static int may(atomic_long *limit)
{
	long n = atomic_load(limit);

	while(n > 0 && !atomic_compare_exchange_weak(limit, &n, n - 1))
		;
	return n != 0;
}

void *rep_alloc(size_t size)
{
	void *p = may(&left) ? malloc(size ? size : 1) : NULL;

	if(p)
		atomic_fetch_add(&live, 1);
	return p;
}

void rep_free(void *p)
{
	if(p)
		atomic_fetch_sub(&live, 1);
	free(p);
}

static atomic_long scarce = -1;

void rep_scarce_after(long bytes)
{
	atomic_store(&scarce, bytes);
}

bool rep_scarce(size_t size)
{
	long n = atomic_load(&scarce);

	if(n < 0)
		return false;
	if(n < (long)size)
		return true;
	atomic_store(&scarce, n - (long)size);
	return false;
}

/* A lock that is misused must be noticed at once: a word marks those that were
 * initialised, and each knows which thread holds it. */
#define MARK 0x10c4ed

typedef struct lock
{
	pthread_spinlock_t spin;
	unsigned mark;
	_Atomic(const char *) holder;
} lock_t;

_Static_assert(sizeof(lock_t) <= sizeof(rep_lock_t), "rep_lock_t is too small");

static atomic_long locks_left = -1;
static atomic_long held;
static _Thread_local char me; /* its address names the thread */

void rep_lock_fail_after(long n)
{
	atomic_store(&locks_left, n);
}

long rep_locks_held(void)
{
	return atomic_load(&held);
}

static _Noreturn void misused(const char *how)
{
	fprintf(stderr, "a lock %s\n", how);
	abort();
}

/* Check runs each test in a process of its own, which ends by exit(). Its
 * message of a failed assertion stays what is reported. */
static void check_held(void)
{
	if(atomic_load(&held) == 0)
		return;
	fprintf(stderr, "%ld locks are still held at the end\n",
			atomic_load(&held));
	_exit(EXIT_FAILURE);
}

static lock_t *inside(rep_lock_t *lock)
{
	return (lock_t *)(void *)lock->word;
}

static lock_t *ready(rep_lock_t *lock)
{
	if(inside(lock)->mark != MARK)
		misused("is used that was not initialised");
	return inside(lock);
}

int rep_lock_init(rep_lock_t *lock)
{
	static atomic_flag watched = ATOMIC_FLAG_INIT;

	if(!atomic_flag_test_and_set(&watched))
		atexit(check_held);
	if(!may(&locks_left)
			|| pthread_spin_init(&inside(lock)->spin, PTHREAD_PROCESS_SHARED)
					   != 0)
		return -1;
	inside(lock)->mark = MARK;
	atomic_init(&inside(lock)->holder, NULL);
	return 0;
}

void rep_lock_destroy(rep_lock_t *lock)
{
	if(atomic_load(&ready(lock)->holder))
		misused("is destroyed while it is held");
	inside(lock)->mark = 0;
	pthread_spin_destroy(&inside(lock)->spin);
}

void rep_lock(rep_lock_t *lock)
{
	if(atomic_load(&ready(lock)->holder) == &me)
		misused("is taken twice");
	/* whoever holds it may wait for a processor: give way, as Kamailio does */
	for(int tries = 1; pthread_spin_trylock(&inside(lock)->spin); tries++)
		if(tries % 256 == 0)
			sched_yield();
	atomic_store(&inside(lock)->holder, &me);
	atomic_fetch_add(&held, 1);
}

void rep_unlock(rep_lock_t *lock)
{
	if(atomic_load(&ready(lock)->holder) != &me)
		misused("is given back by one who does not hold it");
	atomic_store(&inside(lock)->holder, NULL);
	atomic_fetch_sub(&held, 1);
	pthread_spin_unlock(&inside(lock)->spin);
}
