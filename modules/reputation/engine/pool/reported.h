/* SPDX-License-Identifier: GPL-2.0-or-later */
/* List hygiene: callees behind the outcomes that a pool's policy asks for
 * (report_callees), for the owner of the list to clean up. A ring that one
 * process reads; what comes when it is full is counted. The callee of a plain
 * decline is reported when it has declined before, whatever number called it.
 *
 * Numbers of callees stand in it in clear. It has a lock of its own, taken last
 * and given back before a function returns. */

#ifndef REP_REPORTED_H
#define REP_REPORTED_H

#include "handle.h"
#include "ticket.h"
#include "../reply/outcome.h"

#define REP_REPORTED_MAX 4096

typedef struct rep_report
{
	rep_e164_t callee, number;
	rep_time_t at;
	rep_outcome_t outcome;
	uint16_t status; /* of the final reply; 0 = it did not come by one */
	char campaign[REP_ROUTE_MAX + 1];
} rep_report_t;

typedef struct rep_reported_stats
{
	uint64_t reported, lost; /* callees: put, and that there was no room for */
} rep_reported_stats_t;

/* As those of redress.h. */
bool rep_reported_create(rep_registry_t *registry);
void rep_reported_destroy(rep_registry_t *registry);
void rep_reported_stats(rep_registry_t *registry, rep_reported_stats_t *out);

/* What a pool's policy asks for: a bit an outcome; days for which it is kept.
 * From here on. Lock-free, as is the next. */
void rep_reported_policy(
		rep_registry_t *registry, int pool, uint32_t outcomes, uint32_t days);
/* Does it ask for this one, and for how many days? 0 = it does not. */
uint32_t rep_reported_days(
		rep_registry_t *registry, int pool, rep_outcome_t outcome);

/* This ticket's call came to that: reported if the policy asks for it, the callee
 * is known and was not reported yet. */
void rep_reported_put(rep_registry_t *registry, const rep_ticket_t *ticket,
		const char *campaign, rep_outcome_t outcome, rep_time_t now);

/* Moves up to `max` of a pool's, oldest first, out of the ring. */
size_t rep_reported_take(
		rep_registry_t *registry, int pool, rep_report_t *out, size_t max);

#endif
