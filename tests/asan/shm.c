/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Linked into the module by `make test-asan`: AddressSanitizer sees shared
 * memory, too. A block of rep_alloc() lies between two zones that may not be
 * touched, and a freed one may not either, for as long as it is among the last
 * of its kind.
 *
 * What may be touched, the sanitizer notes in its shadow memory, of which each
 * process would have its own after a fork. So the shadow of Kamailio's shared
 * memory is made shared as well, before the first fork. Kamailio, which
 * reports nothing, uses the same memory: what goes back to it is clean.
 */

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ZONE 32				/* bytes before a block, and at least after it */
#define QUARANTINE 1024		/* blocks that are kept after they were freed */
#define KEPT_MAX (8 * 1024) /* bytes of the largest that is kept */

void __asan_poison_memory_region(const volatile void *p, size_t size);
void __asan_unpoison_memory_region(const volatile void *p, size_t size);
void __asan_get_shadow_mapping(size_t *scale, size_t *offset);

void *__real_rep_alloc(size_t size);
void __real_rep_free(void *p);
void __real_rep_store_status_destroy(void *status);
void *__wrap_rep_alloc(size_t size);
void __wrap_rep_free(void *p);
void __wrap_rep_store_status_destroy(void *status);

typedef struct quarantine
{
	atomic_uint next;
	_Atomic(char *) block[QUARANTINE];
} quarantine_t;

static quarantine_t *quarantine; /* in shared memory */

static _Noreturn void fail(const char *what)
{
	perror(what);
	abort();
}

/* the mapping that holds p */
static void find_mapping(const void *p, uintptr_t *from, uintptr_t *to)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];

	if(!maps)
		fail("/proc/self/maps");
	while(fgets(line, sizeof(line), maps))
		if(sscanf(line, "%lx-%lx", from, to) == 2 && (uintptr_t)p >= *from
				&& (uintptr_t)p < *to) {
			fclose(maps);
			return;
		}
	fail("no mapping of shared memory");
}

static void share_shadow(const void *p)
{
	uintptr_t from, to, page = (uintptr_t)sysconf(_SC_PAGESIZE);
	size_t scale, offset;

	find_mapping(p, &from, &to);
	__asan_get_shadow_mapping(&scale, &offset);
	/* pages of the shadow that are of nothing else */
	from = ((from >> scale) + offset + page - 1) & ~(page - 1);
	to = ((to >> scale) + offset) & ~(page - 1);
	/* not by mmap(), which the sanitizer keeps away from its shadow */
	if((uintptr_t)syscall(SYS_mmap, from, to - from, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0)
			!= from)
		fail("shadow of shared memory");
}

static size_t whole(size_t size)
{
	return ZONE + ((size + 15) & ~(size_t)15) + ZONE;
}

void *__wrap_rep_alloc(size_t size)
{
	char *start;

	if(!quarantine) {
		quarantine = __real_rep_alloc(sizeof(*quarantine));
		if(!quarantine)
			return NULL;
		memset(quarantine, 0, sizeof(*quarantine));
		share_shadow(quarantine);
	}
	if(size > SIZE_MAX / 2)
		return NULL;
	start = __real_rep_alloc(whole(size));
	if(!start)
		return NULL;
	memcpy(start, &size, sizeof(size));
	/* who reads what he did not write is to see it */
	memset(start + ZONE, 0xbe, size);
	__asan_poison_memory_region(start, whole(size));
	__asan_unpoison_memory_region(start + ZONE, size);
	return start + ZONE;
}

static void give_back(char *start)
{
	size_t size;

	if(!start)
		return;
	memcpy(&size, start, sizeof(size));
	__asan_unpoison_memory_region(start, whole(size));
	__real_rep_free(start);
}

void __wrap_rep_free(void *p)
{
	char *start = p ? (char *)p - ZONE : NULL;
	size_t size;

	if(!p)
		return;
	memcpy(&size, start, sizeof(size));
	__asan_poison_memory_region(p, size);
	/* there is none when tm, which ends last, frees what it still held */
	if(quarantine && size <= KEPT_MAX)
		start = atomic_exchange(
				&quarantine->block[atomic_fetch_add(&quarantine->next, 1)
								   % QUARANTINE],
				start);
	give_back(start);
}

/* The last that is taken down at the end: what is left is a leak. */
void __wrap_rep_store_status_destroy(void *status)
{
	unsigned i;

	__real_rep_store_status_destroy(status);
	if(!quarantine)
		return;
	for(i = 0; i < QUARANTINE; i++)
		give_back(atomic_exchange(&quarantine->block[i], NULL));
	__real_rep_free(quarantine);
	quarantine = NULL;
}
