/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine/base/mem.h on the C library for the benchmark of the core: memory is tallied
 * up, and the longest hold of a lock can be watched. */

#ifndef CORE_MEM_H
#define CORE_MEM_H

#include <stddef.h>
#include <stdint.h>

/* CPU time of this thread in ns: what others do on the machine is not in it,
 * nor is waiting. */
uint64_t cpu_ns(void);

size_t mem_bytes(void); /* asked for and not given back */

/* From here on until hold_end() each hold of a lock is timed, which makes it
 * slower; hold_end() gives the longest one in ns. */
void hold_start(void);
uint64_t hold_end(void);

#endif
