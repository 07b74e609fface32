/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number in use by a call. */

#ifndef REP_TICKET_H
#define REP_TICKET_H

#include "../base/types.h"

/* Eight bits of the turn of a number's verdict, and eight of the turn of that
 * on the route, at the time of the pick: engine/pool/stamp.h decodes it. */
typedef uint16_t rep_stamp_t;

/* What a pick took of its number: for rep_ticket_cancel() alone. */
typedef struct rep_taken
{
	uint64_t place, place_before; /* in the order of picks */
	uint32_t at[3];				  /* which minute, hour and day */
	uint32_t last_used_before;	  /* s */
} rep_taken_t;

/* A number in use by a call. Plain data; stays harmless when the number or
 * its pool is removed or reused in the meantime. */
typedef struct rep_ticket
{
	rep_e164_t number; /* 0 = no ticket */
	uint64_t callee;   /* stands for whom it calls; 0 = unknown */
	rep_e164_t to;	   /* whom it calls; 0 = unknown, or a machine */
	uint32_t tried;	   /* its attempt there: see rep_guard_check(); 0 = none */
	int32_t pool;
	uint32_t index, generation;
	rep_stamp_t stamp;			/* of the verdict, at the time of the pick */
	uint16_t route;				/* label's index in the pool */
	uint16_t campaign, network; /* rep_campaign_put(); 0 = none */
	bool holds;					/* counts as in flight until the hang-up */
	bool limited;				/* its pool limits calls at once */
	bool spent;					/* a pick or a track: `taken` is filled */
	bool probe;					/* a test call: it counts apart */
	bool reported;				/* its callee was, of another branch */
	uint16_t status;			/* of its final reply; 0 = none of it */
	rep_taken_t taken;
} rep_ticket_t;

#endif
