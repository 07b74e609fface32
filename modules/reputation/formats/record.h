/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verdict, as Redis holds it (layout 1 of docs/redis.md). Pure functions. */

#ifndef REP_RECORD_FORMAT_H
#define REP_RECORD_FORMAT_H

#include "cell.h"
#include "../engine/pool/records.h"

/* No proxy comes to this turn, with a bench a second for 30 years: whoever
 * writes a higher one has erred, and it is refused. */
#define REP_TURN_MAX 1000000000

#define REP_RECORD_TEXT 320
#define REP_RECORD_FIELD 96 /* +NUMBER|ROUTE */

/* A verdict: field "+NUMBER" or "+NUMBER|ROUTE", text
 * "turn state reason since until struck strikes score reset node", times in
 * ms up to the year 10000, an empty reason as "-". */
size_t rep_pack_record_field(
		const rep_record_t *record, char out[REP_RECORD_FIELD]);
size_t rep_pack_record(const rep_record_t *record, const char *node,
		char out[REP_RECORD_TEXT]);
/* The number and the route alone. */
bool rep_unpack_record_field(rep_span_t field, rep_record_t *out);
bool rep_unpack_record(rep_span_t field, rep_span_t text, rep_record_t *out);

/* A score that any reader of JSON and the next proxy can read: 0 .. 1e6, no
 * NaN. */
double rep_score_shown(float score);

#endif
