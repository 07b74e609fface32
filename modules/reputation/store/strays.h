/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of pools that rep:pools does not name: a policy or numbers that nobody
 * reads, by a slip of the pen or because SADD was forgotten. They are looked
 * for with SCAN, one bounded slice a call. */

#ifndef REP_STRAYS_H
#define REP_STRAYS_H

#include "handle.h"

/* Look for them again, a moment from now: who makes a pool edits several keys,
 * in any order. */
void rep_strays_want(rep_store_t *store);
/* One slice at most; does nothing while nobody wants it. */
void rep_strays_step(rep_store_t *store);

#endif
