/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "fields.h"

#define SYNONYMS 10

/* The proper name first, then others in the order of preference. */
static const char *const names[REPLAY_FIELDS][SYNONYMS] = {
		[REPLAY_TIME] = {"time", "timestamp", "start_time", "start", "datetime",
				"date", "calldate", "at"},
		[REPLAY_NUMBER] = {"number", "caller_id", "callerid", "caller",
				"from_number", "from_user", "src_user", "src", "ani", "cli"},
		[REPLAY_POOL] = {"pool", "campaign"},
		[REPLAY_ROUTE] = {"route", "carrier", "trunk", "gateway"},
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
	if(c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == ' ' || c == '-' ? '_' : c;
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
