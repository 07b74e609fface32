/* SPDX-License-Identifier: GPL-2.0-or-later */
/* States of a number and reasons, with the names that users read. */

#ifndef REP_STATE_H
#define REP_STATE_H

#include "../base/types.h"

typedef enum rep_state
{
	REP_WARMING,
	REP_ACTIVE,
	REP_BENCHED,
	REP_PROBATION,
	REP_PAUSED,	 /* an operator's word */
	REP_RETIRED, /* likewise */
	REP_STATES
} rep_state_t;

/* Why a number is benched. The first three are charts, in their order. */
typedef enum rep_reason
{
	REP_REASON_BLOCKED,
	REP_REASON_REJECTED,
	REP_REASON_LABELLED,
	REP_REASON_MANUAL,
	REP_REASON_FEED,
	REP_REASON_NONE,
	REP_REASONS
} rep_reason_t;

/* What a pick came to. */
typedef enum rep_pick
{
	REP_PICKED,
	REP_PICK_UNKNOWN_POOL,
	REP_PICK_BAD_CALLEE,
	REP_PICK_ALL_BENCHED,
	REP_PICK_ALL_CAPPED,
	REP_PICK_SHARE_BENCHED,
	REP_PICK_NO_MATCH,
	REP_PICK_EMPTY_POOL,
	REP_PICK_POOL_PAUSED,
	REP_PICK_LOADING,
	/* not this callee, whichever the number */
	REP_PICK_CALL_REJECTED,
	REP_PICK_CALLEE_UNWANTED,
	REP_PICK_CALLEE_DECLINED,
	REP_PICK_CALLEE_DNC,
	REP_PICK_CALLEE_ATTEMPTS,
	REP_PICK_CALLEE_REDIAL,
	REP_PICK_QUIET_HOURS,
	REP_PICKS
} rep_pick_t;

/* Names: never NULL. The parsers return the `…S` value for no such name. */
const char *rep_state_name(rep_state_t state);
rep_state_t rep_state_parse(rep_span_t name);
const char *rep_reason_name(rep_reason_t reason); /* "" for NONE */
rep_reason_t rep_reason_parse(rep_span_t name);	  /* "" is NONE */
const char *rep_pick_name(rep_pick_t pick);		  /* "picked", "all-benched" */

#endif
