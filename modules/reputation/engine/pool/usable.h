/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be used now. */

#ifndef REP_USABLE_H
#define REP_USABLE_H

#include "pool.h"

/* Announced only, nothing withheld. */
bool rep_observed(const rep_pool_t *pool);

/* The state as users see it. */
rep_state_t rep_number_state(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);

/* Neither an operator nor a verdict nor the policy keeps the number off this
 * route; with `bench_too`, a bench is passed over. */
bool rep_number_allowed(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, bool bench_too);

/* Allowed, and no cap is reached. */
bool rep_number_usable(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_time_t now);

#endif
