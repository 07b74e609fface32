/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pack.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../core/e164.h"
#include "../core/text.h"

uint64_t rep_hash(rep_span_t text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for(size_t i = 0; i < text.len; i++)
		h = (h ^ (unsigned char)text.s[i]) * 0x100000001b3u;
	return h ? h : 1;
}

bool rep_unpack_u64(rep_span_t text, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if(text.len == 0 || text.len > 19)
		return false;
	for(size_t i = 0; i < text.len; i++) {
		if(text.s[i] < '0' || text.s[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(text.s[i] - '0');
	}
	if(v > max)
		return false;
	*out = v;
	return true;
}

/* ---- counts ------------------------------------------------------------- */

/* snprintf() is too slow for the many cells of a busy proxy. */
static size_t put_u32(char *out, uint32_t v)
{
	char text[10];
	size_t n = 0;

	do {
		text[n++] = (char)('0' + v % 10);
		v /= 10;
	} while(v);
	for(size_t i = 0; i < n; i++)
		out[i] = text[n - 1 - i];
	return n;
}

size_t rep_pack_counts(const rep_counts_t *counts, char out[REP_COUNTS_TEXT])
{
	size_t n = 0;

	for(int i = 0; i < REP_OUTCOMES; i++) {
		if(i > 0)
			out[n++] = ',';
		n += put_u32(out + n, counts->n[i]);
	}
	out[n] = '\0';
	return n;
}

bool rep_unpack_counts(rep_span_t text, rep_counts_t *out)
{
	rep_counts_t counts;
	rep_span_t part;

	for(int i = 0; i < REP_OUTCOMES; i++) {
		uint64_t v;

		if(!rep_span_cut(&text, ',', &part)
				|| !rep_unpack_u64(part, UINT64_MAX, &v))
			return false;
		counts.n[i] = v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
	}
	*out = counts;
	return true;
}

/* ---- cells -------------------------------------------------------------- */

static size_t put_text(char *out, const char *text, size_t max)
{
	size_t n = strnlen(text, max);

	memcpy(out, text, n);
	return n;
}

size_t rep_pack_field(
		const rep_cell_t *cell, const char *writer, char out[REP_FIELD_TEXT])
{
	size_t n = rep_e164_print(cell->number, out);

	out[n++] = '|';
	n += put_u32(out + n, cell->turn);
	out[n++] = '|';
	if(writer) {
		n += put_text(out + n, writer, REP_WRITER_MAX);
		out[n++] = '|';
	}
	n += put_text(out + n, cell->route, REP_ROUTE_MAX);
	out[n] = '\0';
	return n;
}

static bool unpack_route(rep_span_t text, char out[REP_ROUTE_MAX + 1])
{
	if(text.len > REP_ROUTE_MAX || (text.len && memchr(text.s, 0, text.len)))
		return false;
	memset(out, 0, REP_ROUTE_MAX + 1);
	if(text.len)
		memcpy(out, text.s, text.len);
	return true;
}

bool rep_unpack_field(rep_span_t text, rep_cell_t *out, rep_span_t *writer)
{
	rep_span_t number, turn, who = {NULL, 0};
	uint64_t v;

	if(!rep_span_cut(&text, '|', &number) || !rep_span_cut(&text, '|', &turn)
			|| (writer && !rep_span_cut(&text, '|', &who)) || !text.s)
		return false;
	if(rep_e164_parse(number, &out->number) != REP_E164_OK
			|| !rep_unpack_u64(turn, UINT32_MAX, &v)
			|| !unpack_route(text, out->route))
		return false;
	out->turn = (uint32_t)v;
	if(writer)
		*writer = who;
	return true;
}

/* ---- verdicts ----------------------------------------------------------- */

/* Neither JSON nor the next reader knows a NaN. */
static double shown(float score)
{
	return score >= 0 && score < 1e6f ? (double)score : score > 0 ? 1e6 : 0;
}

size_t rep_pack_record_field(
		const rep_record_t *record, char out[REP_FIELD_TEXT])
{
	size_t n = rep_e164_print(record->number, out);

	if(record->route[0]) {
		out[n++] = '|';
		n += put_text(out + n, record->route, REP_ROUTE_MAX);
	}
	out[n] = '\0';
	return n;
}

size_t rep_pack_record(
		const rep_record_t *record, const char *node, char out[REP_RECORD_TEXT])
{
	const char *reason = rep_reason_name(record->reason);
	int n = snprintf(out, REP_RECORD_TEXT,
			"%" PRIu32 " %s %s %" PRId64 " %" PRId64 " %" PRId64 " %" PRIu32
			" %.4f %" PRIu32 " %.*s",
			record->turn, rep_state_name(record->state),
			reason[0] ? reason : "-", record->since, record->until,
			record->struck, record->strikes, shown(record->score),
			record->reset, REP_WRITER_MAX, node);

	return n < REP_RECORD_TEXT ? (size_t)n : REP_RECORD_TEXT - 1;
}

static bool cut_u64(rep_span_t *text, uint64_t max, uint64_t *out)
{
	rep_span_t part;

	return rep_span_cut(text, ' ', &part) && rep_unpack_u64(part, max, out);
}

static bool cut_score(rep_span_t *text, float *out)
{
	char copy[32], *end;
	rep_span_t part;

	if(!rep_span_cut(text, ' ', &part) || part.len == 0
			|| part.len >= sizeof(copy))
		return false;
	memcpy(copy, part.s, part.len);
	copy[part.len] = '\0';
	*out = strtof(copy, &end);
	return *end == '\0' && *out >= 0 && *out < 1e9f;
}

bool rep_unpack_record_field(rep_span_t field, rep_record_t *out)
{
	rep_span_t number;

	return rep_span_cut(&field, '|', &number)
		   && rep_e164_parse(number, &out->number) == REP_E164_OK
		   && unpack_route(field, out->route);
}

bool rep_unpack_record(rep_span_t field, rep_span_t text, rep_record_t *out)
{
	uint64_t turn, since, until, struck, strikes, reset;
	rep_span_t state, reason;
	rep_record_t r = {0};

	if(!rep_unpack_record_field(field, &r) || !cut_u64(&text, UINT32_MAX, &turn)
			|| !rep_span_cut(&text, ' ', &state)
			|| !rep_span_cut(&text, ' ', &reason)
			|| !cut_u64(&text, INT64_MAX, &since)
			|| !cut_u64(&text, INT64_MAX, &until)
			|| !cut_u64(&text, INT64_MAX, &struck)
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

/* ---- health ------------------------------------------------------------- */

size_t rep_pack_outcomes(const rep_counts_t *counts, char *out, size_t size)
{
	size_t n = 0;

	for(int i = 0; i < REP_OUTCOMES && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s\"%s\":%" PRIu32,
				i ? "," : "{", rep_outcome_name((rep_outcome_t)i),
				counts->n[i]);
	if(n + 1 < size)
		n += (size_t)snprintf(out + n, size - n, "}");
	return n < size ? n : size - 1;
}

/* Calls that say something about the number: not those that the caller gave
 * up or that failed for reasons of the list, the account or the route. */
static uint32_t judged_calls(const rep_counts_t *c)
{
	static const rep_outcome_t judged[] = {REP_ANSWERED, REP_SHORT,
			REP_DECLINED, REP_UNWANTED, REP_BLOCKED, REP_AMBIGUOUS, REP_BUSY,
			REP_NOANSWER};
	uint32_t n = 0;

	for(size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++)
		n += c->n[judged[i]];
	return n;
}

/* The route that a number is benched on, as a member; labels that JSON would
 * have to escape are left out. */
static const char *benched_on(
		const rep_number_view_t *view, char out[REP_ROUTE_MAX + 24])
{
	out[0] = '\0';
	for(const char *p = view->benched_on; *p; p++)
		if((unsigned char)*p < 0x20 || *p == '"' || *p == '\\')
			return out;
	if(view->benched_on[0])
		snprintf(out, REP_ROUTE_MAX + 24, ",\"benched_on\":\"%s\"",
				view->benched_on);
	return out;
}

size_t rep_pack_health(const rep_number_view_t *view, char out[REP_HEALTH_TEXT])
{
	const rep_counts_t *c = &view->counts;
	uint32_t judged = judged_calls(c);
	double by = judged ? judged : 1;
	uint32_t calls = 0;
	char outcomes[360], route[REP_ROUTE_MAX + 24];
	int n;

	for(int i = 0; i < REP_OUTCOMES; i++)
		calls += c->n[i];
	rep_pack_outcomes(c, outcomes, sizeof(outcomes));
	n = snprintf(out, REP_HEALTH_TEXT,
			"{\"state\":\"%s\",\"since\":%" PRId64 ",\"until\":%" PRId64
			",\"strikes\":%" PRIu32 ",\"reason\":\"%s\",\"score\":%.3f,"
			"\"calls\":%" PRIu32 ",\"counts\":%s,\"rates\":{"
			"\"answered\":%.4f,\"declined\":%.4f,\"rejected\":%.4f,"
			"\"blocked\":%.4f}%s%s}",
			rep_state_name(view->state), view->since / 1000, view->until / 1000,
			view->strikes, rep_reason_name(view->reason),
			shown(view->judged.score), calls, outcomes,
			(c->n[REP_ANSWERED] + c->n[REP_SHORT]) / by,
			c->n[REP_DECLINED] / by,
			(c->n[REP_DECLINED] + c->n[REP_UNWANTED]) / by,
			c->n[REP_BLOCKED] / by, benched_on(view, route),
			view->observed ? ",\"mode\":\"observe\"" : "");
	return n < REP_HEALTH_TEXT ? (size_t)n : REP_HEALTH_TEXT - 1;
}
