/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Linked into the module that `make coverage` builds: hands the function that
 * writes this object's counters to the preloaded exit.c, and takes it back
 * when the module is unloaded.
 */

#include <gcov.h>
#include <stddef.h>

void coverage_at_exit(void (*dump)(void)) __attribute__((weak));

__attribute__((constructor)) static void hand_over(void)
{
	if(coverage_at_exit)
		coverage_at_exit(__gcov_dump);
}

__attribute__((destructor)) static void take_back(void)
{
	if(coverage_at_exit)
		coverage_at_exit(NULL);
}
