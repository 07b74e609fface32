/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one call attempt came to: names, and the classification of a reply. */

#ifndef REP_OUTCOME_H
#define REP_OUTCOME_H

#include "reason.h"

typedef enum rep_outcome
{
	REP_ANSWERED,  /* 2xx that lasted */
	REP_SHORT,	   /* 2xx that ended within `short_call` */
	REP_DECLINED,  /* plain 603: a person refused this call */
	REP_UNWANTED,  /* 607, or BYE with Reason SIP 607: RFC 8197 */
	REP_BLOCKED,   /* 603+ (ATIS-1000099) or 608 (RFC 8688): a machine */
	REP_AMBIGUOUS, /* 603 or 403 with Q.850 21: declined or blocked */
	REP_BUSY,
	REP_NOANSWER,
	REP_CANCELLED,
	REP_BADDEST, /* no such number: list hygiene */
	REP_REFUSED, /* the caller ID or its signature was refused */
	REP_FAILED,	 /* the route or the account */
	REP_OUTCOMES /* how many there are; also "none" */
} rep_outcome_t;

/* The name that users type and read, "answered" and so on; "none" for
 * REP_OUTCOMES. Never NULL. */
const char *rep_outcome_name(rep_outcome_t outcome);

/* The outcome of that name (exact, lower case), or REP_OUTCOMES. */
rep_outcome_t rep_outcome_parse(rep_span_t name);

enum
{
	REP_REPLY_LOCAL = 1 << 0,	 /* made by this proxy (timer), not received */
	REP_REPLY_CANCELLED = 1 << 1 /* this proxy had sent CANCEL on the branch */
};

typedef struct rep_class
{
	rep_outcome_t outcome; /* REP_OUTCOMES for none: provisional, 401, 407 */
	uint8_t confidence;	   /* per cent: 100 certain, less = likely */
} rep_class_t;

/* What a final reply means. `status` 200..699; `phrase` the reason phrase of
 * its status line; `how` REP_REPLY_*. A 2xx is REP_ANSWERED: whether it was
 * short shows later. 401 and 407 ask for credentials (RFC 3261 22): the call goes
 * on with the retry, and they are no outcome. */
rep_class_t rep_classify(
		const rep_signs_t *signs, int status, rep_span_t phrase, unsigned how);

/* The outcome that a BYE's signs add: REP_UNWANTED for Reason SIP 607
 * (RFC 8197), else REP_OUTCOMES. */
rep_outcome_t rep_classify_bye(const rep_signs_t *signs);

#endif
