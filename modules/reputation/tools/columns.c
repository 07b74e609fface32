/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "columns.h"

#include "clock.h"
#include "../engine/base/decimal.h"
#include "../engine/base/text.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"

/* ---- names -------------------------------------------------------------- */

#define SYNONYMS 10
#define LABELS_MAX 4096 /* of each kind */

/* The proper name first, then others in the order of preference. */
static const char *const names[REPLAY_FIELDS][SYNONYMS] = {
		[REPLAY_TIME] = {"time", "timestamp", "start_time", "start", "datetime",
				"date", "calldate", "at"},
		[REPLAY_NUMBER] = {"number", "caller_id", "callerid", "caller",
				"from_number", "from_user", "src_user", "src", "ani", "cli"},
		[REPLAY_CALLEE] = {"callee", "callee_number", "called", "to_number",
				"to_user", "dst_user", "dst", "destination", "dnis"},
		[REPLAY_POOL] = {"pool"},
		[REPLAY_ROUTE] = {"route", "carrier", "trunk", "gateway"},
		[REPLAY_CAMPAIGN] = {"campaign", "list"},
		[REPLAY_NETWORK] = {"network", "terminating_network", "callee_network",
				"callee_carrier"},
		[REPLAY_STATUS] = {"status", "code", "sip_code", "sip_status",
				"status_code", "response_code"},
		[REPLAY_REASON] = {"reason", "phrase", "reason_phrase", "sip_reason"},
		[REPLAY_REASON_HEADER] = {"reason_header", "reason_hdr",
				"sip_reason_header", "hdr_reason"},
		[REPLAY_DURATION] = {"duration", "billsec", "talk_time", "seconds"},
		[REPLAY_OUTCOME] = {"outcome"},
		[REPLAY_CALL_ID] = {"call_id", "callid"},
		[REPLAY_METHOD] = {"method", "sip_method"},
};

const char *replay_field_name(replay_field_t field)
{
	return (unsigned)field < REPLAY_FIELDS ? names[field][0] : "none";
}

const char *replay_field_synonym(replay_field_t field, unsigned n)
{
	if((unsigned)field >= REPLAY_FIELDS || n + 1 >= SYNONYMS)
		return NULL;
	return names[field][n + 1];
}

static char plain(char c)
{
	return c == ' ' || c == '-' ? '_' : rep_lower(c);
}

static bool same(rep_span_t text, const char *name)
{
	if(text.len != strlen(name))
		return false;
	for(size_t i = 0; i < text.len; i++)
		if(plain(text.s[i]) != plain(name[i]))
			return false;
	return true;
}

replay_field_t replay_field_of(
		const replay_aliases_t *aliases, rep_span_t name, unsigned *rank)
{
	*rank = 0;
	for(unsigned i = 0; i < aliases->n; i++)
		if(same(name, aliases->alias[i].name))
			return aliases->alias[i].field;
	for(int f = 0; f < REPLAY_FIELDS; f++)
		for(unsigned i = 0; i < SYNONYMS && names[f][i]; i++)
			if(same(name, names[f][i])) {
				*rank = 1 + i;
				return (replay_field_t)f;
			}
	return REPLAY_FIELDS;
}

const char *replay_alias_add(replay_aliases_t *aliases, const char *text)
{
	const char *equals = strchr(text, '=');
	rep_span_t field;

	if(!equals || !equals[1])
		return "not FIELD=NAME";
	field = (rep_span_t){text, (size_t)(equals - text)};
	for(int f = 0; f < REPLAY_FIELDS; f++)
		if(same(field, names[f][0])) {
			if(aliases->n == REPLAY_ALIASES)
				return "too many of them";
			aliases->alias[aliases->n].field = (replay_field_t)f;
			aliases->alias[aliases->n++].name = equals + 1;
			return NULL;
		}
	return "no such field";
}

replay_field_t replay_field_at(const replay_aliases_t *aliases,
		replay_places_t *places, unsigned i, rep_span_t name, unsigned *rank)
{
	if(i >= REPLAY_PLACES || name.len == 0
			|| name.len > sizeof(places->place[0].name))
		return replay_field_of(aliases, name, rank);
	if(places->place[i].len != name.len
			|| memcmp(places->place[i].name, name.s, name.len) != 0) {
		places->place[i].field = replay_field_of(aliases, name, rank);
		places->place[i].rank = *rank;
		places->place[i].len = name.len;
		memcpy(places->place[i].name, name.s, name.len);
	}
	*rank = places->place[i].rank;
	return places->place[i].field;
}

/* ---- one record --------------------------------------------------------- */

static const char *parse_number(
		const replay_take_t *take, rep_span_t text, rep_e164_t *number)
{
	rep_e164_error_t error = rep_e164_parse(text, number);

	if(error == REP_E164_NO_PLUS && take->country[0])
		error = rep_e164_complete(text, take->country, number);
	switch(error) {
		case REP_E164_OK:
			return NULL;
		case REP_E164_EMPTY:
			return "there is no number";
		case REP_E164_NO_PLUS:
			return "the number has no plus (--default-country completes it)";
		case REP_E164_CHARACTER:
			return "the number holds something that is no digit";
		case REP_E164_SHORT:
			return "the number has fewer than 7 digits";
		case REP_E164_LONG:
			return "the number has more than 15 digits";
		default:
			return "the number is not an E.164 number";
	}
}

