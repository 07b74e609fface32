/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main loop. */

#ifndef REP_RUN_H
#define REP_RUN_H

#include "handle.h"

/* The process's main loop; returns after rep_store_stop(), at the latest
 * about a second later, having written what was waiting if it could. */
void rep_store_run(rep_store_t *store);

/* Safe in a signal handler of the process that runs the store. */
void rep_store_stop(rep_store_t *store);

#endif
