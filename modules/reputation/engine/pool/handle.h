/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registry as other rooms see it, and its limits. */

#ifndef REP_REGISTRY_HANDLE_H
#define REP_REGISTRY_HANDLE_H

/* Every pool with its numbers, their evidence and their verdicts. One registry
 * stands in shared memory and serves all processes. Functions of engine/pool/
 * that take a registry take the locks that they need and give them back
 * before they return; none of them does I/O, and none holds a lock over
 * anything that grows with the number of numbers, unless it says so. Results
 * are copied out: no pointer into the registry leaves it. */
typedef struct rep_registry rep_registry_t;

#define REP_POOLS_MAX 1024
#define REP_NO_POOL (-1)
#define REP_ROUTES_MAX 64 /* labels a pool, "" (no route) among them */

#endif
