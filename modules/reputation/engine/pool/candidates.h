/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of a pool that may be picked by what an operator says of them
 * (status, tags): what sticky picks and local match choose among. Whether one
 * may be used now is asked when its turn comes: it depends on verdicts, on
 * caps, and on the route. */

#ifndef REP_CANDIDATES_H
#define REP_CANDIDATES_H

#include "pool.h"

/* Number `i` is new, or its attributes or the policy have changed. */
void rep_candidate_update(rep_pool_t *pool, uint32_t i);
/* It goes. */
void rep_candidate_drop(rep_pool_t *pool, uint32_t i);

/* Its share of picks: its `weight` under `order = weighted`, between 1/256 and
 * 256; else 1. */
double rep_candidate_weight(const rep_pool_t *pool, const rep_number_t *number);
/* No candidate has more; less than twice what the heaviest has. */
double rep_candidates_heaviest(const rep_pool_t *pool);

#endif
