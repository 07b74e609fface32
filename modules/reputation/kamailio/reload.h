/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pool file without Redis: read at the start, and again on demand. */

#ifndef REP_RELOAD_H
#define REP_RELOAD_H

#include "core/rpc.h"

/* Read pool_file into the registry; faults go to the log and to
 * reputation.stats. 0, or -1: the file as a whole cannot be read. */
int rep_pools_load(void);

/* reputation.reload: in the process that answers, which waits for it. */
void rep_rpc_reload(rpc_t *rpc, void *ctx);

#endif
