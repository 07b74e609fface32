/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answered calls that may still be short, in Redis: for whoever is to count
 * them when this proxy was killed. */

#ifndef REP_BEGUN_STORE_H
#define REP_BEGUN_STORE_H

#include "context.h"
#include "handle.h"

/* Redis may have lost them, and nobody is known to be gone. */
void rep_begun_connected(rep_store_t *store);
/* Write what is new. Before own counts are: of a proxy that is killed between
 * the two a call is rather not counted than counted twice. */
bool rep_begun_tell(rep_store_t *store);
/* Count the calls of writers that are gone as answered: each by one proxy. */
bool rep_begun_settle(rep_store_t *store);

/* Is a writer gone that has calls, and has said nothing for so long (ms)? Each
 * says something every three seconds as long as it has any, if Redis can be
 * reached from there. `same`: it is of our node, which runs once. */
bool rep_begun_gone(bool same, int64_t silent);

#endif
