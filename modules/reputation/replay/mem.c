/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine/base/mem.h for a program of one thread: the C library's memory, and locks
 * that nobody else can hold. */

#include <stdlib.h>

#include "../engine/base/mem.h"

void *rep_alloc(size_t size)
{
	return malloc(size ? size : 1);
}

void rep_free(void *p)
{
	free(p);
}

int rep_lock_init(rep_lock_t *lock)
{
	*lock = (rep_lock_t){{0}};
	return 0;
}

void rep_lock_destroy(rep_lock_t *lock)
{
	(void)lock;
}

void rep_lock(rep_lock_t *lock)
{
	(void)lock;
}

void rep_unlock(rep_lock_t *lock)
{
	(void)lock;
}
