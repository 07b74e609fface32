/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two things that the core takes from its surroundings, bound at link
 * time: memory and locks. In the module they are Kamailio's shared memory and
 * its locks (kamailio/mem.c); in the tests, the bench and the replay tool,
 * the C library's (tests/unit/mem.c), with failures on demand. */

#ifndef REP_MEM_H
#define REP_MEM_H

#include <stddef.h>

#include "types.h"

/* NULL when there is none left; the bytes are not set. */
void *rep_alloc(size_t size);
void rep_free(void *p); /* NULL is fine */
/* What is not needed for calls should not be allocated: after `size` bytes more
 * there would be little left for those. */
bool rep_scarce(size_t size);

typedef struct rep_lock
{
	_Alignas(8) unsigned char word[16];
} rep_lock_t;

/* Short mutual exclusion between processes; not recursive. A lock that is all
 * zero and was not initialised may not be taken. */
int rep_lock_init(rep_lock_t *lock); /* 0, or -1 when none can be had */
void rep_lock_destroy(rep_lock_t *lock);
void rep_lock(rep_lock_t *lock);
void rep_unlock(rep_lock_t *lock);

#endif
