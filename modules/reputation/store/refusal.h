/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redis refuses writes, or takes them again. */

#ifndef REP_REFUSAL_H
#define REP_REFUSAL_H

#include "handle.h"

/* An error reply that is nobody's malformed value: told on the edge. */
void rep_store_refused(rep_store_t *store, const char *what);
void rep_store_accepted(rep_store_t *store);

#endif
