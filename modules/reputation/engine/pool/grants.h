/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answers to what rep_pool_lease_asks() gave. */

#ifndef REP_GRANTS_H
#define REP_GRANTS_H

#include "leases.h"

/* What was granted. `young` ms: nothing is granted for so long, since grants
 * may have been lost; 0 = it is. */
void rep_pool_lease_answers(rep_registry_t *registry, int pool,
		const rep_lease_ask_t *asks, size_t n, uint32_t young, rep_time_t now);
/* There is no answer: all of it is to be asked for, or told, again. */
void rep_pool_lease_requeue(rep_registry_t *registry, int pool,
		const rep_lease_ask_t *asks, size_t n);

#endif
