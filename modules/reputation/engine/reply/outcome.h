/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one call attempt came to: names, and the classification of a reply. */

#ifndef REP_OUTCOME_H
#define REP_OUTCOME_H

#include "../base/types.h"

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

/* Facts about one branch, gathered from its provisional replies and its
 * final one. All zero = nothing seen. Plain data; small, since one stands in
 * shared memory for each branch of each call. */
typedef struct rep_signs
{
	uint8_t flags;	   /* REP_SIGN_* */
	uint8_t q850;	   /* Q.850 cause, 0 = none */
	uint16_t sip;	   /* cause of a Reason with protocol SIP, 0 = none */
	uint16_t stir;	   /* cause of a Reason with protocol STIR, 0 = none */
	uint8_t location;  /* RFC 8606: index + 1 into its tokens, 0 = none */
	uint8_t locations; /* RFC 8606: location of the Q.850 value, likewise */
} rep_signs_t;

enum
{
	REP_SIGN_ANALYTICS = 1 << 0, /* v=analytics1 as ATIS-1000099 has it */
	REP_SIGN_LOOSE = 1 << 1,	 /* its attributes outside `text` */
	REP_SIGN_JWSCARD = 1 << 2,	 /* Call-Info purpose=jwscard, RFC 8688 */
	REP_SIGN_TWILIO = 1 << 3,	 /* X-Twilio-Error: a carrier's own policy */
	REP_SIGN_MALFORMED = 1 << 4	 /* something could not be parsed */
};

/* The contact at which a block can be disputed. UNTRUSTED text from the
 * network: shown to a person, never fetched. Empty strings = not given. What
 * does not fit, or is not printable ASCII, is left out. */
typedef struct rep_redress
{
	char url[256];
	char tel[20];
	char email[100];
	char id[65]; /* at most 64 of [A-Za-z0-9_-] */
} rep_redress_t;

/* Take in the body of ONE Reason header (RFC 3326 with 8606, 9366, 9410, and
 * ATIS-1000099 inside `text`): any number of comma-joined values. `redress`
 * may be NULL; what it already holds stays when the value names nothing
 * better. Never reads past `body`, never allocates, never fails: what is not
 * understood sets REP_SIGN_MALFORMED and is passed over. */
void rep_signs_reason(
		rep_signs_t *signs, rep_redress_t *redress, rep_span_t body);

/* The same for one Call-Info body (RFC 3261 20.9, RFC 8688 3.2.2). */
void rep_signs_call_info(
		rep_signs_t *signs, rep_redress_t *redress, rep_span_t body);

/* The same for one X-Twilio-Error body. */
void rep_signs_twilio_error(rep_signs_t *signs, rep_span_t body);

enum
{
	REP_REPLY_LOCAL = 1 << 0,	 /* made by this proxy (timer), not received */
	REP_REPLY_CANCELLED = 1 << 1 /* this proxy had sent CANCEL on the branch */
};

typedef struct rep_class
{
	rep_outcome_t outcome; /* REP_OUTCOMES for a provisional status */
	uint8_t confidence;	   /* per cent: 100 certain, less = likely */
} rep_class_t;

/* What a final reply means. `status` 200..699; `phrase` the reason phrase of
 * its status line; `how` REP_REPLY_*. A 2xx is REP_ANSWERED: whether it was
 * short shows later. */
rep_class_t rep_classify(
		const rep_signs_t *signs, int status, rep_span_t phrase, unsigned how);

/* The outcome that a BYE's signs add: REP_UNWANTED for Reason SIP 607
 * (RFC 8197), else REP_OUTCOMES. */
rep_outcome_t rep_classify_bye(const rep_signs_t *signs);

#endif
