/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picking a caller ID. */

#ifndef REP_PICK_H
#define REP_PICK_H

#include "handle.h"
#include "ticket.h"
#include "../judge/state.h"

typedef struct rep_picked
{
	rep_pick_t result;
	rep_state_t state; /* of the number */
	float score;
	bool exhausted; /* `least_bad`: picked although the pool stops */
} rep_picked_t;

/* Pick a caller ID. `route` may be empty. With `dry` nothing changes and no
 * ticket is made out beyond its `number`. */
rep_picked_t rep_pool_pick(rep_registry_t *registry, int pool,
		rep_e164_t callee, rep_span_t route, rep_time_t now, bool dry,
		rep_ticket_t *ticket);

/* A ticket for a number chosen elsewhere (no caps); false when unknown. */
bool rep_pool_track(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_span_t route, rep_time_t now, rep_ticket_t *ticket);

/* A ticket for evidence learnt outside a call: counts as no use of the number
 * and holds nothing. False when unknown. */
bool rep_pool_ticket(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_span_t route, rep_ticket_t *ticket);

/* The label of a ticket's route, "" for none. */
void rep_ticket_route(rep_registry_t *registry, const rep_ticket_t *ticket,
		char label[REP_ROUTE_MAX + 1]);

/* The ticket's route from here on (a failover keeps the number). */
void rep_ticket_reroute(
		rep_registry_t *registry, rep_ticket_t *ticket, rep_span_t route);

#endif
