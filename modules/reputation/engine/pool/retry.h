/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a pick that was refused may be tried again. */

#ifndef REP_RETRY_H
#define REP_RETRY_H

#include "handle.h"
#include "labels.h"
#include "../judge/state.h"

/* Seconds, 1 at least, until what refused a pick for the reason `why` (a pool's,
 * of the first of `routes`, as in rep_pool_pick(), or the callee's) may be over:
 * on one of these routes the end of a pause, of a rest (of as many as must end
 * for the pool to go on), of a cap's window; of all that keeps `callee` from
 * being called, when it is no quiet hour there either. 0 = nobody knows: it
 * takes an operator, or the end of a call. `number` is that of a call which
 * keeps it, 0 = any. Of many numbers it looks at those that come due first, some
 * sixty; others may be used sooner, never later. */
uint32_t rep_pool_retry_after(rep_registry_t *registry, int pool,
		rep_e164_t callee, rep_e164_t number, rep_span_t routes, rep_pick_t why,
		rep_time_t now);

#endif
