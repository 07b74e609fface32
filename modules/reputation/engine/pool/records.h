/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts that go to other proxies and come from them. */

#ifndef REP_RECORDS_H
#define REP_RECORDS_H

#include "handle.h"
#include "../judge/state.h"

/* A verdict, as nodes share it: of a number (route "") or of a number on one
 * route. `turn` grows by one with each move; the higher one is the newer. */
typedef struct rep_record
{
	rep_e164_t number;
	char route[REP_ROUTE_MAX + 1];
	uint32_t turn;
	uint32_t reset;	   /* turn of the last reset: older cells are forgotten */
	rep_state_t state; /* REP_ACTIVE, REP_BENCHED or REP_PROBATION */
	rep_reason_t reason;
	rep_time_t since, until;
	rep_time_t struck; /* last strike, or its last decay; 0 = never */
	uint32_t strikes;
	float score;
} rep_record_t;

/* Those that moved since; of a pool that is closed, too. */
size_t rep_pool_drain_records(
		rep_registry_t *registry, int pool, rep_record_t *out, size_t max);
void rep_pool_requeue_records(rep_registry_t *registry, int pool,
		const rep_record_t *records, size_t n);

/* Another node's verdict; announced if it was made since the first tick. Taken
 * over when its turn is higher, or the same
 * with other content (`authority`: the store chose it over ours). Returns 1
 * taken over, 0 ours stays, -1 unknown number. */
int rep_pool_adopt(rep_registry_t *registry, int pool,
		const rep_record_t *record, bool authority, rep_time_t now);

#endif
