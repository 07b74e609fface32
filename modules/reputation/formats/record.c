/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verdict, as Redis holds it. */

#include "record.h"

#include <inttypes.h>
#include <stdio.h>

#include "route.h"
#include "../engine/base/decimal.h"
#include "../engine/base/text.h"
#include "../engine/reply/e164.h"

/* The year 10000: with any time up to it the engine can reckon. */
#define TIME_MAX INT64_C(253402300800000)

double rep_score_shown(float score)
{
	return score >= 0 && score < 1e6f ? (double)score : score > 0 ? 1e6 : 0;
}

size_t rep_pack_record_field(
		const rep_record_t *record, char out[REP_RECORD_FIELD])
{
	size_t n = rep_e164_print(record->number, out);

	if(record->route[0]) {
		out[n++] = '|';
		n += rep_pack_text(out + n, record->route, REP_ROUTE_MAX);
	}
	out[n] = '\0';
	return n;
}

size_t rep_pack_record(
		const rep_record_t *record, const char *node, char out[REP_RECORD_TEXT])
{
	const char *reason = rep_reason_name(record->reason);
	char score[REP_DECIMAL_MAX];
	int n = snprintf(out, REP_RECORD_TEXT,
			"%" PRIu32 " %s %s %" PRId64 " %" PRId64 " %" PRId64 " %" PRIu32
			" %s %" PRIu32 " %.*s",
			record->turn, rep_state_name(record->state),
			reason[0] ? reason : "-", record->since, record->until,
			record->struck, record->strikes,
			rep_fixed_print(rep_score_shown(record->score), 4, score),
			record->reset, REP_WRITER_MAX, node);

	return n < REP_RECORD_TEXT ? (size_t)n : REP_RECORD_TEXT - 1;
}

static bool cut_u64(rep_span_t *text, uint64_t max, uint64_t *out)
{
	rep_span_t part;

	return rep_span_cut(text, ' ', &part) && rep_u64_parse(part, max, out);
}

static bool cut_score(rep_span_t *text, float *out)
{
	rep_span_t part;
	double score;

	if(!rep_span_cut(text, ' ', &part)
			|| !rep_decimal_parse(part, 0, 999999999, &score))
		return false;
	*out = (float)score;
	return true;
}

bool rep_unpack_record_field(rep_span_t field, rep_record_t *out)
{
	rep_span_t number;

	return rep_span_cut(&field, '|', &number)
		   && rep_e164_parse(number, &out->number) == REP_E164_OK
		   && rep_unpack_route(field, out->route);
}

bool rep_unpack_record(rep_span_t field, rep_span_t text, rep_record_t *out)
{
	uint64_t turn, since, until, struck, strikes, reset;
	rep_span_t state, reason;
	rep_record_t r = {0};

	if(!rep_unpack_record_field(field, &r)
			|| !cut_u64(&text, REP_TURN_MAX, &turn)
			|| !rep_span_cut(&text, ' ', &state)
			|| !rep_span_cut(&text, ' ', &reason)
			|| !cut_u64(&text, TIME_MAX, &since)
			|| !cut_u64(&text, TIME_MAX, &until)
			|| !cut_u64(&text, TIME_MAX, &struck)
			|| !cut_u64(&text, UINT32_MAX, &strikes)
			|| !cut_score(&text, &r.score)
			|| !cut_u64(&text, UINT32_MAX, &reset))
		return false;
	r.turn = (uint32_t)turn;
	r.state = rep_state_parse(state);
	r.reason = rep_span_is(reason, "-") ? REP_REASON_NONE
										: rep_reason_parse(reason);
	r.since = (rep_time_t)since;
	r.until = (rep_time_t)until;
	r.struck = (rep_time_t)struck;
	r.strikes = (uint32_t)strikes;
	r.reset = (uint32_t)reset;
	if(r.reason >= REP_REASONS
			|| (r.state != REP_ACTIVE && r.state != REP_BENCHED
					&& r.state != REP_PROBATION))
		return false;
	*out = r;
	return true;
}
