/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a number stands on one route. */

#ifndef REP_ROUTE_STATE_H
#define REP_ROUTE_STATE_H

#include "handle.h"
#include "../judge/state.h"

typedef struct rep_standing_view
{
	rep_state_t state;
	rep_reason_t reason; /* of a bench, or of the probation after it */
	float score;
	bool usable;
	rep_time_t until; /* ms: the end of a bench; 0 = none */
} rep_standing_view_t;

/* As a call on this route would find the number: its own rest or probation
 * comes before that on the route; the score is the larger of its own and of
 * that on the route. A label that the pool does not know has no verdicts. With
 * `route` empty: what rep_view_number() says. Changes nothing. False when pool
 * or number are unknown. Whether the pool stops is not asked. */
bool rep_pool_state(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_span_t route, rep_time_t now, rep_standing_view_t *out);

#endif
