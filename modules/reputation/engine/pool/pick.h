/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picking a caller ID, and the ticket of the call that has it.
 *
 * `routes` is one label of a route or a list of them, "a,b,c", of which the
 * first is taken that will do (engine/pool/labels.h: rep_routes_fit() says
 * whether it is well formed; one that is not gives REP_PICK_NO_MATCH). Empty:
 * no route. A label that the pool did not know is made when it is taken. When
 * the pool knows as many as it can, a label that stands alone is taken as no
 * route, and one in a list is passed over: else nobody could say which of them
 * was meant. */

#ifndef REP_PICK_H
#define REP_PICK_H

#include "handle.h"
#include "labels.h"
#include "ticket.h"
#include "trace.h"
#include "../judge/state.h"

typedef struct rep_picked
{
	rep_pick_t result; /* for the first label, when it is none */
	rep_span_t route;  /* the label taken: a part of `routes` */
	rep_how_t how;	   /* it was chosen; what decided */
	rep_state_t state; /* of the number */
	float score;
	bool exhausted; /* `least_bad`: picked although the pool stops */
} rep_picked_t;

/* Pick a caller ID, and a route of the list on which it may be used: under
 * one hold of the pool's lock. The ticket holds the number until
 * rep_ticket_hang_up() or rep_ticket_cancel(). With `dry` nothing changes, and
 * the ticket has no more than a number; it may then look at every number of
 * the pool. A callee who is not to be called now is refused before a number is
 * looked for, whatever the pool has. */
rep_picked_t rep_pool_pick(rep_registry_t *registry, int pool,
		rep_e164_t callee, rep_span_t routes, rep_time_t now, bool dry,
		rep_ticket_t *ticket);

/* The same for a call of this campaign, to this network, as rep_ticket_label()
 * says it. */
rep_picked_t rep_pool_pick_of(rep_registry_t *registry, int pool,
		rep_e164_t callee, rep_span_t routes, rep_span_t campaign,
		rep_span_t network, rep_time_t now, rep_ticket_t *ticket);

/* The same, dry, and how it came to that: of the route taken, or of the last
 * one tried. */
rep_picked_t rep_pool_try(rep_registry_t *registry, int pool, rep_e164_t callee,
		rep_span_t routes, rep_time_t now, rep_ticket_t *ticket,
		rep_trace_t *trace);

/* The pick, or the track, was not used: gives back what it took of the caps
 * (in windows that still run) and of the pool's `picks`, what is in flight,
 * and, if no other call got the number since, its place in the order. Once a
 * ticket: it does not hold afterwards, and one that does not hold changes
 * nothing. Nor is there anything to give back when the number is gone. */
void rep_ticket_cancel(
		rep_registry_t *registry, rep_ticket_t *ticket, rep_time_t now);

/* A ticket for a number chosen elsewhere (no caps); false when unknown. One
 * route, or none. */
bool rep_pool_track(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_span_t route, rep_time_t now, rep_ticket_t *ticket);

/* A ticket for evidence learnt outside a call: counts as no use of the number
 * and holds nothing. False when unknown. One route, or none. */
bool rep_pool_ticket(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_span_t route, rep_ticket_t *ticket);

/* The ticket of a test call: it counts apart, as no use of the number, and holds
 * nothing. With a number that is not 0 for that number; else for one that a
 * pick would give now, which changes nothing: the order, caps and leases stay
 * as they are. Such a pick may look at every number of the pool. */
rep_picked_t rep_pool_probe(rep_registry_t *registry, int pool,
		rep_e164_t number, rep_e164_t callee, rep_span_t routes, rep_time_t now,
		rep_ticket_t *ticket);

/* The attestation of the ticket's number on its route, 'A' to 'C'; 0 = none. */
char rep_ticket_attest(rep_registry_t *registry, const rep_ticket_t *ticket);

/* The call is of this campaign, to this network ("" = none): to be said before
 * it is counted. A label for which the pool has no room counts as none. */
void rep_ticket_label(rep_registry_t *registry, rep_ticket_t *ticket,
		rep_span_t campaign, rep_span_t network);
/* What it is counted under; "" where its pool is gone. */
void rep_ticket_dims(
		rep_registry_t *registry, const rep_ticket_t *ticket, rep_dims_t *out);

/* The label of a ticket's route, "" for none. */
void rep_ticket_route(rep_registry_t *registry, const rep_ticket_t *ticket,
		char label[REP_ROUTE_MAX + 1]);

/* A failover keeps the number: the first route of the list on which THIS
 * number may be used. Its caps and its budget of calls on probation were spent
 * by the call's own pick and are not asked for; everything else is as in a
 * pick. REP_PICKED: the ticket goes by the new route from here on. Else it is
 * as it was, and the reason is that of the first label: REP_PICK_EMPTY_POOL,
 * REP_PICK_SHARE_BENCHED, REP_PICK_ALL_BENCHED (the pool stops there, or the
 * number rests), REP_PICK_NO_MATCH (an operator, its tags or its attestation
 * keep it off, or it is gone), REP_PICK_UNKNOWN_POOL. */
rep_pick_t rep_ticket_reroute(rep_registry_t *registry, rep_ticket_t *ticket,
		rep_span_t routes, rep_time_t now);

/* The same call comes again (after a 401 or 407): as rep_ticket_reroute(), and
 * on REP_PICKED the ticket holds the number once more. Nothing else is spent,
 * nor given back when this ticket is cancelled. What the ticket held before is
 * for a copy of it to give back. */
rep_pick_t rep_ticket_again(rep_registry_t *registry, rep_ticket_t *ticket,
		rep_span_t routes, rep_time_t now);

#endif
