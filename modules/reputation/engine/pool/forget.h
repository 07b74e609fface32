/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number goes, with all that hangs on it. */

#ifndef REP_FORGET_H
#define REP_FORGET_H

#include "pool.h"

/* Its slot is given back by rep_number_reap() once queues and the timer no
 * longer name it. */
void rep_number_forget(rep_pool_t *pool, uint32_t i);

#endif
