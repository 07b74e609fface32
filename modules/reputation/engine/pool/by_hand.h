/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts by hand. */

#ifndef REP_BY_HAND_H
#define REP_BY_HAND_H

#include "handle.h"
#include "../judge/state.h"

/* `seconds` 0 = the policy's rest. False when unknown. */
bool rep_pool_bench(rep_registry_t *registry, int pool, rep_e164_t number,
		uint32_t seconds, rep_reason_t reason, rep_time_t now);
/* Back to active, without probation. The strikes stay. */
bool rep_pool_release(
		rep_registry_t *registry, int pool, rep_e164_t number, rep_time_t now);
/* Forget history, strikes and verdict. */
bool rep_pool_reset(
		rep_registry_t *registry, int pool, rep_e164_t number, rep_time_t now);

#endif
