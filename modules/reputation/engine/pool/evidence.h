/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Evidence: calls counted into cells and rows. */

#ifndef REP_EVIDENCE_H
#define REP_EVIDENCE_H

#include "pool.h"

/* Count one call of number `i` now; false without memory. */
bool rep_evidence_count(rep_pool_t *pool, uint32_t i, rep_stamp_t stamp,
		uint16_t stratum, rep_outcome_t outcome, rep_time_t now);
/* What all other nodes counted in a cell (absolute, replaces), of a bucket that
 * is kept `now`. False without memory. */
bool rep_evidence_put_others(rep_pool_t *pool, uint32_t i, uint32_t bucket,
		rep_stamp_t stamp, uint16_t stratum, const rep_counts_t *others,
		rep_time_t now);
/* Free cells of buckets before `oldest` and after `last`. */
void rep_evidence_trim(
		rep_pool_t *pool, rep_number_t *number, uint32_t oldest, uint32_t last);
/* Free all. The rows keep what was counted while the number was there: the
 * pool's history is the pool's. */
void rep_evidence_forget(rep_pool_t *pool, rep_number_t *number);

#endif
