/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared memory, clocks. */

#include "shared.h"

#include <sys/time.h>
#include <time.h>

rep_shared_t *rep_shared;

rep_time_t rep_now(void)
{
	struct timeval tv;

	gettimeofday(&tv, NULL);
	return (rep_time_t)tv.tv_sec * 1000 + tv.tv_usec / 1000;
}

rep_time_t rep_mono(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (rep_time_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
