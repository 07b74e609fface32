/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether Redis throws keys away when its memory is full. */

#ifndef REP_EVICTION_H
#define REP_EVICTION_H

#include "handle.h"
#include "link.h"

/* Ask, and warn in the log once a connection if it may. Where the user may not
 * ask (INFO), nothing is said. */
void rep_eviction_check(rep_store_t *store, rep_link_t *link);

#endif
