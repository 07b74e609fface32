/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers with cells, verdicts, health or wishes that were not sent yet: a queue each,
 * drained by the Redis process. */

#ifndef REP_DIRTY_H
#define REP_DIRTY_H

#include "pool.h"

/* Queue number `i` for what `flag` says (REP_DIRTY_CELLS, _RECORD or _HEALTH,
 * REP_WANTS_LEASE or REP_HAS_LEASE)
 * unless it stands there; nothing while the registry is alone. */
void rep_number_mark(rep_pool_t *pool, uint32_t i, uint8_t flag);

#endif
