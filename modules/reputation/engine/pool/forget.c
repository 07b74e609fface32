/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number goes. */

#include "forget.h"

#include "candidates.h"
#include "evidence.h"
#include "index.h"
#include "past.h"
#include "slot.h"
#include "standing.h"

void rep_number_forget(rep_pool_t *pool, uint32_t i)
{
	rep_number_t *number = rep_number_at(pool, i);

	rep_index_remove(pool, i);
	rep_candidate_drop(pool, i);
	rep_number_account(pool, number, -1);
	for(uint32_t r = number->routed, next; r != REP_NONE; r = next) {
		rep_routed_t *routed = rep_slab_at(&pool->routed, r);
		next = routed->next;
		rep_slab_free(&pool->routed, r);
	}
	number->routed = REP_NONE;
	if(number->leases != REP_NONE)
		rep_slab_free(&pool->leases, number->leases);
	number->leases = REP_NONE;
	rep_evidence_forget(pool, number);
	rep_past_forget(pool, number);
	pool->in_flight -= number->in_flight;
	rep_free(number->text);
	number->text = NULL;
	number->flags &= ~(REP_LIVE | REP_MATCHES);
	pool->live_numbers--;
	atomic_fetch_sub(&pool->registry->n_numbers, 1);
	rep_number_reap(pool, i);
}
