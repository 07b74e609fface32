/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Telephone numbers as 64-bit integers (ITU-T E.164). */

#ifndef REP_E164_H
#define REP_E164_H

#include "../base/types.h"

#define REP_E164_MAX 17 /* "+", 15 digits, terminating zero */

typedef enum rep_e164_error
{
	REP_E164_OK,
	REP_E164_EMPTY,		   /* nothing there */
	REP_E164_NO_PLUS,	   /* digits, but not in international form */
	REP_E164_CHARACTER,	   /* something that is no digit */
	REP_E164_SHORT,		   /* fewer than 7 digits */
	REP_E164_LONG,		   /* more than 15 digits */
	REP_E164_COUNTRY,	   /* no such country code (starts with 0) */
	REP_E164_NATIONAL,	   /* not a number of the default country's plan */
	REP_E164_NO_SUCH_RULES /* default_country is not known here */
} rep_e164_error_t;

/* A sentence fragment for a log line or an RPC fault: "more than 15 digits".
 * Never NULL. */
const char *rep_e164_strerror(rep_e164_error_t error);

/* Parse "+15551230001" exactly: a plus and 7 to 15 digits, nothing else.
 * `*number` is written on success only. */
rep_e164_error_t rep_e164_parse(rep_span_t text, rep_e164_t *number);

/* Parse a callee: as above; or, without a plus, by `country` (ISO 3166-1
 * alpha-2, "" = none): international dialling ("011…", "00…"), national with
 * trunk prefix, national without, each by that country's rules. Without a
 * country, bare digits are taken as international form. Visual separators
 * (RFC 3966: - . ( ), and space and /) are passed over. The rules are those of
 * plans.h. */
rep_e164_error_t rep_e164_complete(
		rep_span_t text, const char *country, rep_e164_t *number);

/* True when `country` has dialling rules here ("" counts as known). */
bool rep_e164_country_known(const char *country);

/* Write "+…" with a terminating zero; returns the length without it. */
size_t rep_e164_print(rep_e164_t number, char out[REP_E164_MAX]);

#endif
