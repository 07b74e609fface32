/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Preloaded into a proxy: the module's wall clock, and only that, is ahead by
 * as many seconds as the file named by REPUTATION_CLOCK says (int64_t). */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;

__attribute__((constructor)) static void attach(void)
{
	const char *path = getenv("REPUTATION_CLOCK");
	int fd = path ? open(path, O_RDONLY) : -1;
	void *at =
			fd >= 0 ? mmap(NULL, 8, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

	if(at != MAP_FAILED)
		ahead = at;
	if(fd >= 0)
		close(fd);
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec now;
	Dl_info caller;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	tv->tv_sec = now.tv_sec;
	tv->tv_usec = now.tv_nsec / 1000;
	if(ahead && dladdr(__builtin_return_address(0), &caller)
			&& strstr(caller.dli_fname, "reputation.so"))
		tv->tv_sec += *ahead;
	return 0;
}
