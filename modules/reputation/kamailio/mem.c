/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The core's memory and locks, bound to Kamailio's. */

#include "core/mem/shm_mem.h"
#include "core/locking.h"
#include "core/globals.h"

#include "ending.h"
#include "../engine/base/mem.h"

_Static_assert(sizeof(gen_lock_t) <= sizeof(rep_lock_t), "lock fits");

void *rep_alloc(size_t size)
{
	return shm_malloc(size);
}

void rep_free(void *p)
{
	if(p)
		shm_free(p);
}

/* An eighth of the shared memory is for calls: theirs, and the core's. */
bool rep_scarce(size_t size)
{
	return shm_available() < shm_mem_size / 8 + size;
}

int rep_lock_init(rep_lock_t *lock)
{
	return lock_init((gen_lock_t *)lock) ? 0 : -1;
}

void rep_lock_destroy(rep_lock_t *lock)
{
	(void)lock; /* nothing to do for some kinds of lock */
	lock_destroy((gen_lock_t *)lock);
}

void rep_lock(rep_lock_t *lock)
{
	rep_ending_hold();
	lock_get((gen_lock_t *)lock);
}

void rep_unlock(rep_lock_t *lock)
{
	lock_release((gen_lock_t *)lock);
	rep_ending_release();
}