/* What is no number is as good: it is compared only. */
static uint64_t callee_of(const replay_take_t *take, const replay_row_t *row)
{
	rep_span_t text = rep_trim(row->field[REPLAY_CALLEE]);
	rep_e164_t number;

	if(!text.len)
		return 0;
	return parse_number(take, text, &number)
				   ? rep_hash(text) | UINT64_C(1) << 63
				   : number;
}

static rep_signs_t signs_of(const replay_row_t *row)
{
	rep_signs_t signs = {0};
	rep_span_t header = row->field[REPLAY_REASON_HEADER];

	if(header.len)
		rep_signs_reason(&signs, NULL, header);
	return signs;
}

bool replay_row_unwanted(const replay_row_t *row)
{
	rep_signs_t signs = signs_of(row);

	return rep_classify_bye(&signs) == REP_UNWANTED;
}

/* In a record of a call that was answered, the Reason is the BYE's. */
static const char *parse_answered(const replay_take_t *take,
		const replay_row_t *row, const rep_signs_t *signs, uint8_t *outcome)
{
	rep_span_t text = rep_trim(row->field[REPLAY_DURATION]);
	double seconds;

	*outcome = REP_ANSWERED;
	if(rep_classify_bye(signs) == REP_UNWANTED) {
		*outcome = REP_UNWANTED;
		return NULL;
	}
	if(!text.len)
		return NULL;
	if(!rep_decimal_parse(text, 0, 1e9, &seconds))
		return "the duration is not a number of seconds";
	if(take->short_ms && seconds * 1000 <= (double)take->short_ms)
		*outcome = REP_SHORT;
	return NULL;
}

static const char *parse_outcome(
		const replay_take_t *take, const replay_row_t *row, uint8_t *outcome)
{
	rep_span_t named = rep_trim(row->field[REPLAY_OUTCOME]);
	rep_span_t text = rep_trim(row->field[REPLAY_STATUS]);
	rep_signs_t signs;
	uint32_t status;

	if(named.len) {
		*outcome = (uint8_t)rep_outcome_parse(named);
		return *outcome < REP_OUTCOMES ? NULL : "there is no such outcome";
	}
	if(!text.len)
		return "there is neither a status nor an outcome";
	if(text.len != 3 || !rep_whole_parse(text, 100, 699, &status))
		return "the status is not a SIP status of 100 to 699";
	signs = signs_of(row);
	if(status >= 200 && status < 300)
		return parse_answered(take, row, &signs, outcome);
	*outcome = (uint8_t)rep_classify(
			&signs, (int)status, row->field[REPLAY_REASON], 0)
					   .outcome;
	return *outcome < REP_OUTCOMES
				   ? NULL
				   : "the status is provisional, or asks for credentials";
}

/* A label's index. NULL, or what is wrong with it. */
static const char *parse_label(
		replay_names_t *labels, rep_span_t text, uint16_t *label)
{
	uint32_t i;

	text = rep_trim(text);
	if(text.len > REP_ROUTE_MAX || (text.len && memchr(text.s, '\0', text.len)))
		return "a label is longer than 63 bytes, or holds a zero";
	i = replay_name_put(labels, text, LABELS_MAX);
	if(i == REPLAY_NO_NAME)
		return "there are more than 4096 routes, campaigns or networks";
	*label = (uint16_t)i;
	return NULL;
}

const char *replay_take(
		const replay_take_t *take, const replay_row_t *row, replay_call_t *call)
{
	rep_span_t pool = rep_trim(row->field[REPLAY_POOL]);
	rep_e164_t number;
	const char *wrong;
	uint32_t p;

	if(!pool.len && take->pool)
		pool = rep_span(take->pool);
	if((wrong = replay_time_parse(
				rep_trim(row->field[REPLAY_TIME]), take->utc_offset, &call->at))
			|| (wrong = parse_number(
						take, rep_trim(row->field[REPLAY_NUMBER]), &number))
			|| (wrong = parse_outcome(take, row, &call->outcome)))
		return wrong;
	if(!rep_pool_name_fits(pool))
		return "the pool's name is not 1 to 64 of A-Z a-z 0-9 _ -";
	p = replay_name_put(&take->calls->pools, pool, REP_POOLS_MAX);
	if(p == REPLAY_NO_NAME)
		return "there are more than 1024 pools";
	if((wrong = parse_label(
				&take->calls->routes, row->field[REPLAY_ROUTE], &call->route))
			|| (wrong = parse_label(&take->calls->campaigns,
						row->field[REPLAY_CAMPAIGN], &call->campaign))
			|| (wrong = parse_label(&take->calls->networks,
						row->field[REPLAY_NETWORK], &call->network)))
		return wrong;
	call->callee = callee_of(take, row);
	take->calls->callees |= call->callee != 0;
	call->number = replay_number_put(take->calls, p, number);
	return call->number == UINT32_MAX ? "there is no memory" : NULL;
}
