/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "engine/base/mem.h"

#include "core_mem.h"

static size_t bytes;
static bool watching;
static uint64_t longest, since;
static const rep_lock_t *outermost;

uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

size_t mem_bytes(void)
{
	return bytes;
}

void hold_start(void)
{
	longest = 0;
	watching = true;
}

uint64_t hold_end(void)
{
	watching = false;
	return longest;
}

void *rep_alloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if(p)
		bytes += malloc_usable_size(p);
	return p;
}

void rep_free(void *p)
{
	if(p)
		bytes -= malloc_usable_size(p);
	free(p);
}

bool rep_scarce(size_t size)
{
	(void)size;
	return false;
}

_Static_assert(sizeof(pthread_spinlock_t) <= sizeof(rep_lock_t), "lock fits");

static pthread_spinlock_t *spin(rep_lock_t *lock)
{
	return (pthread_spinlock_t *)(void *)lock->word;
}

int rep_lock_init(rep_lock_t *lock)
{
	return pthread_spin_init(spin(lock), PTHREAD_PROCESS_SHARED) ? -1 : 0;
}

void rep_lock_destroy(rep_lock_t *lock)
{
	pthread_spin_destroy(spin(lock));
}

/* Only the first lock that is taken is timed: one within another is part of
 * its hold. */
void rep_lock(rep_lock_t *lock)
{
	pthread_spin_lock(spin(lock));
	if(watching && !outermost) {
		outermost = lock;
		since = cpu_ns();
	}
}

void rep_unlock(rep_lock_t *lock)
{
	if(watching && outermost == lock) {
		uint64_t held = cpu_ns() - since;

		if(held > longest)
			longest = held;
		outermost = NULL;
	}
	pthread_spin_unlock(spin(lock));
}
