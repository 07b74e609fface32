/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/mem.h on the C library, for tests, bench and tools. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

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

static int may_allocate(void)
{
	long n = atomic_load(&left);

	while(n > 0 && !atomic_compare_exchange_weak(&left, &n, n - 1))
		;
	return n != 0;
}

void *rep_alloc(size_t size)
{
	void *p = may_allocate() ? malloc(size ? size : 1) : NULL;

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

/* A lock that was not initialised must be noticed, so a word marks it. */
#define MARK 0x10c4ed

typedef struct lock
{
	pthread_spinlock_t spin;
	unsigned mark;
} lock_t;

_Static_assert(sizeof(lock_t) <= sizeof(rep_lock_t), "rep_lock_t is too small");

static lock_t *inside(rep_lock_t *lock)
{
	return (lock_t *)(void *)lock->word;
}

int rep_lock_init(rep_lock_t *lock)
{
	if(pthread_spin_init(&inside(lock)->spin, PTHREAD_PROCESS_SHARED) != 0)
		return -1;
	inside(lock)->mark = MARK;
	return 0;
}

void rep_lock_destroy(rep_lock_t *lock)
{
	if(inside(lock)->mark != MARK)
		abort();
	inside(lock)->mark = 0;
	pthread_spin_destroy(&inside(lock)->spin);
}

void rep_lock(rep_lock_t *lock)
{
	if(inside(lock)->mark != MARK)
		abort();
	pthread_spin_lock(&inside(lock)->spin);
}

void rep_unlock(rep_lock_t *lock)
{
	pthread_spin_unlock(&inside(lock)->spin);
}
