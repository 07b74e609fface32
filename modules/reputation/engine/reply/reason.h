/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the headers of a message say of its call: Reason, Call-Info,
 * X-Twilio-Error and Retry-After, from text that is not trusted. */

#ifndef REP_REASON_H
#define REP_REASON_H

#include "../base/types.h"

/* Facts about one branch, gathered from its provisional replies and its
 * final one. All zero = nothing seen. Plain data; small, since one stands in
 * shared memory for each branch of each call. */
typedef struct rep_signs
{
	uint8_t flags;		  /* REP_SIGN_* */
	uint8_t q850;		  /* Q.850 cause, 0 = none */
	uint16_t sip;		  /* cause of a Reason with protocol SIP, 0 = none */
	uint16_t stir;		  /* cause of a Reason with protocol STIR, 0 = none */
	uint8_t location;	  /* RFC 8606: index + 1 into its tokens, 0 = none */
	uint8_t locations;	  /* RFC 8606: location of the Q.850 value, likewise */
	uint32_t retry_after; /* s, of Retry-After (RFC 3261 20.33), 0 = none */
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
 * does not fit, is not printable ASCII or is no such contact is refused. */
typedef struct rep_redress
{
	char url[256]; /* https, http, sip or sips; tel and mailto go below */
	char tel[20];
	char email[100];
	char id[65];  /* at most 64 of [A-Za-z0-9_-] */
	bool refused; /* something was */
} rep_redress_t;

/* The token of a location above, "U" and so on; "" for none. Never NULL. */
const char *rep_location_name(uint8_t location);

/* Take in one header, if it is one of those below. */
void rep_signs_header(rep_signs_t *signs, rep_redress_t *redress,
		rep_span_t name, rep_span_t value);
/* The same for each header of raw text from the beginning of a line up to a
 * message's body, also behind lines that are no headers. */
void rep_signs_headers(
		rep_signs_t *signs, rep_redress_t *redress, rep_span_t text);
/* And for those of a raw message. */
void rep_signs_message(
		rep_signs_t *signs, rep_redress_t *redress, rep_span_t message);

/* Add what a later reply of the same branch says: as if its headers had been
 * taken in by `into` itself. */
void rep_signs_merge(rep_signs_t *into, const rep_signs_t *from);

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

/* The same for one Retry-After body; what is more than UINT32_MAX s is that. */
void rep_signs_retry_after(rep_signs_t *signs, rep_span_t body);

#endif
