/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be used now. */

#ifndef REP_USABLE_H
#define REP_USABLE_H

#include "pool.h"

/* The state as users see it. */
rep_state_t rep_number_state(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);

/* Its verdict was read, or need not be waited for: see known.h. */
bool rep_number_known(const rep_pool_t *pool, const rep_number_t *number);
/* Numbers wait for their verdicts, or the pool for its numbers. */
bool rep_pool_waits(const rep_pool_t *pool);

/* Neither an operator nor the policy (tags, attestation) keeps the number off
 * the route of this label, which need not be known. */
bool rep_number_suits(
		const rep_pool_t *pool, const rep_number_t *number, rep_span_t label);

/* Rests everywhere, or on this route. */
bool rep_number_rests(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route);

/* Suits the route, and its verdict is known and does not keep it off. */
bool rep_number_allowed(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route);

/* Allowed, no cap is reached, and a lease may be had: stands in the queue. */
bool rep_number_queues(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_time_t now);

/* Queues, and has leases of its caps. */
bool rep_number_usable(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_time_t now);

#endif
