/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:redress:{POOL} and rep:probes:{POOL} from Redis: read as a whole whenever
 * somebody wrote there, some seconds apart. */

#ifndef REP_LIST_READING_H
#define REP_LIST_READING_H

#include "context.h"
#include "handle.h"

/* Ask for what is to be read; the pages are asked for one by the other, in the
 * same exchange. */
void rep_list_read(rep_store_t *store, rep_store_pool_t *pool);
#endif
