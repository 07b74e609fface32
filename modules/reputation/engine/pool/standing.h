/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a number stands: its verdicts, everywhere and by route, and the counts
 * of its pool that follow from them. */

#ifndef REP_STANDING_H
#define REP_STANDING_H

#include "pool.h"

/* What by_state counts: the operator's word, else the verdict. */
static inline rep_state_t rep_number_standing(const rep_number_t *number)
{
	return number->status == REP_ACTIVE ? number->verdict.state
										: number->status;
}

/* Take a number into the counts of its pool (`by` 1), or out of them (-1):
 * around every change of what they count. */
void rep_number_account(rep_pool_t *pool, const rep_number_t *number, int by);

/* The number's verdict on a route, 0 = everywhere; NULL when none was made. */
rep_verdict_t *rep_verdict_of(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route);
/* The same, made if need be; NULL without memory. */
rep_verdict_t *rep_verdict_put(
		rep_pool_t *pool, rep_number_t *number, uint8_t route);
/* The state itself, with what depends on it. */
void rep_verdict_set(rep_pool_t *pool, rep_number_t *number,
		rep_verdict_t *verdict, rep_state_t state);
/* When the next return from rest is due, ms; 0 = none. */
rep_time_t rep_verdict_next(const rep_pool_t *pool, const rep_number_t *number);
/* Strikes in force: those forgotten in good standing taken off. */
uint32_t rep_verdict_strikes(
		const rep_pool_t *pool, const rep_verdict_t *verdict, rep_time_t now);

#endif
