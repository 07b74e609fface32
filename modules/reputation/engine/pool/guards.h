/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callee guard and the do-not-call list of a registry (engine/callee/): one
 * of each for all pools. */

#ifndef REP_GUARDS_H
#define REP_GUARDS_H

#include "handle.h"
#include "ticket.h"
#include "../callee/dnc.h"
#include "../callee/guard.h"

/* Room for `max` facts: before the registry is in use. False without memory. */
bool rep_guarded_create(rep_registry_t *registry, uint32_t max, uint8_t salt);
void rep_guarded_destroy(rep_registry_t *registry);
rep_guard_t *rep_registry_guard(const rep_registry_t *registry);
rep_dnc_t *rep_registry_dnc(const rep_registry_t *registry);

/* A call that was chosen elsewhere, to this callee: an attempt, unless it is
 * made by a machine (`probe`), which nobody resents. */
void rep_ticket_tries(rep_registry_t *registry, rep_ticket_t *ticket,
		rep_e164_t callee, bool probe, rep_time_t now);
/* The ticket's attempt was none. */
void rep_ticket_untry(rep_registry_t *registry, rep_ticket_t *ticket);

/* By hand, for all pools: for so many seconds, or (0) for ever, that is on the
 * do-not-call list. False when there is no room. */
bool rep_registry_suppress(rep_registry_t *registry, rep_e164_t callee,
		uint32_t seconds, rep_time_t now);
/* Neither that nor on the list. False when it was neither. */
bool rep_registry_unsuppress(
		rep_registry_t *registry, rep_e164_t callee, rep_time_t now);

/* What is shared of the pool's callees, or the list, was read. */
void rep_pool_guarded(rep_registry_t *registry, int pool);
void rep_registry_dnc_read(rep_registry_t *registry);

#endif
