/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Does shm.c see what it is for? A block is allocated in shared memory, and
 * misused by a child process, as the argument says: `none`, `after` (its end),
 * `freed` (by the parent). run.sh wants a report of the last two.
 */

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHARED (1 << 24)
#define SIZE 99

void *__real_rep_alloc(size_t size);
void __real_rep_free(void *p);
void __real_rep_store_status_destroy(void *status);
void *__wrap_rep_alloc(size_t size);
void __wrap_rep_free(void *p);

static char *shared;
static size_t used = SHARED / 2; /* not in a page of the shadow that is cut */

void *__real_rep_alloc(size_t size)
{
	if(!shared)
		shared = mmap(NULL, SHARED, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	used += (size + 15) & ~(size_t)15;
	return shared + used - ((size + 15) & ~(size_t)15);
}

void __real_rep_free(void *p)
{
	(void)p;
}

void __real_rep_store_status_destroy(void *status)
{
	(void)status;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "none";
	volatile char *block = __wrap_rep_alloc(SIZE);
	int go[2], status;
	char byte = 0;

	if(pipe(go) < 0)
		return 1;
	if(fork() == 0) {
		if(read(go[0], &byte, 1) != 1)
			return 1;
		block[strcmp(how, "after") == 0 ? SIZE : 0] = 1;
		return 0;
	}
	if(strcmp(how, "freed") == 0)
		__wrap_rep_free((void *)block);
	if(write(go[1], &byte, 1) != 1 || wait(&status) < 0)
		return 1;
	return WEXITSTATUS(status);
}
