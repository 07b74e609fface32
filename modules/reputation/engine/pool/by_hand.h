/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts by hand. */

#ifndef REP_BY_HAND_H
#define REP_BY_HAND_H

#include "handle.h"
#include "../judge/state.h"

typedef enum rep_by_hand
{
	REP_DONE,
	REP_NO_SUCH_NUMBER, /* nor may the pool be known */
	REP_NO_SUCH_ROUTE,	/* to release: the pool does not know the label */
	REP_BAD_ROUTE,		/* no label: engine/pool/labels.h */
	REP_ROUTES_FULL		/* no room for one more label, or no memory */
} rep_by_hand_t;

/* Bench a number: on one route, or everywhere when `route` is empty. `seconds`
 * 0 = the policy's rest. Unless done, nothing was. */
rep_by_hand_t rep_pool_bench(rep_registry_t *registry, int pool,
		rep_e164_t number, rep_span_t route, uint32_t seconds,
		rep_reason_t reason, rep_time_t now);
/* Back to active, without probation, on one route; with `route` empty
 * everywhere and on every route. The strikes stay. */
rep_by_hand_t rep_pool_release(rep_registry_t *registry, int pool,
		rep_e164_t number, rep_span_t route, rep_time_t now);
/* Forget history, strikes and verdict. False when unknown. */
bool rep_pool_reset(
		rep_registry_t *registry, int pool, rep_e164_t number, rep_time_t now);

#endif
