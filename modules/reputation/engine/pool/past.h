/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a number was benched on before, beyond the window: it may be no more
 * than the number's own healthy mix, which would bench it again and again.
 * Kept by this proxy alone, by half less in 30 days. */

#ifndef REP_PAST_H
#define REP_PAST_H

#include "pool.h"
#include "../judge/tally.h"

/* The number is benched on these calls. Without memory nothing is kept. */
void rep_past_add(rep_pool_t *pool, rep_number_t *number,
		const rep_tally_t *turn, rep_time_t now);

/* Added to `sum`, as much as is left of it. */
void rep_past_get(const rep_pool_t *pool, const rep_number_t *number,
		rep_time_t now, rep_tally_t *sum);

void rep_past_forget(rep_pool_t *pool, rep_number_t *number);

#endif
