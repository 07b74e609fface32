/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be announced: a ring of events that several readers follow. */

#ifndef REP_EVENT_H
#define REP_EVENT_H

#include "../base/mem.h"
#include "../judge/counts.h"
#include "../judge/judged.h"
#include "../judge/state.h"

typedef enum rep_event_kind
{
	REP_EVENT_BENCHED,
	REP_EVENT_RELEASED, /* back from rest, on probation or active */
	REP_EVENT_POOL_ALARM,
	REP_EVENT_POOL_ALARM_OVER,
	REP_EVENT_POOL_EXHAUSTED,
	REP_EVENT_POOL_EXHAUSTED_OVER,
	REP_EVENT_REFUSED,		/* caller ID or signature refused */
	REP_EVENT_ATTEST_BELOW, /* a number goes out with less than is asked for */
	REP_EVENTS
} rep_event_kind_t;

/* "benched" and so on, as users read it; "none" for a kind that is not. */
const char *rep_event_name(rep_event_kind_t kind);

#define REP_EVENT_DETAIL 160

typedef struct rep_event
{
	rep_event_kind_t kind;
	bool adopted;  /* another node announced it first */
	bool observed; /* observe mode: nothing is withheld */
	int32_t pool;
	rep_e164_t number; /* 0 for a pool's edge */
	char route[REP_ROUTE_MAX + 1];
	rep_time_t at;
	uint32_t turn;
	rep_state_t state;
	rep_reason_t reason;
	rep_pick_t stop;  /* POOL_EXHAUSTED, and its end: why; */
	uint32_t refused; /* calls, since it began */
	char attest;	  /* ATTEST_BELOW: 'A' to 'C', 0 = none */
	rep_outcome_t outcome;
	rep_time_t since, until;
	uint32_t strikes;
	rep_judged_t judged;
	rep_counts_t counts; /* the evidence: since the last turn */
	rep_counts_t pool_counts;
	float mix[REP_OUTCOMES]; /* the baseline */
	/* of an alarm: what shifts; BENCHED: the block, or what it is confined
	 * to; ATTEST_BELOW: what is asked for; in words. Of a pool that there is
	 * not (REP_NO_POOL): the name that was asked for */
	char detail[REP_EVENT_DETAIL];
} rep_event_t;

#define REP_EVENT_RING 1024

typedef struct rep_event_ring
{
	rep_lock_t lock;		  /* may be taken under a pool's */
	uint64_t count;			  /* ever put */
	uint64_t own[REP_EVENTS]; /* of these, not adopted from another node */
	rep_event_t events[REP_EVENT_RING];
} rep_event_ring_t;

/* Put the event at the ring's end. Takes the ring's lock. */
void rep_event_announce(rep_event_ring_t *ring, const rep_event_t *event);

/* Announced since the start by this node, by kind. Takes the ring's lock. */
void rep_events_own(rep_event_ring_t *ring, uint64_t out[REP_EVENTS]);

/* Events in order, from `*cursor` on (start with 0); several readers may each
 * have a cursor. The oldest are lost when more than REP_EVENT_RING wait.
 * Returns how many of at most `max` were written. */
size_t rep_events_read(
		rep_event_ring_t *ring, uint64_t *cursor, rep_event_t *out, size_t max);

#endif
